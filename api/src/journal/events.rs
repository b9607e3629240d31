//! Writing events.

use chrono::{DateTime, Utc};
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

/// Whose history: the aggregate that an event belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Stream {
    /// A report.
    Report(ReportId),
    /// A hazard with its case.
    Hazard(HazardId),
    /// An award.
    Award(AwardId),
    /// A unit, an officer, a post.
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

/// Which officer did it, by which post; nobody where a member of the public or the system acted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Author {
    /// The officer.
    pub officer: Option<OfficerId>,
    /// The post.
    pub post: Option<PostId>,
}

/// What happened, ready to be written.
#[derive(Debug, Clone)]
pub(crate) struct NewEvent {
    /// Its id, where something else names it.
    pub id: EventId,
    /// What happened, as a code.
    pub kind: &'static str,
    /// Canonical JSON (RFC 8785).
    pub payload: String,
    /// When it happened, if not when it is written.
    pub occurred_at: Option<DateTime<Utc>>,
}

impl NewEvent {
    /// An event of the domain in its canonical form.
    ///
    /// # Errors
    /// When the event has no canonical form, which would be an internal error.
    pub(crate) fn encode<E: Serialize>(kind: &'static str, event: &E) -> ApiResult<Self> {
        let payload = serde_json_canonicalizer::to_string(event).map_err(ApiError::internal)?;
        Ok(Self { id: EventId(Uuid::new_v4()), kind, payload, occurred_at: None })
    }

    /// An event of an aggregate under its own word, which happened when the event says.
    ///
    /// # Errors
    /// An accident when the event has no canonical form.
    pub(crate) fn from_domain(event: &impl DomainEvent) -> ApiResult<Self> {
        Ok(Self { occurred_at: Some(event.at()), ..Self::encode(event.kind(), event)? })
    }
}

/// Where and under which rules events are written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AppendContext {
    /// Whose history.
    pub stream: Stream,
    /// The version of the stream's last event before these; 0 for a new one.
    pub after: i64,
    /// Who did it.
    pub author: Author,
    /// Now.
    pub at: DateTime<Utc>,
    /// The rules in force.
    pub rules: RuleVersion,
}

/// Writes events of one stream, in order; answers the version of the last.
///
/// # Errors
/// A unique violation when somebody else wrote the same version: two writers without the lock.
pub(crate) async fn append<C: ConnectionTrait>(
    txn: &C,
    context: AppendContext,
    events: Vec<NewEvent>,
) -> ApiResult<i64> {
    append_all(txn, vec![(context, events)]).await.map(|mut last| last.pop().unwrap_or(context.after))
}

/// Writes events of many streams; answers the last version of each.
///
/// # Errors
/// As [`append`].
pub(crate) async fn append_all<C: ConnectionTrait>(
    txn: &C,
    streams: Vec<(AppendContext, Vec<NewEvent>)>,
) -> ApiResult<Vec<i64>> {
    let mut inserts = InsertSet::default();
    let last = append_to(&mut inserts, streams)?;
    inserts.write(txn).await?;
    Ok(last)
}

/// Adds events of many streams to what is written together; answers the last version of each.
///
/// # Errors
/// An internal error when an event has no row.
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
