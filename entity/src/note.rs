//! A note: a free text by an officer, which events name by id.

use domain::id::{NoteId, PostId};
use sea_orm::entity::prelude::*;

/// A note: a free text by an officer, which events name by id.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "note")]
pub struct Model {
    /// The id, which is random.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: NoteId,
    /// The stream to which it belongs.
    pub stream: String,
    /// The kind of the note, a code of [`domain::note::NoteKind`].
    pub kind: String,
    /// The text.
    pub text: String,
    /// The post of the officer who wrote it.
    pub author_post: PostId,
    /// The time.
    pub at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
