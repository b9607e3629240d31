//! The working-day calendar: weekends, holidays, make-up days 调休 and office hours.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc, Weekday};

use super::{Span, SpanUnit, later};

/// Maximum number of days that a count looks ahead (a century), so that it terminates even if every day is a day off.
pub(super) const HORIZON_DAYS: u32 = 36_525;
/// The offset of China Standard Time from UTC, which is the same all year.
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

/// The working-day calendar of one area: the days that deviate from their weekday, and the office hours in China
/// Standard Time (UTC+8, no daylight saving time).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// The days that deviate from their weekday: holidays and make-up days.
    pub days: BTreeMap<NaiveDate, DayKind>,
    /// The office hours of a working day in China Standard Time: (opening, closing) intervals in order, without
    /// overlap.
    pub hours: Vec<(NaiveTime, NaiveTime)>,
}

impl Calendar {
    /// Returns the end of a span that starts at `start`.
    ///
    /// - Minutes, hours and calendar days elapse continuously. A span in days ends at the same time of day, even on a
    ///   day off.
    /// - Working hours elapse only while the office is open: within [`Calendar::hours`] of a working day in China. A
    ///   start at night or on a day off counts from the next opening. A span that is used up exactly at closing time
    ///   ends there, not at the next opening.
    /// - Working days: the day of the start does not count, at any hour (the usual way to count days in Chinese
    ///   procedure, 期间开始之日不计算在内). The first is the next working day, and the span ends at the closing time of the last
    ///   one. In a plain week, starts on Friday, Saturday and Sunday thus give the same end. A span of 0 counts as 1.
    ///
    /// This is infallible and always terminates. If there are no valid office hours, the office counts as open around
    /// the clock on working days. A count that has not ended after a hundred years ends there.
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

    /// The number of days before the end of a calendar from which on it is announced.
    pub const ANNOUNCED_DAYS: i64 = 60;

    /// Returns the last day until which the calendar is complete: the end of the year of its last named day, because each
    /// year's holidays 节假日安排 are published as a whole. `None` if it names no day.
    #[must_use]
    pub fn complete_until(&self) -> Option<NaiveDate> {
        let (last, _) = self.days.last_key_value()?;
        NaiveDate::from_ymd_opt(last.year(), 12, 31)
    }

    /// Returns whether this day is a working day in China: according to [`Calendar::days`] if the day is listed there,
    /// otherwise from Monday to Friday.
    #[must_use]
    pub fn is_working_day(&self, day: NaiveDate) -> bool {
        match self.days.get(&day) {
            Some(kind) => *kind == DayKind::Work,
            None => !matches!(day.weekday(), Weekday::Sat | Weekday::Sun),
        }
    }

    pub(super) fn after_days(&self, start: DateTime<Utc>, amount: u32) -> DateTime<Utc> {
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

    pub(super) fn after_open(&self, start: DateTime<Utc>, open: TimeDelta) -> DateTime<Utc> {
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

    /// Returns the open intervals of a working day; the whole day if the calendar has no valid office hours.
    pub(super) fn open_on(&self, day: NaiveDate) -> Vec<(NaiveDateTime, NaiveDateTime)> {
        let open: Vec<_> = self
            .hours
            .iter()
            .filter(|(opening, closing)| opening < closing)
            .map(|(opening, closing)| (day.and_time(*opening), day.and_time(*closing)))
            .collect();
        if open.is_empty() { vec![(day.and_time(NaiveTime::MIN), midnight_after(day))] } else { open }
    }

    pub(super) fn closing(&self, day: NaiveDate) -> NaiveDateTime {
        self.open_on(day).into_iter().map(|(_, closing)| closing).max().unwrap_or_else(|| midnight_after(day))
    }
}

/// Returns the warning time of a clock: when `percent` of the interval between `start` and `due` has elapsed.
///
/// Percentages above 100 are treated as 100. Returns `due` if it is not after `start`.
#[must_use]
pub fn warn_at(start: DateTime<Utc>, due: DateTime<Utc>, percent: u8) -> DateTime<Utc> {
    if due <= start {
        return due;
    }
    let part = (due - start).num_milliseconds() * i64::from(percent.min(100)) / 100; // all of chrono's years fit
    later(start, TimeDelta::milliseconds(part)).min(due)
}

pub(super) fn days_after(day: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    day.iter_days().skip(1).zip(0..HORIZON_DAYS).map(|(day, _)| day)
}

fn midnight_after(day: NaiveDate) -> NaiveDateTime {
    day.succ_opt().unwrap_or(day).and_time(NaiveTime::MIN)
}

pub(super) fn in_china(at: DateTime<Utc>) -> NaiveDateTime {
    later(at, CHINA).naive_utc()
}

pub(super) fn in_utc(local: NaiveDateTime) -> DateTime<Utc> {
    local.checked_sub_signed(CHINA).unwrap_or(local).and_utc()
}

#[cfg(test)]
mod tests;
