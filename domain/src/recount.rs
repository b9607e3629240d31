//! Counts the deadlines of clocks again after a calendar has changed 调休: of those that run, and of those that may run
//! again with the due time that they have ([`crate::hazard::Case::may_run`]).
//!
//! A clock does not store its span. The span is the one, among those that a clock of its kind can have been given, which
//! gives the stored due time in the calendar as it was before.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::clock::{Clock, ClockKey, without_null};
use crate::time::{Calendar, Span, SpanUnit, china_day};

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

/// Counts the due time of a clock again, from where its span is counted. Whether it runs is not asked. `spans` holds the spans that it can have been given, the likeliest
/// first. A due time that none of them gives, but that is the end of a working day, counts as a number of working days.
#[must_use]
pub fn recount(clock: &Clock, spans: &[Span], calendars: Calendars<'_>) -> Recount {
    let Calendars { before, after, changed } = calendars;
    let from = clock.counted_from();
    let days = china_day(from)..=china_day(clock.due);
    if days.is_empty() || changed.range(days).next().is_none() {
        return Recount::Same;
    }
    let gives = |span: &&Span| before.due(from, **span) == clock.due;
    let in_days = working_days(clock, before);
    let Some(span) = spans.iter().find(gives).or_else(|| in_days.as_ref().filter(gives)) else {
        return Recount::Unknown;
    };
    match after.due(from, *span) {
        due if due == clock.due => Recount::Same,
        due => Recount::Changed(Recounted { key: clock.key, was: clock.due, due, warn_at: warn_at(clock, due) }),
    }
}

/// Returns the number of working days from the day after the start to the due day.
fn working_days(clock: &Clock, calendar: &Calendar) -> Option<Span> {
    let last = china_day(clock.due);
    let days = china_day(clock.counted_from()).iter_days().skip(1).take_while(|day| *day <= last);
    let amount = u32::try_from(days.filter(|day| calendar.is_working_day(*day)).count()).ok()?;
    Some(Span { amount, unit: SpanUnit::WorkingDays })
}

/// Returns the warning time after the same share of the new span, to the second.
fn warn_at(clock: &Clock, due: DateTime<Utc>) -> DateTime<Utc> {
    let seconds = |to: DateTime<Utc>| i128::from((to - clock.counted_from()).num_seconds().max(0));
    let share = seconds(clock.warn_at) * seconds(due) / seconds(clock.due).max(1);
    clock.counted_from() + TimeDelta::seconds(i64::try_from(share).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use uuid::Uuid;

    use super::*;
    use crate::clock::{ClockKind, Timing};
    use crate::id::UnitId;
    use crate::policy::RuleVersion;
    use crate::time::DayKind;

    fn calendar(days: &[(&str, DayKind)]) -> Calendar {
        let hours = vec![("09:00".parse().unwrap(), "17:00".parse().unwrap())];
        Calendar { days: days.iter().map(|(day, kind)| (day.parse().unwrap(), *kind)).collect(), hours }
    }

    fn at(text: &str) -> DateTime<Utc> {
        format!("{text}:00+08:00").parse().unwrap()
    }

    fn clock(calendar: &Calendar, span: &str) -> Clock {
        let timing = Timing { calendar, warn_percent: 80, rule_version: RuleVersion(1) };
        let key = ClockKey::of(ClockKind::Finish, 1, UnitId(Uuid::from_u128(1)));
        timing.clock(key, at("2026-12-30T10:00"), span.parse().unwrap()) // a Wednesday
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
