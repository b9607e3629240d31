//! Times that clients send, within what every engine can store. A client may send any year from −262,143 to 262,142, and
//! `+` and `-` would panic there; and it may send a leap second, which PostgreSQL counts to the next minute.

use chrono::{DateTime, TimeDelta, Timelike, Utc};

/// Returns `at + span`, or the latest time that exists.
#[must_use]
pub fn later(at: DateTime<Utc>, span: TimeDelta) -> DateTime<Utc> {
    at.checked_add_signed(span).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// Returns `at - span`, or the earliest time that exists.
#[must_use]
pub fn earlier(at: DateTime<Utc>, span: TimeDelta) -> DateTime<Utc> {
    at.checked_sub_signed(span).unwrap_or(DateTime::<Utc>::MIN_UTC)
}

/// Returns the last microsecond before a leap second for a time within it, and every other time as it is.
#[must_use]
pub fn without_leap_second(at: DateTime<Utc>) -> DateTime<Utc> {
    if at.nanosecond() < 1_000_000_000 { at } else { at.with_nanosecond(999_999_000).unwrap_or(at) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_stop_at_the_ends_of_time() {
        let day = TimeDelta::days(1);
        let now = DateTime::UNIX_EPOCH;
        assert_eq!((later(now, day), earlier(now, day)), (now + day, now - day));
        assert_eq!(later(DateTime::<Utc>::MAX_UTC, day), DateTime::<Utc>::MAX_UTC);
        assert_eq!(earlier(DateTime::<Utc>::MIN_UTC, day), DateTime::<Utc>::MIN_UTC);
    }

    #[test]
    fn a_leap_second_is_the_end_of_its_minute() {
        for (given, kept) in [
            ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59.999999Z"),
            ("2016-12-31T23:59:60.5Z", "2016-12-31T23:59:59.999999Z"),
            ("2016-12-31T23:59:59.5Z", "2016-12-31T23:59:59.5Z"),
            ("+262142-12-31T23:59:60Z", "+262142-12-31T23:59:59.999999Z"),
        ] {
            assert_eq!(without_leap_second(given.parse().unwrap()), kept.parse::<DateTime<Utc>>().unwrap(), "{given}");
        }
    }
}
