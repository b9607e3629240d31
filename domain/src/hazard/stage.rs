//! How far a hazard is, as its reports see it: what a review or a withdrawal may still do depends on it.

use chrono::{DateTime, TimeDelta, Utc};

use super::{AssignmentStatus, Case, End, Whistle};
use crate::id::AssignmentId;
use crate::policy::{HandlingPolicy, WhistleClass};
use crate::time::china_day_end;

/// How far a hazard is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Open, and no unit has been asked to act in any round or has inspected 检查.
    Open,
    /// Open, and some work has not been accepted, or a unit has inspected without any work.
    Dispatched,
    /// Open, and all work has been accepted.
    Accepted,
    /// 已销号.
    Closed,
    /// 已撤销.
    Cancelled,
}

impl Case {
    /// Returns how far the hazard is. Work of earlier rounds counts; cancelled work does not.
    #[must_use]
    pub fn stage(&self) -> Stage {
        match self.end {
            Some(End::Closed) => return Stage::Closed,
            Some(End::Cancelled) => return Stage::Cancelled,
            None => {}
        }
        let mut work = self.assignments.iter().map(|assignment| assignment.status);
        let mut work = work.by_ref().filter(|status| !status.is_gone()).peekable();
        if work.peek().is_none() {
            return if self.enforcement.is_empty() { Stage::Open } else { Stage::Dispatched };
        }
        if work.all(|status| status == AssignmentStatus::Accepted) { Stage::Accepted } else { Stage::Dispatched }
    }

    /// Returns whether this assignment is urgent: people are in danger now, or a whistle for an emergency 应急处置哨 called the
    /// unit.
    #[must_use]
    pub fn is_urgent(&self, assignment: AssignmentId) -> bool {
        let whistle = self.assignment(assignment).and_then(|one| one.whistle);
        let called = |one: &Whistle| Some(one.id) == whistle && one.class == WhistleClass::Emergency;
        self.emergency || self.whistles.iter().any(called)
    }

    /// Returns whether the hazard is open, and less is feared of it than of another one: that one is an emergency or of a higher
    /// level, and this one is not.
    #[must_use]
    pub fn is_calmer_than(&self, other: &Self) -> bool {
        let is_calmer = (other.emergency && !self.emergency) || other.level > self.level;
        self.end.is_none() && is_calmer
    }

    /// Returns whether the hazard is closed and its callback window 回访期 (the policy's number of calendar days after
    /// closure, to the end of the last day) is open at the exact time `now`.
    #[must_use]
    pub fn in_callback_window(&self, now: DateTime<Utc>, policy: &HandlingPolicy) -> bool {
        let window = TimeDelta::days(i64::from(policy.callback_days));
        let (Some(End::Closed), Some(closed_at)) = (self.end, self.closed_at) else { return false };
        closed_at.checked_add_signed(window).is_none_or(|end| now <= china_day_end(end))
    }
}
