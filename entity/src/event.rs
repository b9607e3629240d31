//! A domain event. The table is append-only: events are never updated or deleted.

use domain::id::{EventId, OfficerId, PostId};
use domain::policy::RuleVersion;
use sea_orm::entity::prelude::*;

/// A domain event. The table is append-only: events are never updated or deleted.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "event")]
pub struct Model {
    /// The id, which is random.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EventId,
    /// The event stream: one of the prefixes `report:`, `hazard:`, `award:`, `incident:`, `staff:`, `rules:` and `identity:`,
    /// followed by an id.
    pub stream: String,
    /// The version within the stream, which increases by one with each event.
    pub stream_version: i64,
    /// The event kind, as a code.
    pub kind: String,
    /// The event as canonical JSON (RFC 8785): ids, codes and hashes, but no free text.
    pub payload: String,
    /// The acting officer; NULL if the reporter or the system acted.
    pub actor: Option<OfficerId>,
    /// The post in which this officer acted.
    pub post: Option<PostId>,
    /// The effective time of the event: earlier than `recorded_at` for an offline step, rounded up for a reporter's
    /// action.
    pub occurred_at: DateTimeUtc,
    /// When the row was written.
    pub recorded_at: DateTimeUtc,
    /// The rule version in force.
    pub rule_version: RuleVersion,
}

impl ActiveModelBehavior for ActiveModel {}
