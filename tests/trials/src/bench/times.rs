//! Times of many answers, and what is told of them.

use std::time::Duration;

/// What was measured.
#[derive(Debug, Clone)]
pub struct Times {
    sorted: Vec<Duration>,
    whole: Duration,
}

impl Times {
    /// Returns the times of single answers, all of which came within `whole`.
    #[must_use]
    pub fn new(mut times: Vec<Duration>, whole: Duration) -> Self {
        times.sort_unstable();
        Self { sorted: times, whole }
    }

    /// Returns how many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.sorted.len()
    }

    /// Answers a second.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "no measurement has 2⁵² answers")]
    pub fn rate(&self) -> f64 {
        self.sorted.len() as f64 / self.whole.as_secs_f64()
    }

    /// Returns the time within which this many of a thousand were answered.
    #[must_use]
    pub fn permille(&self, of_thousand: usize) -> Duration {
        let at = (self.sorted.len() * of_thousand / 1_000).min(self.sorted.len().saturating_sub(1));
        self.sorted.get(at).copied().unwrap_or_default()
    }
}

/// Returns the middle one of some figures; with an even number, the higher of the two in the middle.
///
/// # Panics
/// Panics if there is none.
#[must_use]
pub fn median(figures: &[f64]) -> f64 {
    let mut sorted = figures.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}
