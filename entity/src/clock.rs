//! A clock 时限.

use domain::clock::{ClockKind, ClockState};
use domain::id::{AssignmentId, PostId, UnitId};
use domain::policy::RuleVersion;
use sea_orm::entity::prelude::*;

/// A clock 时限.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "clock")]
pub struct Model {
    /// Whose step: `hazard:…`, `report:…`, `award:…`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub stream: String,
    /// Which step.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: ClockKind,
    /// The round.
    #[sea_orm(primary_key, auto_increment = false)]
    pub round: i32,
    /// Who must act.
    #[sea_orm(primary_key, auto_increment = false)]
    pub owner_unit: UnitId,
    /// Which post.
    pub owner_post: Option<PostId>,
    /// On which assignment.
    pub assignment_id: Option<AssignmentId>,
    /// From when it counts.
    pub start: DateTimeUtc,
    /// Until when.
    pub due: DateTimeUtc,
    /// When the owner is warned.
    pub warn_at: DateTimeUtc,
    /// Running, met, late, cancelled.
    pub state: ClockState,
    /// When the step was taken.
    pub stopped_at: Option<DateTimeUtc>,
    /// Why it stands still.
    pub paused_by: Option<String>,
    /// The rules by which it was set.
    pub rule_version: RuleVersion,
}

impl ActiveModelBehavior for ActiveModel {}
