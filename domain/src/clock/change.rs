//! The changes of clocks: how events store them, which changes a step makes, and what they do to the clocks.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize, Serializer};

use super::{Clock, ClockKey, ClockKind, ClockState, Extension, Pause, find, of_step};
use crate::id::{AssignmentId, OrderId, SupervisionId, UnitId};
use crate::policy::RuleVersion;
use crate::recount::Recounted;
use crate::refusal::{Code, Refusal};
use crate::time::Span;

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
    /// A stopped clock was resumed. With the due time of before it stands still if a pause was open.
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
    /// The clock left this stream: its assignment belongs to another hazard since a merge 合并 or its undoing. If a clock
    /// with the same key starts in the same event, it stands in its place.
    Removed {
        /// The key of the clock.
        #[serde(flatten, serialize_with = "without_null")]
        key: ClockKey,
    },
    /// The clock stands still 中止. One that is stopped will, if its step is required again meanwhile.
    Paused {
        /// The key of the clock.
        #[serde(flatten, serialize_with = "without_null")]
        key: ClockKey,
        /// From when, why, and the time that is left.
        pause: Pause,
    },
    /// The pause of the clock ended. It goes on with the time that was left; the due time of a clock that cannot run again
    /// stays as it was.
    Continued {
        /// The key of the clock.
        #[serde(flatten, serialize_with = "without_null")]
        key: ClockKey,
        /// When the pause ended.
        at: DateTime<Utc>,
        /// The new due time.
        due: DateTime<Utc>,
        /// The new warning time.
        warn_at: DateTime<Utc>,
    },
    /// The owner of the step was given more time 延期.
    Extended {
        /// The key of the clock.
        #[serde(flatten, serialize_with = "without_null")]
        key: ClockKey,
        /// The due times before and after, and who decided.
        extension: Extension,
        /// The new warning time.
        warn_at: DateTime<Utc>,
    },
}

/// From when, and by which rules, the due time of a resumed clock was counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counted {
    /// The time from which the new span is counted.
    pub from: DateTime<Utc>,
    /// The rule version from which the span was taken.
    pub rule_version: RuleVersion,
    /// The span; `None` if a date was given, and in events of earlier builds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span: Option<Span>,
}

/// Returns the change after which this running clock runs: it is started, or resumed with the due time of `next` if a
/// clock with its key exists.
#[must_use]
pub fn run(clocks: &[Clock], next: Clock) -> ClockChange {
    if find(clocks, next.key).is_none() {
        return ClockChange::Started(next);
    }
    let counted = Some(Counted { from: next.counted_from(), rule_version: next.rule_version, span: next.span });
    ClockChange::Resumed { key: next.key, due: next.due, warn_at: next.warn_at, counted }
}

/// Returns the changes after which this clock stands in the stream as it is, in place of one with its key.
#[must_use]
pub fn replace(clocks: &[Clock], next: Clock) -> Vec<ClockChange> {
    let removed = find(clocks, next.key).map(|clock| ClockChange::Removed { key: clock.key });
    removed.into_iter().chain([ClockChange::Started(next)]).collect()
}

/// Returns the changes after which another unit has to take the step of this clock, with the same deadline, extensions and
/// pauses.
#[must_use]
pub fn hand_to(clocks: &[Clock], clock: &Clock, to: UnitId, at: DateTime<Utc>) -> Vec<ClockChange> {
    let next = Clock { key: ClockKey { owner_unit: to, ..clock.key }, owner_post: None, ..clock.clone() };
    let mut changes = vec![cancelled(clock, at)];
    changes.extend(replace(clocks, next));
    changes
}

/// Returns the change after which the clock with this key runs again with its old due time, so that nobody gains time. If
/// another unit had to take the step before, the due time is that of its clock. Returns `None` if the step was never
/// timed, or if the clock runs or is paused.
#[must_use]
pub fn proceed(clocks: &[Clock], key: ClockKey) -> Option<ClockChange> {
    let before = of_step(clocks, key).filter(|clock| !clock.is_open())?;
    if before.key == key {
        return Some(ClockChange::Resumed { key, due: before.due, warn_at: before.warn_at, counted: None });
    }
    let next = Clock { key, owner_post: None, state: before.state_when_open(), stopped_at: None, ..before.clone() };
    Some(ClockChange::Started(next))
}

/// Returns the change that stops the clock with this key at `at`, on time or late. Returns `None` if no such clock is
/// running or paused. A clock that starts at the boundary of a time veil may be stopped before; it then stops as it starts.
/// The time of a pause does not count.
#[must_use]
pub fn stop(clocks: &[Clock], key: ClockKey, at: DateTime<Utc>) -> Option<ClockChange> {
    let clock = find(clocks, key).filter(|clock| clock.is_open())?;
    let counts = clock.open_pause().map_or(at, |pause| at.min(pause.from));
    let state = if counts > clock.due { ClockState::Late } else { ClockState::Met };
    Some(ClockChange::Stopped { key, at: at.max(clock.start), state })
}

/// Returns the changes that cancel all clocks that run or are paused, whose steps are no longer required.
#[must_use]
pub fn cancel_all(clocks: &[Clock], at: DateTime<Utc>) -> Vec<ClockChange> {
    cancel_where(clocks, at, |_| true)
}

/// Returns the same changes for the clocks of one assignment.
#[must_use]
pub fn cancel_of(clocks: &[Clock], assignment: AssignmentId, at: DateTime<Utc>) -> Vec<ClockChange> {
    cancel_where(clocks, at, |key| key.assignment == Some(assignment))
}

/// Returns the same changes for the clocks with certain keys.
#[must_use]
pub fn cancel_where(clocks: &[Clock], at: DateTime<Utc>, which: impl Fn(ClockKey) -> bool) -> Vec<ClockChange> {
    let open = clocks.iter().filter(|clock| clock.is_open() && which(clock.key));
    open.map(|clock| cancelled(clock, at)).collect()
}

fn cancelled(clock: &Clock, at: DateTime<Utc>) -> ClockChange {
    ClockChange::Stopped { key: clock.key, at: at.max(clock.start), state: ClockState::Cancelled }
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
            | ClockChange::Recounted(_)
            | ClockChange::Paused { .. }
            | ClockChange::Continued { .. }
            | ClockChange::Extended { .. } => {}
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
                (clock.due, clock.warn_at) = (*due, *warn_at);
                if let Some(counted) = counted {
                    count_anew(clock, *counted);
                }
                clock.state = clock.state_when_open();
                clock.stopped_at = None;
            }),
            ClockChange::Recounted(Recounted { key, due, warn_at, left, .. }) => change_one(clocks, *key, |clock| {
                (clock.due, clock.warn_at) = (*due, *warn_at);
                clock.set_left(*left);
            }),
            ClockChange::Removed { key } => clocks.retain(|clock| clock.key != *key),
            ClockChange::Paused { key, pause } => change_one(clocks, *key, |clock| clock.begin(*pause)),
            ClockChange::Continued { key, at, due, warn_at } => change_one(clocks, *key, |clock| {
                clock.end_pause(*at);
                clock.move_due(*due, *warn_at);
            }),
            ClockChange::Extended { key, extension, warn_at } => change_one(clocks, *key, |clock| {
                clock.extensions.push(*extension);
                clock.move_due(extension.to, *warn_at);
            }),
        }
    }
}

/// Lets the clock be counted with a whole new span. What moved the due time before is told by the events.
fn count_anew(clock: &mut Clock, counted: Counted) {
    clock.counted_from = Some(counted.from);
    clock.rule_version = counted.rule_version;
    clock.span = counted.span;
    clock.original_due = None;
    clock.extensions.clear();
    clock.pauses.clear();
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

/// Writes a key without the fields `assignment`, `supervision` and `order` if it has none, as earlier builds wrote it.
pub(crate) fn without_null<S: Serializer>(key: &ClockKey, serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Short {
        kind: ClockKind,
        round: i32,
        owner_unit: UnitId,
        #[serde(skip_serializing_if = "Option::is_none")]
        assignment: Option<AssignmentId>,
        #[serde(skip_serializing_if = "Option::is_none")]
        supervision: Option<SupervisionId>,
        #[serde(skip_serializing_if = "Option::is_none")]
        order: Option<OrderId>,
    }
    let ClockKey { kind, round, owner_unit, assignment, supervision, order } = *key;
    Short { kind, round, owner_unit, assignment, supervision, order }.serialize(serializer)
}
