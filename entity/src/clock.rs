//! A clock 时限 of a step.

use domain::clock::{ClockKind, ClockState};
use domain::id::{AssignmentId, PostId, UnitId};
use domain::policy::RuleVersion;
use sea_orm::entity::prelude::*;

/// A clock 时限 of a step.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "clock")]
pub struct Model {
    /// The stream of the step: `hazard:…`, `report:…` or `award:…`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub stream: String,
    /// The step.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: ClockKind,
    /// The round of work.
    #[sea_orm(primary_key, auto_increment = false)]
    pub round: i32,
    /// The unit that has to act.
    #[sea_orm(primary_key, auto_increment = false)]
    pub owner_unit: UnitId,
    /// The post that has to act, if it is known.
    pub owner_post: Option<PostId>,
    /// The assignment, if it is the step of one.
    pub assignment_id: Option<AssignmentId>,
    /// The time from which it counts.
    pub start: DateTimeUtc,
    /// The time by which the step has to be taken.
    pub due: DateTimeUtc,
    /// The time at which the owner is warned.
    pub warn_at: DateTimeUtc,
    /// The state: running, met, late or cancelled.
    pub state: ClockState,
    /// The time at which the clock stopped.
    pub stopped_at: Option<DateTimeUtc>,
    /// The reason for a pause. No clock is paused yet.
    pub paused_by: Option<String>,
    /// The revision of the rules by which it was set.
    pub rule_version: RuleVersion,
}

impl ActiveModelBehavior for ActiveModel {}
