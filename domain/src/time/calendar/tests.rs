//! The calendar against the notices of 2025 and 2026: National Day, Spring Festival and their make-up days.

use proptest::prelude::*;

use super::*;

/// The days around Spring Festival and National Day of 2025 and 2026 that differ from their weekday.
const NAMED: [(&str, &str, DayKind); 8] = [
    ("2025-01-26", "2025-01-26", DayKind::Work),
    ("2025-01-28", "2025-02-04", DayKind::Off),
    ("2025-02-08", "2025-02-08", DayKind::Work),
    ("2025-09-28", "2025-09-28", DayKind::Work),
    ("2025-10-01", "2025-10-08", DayKind::Off),
    ("2025-10-11", "2025-10-11", DayKind::Work),
    ("2026-09-20", "2026-09-20", DayKind::Work),
    ("2026-10-01", "2026-10-07", DayKind::Off),
];

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn time(text: &str) -> NaiveTime {
    NaiveTime::parse_from_str(text, "%H:%M").unwrap()
}

/// A moment in China, `2025-09-30 16:00`.
fn china(text: &str) -> DateTime<Utc> {
    in_utc(NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap())
}

fn calendar() -> Calendar {
    let mut days = BTreeMap::new();
    for (first, last, kind) in NAMED {
        let last = date(last);
        days.extend(date(first).iter_days().take_while(|day| *day <= last).map(|day| (day, kind)));
    }
    Calendar { days, hours: vec![(time("09:00"), time("12:00")), (time("13:30"), time("17:30"))] }
}

#[track_caller]
fn assert_due(calendar: &Calendar, start: &str, span: &str, due: &str) {
    let found = calendar.due(china(start), span.parse().unwrap());
    assert_eq!(found, china(due), "{start} + {span}, in UTC");
}

#[test]
fn named_days_win_over_weekdays() {
    let calendar = calendar();
    for (day, works) in [
        ("2025-09-26", true),  // Friday
        ("2025-09-27", false), // Saturday
        ("2025-09-28", true),  // Sunday, made up for
        ("2025-10-01", false), // Wednesday, National Day
        ("2025-10-08", false), // Wednesday, the last day off
        ("2025-10-09", true),
        ("2025-10-11", true), // Saturday, made up for
        ("2025-10-12", false),
    ] {
        assert_eq!(calendar.is_working_day(date(day)), works, "{day}");
    }
}

#[test]
fn the_wall_clock_knows_no_holiday() {
    for (start, span, due) in [
        ("2025-09-30 23:50", "15min", "2025-10-01 00:05"),
        ("2025-09-30 16:00", "24h", "2025-10-01 16:00"),
        ("2025-09-30 16:00", "15d", "2025-10-15 16:00"),
    ] {
        assert_due(&calendar(), start, span, due);
    }
}

#[test]
fn working_days_begin_on_the_next_one() {
    for (start, span, due) in [
        ("2025-09-24 08:00", "1wd", "2025-09-25 17:30"), // before opening: today does not count either
        ("2025-09-24 23:59", "1wd", "2025-09-25 17:30"),
        ("2025-09-26 10:00", "1wd", "2025-09-28 17:30"), // Friday: the Sunday is made up for
        ("2025-09-27 10:00", "1wd", "2025-09-28 17:30"), // Saturday
        ("2025-09-30 16:00", "1wd", "2025-10-09 17:30"), // over National Day
        ("2025-10-03 10:00", "1wd", "2025-10-09 17:30"), // within it
        ("2025-09-30 16:00", "3wd", "2025-10-11 17:30"), // Thursday, Friday, made-up Saturday
        ("2025-09-30 16:00", "4wd", "2025-10-13 17:30"),
        ("2025-01-24 10:00", "3wd", "2025-02-05 17:30"), // Sunday made up, Monday, then after Spring Festival
        ("2025-01-27 10:00", "5wd", "2025-02-10 17:30"), // Wednesday to Saturday, then Monday
        ("2026-09-18 10:00", "1wd", "2026-09-20 17:30"),
        ("2026-09-30 10:00", "1wd", "2026-10-08 17:30"),
    ] {
        assert_due(&calendar(), start, span, due);
    }
}

#[test]
fn the_day_is_that_of_china() {
    // 00:30 on Thursday in China is still Wednesday in UTC.
    assert_due(&calendar(), "2025-09-25 00:30", "1wd", "2025-09-26 17:30");
}

#[test]
fn working_hours_run_while_the_office_is_open() {
    for (start, span, due) in [
        ("2025-09-24 09:00", "3wh", "2025-09-24 12:00"), // ends with the morning, not after lunch
        ("2025-09-24 10:15", "4wh", "2025-09-24 15:45"),
        ("2025-09-24 12:30", "1wh", "2025-09-24 14:30"), // begins after lunch
        ("2025-09-24 17:00", "1wh", "2025-09-25 09:30"),
        ("2025-09-24 20:00", "7wh", "2025-09-25 17:30"), // a whole day, from its opening to its closing
        ("2025-09-26 17:00", "1wh", "2025-09-28 09:30"), // the Sunday is made up for
        ("2025-09-30 16:30", "2wh", "2025-10-09 10:00"), // over National Day
        ("2025-10-11 17:00", "1wh", "2025-10-13 09:30"), // the made-up Saturday, then Monday
        ("2025-01-27 16:30", "8wh", "2025-02-05 17:30"), // over Spring Festival
    ] {
        assert_due(&calendar(), start, span, due);
    }
}

#[test]
fn a_calendar_that_makes_no_sense_still_ends() {
    let no_hours = Calendar { hours: vec![], ..calendar() };
    assert_due(&no_hours, "2025-09-24 10:00", "20wh", "2025-09-25 06:00");
    assert_due(&no_hours, "2025-09-24 10:00", "1wd", "2025-09-26 00:00");
    let backwards = Calendar { hours: vec![(time("17:30"), time("09:00"))], ..calendar() };
    assert_due(&backwards, "2025-09-24 10:00", "20wh", "2025-09-25 06:00");

    let none = Span { amount: 0, unit: SpanUnit::WorkingDays };
    assert_eq!(calendar().due(china("2025-09-26 10:00"), none), china("2025-09-28 17:30"));

    let start = china("2025-09-24 10:00");
    let first = date("2025-09-24");
    let days = first.iter_days().take(40_000).map(|day| (day, DayKind::Off)).collect();
    let never = Calendar { days, hours: calendar().hours };
    for span in ["1wd", "1wh", "4294967295wd", "4294967295wh", "4294967295d", "4294967295h"] {
        assert!(never.due(start, span.parse().unwrap()) >= start, "{span}");
        assert!(calendar().due(start, span.parse().unwrap()) > start, "{span}");
        assert!(calendar().due(DateTime::<Utc>::MAX_UTC, span.parse().unwrap()) > start, "{span}");
        let _ = calendar().due(DateTime::<Utc>::MIN_UTC, span.parse().unwrap());
    }
}

#[test]
fn warnings_come_before_the_end() {
    let (start, due) = (china("2025-09-24 10:00"), china("2025-09-24 11:40"));
    for (percent, warned) in [(0, "10:00"), (80, "11:20"), (100, "11:40"), (250, "11:40")] {
        assert_eq!(warn_at(start, due, percent), china(&format!("2025-09-24 {warned}")), "{percent} %");
    }
    assert_eq!(warn_at(due, start, 80), start);
    let always = warn_at(DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC, 100);
    assert!(always <= DateTime::<Utc>::MAX_UTC && always > due);
}

proptest! {
    #[test]
    fn more_time_never_ends_earlier(minute in 0..1_000_000_i64, amount in 1..60_u32) {
        let calendar = calendar();
        let start = china("2025-01-01 00:00") + TimeDelta::minutes(minute);
        for unit in SpanUnit::ALL {
            let due = |amount| calendar.due(start, Span { amount, unit: *unit });
            prop_assert!(start < due(amount) && due(amount) < due(amount + 1));
            let next = calendar.due(start + TimeDelta::minutes(1), Span { amount, unit: *unit });
            prop_assert!(due(amount) <= next);
        }
    }
}
