//! History 全程留痕, as the published schema shows it.

use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};
use domain::id::{EventId, NoteId, OfficerId, PostId};
use entity::{event, note};

use super::loader::NoteById;
use crate::dataloader::load;
use crate::error::ApiError;

/// What happened, once.
#[derive(Debug)]
pub struct Event(pub event::Model);

/// What happened to a report, a hazard or an award, once. Of an act of a reporter, the times are the end of their hour.
#[Object(name = "HistoryEvent")]
impl Event {
    /// The event.
    async fn id(&self) -> EventId {
        self.0.id
    }

    /// Counts up by one in the history of one report, hazard or award.
    async fn version(&self) -> i64 {
        self.0.stream_version
    }

    /// What happened, as a code.
    async fn kind(&self) -> &str {
        &self.0.kind
    }

    /// The officer who did it; null where a reporter or the system acted.
    async fn officer_id(&self) -> Option<OfficerId> {
        self.0.actor
    }

    /// The post by which it was done.
    async fn post_id(&self) -> Option<PostId> {
        self.0.post
    }

    /// When it happened, as it counts.
    async fn at(&self) -> DateTime<Utc> {
        self.0.occurred_at
    }

    /// The facts, as canonical JSON (RFC 8785): ids, codes, times.
    async fn facts(&self) -> &str {
        &self.0.payload
    }

    /// What the officer wrote.
    async fn note(&self, ctx: &Context<'_>) -> Result<Option<Note>, ApiError> {
        let facts: serde_json::Value = serde_json::from_str(&self.0.payload).map_err(ApiError::internal)?;
        let id = facts.get("note").and_then(serde_json::Value::as_str).and_then(|text| text.parse().ok());
        let Some(id) = id else { return Ok(None) };
        Ok(load::<NoteById>(ctx, NoteId(id)).await?.map(Note))
    }
}

/// A free text of an officer.
#[derive(Debug)]
pub struct Note(pub note::Model);

/// A free text of an officer: a reason, an opinion, a remark.
#[Object]
impl Note {
    /// The note.
    async fn id(&self) -> NoteId {
        self.0.id
    }

    /// What it is: a reason, an opinion, a remark.
    async fn kind(&self) -> &str {
        &self.0.kind
    }

    /// The text.
    async fn text(&self) -> &str {
        &self.0.text
    }

    /// When it was written.
    async fn at(&self) -> DateTime<Utc> {
        self.0.at
    }
}
