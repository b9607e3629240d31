//! An event. Events are never changed and never removed.

use domain::id::{EventId, OfficerId, PostId};
use domain::policy::RuleVersion;
use sea_orm::entity::prelude::*;

/// An event. Events are never changed and never removed.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "event")]
pub struct Model {
    /// The id, which is random.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EventId,
    /// The stream: `report:`, `hazard:`, `award:`, `staff:`, `rules:` or `identity:`, and an id.
    pub stream: String,
    /// The version in the stream, which counts up by one.
    pub stream_version: i64,
    /// The kind, as a code.
    pub kind: String,
    /// The event as canonical JSON (RFC 8785): ids, codes and hashes, but no free text.
    pub payload: String,
    /// The officer who acted, if one did.
    pub actor: Option<OfficerId>,
    /// The post of this officer.
    pub post: Option<PostId>,
    /// The time of the event.
    pub occurred_at: DateTimeUtc,
    /// The time at which it was written.
    pub recorded_at: DateTimeUtc,
    /// The revision of the rules in force.
    pub rule_version: RuleVersion,
}

impl ActiveModelBehavior for ActiveModel {}
