//! Officers' free texts. Each is a row of table `note` that an event references by id, so that event payloads contain
//! no free text.

use chrono::{DateTime, Utc};
use domain::id::{NoteId, PostId};
use domain::limits::{REASON_MAX, REASON_MIN};
use domain::note::NoteKind;
use domain::refusal::Refusal;
use domain::text;
use entity::note;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};

use super::Stream;
use crate::error::ApiResult;

/// Trims a reason 理由 and checks its characters and its length, counted in characters (Unicode scalar values).
///
/// # Errors
/// `INVALID_INPUT` for `field` if the trimmed reason has fewer than 2 or more than 500 characters, or none that people
/// can see.
pub(crate) fn reason(text: &str, field: &'static str) -> Result<String, Refusal> {
    let text = text.trim();
    text::check(text, REASON_MIN, REASON_MAX).map_err(|flaw| flaw.of(field))?;
    Ok(text.to_owned())
}

/// A validated note that has not been inserted yet.
#[derive(Debug, Clone)]
pub(crate) struct Note {
    /// The id by which the event payload references the note.
    pub id: NoteId,
    /// The stream to which that event belongs.
    pub stream: Stream,
    /// The kind of note, determined by the step for which it was written.
    pub kind: NoteKind,
    /// The text, already validated by [`reason`].
    pub text: String,
    /// The post under which the officer wrote the note.
    pub author: PostId,
}

/// Inserts a row into table `note`.
pub(crate) async fn write<C: ConnectionTrait>(txn: &C, note: Note, at: DateTime<Utc>) -> ApiResult<()> {
    let row = note::ActiveModel {
        id: Set(note.id),
        stream: Set(note.stream.to_string()),
        kind: Set(note.kind.code().to_owned()),
        text: Set(note.text),
        author_post: Set(note.author),
        at: Set(at),
    };
    note::Entity::insert(row).exec_without_returning(txn).await?;
    Ok(())
}
