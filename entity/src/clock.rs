//! A clock 时限: the deadline of one step of a report, hazard or award.

use domain::clock::{ClockKey, ClockKind, ClockState, Extension, Pause, PauseReason};
use domain::id::{AssignmentId, OrderId, PostId, SupervisionId, UnitId};
use domain::policy::RuleVersion;
use sea_orm::entity::prelude::*;

use crate::JsonList;

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
    /// The assignment to which the step belongs, or [`NO_ASSIGNMENT`], because a key cannot be NULL. For the acknowledgement of
    /// a supervision 督办 or the re-inspection of an order 责令, the id of that.
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
    /// The state: running, paused, met, late or cancelled.
    pub state: ClockState,
    /// When the clock stopped; NULL while it runs.
    pub stopped_at: Option<DateTimeUtc>,
    /// The reason for the pause while the clock is paused.
    pub paused_by: Option<PauseReason>,
    /// The rule version from which the span was taken.
    pub rule_version: RuleVersion,
    /// From when the span is counted, if the clock was resumed with a whole new span.
    pub counted_from: Option<DateTimeUtc>,
    /// The span from which the due time was counted, as policies write it; NULL for a given date and in earlier builds.
    pub span: Option<String>,
    /// The due time that the span gave, if an extension or a pause has moved it.
    pub original_due: Option<DateTimeUtc>,
    /// The extensions 延期.
    pub extensions: JsonList<Vec<Extension>>,
    /// The pauses 中止.
    pub pauses: JsonList<Vec<Pause>>,
}

impl ActiveModelBehavior for ActiveModel {}

/// The value of [`Model::assignment_id`] for a step of a whole case, a report or an award: the nil UUID.
pub const NO_ASSIGNMENT: AssignmentId = AssignmentId(Uuid::nil());

impl Model {
    /// Returns the assignment to which the step belongs, or `None` if it belongs to none.
    #[must_use]
    pub fn assignment(&self) -> Option<AssignmentId> {
        let is_other = matches!(self.kind, ClockKind::Acknowledge | ClockKind::Reinspect);
        let is_one = self.assignment_id != NO_ASSIGNMENT && !is_other;
        is_one.then_some(self.assignment_id)
    }

    /// Returns the supervision 督办 that has to be acknowledged, or `None` for other steps.
    #[must_use]
    pub fn supervision(&self) -> Option<SupervisionId> {
        (self.kind == ClockKind::Acknowledge).then_some(SupervisionId(self.assignment_id.0))
    }

    /// Returns the order 责令 that has to be re-inspected, or `None` for other steps.
    #[must_use]
    pub fn order(&self) -> Option<OrderId> {
        (self.kind == ClockKind::Reinspect).then_some(OrderId(self.assignment_id.0))
    }

    /// Returns the key of the clock.
    #[must_use]
    pub fn key(&self) -> ClockKey {
        let (assignment, supervision) = (self.assignment(), self.supervision());
        let order = self.order();
        ClockKey { kind: self.kind, round: self.round, owner_unit: self.owner_unit, assignment, supervision, order }
    }
}
