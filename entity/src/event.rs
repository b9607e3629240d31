//! An event: what happened. Never changed, never removed.

use domain::id::{EventId, OfficerId, PostId};
use domain::policy::RuleVersion;
use sea_orm::entity::prelude::*;

/// An event: what happened. Never changed, never removed.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "event")]
pub struct Model {
    /// Random.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EventId,
    /// `report:`, `hazard:`, `award:`, `staff:`, `rules:` or `identity:` and an id.
    pub stream: String,
    /// Counts up by one in its stream.
    pub stream_version: i64,
    /// What happened, as a code.
    pub kind: String,
    /// Canonical JSON (RFC 8785): ids, codes, hashes; no free text.
    pub payload: String,
    /// The officer who did it.
    pub actor: Option<OfficerId>,
    /// By which post.
    pub post: Option<PostId>,
    /// When it happened.
    pub occurred_at: DateTimeUtc,
    /// When it was written.
    pub recorded_at: DateTimeUtc,
    /// The rules in force.
    pub rule_version: RuleVersion,
}

impl ActiveModelBehavior for ActiveModel {}
