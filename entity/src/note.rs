//! A free text by an officer, named by events.

use domain::id::{NoteId, PostId};
use sea_orm::entity::prelude::*;

/// A free text by an officer, named by events.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "note")]
pub struct Model {
    /// Random.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: NoteId,
    /// On what.
    pub stream: String,
    /// What it is.
    pub kind: String,
    /// The text.
    pub text: String,
    /// Who wrote it.
    pub author_post: PostId,
    /// When.
    pub at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
