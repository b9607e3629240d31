//! A note: a free text that an officer wrote. Events reference it by its id.

use domain::id::{NoteId, PostId};
use sea_orm::entity::prelude::*;

/// A note: a free text that an officer wrote. Events reference it by its id.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "note")]
pub struct Model {
    /// The id, which is random.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: NoteId,
    /// The event stream to which the note belongs.
    pub stream: String,
    /// The note kind: a code of [`domain::note::NoteKind`].
    pub kind: String,
    /// The text that the officer wrote.
    pub text: String,
    /// The post in which the officer wrote it.
    pub author_post: PostId,
    /// When the note was written.
    pub at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
