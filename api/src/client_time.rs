//! How long the server waits for a client: for a request head, for a body, for the reading of an answer.
//!
//! Every such wait has one total deadline: a constant, and as much as the bytes take at the slowest rate that still
//! counts as a working network. A client that sends or reads a byte now and then gains no time by it.

use std::time::Duration;

/// The slowest rate, in bytes per second, at which bytes may move. It is that of a weak GPRS connection, 32 kbit/s.
pub(crate) const SLOWEST: u64 = 4 * 1024;

/// The constant part of every deadline of a client, `CHUISHAO_CLIENT_SECONDS`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ClientTime(Duration);

impl ClientTime {
    /// Creates deadlines with this constant part.
    #[must_use]
    pub(crate) const fn new(constant: Duration) -> Self {
        Self(constant)
    }

    /// Returns the constant part. It is also the whole time for a request head.
    #[must_use]
    pub(crate) const fn constant(self) -> Duration {
        self.0
    }

    /// Returns the time within which this number of bytes must have moved.
    #[must_use]
    pub(crate) const fn for_bytes(self, bytes: u64) -> Duration {
        self.0.saturating_add(earned(bytes))
    }
}

/// Returns the time that this number of bytes takes at the slowest rate.
#[must_use]
pub(crate) const fn earned(bytes: u64) -> Duration {
    Duration::from_millis(bytes.saturating_mul(1_000) / SLOWEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_grows_with_the_bytes_and_has_an_end() {
        let time = ClientTime::new(Duration::from_secs(20));
        for (bytes, seconds) in [(0, 20), (4_096, 21), (256 * 1024, 84), (15 << 20, 3_860)] {
            assert_eq!(time.for_bytes(bytes), Duration::from_secs(seconds), "{bytes}");
        }
        assert!(time.for_bytes(u64::MAX) < Duration::from_secs(u64::MAX));
    }
}
