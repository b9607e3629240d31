//! GraphQL types of the event history 全程留痕. The history publishes a projection of the events: their stored form belongs
//! to the server, and may change.

mod deadlines;
mod details;
mod incidents;
mod projection;
mod whistles;

use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};
use domain::event::EventKind;
use domain::id::{EventId, HazardId, NoteId, OfficerId, PostId};
use domain::note::NOTE_FIELDS;
use entity::{event, note};
use futures::future::try_join_all;

use self::details::EventDetails;
use super::loader::NoteById;
use crate::context::caller;
use crate::dataloader::load;
use crate::error::ApiError;

/// The GraphQL object that wraps a row of table `event`.
#[derive(Debug)]
pub(crate) struct HistoryEvent {
    row: event::Model,
    /// Whether the event tells of another hazard that the caller may not see. Its id and the reason are then left out.
    is_withheld: bool,
}

impl HistoryEvent {
    /// Creates an event that is shown as a whole.
    pub(crate) const fn new(row: event::Model) -> Self {
        Self { row, is_withheld: false }
    }

    /// Creates an event of which nothing is shown that tells of another hazard.
    pub(crate) const fn withheld(row: event::Model) -> Self {
        Self { row, is_withheld: true }
    }

    /// Returns the other hazard of a merge or of its undoing, if the event is one.
    pub(crate) fn merged(row: &event::Model) -> Option<HazardId> {
        let is_merge = matches!(
            EventKind::of_stored(&row.kind),
            EventKind::Joined | EventKind::Parted | EventKind::Reinstated | EventKind::Cancelled
        );
        if is_merge { projection::details(row)?.hazard_id } else { None }
    }
}

/// An event in the history of a report or a hazard. For an act of a reporter, the times are boundaries of the time veil.
#[Object]
impl HistoryEvent {
    /// The id of the event.
    async fn id(&self) -> EventId {
        self.row.id
    }

    /// The number of the event in the history of its report or hazard. It increases by one with each event.
    async fn version(&self) -> i64 {
        self.row.stream_version
    }

    /// The kind of event.
    async fn kind(&self) -> EventKind {
        EventKind::of_stored(&self.row.kind)
    }

    /// What happened, in one sentence for people, in the language of the caller.
    async fn sentence(&self, ctx: &Context<'_>) -> &'static str {
        EventKind::of_stored(&self.row.kind).sentence(caller(ctx).language)
    }

    /// The id of the officer who acted; null if a reporter or the system acted.
    async fn officer_id(&self) -> Option<OfficerId> {
        self.row.actor
    }

    /// The id of the post 岗位 under which the officer acted.
    async fn post_id(&self) -> Option<PostId> {
        self.row.post
    }

    /// The time at which the event took place, as it counts for deadlines.
    async fn at(&self) -> DateTime<Utc> {
        self.row.occurred_at
    }

    /// What the event says beside its kind and its time: ids, codes, numbers and times. Null for the kind `OTHER`.
    // All fields come from one column that is loaded anyway, so their number does not count.
    #[graphql(complexity = 1)]
    async fn details(&self) -> Option<EventDetails> {
        let details = projection::details(&self.row)?;
        Some(if self.is_withheld { EventDetails { hazard_id: None, ..details } } else { details })
    }

    /// All texts that the officer wrote, in the order of the form: at most four. Most events have at most one.
    #[graphql(complexity = "child_complexity + 1")]
    async fn notes(&self, ctx: &Context<'_>) -> Result<Vec<Note>, ApiError> {
        if self.is_withheld {
            return Ok(Vec::new());
        }
        let payload: serde_json::Value = serde_json::from_str(&self.row.payload).map_err(ApiError::internal)?;
        let named = NOTE_FIELDS.into_iter().filter_map(|field| payload.get(field)?.as_str());
        let ids = named.map(|id| id.parse().map(NoteId)).collect::<Result<Vec<_>, _>>().map_err(ApiError::internal)?;
        let notes = try_join_all(ids.into_iter().map(|id| load::<NoteById>(ctx, id))).await?;
        Ok(notes.into_iter().flatten().map(Note).collect())
    }

    /// The text that the officer wrote, if any: a reason, an opinion or a remark.
    async fn note(&self, ctx: &Context<'_>) -> Result<Option<Note>, ApiError> {
        if self.is_withheld {
            return Ok(None);
        }
        let payload: serde_json::Value = serde_json::from_str(&self.row.payload).map_err(ApiError::internal)?;
        let named = NOTE_FIELDS.into_iter().find_map(|field| payload.get(field)?.as_str());
        let Some(id) = named else { return Ok(None) };
        let id = NoteId(id.parse().map_err(ApiError::internal)?);
        let note = load::<NoteById>(ctx, id).await?;
        note.map(|note| Some(Note(note))).ok_or_else(|| ApiError::internal("an event names a note that is not stored"))
    }
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

    /// The kind of note: the step that it explains, as a code.
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
