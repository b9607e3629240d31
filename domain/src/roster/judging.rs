//! Which shifts may be entered, changed and taken back. What has been is not rewritten.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use chrono::{DateTime, Datelike, TimeDelta, Utc};

use super::{Days, Shift, Term};
use crate::id::{PostId, UnitId};
use crate::refusal::{Code, Refusal};
use crate::time::china_offset;

/// The longest shift. A longer one is a slip of the pen, such as a wrong month.
const LONGEST: TimeDelta = TimeDelta::days(31);
/// The years in which a shift can lie: texts of later ones have another order.
const YEARS: RangeInclusive<i32> = 1_970..=9_998;
/// The shortest part of a shift that counts.
const MOMENT: TimeDelta = TimeDelta::milliseconds(1);

/// The units and the posts that a shift may name.
#[derive(Debug, Clone, Copy)]
pub struct Establishment<'a> {
    /// The days of the unit of the shift; `None` if there is no such unit.
    pub unit: Option<Days>,
    /// The unit itself, and the units whose posts may be on duty for it: those above it, and the command centres that are
    /// responsible for its area.
    pub covering: &'a [UnitId],
    /// The posts that the shift names. A post that is missing does not exist.
    pub posts: &'a BTreeMap<PostId, Term>,
}

/// Checks whether a shift can stand in the roster beside the other shifts of its unit.
///
/// # Errors
/// [`Code::IllegalMove`] with the rule: `roster.span`, `roster.unit_in_force`, `roster.post_in_force`, `roster.post_covers`,
/// `roster.another_deputy`, or `roster.one_shift`, which names the other shift. [`Code::NotFound`] for a unit or a post that
/// does not exist.
pub fn judge(shift: &Shift, others: &[Shift], staff: &Establishment<'_>) -> Result<(), Refusal> {
    let is_datable = YEARS.contains(&shift.start.year()) && YEARS.contains(&shift.end.year());
    if !is_datable || shift.end <= shift.start || shift.end - shift.start > LONGEST {
        return Err(Refusal::illegal("roster.span"));
    }
    let unit = staff.unit.ok_or(Code::NotFound)?;
    if !last(shift, |at| unit.contain(at)) {
        return Err(Refusal::illegal("roster.unit_in_force"));
    }
    let first = named(shift, shift.post, staff)?;
    if let Some(deputy) = shift.deputy {
        let second = named(shift, deputy, staff)?;
        if second.officer == first.officer {
            return Err(Refusal::illegal("roster.another_deputy"));
        }
    }
    match others.iter().find(|other| other.id != shift.id && other.overlaps(shift)) {
        Some(other) => Err(overlap(other)),
        None => Ok(()),
    }
}

/// Returns whether something holds at both ends of a shift. Units and posts have one stretch of days.
fn last(shift: &Shift, holds: impl Fn(DateTime<Utc>) -> bool) -> bool {
    holds(shift.start) && holds(shift.end - MOMENT)
}

fn named<'a>(shift: &Shift, post: PostId, staff: &Establishment<'a>) -> Result<&'a Term, Refusal> {
    let term = staff.posts.get(&post).ok_or(Code::NotFound)?;
    if !staff.covering.contains(&term.unit) {
        return Err(Refusal::illegal("roster.post_covers"));
    }
    if !last(shift, |at| term.is_in_force(at)) {
        return Err(Refusal::illegal("roster.post_in_force"));
    }
    Ok(term)
}

/// Refuses a shift that overlaps this one, and names it.
fn overlap(other: &Shift) -> Refusal {
    let said = |at: DateTime<Utc>| at.with_timezone(&china_offset()).to_rfc3339();
    let (start, end) = (said(other.start), said(other.end));
    Refusal::illegal("roster.one_shift")
        .with_text(
            format!("该时段与已有班次重叠（{start} 至 {end}），请先调整。"),
            format!("The unit has a shift from {start} to {end} already. Please change one of them."),
        )
        .with_detail("shiftId", other.id.to_string())
}

/// Checks whether a shift may be entered now.
///
/// # Errors
/// `roster.over` if it has ended already.
pub fn may_enter(shift: &Shift, now: DateTime<Utc>) -> Result<(), Refusal> {
    if shift.end <= now { Err(Refusal::illegal("roster.over")) } else { Ok(()) }
}

/// Checks whether a shift may become another one now. Of a shift that has begun only the end may change, and not to a time that
/// has passed: who takes over gets a shift of their own.
///
/// # Errors
/// `roster.over` if it has ended, or would have; `roster.begun` if it has begun, and something else than its end would change.
pub fn may_change(before: &Shift, after: &Shift, now: DateTime<Utc>) -> Result<(), Refusal> {
    if before.end <= now || after.end < now {
        return Err(Refusal::illegal("roster.over"));
    }
    let is_kept = Shift { end: before.end, ..*after } == *before;
    if before.start <= now && !is_kept { Err(Refusal::illegal("roster.begun")) } else { Ok(()) }
}

/// Returns whether a change only lets a shift end sooner. It then needs no judgement of its posts: whoever has left can be
/// replaced.
#[must_use]
pub fn shortens(before: &Shift, after: &Shift) -> bool {
    after.start < after.end && after.end <= before.end && Shift { end: before.end, ..*after } == *before
}

/// Checks whether a shift may be taken back now.
///
/// # Errors
/// `roster.over` if it has ended, `roster.begun` if it has begun: then it can be ended.
pub fn may_take_back(shift: &Shift, now: DateTime<Utc>) -> Result<(), Refusal> {
    match shift {
        _ if shift.end <= now => Err(Refusal::illegal("roster.over")),
        _ if shift.start <= now => Err(Refusal::illegal("roster.begun")),
        _ => Ok(()),
    }
}
