//! Time rounding: the exact time of a report would help to identify its reporter, so officers see it rounded up.

use chrono::{DateTime, DurationRound, TimeDelta, Utc};

/// Rounds a time up to the full hour. A full hour stays unchanged.
#[must_use]
pub fn ceil_to_hour(at: DateTime<Utc>) -> DateTime<Utc> {
    ceil(at, TimeDelta::hours(1))
}

/// Rounds a time up to the full minute. A full minute stays unchanged.
#[must_use]
pub fn ceil_to_minute(at: DateTime<Utc>) -> DateTime<Utc> {
    ceil(at, TimeDelta::minutes(1))
}

fn ceil(at: DateTime<Utc>, step: TimeDelta) -> DateTime<Utc> {
    match at.duration_trunc(step) {
        Ok(floor) if floor == at => at,
        Ok(floor) => floor + step,
        Err(_) => at, // outside the range that chrono can round, which no real report reaches
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_hidden_behind_the_end_of_their_hour() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        for (exact, shown) in [
            ("2026-11-23T08:00:00Z", "2026-11-23T08:00:00Z"),
            ("2026-11-23T08:00:00.001Z", "2026-11-23T09:00:00Z"),
            ("2026-11-23T23:59:59Z", "2026-11-24T00:00:00Z"),
        ] {
            assert_eq!(ceil_to_hour(at(exact)), at(shown));
        }
        assert_eq!(ceil_to_minute(at("2026-11-23T08:00:01Z")), at("2026-11-23T08:01:00Z"));
    }
}
