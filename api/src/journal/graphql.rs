//! GraphQL types of the event history 全程留痕.

use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};
use domain::id::{EventId, NoteId, OfficerId, PostId};
use entity::{event, note};

use super::loader::NoteById;
use crate::dataloader::load;
use crate::error::ApiError;

/// The GraphQL object that wraps a row of table `event`.
#[derive(Debug)]
pub(crate) struct HistoryEvent(pub event::Model);

/// An event in the history of a report, a hazard or an award. For an act of a reporter, the times are
/// boundaries of the time veil.
#[Object]
impl HistoryEvent {
    /// The id of the event.
    async fn id(&self) -> EventId {
        self.0.id
    }

    /// The number of the event in the history of its report, hazard or award. It increases by one with each event.
    async fn version(&self) -> i64 {
        self.0.stream_version
    }

    /// The kind of event, as a code.
    async fn kind(&self) -> &str {
        &self.0.kind
    }

    /// The id of the officer who acted; null if a reporter or the system acted.
    async fn officer_id(&self) -> Option<OfficerId> {
        self.0.actor
    }

    /// The id of the post 岗位 under which the officer acted.
    async fn post_id(&self) -> Option<PostId> {
        self.0.post
    }

    /// The time at which the event took place, as it counts for deadlines.
    async fn at(&self) -> DateTime<Utc> {
        self.0.occurred_at
    }

    /// The facts of the event, as canonical JSON (RFC 8785): ids, codes and times.
    async fn facts(&self) -> Result<String, ApiError> {
        shown(&self.0.payload)
    }

    /// The text that the officer wrote, if any.
    async fn note(&self, ctx: &Context<'_>) -> Result<Option<Note>, ApiError> {
        let facts: serde_json::Value = serde_json::from_str(&self.0.payload).map_err(ApiError::internal)?;
        let named = facts.get("note").or_else(|| facts.get("far_reason"));
        let id = named.and_then(serde_json::Value::as_str).and_then(|text| text.parse().ok());
        let Some(id) = id else { return Ok(None) };
        Ok(load::<NoteById>(ctx, NoteId(id)).await?.map(Note))
    }
}

/// Returns the facts without the rule versions of clocks: they would put reports of one boundary of the time veil in order
/// around an import.
fn shown(payload: &str) -> Result<String, ApiError> {
    let mut facts: serde_json::Value = serde_json::from_str(payload).map_err(ApiError::internal)?;
    let clocks = facts.get_mut("clocks").and_then(serde_json::Value::as_array_mut);
    for clock in clocks.into_iter().flatten().filter_map(serde_json::Value::as_object_mut) {
        clock.remove("rule_version");
        clock.remove("counted");
    }
    serde_json_canonicalizer::to_string(&facts).map_err(ApiError::internal)
}

/// The GraphQL object that wraps a row of table `note`.
#[derive(Debug)]
pub(crate) struct Note(pub note::Model);

/// A text that an officer wrote: a reason, an opinion or a remark.
#[Object]
impl Note {
    /// The id of the note.
    async fn id(&self) -> NoteId {
        self.0.id
    }

    /// The kind of note: a reason, an opinion or a remark.
    async fn kind(&self) -> &str {
        &self.0.kind
    }

    /// The text of the note.
    async fn text(&self) -> &str {
        &self.0.text
    }

    /// The time at which the note was written.
    async fn at(&self) -> DateTime<Utc> {
        self.0.at
    }
}
