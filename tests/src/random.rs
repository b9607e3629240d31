//! Reproducible random numbers: the seed of a test, and extensions of [`fastrand::Rng`].

use std::time::Duration;

use fastrand::Rng;

/// The environment variable with the seed. Without it, every run uses [`USUAL`].
const SEED: &str = "CHUISHAO_TEST_SEED";
/// The default seed.
const USUAL: u64 = 20_261_124;

/// Creates the generator of a test, and prints its seed, which the test runner shows if the test fails.
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

/// Creates the generator of the `number`th of many tasks that share a seed.
#[must_use]
pub fn nth(seed: u64, number: u64) -> Rng {
    let mut mixed = Rng::with_seed(seed ^ number.wrapping_mul(0xa076_1d64_78bd_642f));
    mixed.fork()
}

/// Random percentages and durations.
pub trait RngExt {
    /// Returns `true` with this probability in percent.
    fn percent(&mut self, of_hundred: f64) -> bool;

    /// Returns the time until the next event of a Poisson process with this mean interval (exponentially distributed).
    fn time_until_next(&mut self, mean: Duration) -> Duration;

    /// Returns a uniformly distributed duration between the two.
    fn time_between(&mut self, shortest: Duration, longest: Duration) -> Duration;
}

impl RngExt for Rng {
    fn percent(&mut self, of_hundred: f64) -> bool {
        self.f64() * 100.0 < of_hundred
    }

    fn time_until_next(&mut self, mean: Duration) -> Duration {
        mean.mul_f64(-(1.0 - self.f64()).ln()) // 1 - f64() is in (0, 1], so its logarithm is finite
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
