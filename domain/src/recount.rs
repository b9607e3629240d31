//! Counts the deadlines of clocks again after a calendar has changed 调休: of those that run, and of those that may run
//! again with the due time that they have ([`crate::hazard::Case::may_run`]).
//!
//! A clock of an earlier build does not store its span. The span is the one, among those that a clock of its kind can have
//! been given, which gives the stored due time in the calendar as it was before. After a pause 中止, the time that was left
//! is counted again from its end. A date that an extension 延期 gave stays, because a person has decided on it; so does the review
//! date of a suspension 挂账.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::clock::{Clock, ClockKey, ClockKind, Pause, same_share, without_null};
use crate::time::{Calendar, Span, SpanUnit, TimeLeft, china_day};

/// A new due time of a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recounted {
    /// The key of the clock.
    #[serde(flatten, serialize_with = "without_null")]
    pub key: ClockKey,
    /// The due time before.
    pub was: DateTime<Utc>,
    /// The new due time.
    pub due: DateTime<Utc>,
    /// The new warning time: after the same share of the span.
    pub warn_at: DateTime<Utc>,
    /// The time that is left, if the clock is paused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<TimeLeft>,
}

/// The calendars of one place before and after a change, with the days that changed.
#[derive(Debug, Clone, Copy)]
pub struct Calendars<'a> {
    /// The calendar in which the due times were counted.
    pub before: &'a Calendar,
    /// The calendar in which they are counted again.
    pub after: &'a Calendar,
    /// The days that are named differently in the two.
    pub changed: &'a BTreeSet<NaiveDate>,
}

/// What counting again comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recount {
    /// The due time stays.
    Same,
    /// The due time changes.
    Changed(Recounted),
    /// The span of the clock is not known, so its due time stays although a changed day lies before it.
    Unknown,
}

/// From where, and with what, the due time of a clock is counted.
enum Basis {
    Span { from: DateTime<Utc> },
    Left { from: DateTime<Utc>, left: TimeLeft },
    Decided,
}

impl Basis {
    fn of(clock: &Clock) -> Self {
        if clock.key.kind == ClockKind::ReviewSuspension {
            return Self::Decided;
        }
        let ended = clock.pauses.iter().rev().find_map(|pause| Some((pause.until?, pause.left)));
        let decided = clock.extensions.last().map(|extension| extension.at);
        match ended {
            Some((until, Some(left))) if decided.is_none_or(|at| at < until) => Self::Left { from: until, left },
            Some(_) | None if decided.is_some() => Self::Decided,
            Some(_) | None => Self::Span { from: clock.counted_from() },
        }
    }

    const fn from(&self, clock: &Clock) -> DateTime<Utc> {
        match self {
            Self::Span { from } | Self::Left { from, .. } => *from,
            Self::Decided => clock.due,
        }
    }
}

/// Counts the due time of a clock again, from where its span is counted. Whether it runs is not asked. `spans` holds the spans that it can have been given, the likeliest
/// first, if it does not say it. A due time that none of them gives, but that is the end of a working day, counts as a
/// number of working days.
#[must_use]
pub fn recount(clock: &Clock, spans: &[Span], calendars: Calendars<'_>) -> Recount {
    let Calendars { before, after, changed } = calendars;
    let basis = Basis::of(clock);
    let from = basis.from(clock);
    let days = china_day(from)..=china_day(clock.due);
    if days.is_empty() || changed.range(days).next().is_none() {
        return Recount::Same;
    }
    let due = match basis {
        Basis::Decided => Some(clock.due),
        Basis::Left { from, left } => (before.due_after(from, left) == clock.due).then(|| after.due_after(from, left)),
        Basis::Span { from } => span_of(clock, spans, before).map(|span| after.due(from, span)),
    };
    let Some(due) = due else { return Recount::Unknown };
    let left = clock.open_pause().and_then(|pause| left_again(pause, due, after));
    let is_same = due == clock.due && left == clock.open_pause().and_then(|pause| pause.left);
    if is_same {
        return Recount::Same;
    }
    let warn_at = warn_at(clock, from, due);
    Recount::Changed(Recounted { key: clock.key, was: clock.due, due, warn_at, left })
}

/// Returns the span that gives the due time of the clock; `None` if it is not known.
fn span_of(clock: &Clock, spans: &[Span], calendar: &Calendar) -> Option<Span> {
    let gives = |span: &Span| calendar.due(clock.counted_from(), *span) == clock.due;
    let known = clock.span.iter().chain(spans).copied().find(gives);
    known.or_else(|| working_days(clock, calendar).filter(gives))
}

/// Returns the time that is left of a clock that stands still until this due time.
fn left_again(pause: &Pause, due: DateTime<Utc>, calendar: &Calendar) -> Option<TimeLeft> {
    let unit = match pause.left? {
        TimeLeft::WallClock { .. } => SpanUnit::Minutes,
        TimeLeft::OfficeHours { .. } => SpanUnit::WorkingHours,
        TimeLeft::WorkingDays { .. } => SpanUnit::WorkingDays,
    };
    Some(calendar.left(pause.from, due, unit))
}

/// Returns the number of working days from the day after the start to the due day.
fn working_days(clock: &Clock, calendar: &Calendar) -> Option<Span> {
    let last = china_day(clock.due);
    let days = china_day(clock.counted_from()).iter_days().skip(1).take_while(|day| *day <= last);
    let amount = u32::try_from(days.filter(|day| calendar.is_working_day(*day)).count()).ok()?;
    Some(Span { amount, unit: SpanUnit::WorkingDays })
}

/// Returns the warning time after the same share of the new time, to the second.
fn warn_at(clock: &Clock, from: DateTime<Utc>, due: DateTime<Utc>) -> DateTime<Utc> {
    let warn_at = same_share(from, clock, from, due);
    from + TimeDelta::seconds((warn_at - from).num_seconds())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use uuid::Uuid;

    use super::*;
    use crate::clock::{ClockState, Extension, PauseReason, Timing};
    use crate::id::{OfficerId, PostId, UnitId};
    use crate::policy::RuleVersion;
    use crate::roster::Roster;
    use crate::time::DayKind;

    fn calendar(days: &[(&str, DayKind)]) -> Calendar {
        let hours = vec![("09:00".parse().unwrap(), "17:00".parse().unwrap())];
        Calendar { days: days.iter().map(|(day, kind)| (day.parse().unwrap(), *kind)).collect(), hours }
    }

    fn at(text: &str) -> DateTime<Utc> {
        format!("{text}:00+08:00").parse().unwrap()
    }

    fn clock(calendar: &Calendar, span: &str) -> Clock {
        let timing = Timing { calendar, warn_percent: 80, rule_version: RuleVersion(1), roster: Roster::EMPTY };
        let key = ClockKey::of(ClockKind::Finish, 1, UnitId(Uuid::from_u128(1)));
        let clock = timing.clock(key, at("2026-12-30T10:00"), span.parse().unwrap()); // a Wednesday
        Clock { span: None, ..clock } // as an earlier build stored it
    }

    /// New Year's Day 2027 is a Friday; the 3rd of January, a Sunday, is made a working day.
    const NEW_YEAR: &[(&str, DayKind)] = &[("2027-01-01", DayKind::Off), ("2027-01-03", DayKind::Work)];

    #[test]
    fn a_due_time_is_counted_again_whatever_the_span_is_counted_in() {
        let (before, after) = (calendar(&[]), calendar(NEW_YEAR));
        let changed = after.days.keys().copied().collect();
        let calendars = Calendars { before: &before, after: &after, changed: &changed };
        let spans: Vec<Span> = ["2wd", "3wd", "10wh", "20wh", "72h", "4d"].map(|span| span.parse().unwrap()).to_vec();
        for (span, expected) in [
            ("2wd", Some("2027-01-03T17:00")), // was Friday
            ("3wd", Some("2027-01-04T17:00")), // a day off and a make-up day: was Monday, and is
            ("10wh", None),                    // ends on Thursday, before the change
            ("20wh", Some("2027-01-03T14:00")),
            ("72h", None),
            ("4d", None),
            ("7wd", Some("2027-01-08T17:00")), // no policy has it, but it ends at the end of a working day
        ] {
            let clock = clock(&before, span);
            let expected = expected.map(at).filter(|due| *due != clock.due);
            match (recount(&clock, &spans, calendars), expected) {
                (Recount::Same, None) => {}
                (Recount::Changed(recounted), Some(due)) => {
                    assert_eq!((recounted.was, recounted.due), (clock.due, due), "{span}");
                    let share = |warn: DateTime<Utc>, due: DateTime<Utc>| {
                        (warn - clock.start).num_seconds() * 100 / (due - clock.start).num_seconds()
                    };
                    assert!((79..=80).contains(&share(recounted.warn_at, recounted.due)), "{span}");
                }
                (found, expected) => panic!("{span}: {found:?}, not {expected:?}"),
            }
        }
    }

    #[test]
    fn a_resumed_clock_is_counted_from_where_its_span_begins() {
        let (before, after) = (calendar(&[]), calendar(&[("2026-12-31", DayKind::Off)]));
        let changed = after.days.keys().copied().collect();
        let calendars = Calendars { before: &before, after: &after, changed: &changed };
        let spans = ["3wd".parse().unwrap()];
        let started = clock(&before, "3wd");
        let from = at("2027-01-04T10:00"); // resumed on the Monday after the changed day, with a whole span
        let due = before.due(from, spans[0]);
        let resumed = Clock { counted_from: Some(from), due, ..started.clone() };
        assert!(matches!(recount(&started, &spans, calendars), Recount::Changed(_)));
        assert_eq!(recount(&resumed, &spans, calendars), Recount::Same);
    }

    /// A clock of this build says its span, so no policy has to be asked.
    #[test]
    fn a_clock_that_says_its_span_is_counted_with_it() {
        let (before, after) = (calendar(&[]), calendar(NEW_YEAR));
        let changed = after.days.keys().copied().collect();
        let calendars = Calendars { before: &before, after: &after, changed: &changed };
        let known = Clock { span: Some("20wh".parse().unwrap()), ..clock(&before, "20wh") };
        let Recount::Changed(recounted) = recount(&known, &[], calendars) else { panic!("it is known") };
        assert_eq!((recounted.due, recounted.left), (at("2027-01-03T14:00"), None));
    }

    #[test]
    fn paused_continued_and_extended_clocks_are_counted_as_they_were() {
        let (before, after) = (calendar(&[]), calendar(NEW_YEAR));
        let changed = after.days.keys().copied().collect();
        let calendars = Calendars { before: &before, after: &after, changed: &changed };
        let started = Clock { span: Some("3wd".parse().unwrap()), ..clock(&before, "3wd") }; // due on Monday, the 4th
        let left = |days| Some(TimeLeft::WorkingDays { days });
        let pause = |until: Option<&str>| Pause {
            from: at("2026-12-31T10:00"),
            until: until.map(at),
            reason: PauseReason::Suspended,
            left: left(2), // Friday and Monday
        };
        // With the make-up day it is due when it was due, and two days are left: Sunday and Monday.
        let paused = Clock { pauses: vec![pause(None)], state: ClockState::Paused, ..started.clone() };
        assert_eq!(recount(&paused, &[], calendars), Recount::Same);
        let off = calendar(&[("2027-01-01", DayKind::Off)]);
        let only = BTreeSet::from(["2027-01-01".parse().unwrap()]);
        let holiday = Calendars { before: &before, after: &off, changed: &only };
        let Recount::Changed(later) = recount(&paused, &[], holiday) else { panic!("a day was lost") };
        assert_eq!((later.due, later.left), (at("2027-01-05T17:00"), left(2)), "Monday and Tuesday");

        // It went on on New Year's Day itself with two days left.
        let due = before.due_after(at("2027-01-01T08:00"), left(2).unwrap());
        let continued = Clock { pauses: vec![pause(Some("2027-01-01T08:00"))], due, ..started.clone() };
        let Recount::Changed(earlier) = recount(&continued, &[], calendars) else { panic!("a day was won") };
        assert_eq!((earlier.was, earlier.due), (at("2027-01-05T17:00"), at("2027-01-04T17:00")));

        let extension = Extension {
            from: due,
            to: at("2027-01-08T17:00"),
            at: at("2027-01-02T10:00"),
            officer: OfficerId(Uuid::from_u128(1)),
            post: PostId(Uuid::from_u128(1)),
        };
        let extended = Clock { extensions: vec![extension], due: extension.to, ..continued };
        assert_eq!(recount(&extended, &[], calendars), Recount::Same, "a person has decided on the date");
    }

    #[test]
    fn what_is_not_known_stays() {
        let (before, after) = (calendar(&[]), calendar(NEW_YEAR));
        let changed = after.days.keys().copied().collect();
        let calendars = Calendars { before: &before, after: &after, changed: &changed };
        assert_eq!(recount(&clock(&before, "20wh"), &[], calendars), Recount::Unknown);
        let nothing = BTreeSet::new();
        let same = Calendars { changed: &nothing, ..calendars };
        assert_eq!(recount(&clock(&before, "3wd"), &[], same), Recount::Same);
    }

    #[test]
    fn a_calendar_is_complete_until_the_end_of_its_last_year() {
        assert_eq!(calendar(&[]).complete_until(), None);
        assert_eq!(calendar(NEW_YEAR).complete_until(), NaiveDate::from_ymd_opt(2027, 12, 31));
        let days: BTreeMap<_, _> = calendar(&[("2026-10-10", DayKind::Work)]).days;
        assert_eq!(Calendar { days, hours: Vec::new() }.complete_until(), NaiveDate::from_ymd_opt(2026, 12, 31));
    }
}
