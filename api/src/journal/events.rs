//! Writes events, each with the row that waits for its position in the journal.

use chrono::{DateTime, Utc};
use domain::access::By;
use domain::event::DomainEvent;
use domain::id::{AwardId, EventId, HazardId, OfficerId, PostId, ReportId};
use domain::policy::RuleVersion;
use entity::batch::InsertSet;
use entity::{event, event_waiting};
use sea_orm::{ActiveValue::Set, ConnectionTrait, IntoActiveModel};
use serde::Serialize;
use uuid::Uuid;

use super::leaf::leaf;
use crate::error::{ApiError, ApiResult};

/// The aggregate to whose history an event belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Stream {
    /// A report.
    Report(ReportId),
    /// A hazard with its case.
    Hazard(HazardId),
    /// An award.
    Award(AwardId),
    /// A unit, an officer or a post.
    Staff(Uuid),
    /// The rules.
    Rules,
}

impl std::fmt::Display for Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Report(id) => write!(f, "report:{id}"),
            Self::Hazard(id) => write!(f, "hazard:{id}"),
            Self::Award(id) => write!(f, "award:{id}"),
            Self::Staff(id) => write!(f, "staff:{id}"),
            Self::Rules => write!(f, "rules:all"),
        }
    }
}

/// The officer who acted, and under which post. Both are `None` if a member of the public or the system acted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Author {
    /// The officer who acted.
    pub officer: Option<OfficerId>,
    /// The post under which the officer acted.
    pub post: Option<PostId>,
}

impl From<By> for Author {
    /// Returns the officer and the post. A reporter is never named in the journal.
    fn from(by: By) -> Self {
        match by {
            By::Officer(actor) => Self { officer: Some(actor.officer), post: Some(actor.post) },
            By::Reporter | By::System => Self::default(),
        }
    }
}

/// An event that is ready to be written.
#[derive(Debug, Clone)]
pub(crate) struct NewEvent {
    /// The id of the event, for rows that refer to it.
    pub id: EventId,
    /// The kind of event, as a code.
    pub kind: &'static str,
    /// The facts of the event as canonical JSON (RFC 8785).
    pub payload: String,
    /// The time at which it happened; `None` if that is the time at which it is written.
    pub occurred_at: Option<DateTime<Utc>>,
}

impl NewEvent {
    /// Returns an event with these facts in their canonical form.
    pub(crate) fn encode<E: Serialize>(kind: &'static str, event: &E) -> ApiResult<Self> {
        let payload = serde_json_canonicalizer::to_string(event).map_err(ApiError::internal)?;
        Ok(Self { id: EventId(Uuid::new_v4()), kind, payload, occurred_at: None })
    }

    /// Returns an event of the domain, which has its own kind and says when it happened.
    pub(crate) fn from_domain(event: &impl DomainEvent) -> ApiResult<Self> {
        Ok(Self { occurred_at: Some(event.at()), ..Self::encode(event.kind(), event)? })
    }
}

/// The values that all events of one step in one stream have in common.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AppendContext {
    /// The stream.
    pub stream: Stream,
    /// The version of the last event that the stream has already; 0 for a new stream.
    pub after: i64,
    /// The officer who acted, if one did.
    pub author: Author,
    /// The time at which the events are written.
    pub at: DateTime<Utc>,
    /// The version of the rules in force.
    pub rules: RuleVersion,
}

/// Writes events of one stream in order and returns the version of the last one.
///
/// # Errors
/// A unique violation if another writer has written the same version, which the lock on the stream's row prevents.
pub(crate) async fn append<C: ConnectionTrait>(
    txn: &C,
    context: AppendContext,
    events: Vec<NewEvent>,
) -> ApiResult<i64> {
    append_all(txn, vec![(context, events)]).await.map(|mut last| last.pop().unwrap_or(context.after))
}

/// Writes events of many streams and returns the last version of each stream.
pub(crate) async fn append_all<C: ConnectionTrait>(
    txn: &C,
    streams: Vec<(AppendContext, Vec<NewEvent>)>,
) -> ApiResult<Vec<i64>> {
    let mut inserts = InsertSet::default();
    let last = append_to(&mut inserts, streams)?;
    inserts.write(txn).await?;
    Ok(last)
}

/// Adds events of many streams to rows that are written together, and returns the last version of each stream.
pub(crate) fn append_to(inserts: &mut InsertSet, streams: Vec<(AppendContext, Vec<NewEvent>)>) -> ApiResult<Vec<i64>> {
    let (mut rows, mut waiting, mut last) = (Vec::new(), Vec::new(), Vec::new());
    for (context, events) in streams {
        let mut version = context.after;
        for new in events {
            version += 1;
            let row = row(&context, version, new);
            let leaf = Set(leaf(&row));
            waiting.push(event_waiting::ActiveModel { event_id: Set(row.id), leaf, ..Default::default() });
            rows.push(row.into_active_model());
        }
        last.push(version);
    }
    inserts.add(rows)?;
    inserts.add(waiting)?;
    Ok(last)
}

fn row(context: &AppendContext, version: i64, new: NewEvent) -> event::Model {
    event::Model {
        id: new.id,
        stream: context.stream.to_string(),
        stream_version: version,
        kind: new.kind.to_owned(),
        payload: new.payload,
        actor: context.author.officer,
        post: context.author.post,
        occurred_at: new.occurred_at.unwrap_or(context.at),
        recorded_at: context.at,
        rule_version: context.rules,
    }
}
