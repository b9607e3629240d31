//! China Standard Time, which determines the calendar day.

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};

/// The offset of China Standard Time from UTC, in seconds. There is no daylight saving time.
const AHEAD_SECONDS: i32 = 8 * 60 * 60;

/// Returns the offset of China Standard Time from UTC.
#[must_use]
pub fn china_offset() -> FixedOffset {
    FixedOffset::east_opt(AHEAD_SECONDS).unwrap_or_else(|| chrono::Offset::fix(&Utc))
}

/// Returns the calendar day in China at this time. Rules are looked up by it.
#[must_use]
pub fn china_day(at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&china_offset()).date_naive()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_in_china_begins_at_16_utc() {
        for (at, expected) in [("2026-11-29T15:59:59Z", "2026-11-29"), ("2026-11-29T16:00:00Z", "2026-11-30")] {
            assert_eq!(china_day(at.parse().unwrap()).to_string(), expected, "{at}");
        }
    }
}
