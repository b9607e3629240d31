//! Time spans: an amount with a unit, which determines how the span is counted.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

coded_enum! {
    /// What a span is counted in.
    pub enum SpanUnit {
        /// Minutes by the wall clock.
        Minutes = "MINUTES",
        /// Hours by the wall clock.
        Hours = "HOURS",
        /// Calendar days: ends at the same time of day.
        Days = "DAYS",
        /// Hours in which the office is open.
        WorkingHours = "WORKING_HOURS",
        /// Working days: ends at the closing time of the last one.
        WorkingDays = "WORKING_DAYS",
    }
}

/// A time span, written `30min`, `2h`, `15d` (calendar days), `4wh` (working hours) or `5wd` (working days) in files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Span {
    /// The amount, counted in `unit`.
    pub amount: u32,
    /// The unit in which the span is counted.
    pub unit: SpanUnit,
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            SpanUnit::Minutes => "min",
            SpanUnit::Hours => "h",
            SpanUnit::Days => "d",
            SpanUnit::WorkingHours => "wh",
            SpanUnit::WorkingDays => "wd",
        };
        write!(f, "{}{unit}", self.amount)
    }
}

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (amount, unit) = text.split_at(digits);
        let unit = match unit {
            "min" => SpanUnit::Minutes,
            "h" => SpanUnit::Hours,
            "d" => SpanUnit::Days,
            "wh" => SpanUnit::WorkingHours,
            "wd" => SpanUnit::WorkingDays,
            _ => return Err(format!("`{text}` is not a span: write 30min, 2h, 15d, 4wh or 5wd")),
        };
        match amount.parse() {
            Ok(amount) if amount > 0 => Ok(Self { amount, unit }),
            _ => Err(format!("`{text}` is not a span: it must begin with a number above 0")),
        }
    }
}

impl TryFrom<String> for Span {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Span> for String {
    fn from(span: Span) -> Self {
        span.to_string()
    }
}
