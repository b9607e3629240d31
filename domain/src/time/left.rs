//! The time that is left of a span while its clock stands still, and how it is counted on.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::calendar::{HORIZON_DAYS, days_after, in_china, in_utc};
use super::{Calendar, SpanUnit, earlier, later};

/// The time that is left of a span, counted in what the span is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "unit", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum TimeLeft {
    /// Time by the wall clock, of a span in minutes, hours or calendar days.
    WallClock {
        /// The microseconds that are left.
        micros: i64,
    },
    /// Time in which the office is open, of a span in working hours.
    OfficeHours {
        /// The microseconds that are left.
        micros: i64,
    },
    /// Working days after the one on which the clock was paused, of a span in working days. With 0 the span ends on that
    /// day.
    WorkingDays {
        /// The days that are left.
        days: u32,
    },
}

impl Calendar {
    /// Returns the time between two moments, counted as a span in this unit is counted. It is zero if `due` is not after
    /// `from`.
    ///
    /// [`Calendar::due_after`] is its inverse: a span that is paused and goes on at the same moment ends when it would
    /// have ended.
    #[must_use]
    pub fn left(&self, from: DateTime<Utc>, due: DateTime<Utc>, unit: SpanUnit) -> TimeLeft {
        match unit {
            SpanUnit::Minutes | SpanUnit::Hours | SpanUnit::Days => TimeLeft::WallClock { micros: micros(due - from) },
            SpanUnit::WorkingHours => TimeLeft::OfficeHours { micros: micros(self.open_between(from, due)) },
            SpanUnit::WorkingDays => TimeLeft::WorkingDays { days: self.days_between(from, due) },
        }
    }

    /// Returns when a span ends that goes on at this time with so much time left. The last working day ends when the office
    /// closes; if the office has closed already, or does not open on that day, it is the next working day.
    #[must_use]
    pub fn due_after(&self, at: DateTime<Utc>, left: TimeLeft) -> DateTime<Utc> {
        match left {
            TimeLeft::WallClock { micros } => later(at, TimeDelta::microseconds(micros)),
            TimeLeft::OfficeHours { micros: 0 } => at,
            TimeLeft::OfficeHours { micros } => self.after_open(at, TimeDelta::microseconds(micros)),
            TimeLeft::WorkingDays { days: 0 } => self.end_of_work(at),
            TimeLeft::WorkingDays { days } => self.after_days(at, days),
        }
    }

    /// Returns the end of the work of this day in China, or of the next working day if it is a day off
    /// (期间届满的最后一日为节假日的，以节假日后的第一日为届满的日期).
    #[must_use]
    pub fn end_of_day(&self, day: NaiveDate) -> DateTime<Utc> {
        self.end_of_work(in_utc(day.and_time(NaiveTime::MIN)))
    }

    /// Returns when the office opens on this day in China, or on the next working day if it is a day off.
    #[must_use]
    pub fn start_of_day(&self, day: NaiveDate) -> DateTime<Utc> {
        let mut days = std::iter::once(day).chain(days_after(day)).filter(|day| self.is_working_day(*day));
        let opening = days.next().and_then(|day| self.open_on(day).into_iter().map(|(opening, _)| opening).min());
        in_utc(opening.unwrap_or_else(|| day.and_time(NaiveTime::MIN)))
    }

    /// Returns whether this is the end of the work of a working day.
    #[must_use]
    pub fn is_end_of_work(&self, at: DateTime<Utc>) -> bool {
        let day = in_china(just_before(at)).date();
        self.is_working_day(day) && in_utc(self.closing(day)) == at
    }

    fn end_of_work(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        let (local, first) = (in_china(at), in_china(just_before(at)).date());
        let days = std::iter::once(first).chain(days_after(first)).filter(|day| self.is_working_day(*day));
        days.map(|day| self.closing(day)).find(|closing| *closing >= local).map_or(at, in_utc)
    }

    fn open_between(&self, from: DateTime<Utc>, due: DateTime<Utc>) -> TimeDelta {
        let (from, due) = (in_china(from), in_china(due));
        let days = std::iter::once(from.date()).chain(days_after(from.date())).take_while(|day| *day <= due.date());
        let open = days.filter(|day| self.is_working_day(*day)).flat_map(|day| self.open_on(day));
        open.map(|(opening, closing)| (closing.min(due) - opening.max(from)).max(TimeDelta::zero())).sum()
    }

    fn days_between(&self, from: DateTime<Utc>, due: DateTime<Utc>) -> u32 {
        let (from, last) = (in_china(from).date(), in_china(just_before(due)).date());
        let days = days_after(from).take_while(|day| *day <= last).filter(|day| self.is_working_day(*day)).count();
        u32::try_from(days).unwrap_or(HORIZON_DAYS)
    }
}

/// Returns a moment of the day that ends at this time, for an office that closes at midnight.
fn just_before(at: DateTime<Utc>) -> DateTime<Utc> {
    earlier(at, TimeDelta::microseconds(1))
}

fn micros(time: TimeDelta) -> i64 {
    time.num_microseconds().unwrap_or(i64::MAX).max(0)
}

#[cfg(test)]
mod tests;
