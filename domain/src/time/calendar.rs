//! The calendar of working days: weekends, holidays and make-up days 调休, and the hours of an office.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc, Weekday};

use super::{Span, SpanUnit};

/// Maximum number of days that a count looks ahead (a century), so that counting ends with any calendar.
const HORIZON_DAYS: u32 = 36_525;
/// China Standard Time is ahead of UTC by this much, all year.
const CHINA: TimeDelta = TimeDelta::hours(8);

coded_enum! {
    /// What a named day is, against its weekday.
    pub enum DayKind {
        /// A working day, even on a weekend 调休上班.
        Work = "WORK",
        /// A day off, even on a weekday 放假.
        Off = "OFF",
    }
}

/// The calendar of one place: the named days that differ from their weekday, and the office hours in China Standard
/// Time (UTC+8, no summer time).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// The days that differ from what their weekday says.
    pub days: BTreeMap<NaiveDate, DayKind>,
    /// The office hours of a working day in local time, in order and without overlap.
    pub hours: Vec<(NaiveTime, NaiveTime)>,
}

impl Calendar {
    /// Returns the end of a span that starts at `start`.
    ///
    /// - Minutes, hours and days run by the wall clock. A count of days ends at the same time of day, on any kind of
    ///   day.
    /// - Working hours run only while the office is open: within [`Calendar::hours`] of a working day in China. A start
    ///   at night or on a day off counts from the next opening. An end that falls on a closing time is that closing
    ///   time, not the next opening.
    /// - Working days: the day of the start does not count, at any hour (the usual way to count days in Chinese
    ///   procedure, 期间开始之日不计算在内). The first is the next working day, and the span ends at the closing time of the last
    ///   one. In a plain week, starts on Friday, Saturday and Sunday thus give the same end. A span of 0 counts as 1.
    ///
    /// This never fails and always ends. If there are no hours, or none that open before they close, the office counts
    /// as open around the clock on working days. A count that has not ended after a hundred years ends there.
    #[must_use]
    pub fn due(&self, start: DateTime<Utc>, span: Span) -> DateTime<Utc> {
        let amount = i64::from(span.amount);
        match span.unit {
            SpanUnit::Minutes => later(start, TimeDelta::minutes(amount)),
            SpanUnit::Hours => later(start, TimeDelta::hours(amount)),
            SpanUnit::Days => later(start, TimeDelta::days(amount)),
            SpanUnit::WorkingHours => self.after_open(start, TimeDelta::hours(amount)),
            SpanUnit::WorkingDays => self.after_days(start, span.amount),
        }
    }

    /// Returns whether offices work on this day in China: as the calendar says for a named day, else from Monday to
    /// Friday.
    #[must_use]
    pub fn is_working_day(&self, day: NaiveDate) -> bool {
        match self.days.get(&day) {
            Some(kind) => *kind == DayKind::Work,
            None => !matches!(day.weekday(), Weekday::Sat | Weekday::Sun),
        }
    }

    fn after_days(&self, start: DateTime<Utc>, amount: u32) -> DateTime<Utc> {
        let today = in_china(start).date();
        let mut last = today;
        let mut counted = 0;
        for day in days_after(today) {
            last = day;
            counted += u32::from(self.is_working_day(day));
            if counted >= amount.max(1) {
                break;
            }
        }
        in_utc(self.closing(last))
    }

    fn after_open(&self, start: DateTime<Utc>, open: TimeDelta) -> DateTime<Utc> {
        let begin = in_china(start);
        let mut left = open;
        let mut at = begin;
        for day in std::iter::once(begin.date()).chain(days_after(begin.date())) {
            if !self.is_working_day(day) {
                continue;
            }
            for (opening, closing) in self.open_on(day) {
                let from = at.max(opening);
                if from >= closing {
                    continue;
                }
                if left <= closing - from {
                    return in_utc(from + left);
                }
                left -= closing - from;
                at = closing;
            }
        }
        in_utc(at)
    }

    /// Returns the open hours of a working day, which are the whole day if the calendar has none.
    fn open_on(&self, day: NaiveDate) -> Vec<(NaiveDateTime, NaiveDateTime)> {
        let open: Vec<_> = self
            .hours
            .iter()
            .filter(|(opening, closing)| opening < closing)
            .map(|(opening, closing)| (day.and_time(*opening), day.and_time(*closing)))
            .collect();
        if open.is_empty() { vec![(day.and_time(NaiveTime::MIN), midnight_after(day))] } else { open }
    }

    fn closing(&self, day: NaiveDate) -> NaiveDateTime {
        self.open_on(day).into_iter().map(|(_, closing)| closing).max().unwrap_or_else(|| midnight_after(day))
    }
}

/// Returns the time at which the owner of a clock is warned: when `percent` of the time between `start` and `due` is
/// over, by the wall clock.
///
/// A value above 100 counts as 100. For a `due` that is not after `start` the warning is at `due`.
#[must_use]
pub fn warn_at(start: DateTime<Utc>, due: DateTime<Utc>, percent: u8) -> DateTime<Utc> {
    if due <= start {
        return due;
    }
    let part = (due - start).num_milliseconds() * i64::from(percent.min(100)) / 100; // all of chrono's years fit
    later(start, TimeDelta::milliseconds(part)).min(due)
}

fn days_after(day: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    day.iter_days().skip(1).zip(0..HORIZON_DAYS).map(|(day, _)| day)
}

fn midnight_after(day: NaiveDate) -> NaiveDateTime {
    day.succ_opt().unwrap_or(day).and_time(NaiveTime::MIN)
}

fn in_china(at: DateTime<Utc>) -> NaiveDateTime {
    later(at, CHINA).naive_utc()
}

fn in_utc(local: NaiveDateTime) -> DateTime<Utc> {
    local.checked_sub_signed(CHINA).unwrap_or(local).and_utc()
}

/// Returns a later time, or the end of time if it is beyond it.
fn later(at: DateTime<Utc>, by: TimeDelta) -> DateTime<Utc> {
    at.checked_add_signed(by).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

#[cfg(test)]
mod tests;
