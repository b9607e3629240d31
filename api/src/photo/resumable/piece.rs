//! When the bytes that have arrived become a piece: a file with its flushes, and a transaction.
//!
//! A piece costs the same whether it has one byte or many, so a client that sends a byte now and then must not cause one
//! every few seconds. On the other hand, a killed server loses what is not yet in a piece.

use std::time::Duration;

use actix_web::web::BytesMut;
use tokio::time::Instant;

/// The target piece size in bytes. A piece is larger if bytes arrive faster than they can be written.
pub(super) const PIECE_BYTES: usize = 256 * 1024;
/// The longest time for which bytes stay in memory on a network that works: one that brings [`WORTH_IT`] in this time.
const SOON: Duration = Duration::from_secs(5);
/// The least number of bytes for which a piece is written after [`SOON`]: what the slowest network brings in that time.
const WORTH_IT: usize = 16 * 1024;
/// The longest time for which bytes stay in memory at all.
const AT_LAST: Duration = Duration::from_secs(30);

/// The bytes that have arrived and are not yet a piece.
#[derive(Debug, Default)]
pub(super) struct Collected {
    bytes: BytesMut,
    since: Option<Instant>,
}

impl Collected {
    /// Returns the number of bytes.
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Checks whether there are no bytes.
    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Adds bytes that arrived at `now`.
    pub(super) fn push(&mut self, bytes: &[u8], now: Instant) {
        self.since.get_or_insert(now);
        self.bytes.extend_from_slice(bytes);
    }

    /// Returns the time at which the bytes become a piece even if no more arrive; `None` if there are none.
    pub(super) fn due_at(&self) -> Option<Instant> {
        let wait = if self.len() >= WORTH_IT { SOON } else { AT_LAST };
        self.since.map(|since| since + wait)
    }

    /// Checks whether the bytes become a piece at `now`.
    pub(super) fn is_due(&self, now: Instant) -> bool {
        self.len() >= PIECE_BYTES || self.due_at().is_some_and(|at| at <= now)
    }

    /// Takes the bytes out.
    pub(super) fn take(&mut self) -> BytesMut {
        self.since = None;
        std::mem::take(&mut self.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Plays a client that sends so many bytes in every interval, and returns the number of pieces in ten minutes.
    fn pieces_in_ten_minutes(bytes: usize, interval: Duration) -> usize {
        let (begun, mut collected, mut pieces) = (Instant::now(), Collected::default(), 0);
        let mut now = begun;
        while now - begun < Duration::from_mins(10) {
            collected.push(&vec![0; bytes], now);
            now += interval;
            // Between two arrivals, the server wakes when the bytes are due.
            if collected.is_due(now) || collected.due_at().is_some_and(|at| at <= now) {
                assert_eq!(collected.take().len() % bytes, 0);
                pieces += 1;
            }
        }
        pieces
    }

    #[test]
    fn drops_are_collected_and_streams_are_kept_soon() {
        let second = Duration::from_secs(1);
        for (bytes, interval, most) in [
            (1, 5 * second, 20), // one byte every five seconds
            (1, second / 10, 20),
            (1_000, second, 38),
            (4_096, second, 120), // the slowest network: 20 KiB at a time
            (64 * 1024, second, 150),
            (1 << 20, second, 600), // a MiB a second: one piece for what has arrived
        ] {
            let pieces = pieces_in_ten_minutes(bytes, interval);
            assert!(pieces <= most && pieces >= 10, "{bytes} bytes in {interval:?}: {pieces} pieces");
        }
    }

    #[test]
    fn nothing_is_due_without_bytes() {
        let mut collected = Collected::default();
        let now = Instant::now();
        assert!(collected.due_at().is_none() && !collected.is_due(now));
        collected.push(b"x", now);
        assert!(!collected.is_due(now + SOON) && collected.is_due(now + AT_LAST));
        collected.push(&[0; WORTH_IT], now + SOON);
        assert!(collected.is_due(now + SOON), "it has become worth it");
        assert_eq!(collected.take().len(), WORTH_IT + 1);
        assert!(collected.is_empty() && collected.due_at().is_none());
    }
}
