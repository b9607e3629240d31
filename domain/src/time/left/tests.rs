//! A span that is paused loses no time and gains none, across holidays, make-up days and the border of a year.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::time::{DayKind, Span};

fn at(text: &str) -> DateTime<Utc> {
    format!("{}:00+08:00", text.replace(' ', "T")).parse().unwrap()
}

/// National Day of 2026, New Year's Day of 2027 and their make-up days.
fn calendar() -> Calendar {
    let (off, work) = (DayKind::Off, DayKind::Work);
    let days = [
        ("2026-09-20", work),
        ("2026-10-01", off),
        ("2026-10-02", off),
        ("2026-10-05", off),
        ("2026-10-06", off),
        ("2026-10-07", off),
        ("2026-10-10", work),
        ("2027-01-01", off),
        ("2027-01-03", work),
    ];
    let time = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").unwrap();
    Calendar {
        days: days.iter().map(|(day, kind)| (day.parse().unwrap(), *kind)).collect(),
        hours: vec![(time("09:00"), time("12:00")), (time("13:30"), time("17:30"))],
    }
}

/// Each line: the start, the span, when it is paused, what is left, when it goes on, and when it ends then.
#[test]
fn what_is_left_of_a_span_is_counted_on() {
    let open = |minutes: i64| TimeLeft::OfficeHours { micros: minutes * 60_000_000 };
    let days = |days| TimeLeft::WorkingDays { days };
    let wall = |hours: i64| TimeLeft::WallClock { micros: hours * 3_600_000_000 };
    let calendar = calendar();
    for (start, span, paused, left, goes_on, due) in [
        // Wednesday before National Day: the holiday counts for nobody.
        ("2026-09-30 16:30", "4wh", "2026-09-30 17:30", open(180), "2026-10-08 09:00", "2026-10-08 12:00"),
        ("2026-09-30 16:30", "4wh", "2026-10-03 11:00", open(180), "2026-10-03 23:00", "2026-10-08 12:00"),
        ("2026-09-30 16:30", "4wh", "2026-09-30 17:00", open(210), "2026-10-10 16:30", "2026-10-12 11:30"), // a make-up Saturday
        ("2026-09-29 10:00", "5wd", "2026-10-01 10:00", days(4), "2026-10-01 10:00", "2026-10-12 17:30"),
        ("2026-09-29 10:00", "5wd", "2026-10-09 10:00", days(2), "2026-10-20 22:00", "2026-10-22 17:30"),
        // The last day: it lasts until the office closes, or is the next working day.
        ("2026-12-30 10:00", "2wd", "2027-01-03 09:30", days(0), "2027-01-04 10:00", "2027-01-04 17:30"),
        ("2026-12-30 10:00", "2wd", "2027-01-03 09:30", days(0), "2027-01-04 18:00", "2027-01-05 17:30"),
        ("2026-12-30 10:00", "2wd", "2027-01-03 09:30", days(0), "2027-01-09 10:00", "2027-01-11 17:30"),
        // By the wall clock, over the border of the year.
        ("2026-12-31 20:00", "24h", "2026-12-31 23:00", wall(21), "2027-01-01 01:00", "2027-01-01 22:00"),
        ("2026-12-31 20:00", "3d", "2027-01-03 20:00", wall(0), "2027-01-04 08:00", "2027-01-04 08:00"),
    ] {
        let span: Span = span.parse().unwrap();
        let found = calendar.left(at(paused), calendar.due(at(start), span), span.unit);
        assert_eq!(found, left, "{start} + {span}, paused {paused}");
        assert_eq!(calendar.due_after(at(goes_on), left), at(due), "{start} + {span}, goes on {goes_on}");
    }
}

#[test]
fn a_date_that_is_a_day_off_ends_with_the_next_working_day() {
    for (day, end) in [
        ("2026-10-01", "2026-10-08 17:30"),
        ("2026-10-10", "2026-10-10 17:30"),
        ("2027-01-02", "2027-01-03 17:30"),
        ("2027-01-04", "2027-01-04 17:30"),
    ] {
        let found = calendar().end_of_day(day.parse().unwrap());
        assert_eq!(found, at(end), "{day}");
        assert!(calendar().is_end_of_work(found) && !calendar().is_end_of_work(found - TimeDelta::minutes(1)));
    }
}

/// A client may name any day as a date.
#[test]
fn the_work_of_every_day_that_can_be_named_has_an_end() {
    let calendar = calendar();
    let mut ends = Vec::new();
    for day in
        ["-262143-01-01", "-262143-01-02", "0000-01-01", "1970-01-01", "9999-12-31", "+262142-12-30", "+262142-12-31"]
    {
        ends.push(calendar.end_of_day(NaiveDate::parse_from_str(day, "%Y-%m-%d").unwrap()));
    }
    assert!(ends.is_sorted(), "{ends:?}");
    assert_eq!(calendar.end_of_day(NaiveDate::MIN), ends[0]);
    assert_eq!(Some(&calendar.end_of_day(NaiveDate::MAX)), ends.last());
}

fn units() -> impl Strategy<Value = SpanUnit> {
    (0..SpanUnit::ALL.len()).prop_map(|place| SpanUnit::ALL[place])
}

/// Calendars with any named days around the border of a year, with lunch, without, and without office hours.
fn calendars() -> impl Strategy<Value = Calendar> {
    let days = prop::collection::btree_map(0_i64..400, any::<bool>(), 0..80);
    (days, 0_usize..3).prop_map(|(days, hours)| {
        let first: NaiveDate = "2026-09-01".parse().unwrap();
        let day = |after: i64| first + TimeDelta::days(after);
        let kind = |works| if works { DayKind::Work } else { DayKind::Off };
        let days: BTreeMap<_, _> = days.into_iter().map(|(after, works)| (day(after), kind(works))).collect();
        let hours = match hours {
            0 => calendar().hours,
            1 => calendar().hours.into_iter().take(1).collect(),
            _ => Vec::new(),
        };
        Calendar { days, hours }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// However often a clock is paused: if it goes on at the same moment, it is due when it would have been due.
    #[test]
    fn a_pause_of_no_length_changes_nothing(
        calendar in calendars(), unit in units(), amount in 1_u32..60, start in 0_i64..200_000_000,
        share in 0_i64..=1_000, again in 0_i64..=1_000,
    ) {
        let start = at("2026-10-01 00:00") + TimeDelta::milliseconds(start * 100);
        let due = calendar.due(start, Span { amount, unit });
        let mut paused = start;
        for share in [share, again] {
            paused += TimeDelta::milliseconds((due - paused).num_milliseconds() * share / 1_000);
            let left = calendar.left(paused, due, unit);
            prop_assert_eq!(calendar.due_after(paused, left), due, "paused {}, {:?}", paused, left);
        }
        prop_assert_eq!(calendar.due_after(due, calendar.left(due, due, unit)), due);
    }

    /// A pause never makes a span end earlier, and a longer pause never makes it end before a shorter one. What is left
    /// when it goes on is what was left when it was paused.
    #[test]
    fn a_pause_takes_no_time_away(
        calendar in calendars(), unit in units(), amount in 1_u32..60, start in 0_i64..200_000_000,
        share in 0_i64..=1_000, pause in 0_i64..100_000, more in 0_i64..100_000,
    ) {
        let start = at("2026-10-01 00:00") + TimeDelta::milliseconds(start * 100);
        let due = calendar.due(start, Span { amount, unit });
        let paused = start + TimeDelta::milliseconds((due - start).num_milliseconds() * share / 1_000);
        let left = calendar.left(paused, due, unit);
        let goes_on = paused + TimeDelta::minutes(pause);
        let later = calendar.due_after(goes_on, left);
        prop_assert!(due <= later && later <= calendar.due_after(goes_on + TimeDelta::minutes(more), left));
        if unit != SpanUnit::WorkingDays {
            prop_assert_eq!(calendar.left(goes_on, later, unit), left);
        }
    }
}
