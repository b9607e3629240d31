//! Latencies of many requests, and statistics over them.

use std::time::Duration;

/// The latencies of a measurement.
#[derive(Debug, Clone)]
pub struct Times {
    sorted: Vec<Duration>,
    whole: Duration,
}

impl Times {
    /// Creates a measurement from the single latencies and its total duration.
    #[must_use]
    pub fn new(mut times: Vec<Duration>, whole: Duration) -> Self {
        times.sort_unstable();
        Self { sorted: times, whole }
    }

    /// Returns the number of requests.
    #[must_use]
    pub fn count(&self) -> usize {
        self.sorted.len()
    }

    /// Returns the throughput in requests per second.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "no measurement has 2⁵² answers")]
    pub fn rate(&self) -> f64 {
        self.sorted.len() as f64 / self.whole.as_secs_f64()
    }

    /// Returns the latency at this per-mille rank: 500 is the median, 990 the 99th percentile.
    #[must_use]
    pub fn permille(&self, of_thousand: usize) -> Duration {
        let at = (self.sorted.len() * of_thousand / 1_000).min(self.sorted.len().saturating_sub(1));
        self.sorted.get(at).copied().unwrap_or_default()
    }
}

/// Returns the median, or the higher of the two middle figures if their number is even.
///
/// # Panics
/// Panics if there are no figures.
#[must_use]
pub fn median(figures: &[f64]) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}
