//! A clock 时限: the deadline of one step of a report, hazard or award.

use domain::clock::{ClockKind, ClockState};
use domain::id::{AssignmentId, PostId, UnitId};
use domain::policy::RuleVersion;
use sea_orm::entity::prelude::*;

/// A clock 时限: the deadline of one step of a report, hazard or award.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "clock")]
pub struct Model {
    /// The event stream to which the clock belongs: `hazard:…`, `report:…` or `award:…`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub stream: String,
    /// The step that has to be taken.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: ClockKind,
    /// The round of work, counted from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub round: i32,
    /// The unit that has to take the step.
    #[sea_orm(primary_key, auto_increment = false)]
    pub owner_unit: UnitId,
    /// The assignment to which the step belongs, or [`NO_ASSIGNMENT`], because a key cannot be NULL.
    #[sea_orm(primary_key, auto_increment = false)]
    pub assignment_id: AssignmentId,
    /// The post that is expected to take the step, if it is known.
    pub owner_post: Option<PostId>,
    /// When the clock started.
    pub start: DateTimeUtc,
    /// The deadline, inclusive.
    pub due: DateTimeUtc,
    /// When the owner is warned.
    pub warn_at: DateTimeUtc,
    /// The state: running, met, late or cancelled.
    pub state: ClockState,
    /// When the clock stopped; NULL while it runs.
    pub stopped_at: Option<DateTimeUtc>,
    /// The reason for a pause. Always NULL, because pausing is not implemented yet.
    pub paused_by: Option<String>,
    /// The rule version from which the span was taken.
    pub rule_version: RuleVersion,
    /// From when the span is counted, if the clock was resumed with a whole new span.
    pub counted_from: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}

/// The value of [`Model::assignment_id`] for a step of a whole case, a report or an award: the nil UUID.
pub const NO_ASSIGNMENT: AssignmentId = AssignmentId(Uuid::nil());

impl Model {
    /// Returns the assignment to which the step belongs, or `None` if it belongs to none.
    #[must_use]
    pub fn assignment(&self) -> Option<AssignmentId> {
        (self.assignment_id != NO_ASSIGNMENT).then_some(self.assignment_id)
    }
}
