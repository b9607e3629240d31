//! The imported calendar, and how spans in working days are counted in it, against two independent sources.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use domain::time::{Calendar, Span, SpanUnit, TimeLeft, china_day};

use crate::rows::{DayRow, rows};

/// What the sources say of a day: whether it is a working day, and the working days that follow it.
struct Told {
    works: bool,
    after: BTreeMap<u32, NaiveDate>,
}

fn told() -> BTreeMap<NaiveDate, Told> {
    let lines = include_str!("../data/working_days.csv").lines().filter(|line| !line.starts_with('#'));
    let read = |line: &str| {
        let cells: Vec<_> = line.split(',').collect();
        let after = [1, 3, 7, 10].into_iter().zip(&cells[2..]).filter(|(_, day)| !day.is_empty());
        let after = after.map(|(amount, day)| (amount, day.parse().unwrap())).collect();
        (cells[0].parse().unwrap(), Told { works: cells[1] == "1", after })
    };
    lines.map(read).collect()
}

fn calendar() -> Calendar {
    let time = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").unwrap();
    Calendar {
        days: rows::<DayRow>("calendar.csv").into_iter().map(|day| (day.date, day.kind)).collect(),
        hours: vec![(time("09:00"), time("12:00")), (time("13:30"), time("17:30"))],
    }
}

/// The end of office hours in China, and some other times of a day.
fn at(day: NaiveDate, time: &str) -> DateTime<Utc> {
    format!("{day}T{time}:00+08:00").parse().unwrap()
}

#[test]
fn every_day_is_what_two_independent_sources_say() {
    let (told, calendar) = (told(), calendar());
    assert_eq!(told.len(), 730);
    for (day, told) in &told {
        assert_eq!(calendar.is_working_day(*day), told.works, "{day}");
    }
}

#[test]
fn spans_in_working_days_end_when_two_independent_sources_say() {
    let (told, calendar) = (told(), calendar());
    let mut counted = 0;
    for (day, told) in &told {
        for (amount, last) in &told.after {
            let span = Span { amount: *amount, unit: SpanUnit::WorkingDays };
            for time in ["00:00", "11:59", "17:30", "23:59"] {
                assert_eq!(calendar.due(at(*day, time), span), at(*last, "17:30"), "{day} {time} + {span}");
                counted += 1;
            }
        }
    }
    assert!(counted > 11_000, "{counted}");
}

/// Ten working days are paused on the third one, so that seven are left, and go on on each of the days that follow, also on a
/// day off, over holidays and over the border of the year.
#[test]
fn spans_that_are_paused_end_when_two_independent_sources_say() {
    let (told, calendar) = (told(), calendar());
    let span = Span { amount: 10, unit: SpanUnit::WorkingDays };
    let mut counted = 0;
    for (day, of_day) in &told {
        let (Some(third), Some(tenth)) = (of_day.after.get(&3), of_day.after.get(&10)) else { continue };
        let due = calendar.due(at(*day, "10:00"), span);
        assert_eq!(china_day(due), *tenth);
        let left = calendar.left(at(*third, "15:00"), due, span.unit);
        assert_eq!(left, TimeLeft::WorkingDays { days: 7 }, "{day}");
        for pause in 0..40 {
            let goes_on = *third + TimeDelta::days(pause);
            let Some(last) = told.get(&goes_on).and_then(|told| told.after.get(&7)) else { continue };
            assert_eq!(calendar.due_after(at(goes_on, "20:00"), left), at(*last, "17:30"), "{day}, until {goes_on}");
            counted += 1;
        }
    }
    assert!(counted > 25_000, "{counted}");
}
