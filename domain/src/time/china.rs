//! China Standard Time, which determines the calendar day.

use chrono::{DateTime, Days, FixedOffset, NaiveDate, NaiveTime, TimeDelta, Utc};

use super::later;

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
    later(at, TimeDelta::seconds(i64::from(AHEAD_SECONDS))).date_naive()
}

/// Returns the midnight in China that follows this time; a midnight is its own. Deadlines of reporters end with the day,
/// and the midnight itself is still in time.
#[must_use]
pub fn china_day_end(at: DateTime<Utc>) -> DateTime<Utc> {
    let local = at.with_timezone(&china_offset()).naive_local();
    if local.time() == NaiveTime::MIN {
        return at;
    }
    let next = local.date().checked_add_days(Days::new(1)).map(|day| day.and_time(NaiveTime::MIN));
    next.and_then(|midnight| midnight.and_local_timezone(china_offset()).single()).map_or(at, |end| end.to_utc())
}

/// Returns the midnight in China with which this day ends.
#[must_use]
pub fn end_of_china_day(day: NaiveDate) -> DateTime<Utc> {
    let next = day.checked_add_days(Days::new(1)).unwrap_or(day).and_time(NaiveTime::MIN);
    next.and_local_timezone(china_offset()).single().map_or(DateTime::<Utc>::MAX_UTC, |end| end.to_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_in_china_begins_at_16_utc() {
        assert_eq!(china_day(DateTime::<Utc>::MAX_UTC), NaiveDate::MAX, "and the last day of all does not panic");
        for (at, expected) in [("2026-11-29T15:59:59Z", "2026-11-29"), ("2026-11-29T16:00:00Z", "2026-11-30")] {
            assert_eq!(china_day(at.parse().unwrap()).to_string(), expected, "{at}");
        }
    }

    #[test]
    fn a_day_in_china_ends_at_the_next_16_utc() {
        for (at, end) in [
            ("2026-11-29T15:59:59.999Z", "2026-11-29T16:00:00Z"),
            ("2026-11-29T16:00:00Z", "2026-11-29T16:00:00Z"),
            ("2026-11-29T16:00:00.001Z", "2026-11-30T16:00:00Z"),
        ] {
            let end: DateTime<Utc> = end.parse().unwrap();
            assert_eq!(china_day_end(at.parse().unwrap()), end, "{at}");
        }
    }
}
