//! Pauses 中止 and extensions 延期 of clocks: a paused clock goes on with the time that was left, counted in the calendar in
//! what its span is counted in; an extension gives another date.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{Clock, ClockChange, ClockState, Timing};
use crate::access::Actor;
use crate::id::{OfficerId, PostId};
use crate::time::{SpanUnit, TimeLeft, later};

coded_enum! {
    /// Why a clock stands still.
    pub enum PauseReason {
        /// 挂账: the matter is suspended until a review date.
        Suspended = "SUSPENDED",
    }
}

/// A pause 中止 of a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// From when the clock stands still. Its start, if it had not started yet.
    pub from: DateTime<Utc>,
    /// Until when; `None` while it does, and if the clock was stopped before the pause ended.
    pub until: Option<DateTime<Utc>>,
    /// Why it stands still.
    pub reason: PauseReason,
    /// The time that was left; `None` if the clock was overdue.
    pub left: Option<TimeLeft>,
}

/// An extension 延期 of a clock: the owner was given more time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    /// The due time before.
    pub from: DateTime<Utc>,
    /// The due time after.
    pub to: DateTime<Utc>,
    /// When it was decided.
    pub at: DateTime<Utc>,
    /// The officer who decided it.
    pub officer: OfficerId,
    /// The post in which this officer decided.
    pub post: PostId,
}

impl Clock {
    /// Returns the pause that has not ended. A clock that was stopped while it stood still keeps it open: if the step is
    /// required again, the clock stands still again.
    #[must_use]
    pub fn open_pause(&self) -> Option<&Pause> {
        self.pauses.last().filter(|pause| pause.until.is_none())
    }

    /// Returns the state of the clock while its step is required.
    pub(super) fn state_when_open(&self) -> ClockState {
        if self.open_pause().is_some() { ClockState::Paused } else { ClockState::Running }
    }

    /// Opens a pause. A clock that is stopped keeps it for the time when its step is required again.
    pub(super) fn begin(&mut self, pause: Pause) {
        self.pauses.push(pause);
        if self.state == ClockState::Running {
            self.state = ClockState::Paused;
        }
    }

    /// Ends the open pause. A clock that was stopped meanwhile stays stopped.
    pub(super) fn end_pause(&mut self, at: DateTime<Utc>) {
        if let Some(pause) = self.pauses.last_mut() {
            pause.until = Some(at);
        }
        if self.state == ClockState::Paused {
            self.state = ClockState::Running;
        }
    }

    pub(super) fn set_left(&mut self, left: Option<TimeLeft>) {
        if let Some(pause) = self.pauses.last_mut().filter(|pause| pause.until.is_none()) {
            pause.left = left;
        }
    }

    /// Moves the due time, and keeps the one that the span gave.
    pub(super) fn move_due(&mut self, due: DateTime<Utc>, warn_at: DateTime<Utc>) {
        if due != self.due {
            self.original_due.get_or_insert(self.due);
        }
        (self.due, self.warn_at) = (due, warn_at);
    }
}

impl Timing<'_> {
    /// Returns the change after which the clock stands still; `None` unless it runs.
    #[must_use]
    pub fn pause(&self, clock: &Clock, at: DateTime<Utc>, reason: PauseReason) -> Option<ClockChange> {
        if clock.is_running() { self.pause_for_later(clock, at, reason) } else { None }
    }

    /// Returns the same change for a clock that may also be stopped: if its step is required again before the pause ends, it
    /// stands still, and afterwards it is due with the time that was left when the pause began. `None` if a pause of it is open.
    #[must_use]
    pub fn pause_for_later(&self, clock: &Clock, at: DateTime<Utc>, reason: PauseReason) -> Option<ClockChange> {
        if clock.open_pause().is_some() {
            return None;
        }
        let from = at.max(clock.counted_from());
        let left = (from <= clock.due).then(|| self.calendar.left(from, clock.due, self.unit(clock)));
        Some(ClockChange::Paused { key: clock.key, pause: Pause { from, until: None, reason, left } })
    }

    /// Returns the change that ends the open pause of a clock whose step is not required again: its due time stays as it was.
    /// `None` if no pause of it is open.
    #[must_use]
    pub fn end_pause(&self, clock: &Clock, at: DateTime<Utc>) -> Option<ClockChange> {
        let at = at.max(clock.open_pause()?.from);
        Some(ClockChange::Continued { key: clock.key, at, due: clock.due, warn_at: clock.warn_at })
    }

    /// Returns the change after which a clock that stands still goes on; `None` if no pause of it is open. A clock that was
    /// overdue when it was paused stays overdue.
    #[must_use]
    pub fn go_on(&self, clock: &Clock, at: DateTime<Utc>) -> Option<ClockChange> {
        let pause = clock.open_pause()?;
        let at = at.max(pause.from);
        let due = pause.left.map_or(clock.due, |left| self.calendar.due_after(at, left));
        let warned = clock.warn_at <= pause.from || pause.left.is_none();
        let warn_at = if warned { clock.warn_at } else { same_share(pause.from, clock, at, due) };
        Some(ClockChange::Continued { key: clock.key, at, due, warn_at })
    }

    /// Returns the change that gives the owner time until `to`; `None` unless the clock runs and this is later.
    #[must_use]
    pub fn extend(&self, clock: &Clock, to: DateTime<Utc>, at: DateTime<Utc>, by: &Actor) -> Option<ClockChange> {
        if !clock.is_running() || to <= clock.due {
            return None;
        }
        let extension = Extension { from: clock.due, to, at, officer: by.officer, post: by.post };
        let warn_at = self.warn_at(clock.counted_from(), to);
        Some(ClockChange::Extended { key: clock.key, extension, warn_at })
    }

    /// Returns what the time of the clock is counted in. A clock of an earlier build does not say; if it is due at the end
    /// of a working day, it is counted in working days, otherwise by the wall clock.
    pub(crate) fn unit(&self, clock: &Clock) -> SpanUnit {
        match clock.span {
            Some(span) => span.unit,
            None if self.calendar.is_end_of_work(clock.due) => SpanUnit::WorkingDays,
            None => SpanUnit::Minutes,
        }
    }
}

/// Returns the warning time after the same share of the time from `at` to `due` as before of that from `from`.
pub(crate) fn same_share(from: DateTime<Utc>, clock: &Clock, at: DateTime<Utc>, due: DateTime<Utc>) -> DateTime<Utc> {
    let micros = |since: DateTime<Utc>, to: DateTime<Utc>| {
        i128::from((to - since).num_microseconds().unwrap_or(i64::MAX).max(0))
    };
    let share = micros(from, clock.warn_at) * micros(at, due) / micros(from, clock.due).max(1);
    later(at, TimeDelta::microseconds(i64::try_from(share).unwrap_or_default()))
}
