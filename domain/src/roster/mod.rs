//! The duty roster 值班: who is on duty in a unit at a moment.
//!
//! A shift names two posts of A/B 岗: the post on duty, and a deputy. The deputy is on duty while the first post is not in
//! force: it has ended, or its officer has left. Nobody is on duty in a gap of the roster, and in a unit that has ended: shifts
//! do not move to its successor 承接. [`judge`] says which shifts may be entered, changed and taken back.

mod judging;

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

pub use judging::{Establishment, judge, may_change, may_enter, may_take_back, shortens};

use crate::id::{OfficerId, PostId, ShiftId, UnitId};
use crate::time::china_day;

/// One shift 班次 of a unit: who is on duty from its start until its end. The end no longer belongs to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shift {
    /// The id of the shift.
    pub id: ShiftId,
    /// The unit for which the post is on duty.
    pub unit: UnitId,
    /// The first moment.
    pub start: DateTime<Utc>,
    /// The first moment after it.
    pub end: DateTime<Utc>,
    /// The post on duty A岗.
    pub post: PostId,
    /// The deputy B岗, who is on duty while the post is not in force; `None` if there is none.
    pub deputy: Option<PostId>,
}

impl Shift {
    /// Returns whether the moment belongs to the shift.
    #[must_use]
    pub fn covers(&self, at: DateTime<Utc>) -> bool {
        self.start <= at && at < self.end
    }

    /// Returns whether a moment belongs to both shifts.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// The days on which a unit or a post exists, in China. The last one is exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    /// The first day.
    pub from: NaiveDate,
    /// The first day on which it no longer exists; `None` if no end is known.
    pub to: Option<NaiveDate>,
}

impl Days {
    /// Returns whether it exists at this moment.
    #[must_use]
    pub fn contain(&self, at: DateTime<Utc>) -> bool {
        let day = china_day(at);
        self.from <= day && self.to.is_none_or(|to| day < to)
    }
}

/// A post that shifts name, as far as the roster depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Term {
    /// The officer who holds the post.
    pub officer: OfficerId,
    /// The unit of the post.
    pub unit: UnitId,
    /// The days of the post.
    pub days: Days,
    /// Whether the officer still works here.
    pub is_active: bool,
}

impl Term {
    /// Returns whether the post is in force: it exists at this moment, and its officer has not left.
    #[must_use]
    pub fn is_in_force(&self, at: DateTime<Utc>) -> bool {
        self.is_active && self.days.contain(at)
    }
}

/// The post that is on duty in a unit at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OnDuty {
    /// The shift.
    pub shift: Shift,
    /// The post on duty: that of the shift, or its deputy.
    pub post: PostId,
    /// Whether the deputy stands in.
    pub stands_in: bool,
}

/// The shifts of all units, with the units and the posts that they name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roster {
    shifts: BTreeMap<UnitId, Vec<Shift>>,
    units: BTreeMap<UnitId, Days>,
    posts: BTreeMap<PostId, Term>,
}

impl Roster {
    /// A roster without shifts.
    pub const EMPTY: &'static Self = &Self { shifts: BTreeMap::new(), units: BTreeMap::new(), posts: BTreeMap::new() };

    /// Builds the roster. A unit or a post that is missing does not exist.
    #[must_use]
    pub fn new(
        shifts: impl IntoIterator<Item = Shift>,
        units: BTreeMap<UnitId, Days>,
        posts: BTreeMap<PostId, Term>,
    ) -> Self {
        let mut roster = Self { shifts: BTreeMap::new(), units, posts };
        for shift in shifts {
            roster.shifts.entry(shift.unit).or_default().push(shift);
        }
        roster.shifts.values_mut().for_each(|shifts| shifts.sort_by_key(|shift| shift.start));
        roster
    }

    /// Returns whether there are no shifts at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.shifts.is_empty()
    }

    /// Returns who is on duty in the unit at this moment, or `None` if nobody is.
    #[must_use]
    pub fn on_duty(&self, unit: UnitId, at: DateTime<Utc>) -> Option<OnDuty> {
        if !self.units.get(&unit)?.contain(at) {
            return None;
        }
        let shifts = self.shifts.get(&unit)?;
        // The shifts of a unit do not overlap, so only the last one that has begun can cover the moment.
        let begun = shifts.partition_point(|shift| shift.start <= at);
        let shift = *shifts.get(begun.checked_sub(1)?).filter(|shift| shift.covers(at))?;
        let is_there = |post: &PostId| self.posts.get(post).is_some_and(|term| term.is_in_force(at));
        if is_there(&shift.post) {
            return Some(OnDuty { shift, post: shift.post, stands_in: false });
        }
        let deputy = shift.deputy.filter(is_there)?;
        Some(OnDuty { shift, post: deputy, stands_in: true })
    }

    /// Returns the units in which one of these posts is on duty at this moment.
    pub fn units_of<'a>(&'a self, posts: &'a [PostId], at: DateTime<Utc>) -> impl Iterator<Item = UnitId> + 'a {
        let is_theirs = move |unit: &UnitId| self.on_duty(*unit, at).is_some_and(|duty| posts.contains(&duty.post));
        self.shifts.keys().copied().filter(is_theirs)
    }
}
