//! Clocks 时限: a clock is the deadline of one step, with the unit that has to take it.
//!
//! A clock has no id of its own. Within its event stream it is identified by its [`ClockKey`]: kind, round and owner
//! unit. Each key starts at most once. Events contain the clock changes, and [`apply()`] applies them.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::id::{AssignmentId, PostId, UnitId};
use crate::policy::RuleVersion;
use crate::recount::Recounted;
use crate::time::{Calendar, Span, later};

coded_enum! {
    /// The step that a clock times.
    pub enum ClockKind {
        /// 审核: a report awaits review.
        Review = "REVIEW",
        /// 派单: an emergency awaits its first dispatch or whistle.
        Dispatch = "DISPATCH",
        /// 签收: the unit must sign for an assignment.
        Sign = "SIGN",
        /// 报到: a worker must arrive on site.
        CheckIn = "CHECK_IN",
        /// 办结: the work of an assignment must be finished.
        Finish = "FINISH",
        /// 验收: finished work awaits acceptance.
        Accept = "ACCEPT",
        /// 奖励审核: an award awaits review.
        ReviewAward = "REVIEW_AWARD",
        /// 奖励审批: an award awaits approval.
        ApproveAward = "APPROVE_AWARD",
        /// 领取: the reporter must collect an award.
        Collect = "COLLECT",
        /// 发放: a collected award awaits payment.
        Pay = "PAY",
    }
}

coded_enum! {
    /// The state of a clock. Being overdue is not a state: it follows from the current time.
    pub enum ClockState {
        /// The clock is still running.
        Running = "RUNNING",
        /// The clock stopped on time.
        Met = "MET",
        /// The clock stopped after it was due.
        Late = "LATE",
        /// The step is no longer required.
        Cancelled = "CANCELLED",
    }
}

/// The key of a clock, which is unique within its event stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ClockKey {
    /// The step that has to be taken.
    pub kind: ClockKind,
    /// The round of work, counted from 1. Reopening a hazard begins the next one.
    pub round: i32,
    /// The unit that has to take the step.
    pub owner_unit: UnitId,
}

/// A clock 时限: the deadline of one step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    /// The key of the clock.
    #[serde(flatten)]
    pub key: ClockKey,
    /// The post that is expected to take the step; `None` if it is not known.
    pub owner_post: Option<PostId>,
    /// The assignment to which the step belongs; `None` for a step of the whole case, a report or an award.
    pub assignment: Option<AssignmentId>,
    /// When the clock started.
    pub start: DateTime<Utc>,
    /// The deadline, inclusive: a step taken exactly at this time is on time.
    pub due: DateTime<Utc>,
    /// When the owner is warned.
    pub warn_at: DateTime<Utc>,
    /// Whether the clock runs, and how it stopped.
    pub state: ClockState,
    /// When the clock stopped; `None` while it runs.
    pub stopped_at: Option<DateTime<Utc>>,
    /// The rule version from which the span was taken.
    pub rule_version: RuleVersion,
}

impl Clock {
    /// Returns whether the clock is running and `now` is past its due time.
    #[must_use]
    pub fn is_overdue(&self, now: DateTime<Utc>) -> bool {
        self.is_running() && now > self.due
    }

    /// Returns whether the clock is running.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.state == ClockState::Running
    }

    /// Sets the assignment to which the step belongs.
    #[must_use]
    pub fn for_assignment(mut self, assignment: AssignmentId) -> Self {
        self.assignment = Some(assignment);
        self
    }

    /// Sets the post that has to take the step.
    #[must_use]
    pub fn for_post(mut self, post: Option<PostId>) -> Self {
        self.owner_post = post;
        self
    }
}

/// A clock change, as events store it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ClockChange {
    /// The clock started. If a clock with this key exists already, the change has no effect.
    Started(Clock),
    /// The clock stopped: on time, late, or because its step is no longer required.
    Stopped {
        /// The key of the clock.
        #[serde(flatten)]
        key: ClockKey,
        /// When the clock stopped: the effective time of the step, which may precede its arrival.
        at: DateTime<Utc>,
        /// The state in which the clock stopped.
        state: ClockState,
    },
    /// A stopped clock was resumed.
    Resumed {
        /// The key of the clock.
        #[serde(flatten)]
        key: ClockKey,
        /// The new due time.
        due: DateTime<Utc>,
        /// The new warning time.
        warn_at: DateTime<Utc>,
    },
    /// The calendar changed, and the due time was counted again.
    Recounted(Recounted),
}

/// The rules for setting clocks: the local calendar and the rule version in force.
#[derive(Debug, Clone, Copy)]
pub struct Timing<'a> {
    /// The calendar of working days and office hours.
    pub calendar: &'a Calendar,
    /// The share of a span after which the owner is warned, in percent. Values above 100 are treated as 100.
    pub warn_percent: u8,
    /// The rule version in force.
    pub rule_version: RuleVersion,
}

impl Timing<'_> {
    /// Returns a running clock that starts at `start` and is due after `span`, counted in the calendar.
    #[must_use]
    pub fn clock(&self, key: ClockKey, start: DateTime<Utc>, span: Span) -> Clock {
        self.clock_until(key, start, self.calendar.due(start, span))
    }

    /// Returns a running clock that starts at `start` and is due at `due`.
    #[must_use]
    pub fn clock_until(&self, key: ClockKey, start: DateTime<Utc>, due: DateTime<Utc>) -> Clock {
        Clock {
            key,
            owner_post: None,
            assignment: None,
            start,
            due,
            warn_at: self.warn_at(start, due),
            state: ClockState::Running,
            stopped_at: None,
            rule_version: self.rule_version,
        }
    }

    /// Returns the warning time, to the second: `start` plus [`Timing::warn_percent`] of the interval between `start`
    /// and `due`. Returns `start` if `due` is not after it.
    #[must_use]
    pub fn warn_at(&self, start: DateTime<Utc>, due: DateTime<Utc>) -> DateTime<Utc> {
        let seconds = (due - start).num_seconds().max(0);
        later(start, TimeDelta::seconds(seconds * i64::from(self.warn_percent.min(100)) / 100))
    }
}

/// Returns the clock with this key, or `None` if there is none.
#[must_use]
pub fn find(clocks: &[Clock], key: ClockKey) -> Option<&Clock> {
    clocks.iter().find(|clock| clock.key == key)
}

/// Returns the change that stops the clock with this key at `at`, on time or late. Returns `None` if no such clock is
/// running.
#[must_use]
pub fn stop(clocks: &[Clock], key: ClockKey, at: DateTime<Utc>) -> Option<ClockChange> {
    let clock = find(clocks, key).filter(|clock| clock.is_running())?;
    let state = if at > clock.due { ClockState::Late } else { ClockState::Met };
    Some(ClockChange::Stopped { key, at, state })
}

/// Returns the changes that cancel all running clocks, whose steps are no longer required.
#[must_use]
pub fn cancel_all(clocks: &[Clock], at: DateTime<Utc>) -> Vec<ClockChange> {
    let running = clocks.iter().filter(|clock| clock.is_running());
    running.map(|clock| ClockChange::Stopped { key: clock.key, at, state: ClockState::Cancelled }).collect()
}

/// Applies the changes in order. This is infallible: a change to an unknown clock has no effect.
pub fn apply(clocks: &mut Vec<Clock>, changes: &[ClockChange]) {
    for change in changes {
        match change {
            ClockChange::Started(clock) => {
                if find(clocks, clock.key).is_none() {
                    clocks.push(clock.clone());
                }
            }
            ClockChange::Stopped { key, at, state } => change_one(clocks, *key, |clock| {
                clock.state = *state;
                clock.stopped_at = Some(*at);
            }),
            ClockChange::Resumed { key, due, warn_at } => change_one(clocks, *key, |clock| {
                clock.state = ClockState::Running;
                clock.stopped_at = None;
                clock.due = *due;
                clock.warn_at = *warn_at;
            }),
            ClockChange::Recounted(Recounted { key, due, warn_at, .. }) => {
                change_one(clocks, *key, |clock| (clock.due, clock.warn_at) = (*due, *warn_at));
            }
        }
    }
}

fn change_one(clocks: &mut [Clock], key: ClockKey, change: impl FnOnce(&mut Clock)) {
    if let Some(clock) = clocks.iter_mut().find(|clock| clock.key == key) {
        change(clock);
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn at(minute: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minute)
    }

    fn running() -> Vec<Clock> {
        let calendar = Calendar { days: std::collections::BTreeMap::new(), hours: Vec::new() };
        let timing = Timing { calendar: &calendar, warn_percent: 80, rule_version: RuleVersion(1) };
        vec![timing.clock_until(key(), at(0), at(10))]
    }

    fn key() -> ClockKey {
        ClockKey { kind: ClockKind::Sign, round: 1, owner_unit: UnitId(Uuid::from_u128(1)) }
    }

    #[test]
    fn the_due_moment_itself_is_in_time() {
        let clocks = running();
        assert!(!clocks[0].is_overdue(at(10)) && clocks[0].is_overdue(at(11)));
        for (minute, state) in [(10, ClockState::Met), (11, ClockState::Late)] {
            let stopped = ClockChange::Stopped { key: key(), at: at(minute), state };
            assert_eq!(stop(&clocks, key(), at(minute)), Some(stopped));
        }
    }

    #[test]
    fn the_owner_is_warned_after_a_part_of_the_span() {
        assert_eq!(running()[0].warn_at, at(8));
    }

    #[test]
    fn a_name_starts_once_and_stops_once() {
        let mut clocks = running();
        let mut again = clocks[0].clone();
        again.due = at(99);
        apply(&mut clocks, &[ClockChange::Started(again)]);
        assert_eq!((clocks.len(), clocks[0].due), (1, at(10)));
        let changes: Vec<_> = stop(&clocks, key(), at(3)).into_iter().collect();
        apply(&mut clocks, &changes);
        assert_eq!(clocks[0].stopped_at, Some(at(3)));
        assert_eq!(stop(&clocks, key(), at(4)), None);
    }
}
