//! Todos 待办: what a report, a hazard, an award or an incident waits for, and which unit has to do it.
//!
//! Todos follow from the state alone. The four functions here are the only place that says whose turn it is; `docs/todos.md`
//! shows them as a table. The officer who may act is not part of a todo: posts change without a step, so that is asked when
//! a todo is read ([`TodoKind::action`]).
//!
//! There is one todo for each assignment that waits, with its next step, one for each request for more time 延期, and one for each supervision 督办 that is to be acknowledged. It is due with the clock that is due first among
//! those that time the assignment, because missing that one makes the unit late.

mod award;
mod case;
mod incident;
mod kind;
mod major;
mod report;

use chrono::{DateTime, Utc};

use crate::clock::{Clock, ClockKind};
use crate::id::{AssignmentId, OrderId, PostId, SupervisionId, UnitId};

pub use award::of_award;
pub use case::of_case;
pub use incident::of_incident;
pub use kind::TodoKind;
pub use report::{Review, of_report};

/// A step that a unit has to take next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Todo {
    /// The step.
    pub kind: TodoKind,
    /// The assignment to which the step belongs; `None` for a step of a report, of a whole hazard or of an award.
    pub assignment: Option<AssignmentId>,
    /// The supervision 督办 that has to be acknowledged; `None` for every other step.
    pub supervision: Option<SupervisionId>,
    /// The order 责令 that has to be re-inspected; `None` for every other step.
    pub order: Option<OrderId>,
    /// The unit that has to take the step.
    pub owner_unit: UnitId,
    /// The post that is expected to take it: the worker's, or the one that the clock names. `None` if any post may.
    pub owner_post: Option<PostId>,
    /// When the step is due; `None` if nothing times it.
    pub deadline: Option<Deadline>,
    /// Since when the step waits, as far as the state tells it.
    pub since: DateTime<Utc>,
    /// Whether people are in danger now, or an emergency whistle called the unit.
    pub urgent: bool,
    /// From when officers see the todo: a report comes out from behind the time veil 时间面纱, and the time for a follow-up 回头看
    /// begins. `None` if nothing hides it. Before that time it does not exist for officers.
    pub visible_from: Option<DateTime<Utc>>,
}

/// The deadline of a todo, taken from a clock 时限.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline {
    /// The kind of the clock.
    pub clock: ClockKind,
    /// When the step is due.
    pub due: DateTime<Utc>,
    /// When the owner is warned.
    pub warn_at: DateTime<Utc>,
}

impl Todo {
    /// Returns whether this clock times the todo: it runs or is paused, and it belongs to the same assignment. A clock without an
    /// assignment belongs to its unit.
    #[must_use]
    pub fn is_timed_by(&self, clock: &Clock) -> bool {
        let belongs = match clock.key.assignment {
            Some(assignment) => Some(assignment) == self.assignment,
            None => clock.key.owner_unit == self.owner_unit,
        };
        let is_same = (clock.key.supervision, clock.key.order) == (self.supervision, self.order);
        clock.is_open() && belongs && is_same && self.kind.is_timed_by(clock.key.kind)
    }

    /// Sets the deadline, and the post if none is known, from the clock that is due first.
    fn timed(mut self, clocks: &[Clock]) -> Self {
        if let Some(clock) = self.nearest(clocks) {
            self.deadline = Some(Deadline { clock: clock.key.kind, due: clock.due, warn_at: clock.warn_at });
            self.owner_post = self.owner_post.or(clock.owner_post);
        }
        self
    }

    /// Returns the clock that is due first among those that time the todo. A clock that stands still 中止 makes nothing late.
    pub(crate) fn nearest<'c>(&self, clocks: &'c [Clock]) -> Option<&'c Clock> {
        clocks
            .iter()
            .filter(|clock| clock.is_running() && self.is_timed_by(clock))
            .min_by_key(|clock| (clock.due, clock.key))
    }
}
