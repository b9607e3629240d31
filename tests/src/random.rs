//! Random numbers that come again with the same seed, so that a run can be repeated: what the tests need beside
//! [`fastrand::Rng`].

use std::time::Duration;

use fastrand::Rng;

/// The environment variable that gives the seed; without it every run takes [`USUAL`].
const SEED: &str = "CHUISHAO_TEST_SEED";
/// The seed if nobody gives one.
const USUAL: u64 = 20_261_124;

/// Returns the generator of a test and prints its seed, which is shown when the test fails.
///
/// # Panics
/// Panics if `CHUISHAO_TEST_SEED` is set and is not a number.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "a setting of the harness, not of the server")]
pub fn of_the_run() -> Rng {
    let given = std::env::var(SEED).ok();
    let seed = given.map_or(USUAL, |text| text.parse().unwrap_or_else(|_| panic!("{SEED} is a number, not `{text}`")));
    eprintln!("seed: {SEED}={seed}");
    Rng::with_seed(seed)
}

/// Returns the generator of the `number`th of many that share a seed.
#[must_use]
pub fn nth(seed: u64, number: u64) -> Rng {
    let mut mixed = Rng::with_seed(seed ^ number.wrapping_mul(0xa076_1d64_78bd_642f));
    mixed.fork()
}

/// Percentages and times.
pub trait RngExt {
    /// Returns `true` in so many of a hundred cases.
    fn percent(&mut self, of_hundred: f64) -> bool;

    /// Returns the time until the next of events that come at random, `mean` apart on average.
    fn time_until_next(&mut self, mean: Duration) -> Duration;

    /// Returns a time between these two, each as likely.
    fn time_between(&mut self, shortest: Duration, longest: Duration) -> Duration;
}

impl RngExt for Rng {
    fn percent(&mut self, of_hundred: f64) -> bool {
        self.f64() * 100.0 < of_hundred
    }

    fn time_until_next(&mut self, mean: Duration) -> Duration {
        mean.mul_f64(-(1.0 - self.f64()).ln()) // above 0, of which there is a logarithm
    }

    fn time_between(&mut self, shortest: Duration, longest: Duration) -> Duration {
        shortest + longest.saturating_sub(shortest).mul_f64(self.f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_numbers_and_another_gives_others() {
        let first = |seed| -> Vec<u64> {
            let mut random = nth(seed, 3);
            (0..4).map(|_| random.u64(..)).collect()
        };
        assert_eq!(first(7), first(7));
        assert_ne!(first(7), first(8));
    }

    #[test]
    fn percents_come_as_often_as_they_say() {
        let mut random = Rng::with_seed(11);
        let yes = (0..10_000).filter(|_| random.percent(30.0)).count();
        assert!((2_800..3_200).contains(&yes), "{yes} of 10,000");
        assert!((0..1_000).all(|_| !random.percent(0.0) && random.percent(100.0)));
    }
}
