//! Sums of times and spans that stop at the ends of what the library can count. A client may send any year from
//! −262,143 to 262,142, and `+` and `-` would panic there.

use chrono::{DateTime, TimeDelta, Utc};

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
}
