//! Appends events to their streams, each together with the `event_waiting` row from which the sequencer assigns its
//! journal position.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::access::By;
use domain::event::DomainEvent;
use domain::id::{AwardId, EventId, HazardId, IncidentId, OfficerId, PostId, ReportId};
use domain::policy::RuleVersion;
use entity::batch::InsertSet;
use entity::{event, event_waiting};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::binding::bind;
use super::leaf::leaf;
use crate::error::{ApiError, ApiResult};

/// The event stream of one aggregate. Its `Display` form, such as `report:<uuid>`, is the value stored in the `stream`
/// column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Stream {
    /// The stream of one report.
    Report(ReportId),
    /// The stream of one hazard and its case (whistles, assignments, clocks).
    Hazard(HazardId),
    /// The stream of one award.
    Award(AwardId),
    /// The events of one incident 突发事件.
    Incident(IncidentId),
    /// What concerns the identity of those who stand to gain from one report. No query shows this stream.
    Identity(ReportId),
    /// The stream of one unit, officer or post.
    Staff(Uuid),
    /// The single stream to which every rule import and every change of the duty roster belongs. Its versions are the revisions.
    Rules,
}

impl std::fmt::Display for Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Report(id) => write!(f, "report:{id}"),
            Self::Hazard(id) => write!(f, "hazard:{id}"),
            Self::Award(id) => write!(f, "award:{id}"),
            Self::Incident(id) => write!(f, "incident:{id}"),
            Self::Identity(id) => write!(f, "identity:{id}"),
            Self::Staff(id) => write!(f, "staff:{id}"),
            Self::Rules => write!(f, "rules:all"),
        }
    }
}

/// The acting officer and the post under which the officer acted. Both are `None` if a member of the public or the
/// system acted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Author {
    /// The acting officer.
    pub officer: Option<OfficerId>,
    /// The post whose role permitted the step.
    pub post: Option<PostId>,
}

impl From<By> for Author {
    /// Extracts the officer and the post; a reporter or the system yields neither, so the journal never identifies a
    /// reporter.
    fn from(by: By) -> Self {
        match by {
            By::Officer(actor) => Self { officer: Some(actor.officer), post: Some(actor.post) },
            By::Reporter | By::System => Self::default(),
        }
    }
}

/// A serialized event that has not been appended to a stream yet.
#[derive(Debug, Clone)]
pub(crate) struct NewEvent {
    /// The primary key of the event row, generated up front so that other rows of the transaction can reference it.
    pub id: EventId,
    /// The event kind as a code, such as `CONFIRMED`.
    pub kind: &'static str,
    /// The event payload as canonical JSON (RFC 8785), so that equal events hash equally.
    pub payload: String,
    /// When the event occurred; `None` means at [`AppendContext::at`], when it is recorded.
    pub occurred_at: Option<DateTime<Utc>>,
}

impl NewEvent {
    /// Serializes an event payload as canonical JSON and generates the event id.
    pub(crate) fn encode<E: Serialize>(kind: &'static str, event: &E) -> ApiResult<Self> {
        let payload = serde_json_canonicalizer::to_string(event).map_err(ApiError::internal)?;
        Ok(Self { id: EventId(Uuid::new_v4()), kind, payload, occurred_at: None })
    }

    /// Serializes a domain event, which supplies its own kind and occurrence time.
    pub(crate) fn from_domain(event: &impl DomainEvent) -> ApiResult<Self> {
        Ok(Self { occurred_at: Some(event.at()), ..Self::encode(event.kind(), event)? })
    }

    /// Serializes a domain event with one more field in its payload, such as the hash of what the event stands for.
    pub(crate) fn from_domain_with(event: &impl DomainEvent, field: &str, value: &str) -> ApiResult<Self> {
        let whole = WithField { event, field: BTreeMap::from([(field, value)]) };
        Ok(Self { occurred_at: Some(event.at()), ..Self::encode(event.kind(), &whole)? })
    }
}

/// An event with one more field. Fields are sorted when they are written, so it does not matter which comes first.
#[derive(Serialize)]
struct WithField<'a, E> {
    #[serde(flatten)]
    event: &'a E,
    #[serde(flatten)]
    field: BTreeMap<&'a str, &'a str>,
}

/// The metadata shared by all events that one step appends to one stream.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AppendContext {
    /// The stream to append to.
    pub stream: Stream,
    /// The current stream version, after which the new events are numbered; 0 for a new stream.
    pub after: i64,
    /// The acting officer and post, if any.
    pub author: Author,
    /// When the events are recorded. For a reporter's step this is a boundary of the time veil, like the event's own
    /// time, because the exact time could identify the reporter.
    pub at: DateTime<Utc>,
    /// The version of the rule book under which the step was decided.
    pub rules: RuleVersion,
}

/// Appends events to one stream in the given order and returns the new stream version.
///
/// # Errors
/// A unique violation if a concurrent writer appended the same version. Callers rule this out by locking the
/// aggregate's row first.
pub(crate) async fn append<C: ConnectionTrait>(
    txn: &C,
    context: AppendContext,
    events: Vec<NewEvent>,
) -> ApiResult<i64> {
    append_all(txn, vec![(context, events)]).await.map(|mut last| last.pop().unwrap_or(context.after))
}

/// Appends events to several streams and returns the new version of each stream, in input order. The hashes of the notes,
/// amendments and photos that the events name are added to their payloads, so their rows must be written before.
pub(crate) async fn append_all<C: ConnectionTrait>(
    txn: &C,
    mut streams: Vec<(AppendContext, Vec<NewEvent>)>,
) -> ApiResult<Vec<i64>> {
    bind(txn, streams.iter_mut().flat_map(|(_, events)| events).map(|event| &mut event.payload).collect()).await?;
    let mut inserts = InsertSet::default();
    let last = append_to(&mut inserts, streams)?;
    inserts.write(txn).await?;
    Ok(last)
}

/// Returns the version of the last event of a stream, 0 if the stream is empty. It is for streams without a row of their
/// own that counts their events.
pub(crate) async fn last_version<C: ConnectionTrait>(txn: &C, stream: Stream) -> ApiResult<i64> {
    let last = event::Entity::find()
        .select_only()
        .column(event::Column::StreamVersion)
        .filter(event::COLUMN.stream.eq(stream.to_string()))
        .order_by_desc(event::COLUMN.stream_version)
        .limit(1);
    Ok(last.into_tuple::<i64>().one(txn).await?.unwrap_or(0))
}

/// Reads the event with this version of a stream. A missing or unreadable event is an internal error.
pub(crate) async fn event_at<E: DeserializeOwned>(
    txn: &impl ConnectionTrait,
    stream: Stream,
    version: i64,
) -> ApiResult<E> {
    let of_stream = event::Entity::find().filter(event::COLUMN.stream.eq(stream.to_string()));
    let row = of_stream.filter(event::COLUMN.stream_version.eq(version)).one(txn).await?;
    let row = row.ok_or_else(|| ApiError::internal("a stream has no event with the version of its row"))?;
    serde_json::from_str(&row.payload).map_err(ApiError::internal)
}

/// Adds the event rows of several streams to a batch insert, and returns the new version of each stream in input order.
/// It adds no hashes ([`append_all`] does), because nothing that a batch writes is in the database yet.
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
