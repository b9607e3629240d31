//! One direction of a proxied connection: delays, throttles or cuts off its bytes.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::tcp::{ReadHalf, WriteHalf},
    sync::mpsc,
    time::{Instant, sleep_until},
};

use crate::count::Count;

/// The chunk size in bytes without and with a bandwidth limit. Small chunks spread the bytes evenly over time on a slow
/// line.
const CHUNKS: (usize, usize) = (16 * 1024, 512);
/// The maximum number of chunks in flight in one direction.
const UNDER_WAY: usize = 16;

/// The latency and the bandwidth of a direction.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    pub(super) latency: Duration,
    pub(super) kbit_a_second: Option<u32>,
}

/// The error if the connection is to be reset.
#[derive(Debug)]
pub(super) struct Cut;

/// What happens to a chunk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is delivered.
    Passes,
    /// This many of its bytes are delivered, then the connection is reset.
    Ends(usize),
}

impl Fate {
    /// Returns the fate of a chunk that follows `carried` bytes, on a connection that is cut after `limit` bytes.
    pub(super) fn up_to(limit: u64, carried: u64, chunk: usize) -> Self {
        let left = limit.saturating_sub(carried);
        match usize::try_from(left) {
            Ok(left) if left < chunk => Self::Ends(left),
            _ => Self::Passes,
        }
    }
}

impl Line {
    /// Forwards bytes until the end of the stream, then shuts down the other side too. `fate` is called for each chunk,
    /// with the number of bytes before it and its size.
    pub(super) async fn carry(
        self,
        mut from: ReadHalf<'_>,
        mut to: WriteHalf<'_>,
        arrived: &Count,
        mut fate: impl FnMut(u64, usize) -> Fate,
    ) -> Result<(), Cut> {
        let (under_way, mut arriving) = mpsc::channel::<(Instant, Vec<u8>)>(UNDER_WAY);
        let sends = async move {
            let mut buffer = vec![0; if self.kbit_a_second.is_some() { CHUNKS.1 } else { CHUNKS.0 }];
            let (mut carried, mut free_at) = (0, Instant::now());
            loop {
                let count = from.read(&mut buffer).await.map_err(|_gone| Cut)?;
                if count == 0 {
                    return Ok(());
                }
                let fate = fate(carried, count);
                let passing = if let Fate::Ends(passing) = fate { passing } else { count };
                carried += passing as u64;
                free_at = free_at.max(Instant::now()) + self.time_for(passing);
                let chunk = buffer.get(..passing).unwrap_or_default().to_vec();
                under_way.send((free_at + self.latency, chunk)).await.map_err(|_gone| Cut)?;
                if fate != Fate::Passes {
                    return Err(Cut);
                }
            }
        };
        let delivers = async {
            while let Some((at, chunk)) = arriving.recv().await {
                sleep_until(at).await;
                to.write_all(&chunk).await.map_err(|_gone| Cut)?;
                arrived.add(chunk.len() as u64);
            }
            to.shutdown().await.map_err(|_gone| Cut)
        };
        // Chunks in flight before a cut are still delivered.
        let (sent, delivered) = tokio::join!(sends, delivers);
        sent.and(delivered)
    }

    fn time_for(self, bytes: usize) -> Duration {
        let Some(kbit) = self.kbit_a_second else { return Duration::ZERO };
        let bits = u64::try_from(bytes).unwrap_or(u64::MAX).saturating_mul(8);
        Duration::from_micros(bits.saturating_mul(1_000) / u64::from(kbit.max(1)))
    }
}
