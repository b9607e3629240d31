//! How long a client may take to read an answer.

use std::time::Duration;

use tokio::time::Instant;

use crate::client_time::{ClientTime, earned};

/// The time that a client has left for reading. It runs while the socket takes no more bytes.
#[derive(Debug)]
pub(super) struct ReadingTime {
    most: Duration,
    left: Duration,
    blocked_since: Option<Instant>,
}

impl ReadingTime {
    /// Creates the time of a new connection.
    pub(super) const fn new(time: ClientTime) -> Self {
        Self { most: time.constant(), left: time.constant(), blocked_since: None }
    }

    /// Checks whether the socket waits for the client to read.
    pub(super) const fn is_blocked(&self) -> bool {
        self.blocked_since.is_some()
    }

    /// Records that the socket takes no more bytes, and returns the time by which it must take some.
    pub(super) fn blocked(&mut self, now: Instant) -> Instant {
        *self.blocked_since.get_or_insert(now) + self.left
    }

    /// Records that the socket has taken bytes. They give time back, never more than at the beginning.
    pub(super) fn took(&mut self, bytes: usize, now: Instant) {
        let waited = self.blocked_since.take().map_or(Duration::ZERO, |since| now.saturating_duration_since(since));
        let gained = earned(u64::try_from(bytes).unwrap_or(u64::MAX));
        self.left = self.left.saturating_sub(waited).saturating_add(gained).min(self.most);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONSTANT: Duration = Duration::from_secs(20);

    /// Plays a client that takes so many bytes in every interval, and returns when it is given up.
    fn given_up_after(bytes: usize, interval: Duration, limit: Duration) -> Option<Duration> {
        let mut time = ReadingTime::new(ClientTime::new(CONSTANT));
        let begun = Instant::now();
        let mut now = begun;
        while now - begun < limit {
            let by = time.blocked(now);
            if by <= now + interval {
                return Some(by - begun);
            }
            now += interval;
            time.took(bytes, now);
        }
        None
    }

    #[test]
    fn whoever_reads_slower_than_the_slowest_network_is_given_up() {
        let (second, day) = (Duration::from_secs(1), Duration::from_hours(24));
        assert_eq!(given_up_after(0, second, day), Some(CONSTANT), "who reads nothing");
        let drop_by_drop = given_up_after(1, second, day).expect("it has an end");
        assert!(drop_by_drop < CONSTANT + second, "{drop_by_drop:?}");
        let half = given_up_after(2_048, second, day).expect("it has an end");
        assert!(half.abs_diff(CONSTANT * 2) <= second, "{half:?}");
        assert_eq!(given_up_after(4_096, second, day), None, "as fast as the slowest network");
        assert_eq!(given_up_after(60_000, 14 * second, day), None, "in bursts");
    }

    #[test]
    fn time_is_not_saved_up() {
        let mut time = ReadingTime::new(ClientTime::new(CONSTANT));
        let now = Instant::now();
        time.took(100 << 20, now);
        assert_eq!(time.blocked(now), now + CONSTANT);
        assert!(time.is_blocked());
    }
}
