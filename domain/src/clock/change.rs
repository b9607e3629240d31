//! The changes of clocks: how events store them, which changes a step makes, and what they do to the clocks.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize, Serializer};

use super::{Clock, ClockKey, ClockKind, ClockState, find, of_step};
use crate::id::{AssignmentId, UnitId};
use crate::policy::RuleVersion;
use crate::recount::Recounted;
use crate::refusal::{Code, Refusal};

/// A clock change, as events store it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ClockChange {
    /// The clock started. [`check_starts`] refuses an event that starts a clock with a key that exists already.
    Started(Clock),
    /// The clock stopped: on time, late, or because its step is no longer required.
    Stopped {
        /// The key of the clock. Earlier builds stored it without the assignment.
        #[serde(flatten, serialize_with = "without_null")]
        key: ClockKey,
        /// When the clock stopped: the effective time of the step, which may precede its arrival.
        at: DateTime<Utc>,
        /// The state in which the clock stopped.
        state: ClockState,
    },
    /// A stopped clock was resumed.
    Resumed {
        /// The key of the clock. Earlier builds stored it without the assignment.
        #[serde(flatten, serialize_with = "without_null")]
        key: ClockKey,
        /// The new due time.
        due: DateTime<Utc>,
        /// The new warning time.
        warn_at: DateTime<Utc>,
        /// How the due time was counted; `None` if it is the one before. Earlier builds did not store it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        counted: Option<Counted>,
    },
    /// The calendar changed, and the due time was counted again.
    Recounted(Recounted),
    /// The clock left this stream: its assignment belongs to another hazard since a merge 合并 or its undoing.
    Removed {
        /// The key of the clock.
        #[serde(flatten, serialize_with = "without_null")]
        key: ClockKey,
    },
}

/// From when, and by which rules, the due time of a resumed clock was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// The time from which the new span is counted.
    pub from: DateTime<Utc>,
    /// The rule version from which the span was taken.
    pub rule_version: RuleVersion,
}

/// Returns the change after which this running clock runs: it is started, or resumed with the due time of `next` if a
/// clock with its key exists.
#[must_use]
pub fn run(clocks: &[Clock], next: Clock) -> ClockChange {
    if find(clocks, next.key).is_none() {
        return ClockChange::Started(next);
    }
    let counted = Some(Counted { from: next.counted_from(), rule_version: next.rule_version });
    ClockChange::Resumed { key: next.key, due: next.due, warn_at: next.warn_at, counted }
}

/// Returns the change after which the clock with this key runs again with its old due time, so that nobody gains time. If
/// another unit had to take the step before, the due time is that of its clock. Returns `None` if the step was never
/// timed, or if the clock runs.
#[must_use]
pub fn proceed(clocks: &[Clock], key: ClockKey) -> Option<ClockChange> {
    let before = of_step(clocks, key).filter(|clock| !clock.is_running())?;
    if before.key == key {
        return Some(ClockChange::Resumed { key, due: before.due, warn_at: before.warn_at, counted: None });
    }
    let next = Clock { key, owner_post: None, state: ClockState::Running, stopped_at: None, ..before.clone() };
    Some(ClockChange::Started(next))
}

/// Returns the change that stops the clock with this key at `at`, on time or late. Returns `None` if no such clock is
/// running. A clock that starts at the boundary of a time veil may be stopped before; it then stops as it starts.
#[must_use]
pub fn stop(clocks: &[Clock], key: ClockKey, at: DateTime<Utc>) -> Option<ClockChange> {
    let clock = find(clocks, key).filter(|clock| clock.is_running())?;
    let state = if at > clock.due { ClockState::Late } else { ClockState::Met };
    Some(ClockChange::Stopped { key, at: at.max(clock.start), state })
}

/// Returns the changes that cancel all running clocks, whose steps are no longer required.
#[must_use]
pub fn cancel_all(clocks: &[Clock], at: DateTime<Utc>) -> Vec<ClockChange> {
    cancel(clocks, |_| true, at)
}

/// Returns the changes that cancel all running clocks of an assignment, whose steps are no longer required.
#[must_use]
pub fn cancel_of(clocks: &[Clock], assignment: AssignmentId, at: DateTime<Utc>) -> Vec<ClockChange> {
    cancel(clocks, |key| key.assignment == Some(assignment), at)
}

fn cancel(clocks: &[Clock], which: impl Fn(ClockKey) -> bool, at: DateTime<Utc>) -> Vec<ClockChange> {
    let running = clocks.iter().filter(|clock| clock.is_running() && which(clock.key));
    let stopped = running.map(|clock| ClockChange::Stopped {
        key: clock.key,
        at: at.max(clock.start),
        state: ClockState::Cancelled,
    });
    stopped.collect()
}

/// Checks that the changes start no clock with a key that exists already, unless they removed it before. Applying such an
/// event would lose the new deadline, so it must never be stored.
///
/// # Errors
/// [`Code::Internal`]: the caller cannot act on it, because the rules made the event.
pub fn check_starts(clocks: &[Clock], changes: &[ClockChange]) -> Result<(), Refusal> {
    let mut keys: BTreeSet<ClockKey> = clocks.iter().map(|clock| clock.key).collect();
    for change in changes {
        match change {
            ClockChange::Removed { key } => drop(keys.remove(key)),
            ClockChange::Started(clock) if !keys.insert(clock.key) => {
                return Err(Refusal::new(Code::Internal).with_rule("clock.starts_once"));
            }
            ClockChange::Started(_)
            | ClockChange::Stopped { .. }
            | ClockChange::Resumed { .. }
            | ClockChange::Recounted(_) => {}
        }
    }
    Ok(())
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
            ClockChange::Resumed { key, due, warn_at, counted } => change_one(clocks, *key, |clock| {
                clock.state = ClockState::Running;
                clock.stopped_at = None;
                clock.due = *due;
                clock.warn_at = *warn_at;
                if let Some(counted) = counted {
                    clock.counted_from = Some(counted.from);
                    clock.rule_version = counted.rule_version;
                }
            }),
            ClockChange::Recounted(Recounted { key, due, warn_at, .. }) => {
                change_one(clocks, *key, |clock| (clock.due, clock.warn_at) = (*due, *warn_at));
            }
            ClockChange::Removed { key } => clocks.retain(|clock| clock.key != *key),
        }
    }
}

fn change_one(clocks: &mut [Clock], key: ClockKey, change: impl FnOnce(&mut Clock)) {
    let exact = clocks.iter().position(|clock| clock.key == key);
    if let Some(clock) = exact.or_else(|| of_an_earlier_build(clocks, key)).and_then(|place| clocks.get_mut(place)) {
        change(clock);
    }
}

/// Returns the place of the clock that a key without an assignment names in an event of an earlier build: the first of
/// this kind, round and unit, which was the only one then.
fn of_an_earlier_build(clocks: &[Clock], key: ClockKey) -> Option<usize> {
    let same = |clock: &Clock| ClockKey { assignment: None, ..clock.key } == key;
    clocks.iter().position(same)
}

/// Writes a key without the field `assignment` if it has none, as earlier builds wrote it.
pub(crate) fn without_null<S: Serializer>(key: &ClockKey, serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Short {
        kind: ClockKind,
        round: i32,
        owner_unit: UnitId,
        #[serde(skip_serializing_if = "Option::is_none")]
        assignment: Option<AssignmentId>,
    }
    let ClockKey { kind, round, owner_unit, assignment } = *key;
    Short { kind, round, owner_unit, assignment }.serialize(serializer)
}
