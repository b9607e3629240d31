//! Numbers that look random and are the same for the same seed, so that a run can be told again.

use std::time::Duration;

/// A source of such numbers (`SplitMix64`); the field is its seed.
#[derive(Debug, Clone)]
pub struct Random(pub u64);

impl Random {
    /// A source of its own for the `number`th of many that share a seed.
    #[must_use]
    pub fn of(seed: u64, number: u64) -> Self {
        let mut mixed = Self(seed ^ number.wrapping_mul(0xa076_1d64_78bd_642f));
        Self(mixed.number())
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Above 0 and at most 1.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
    pub fn unit(&mut self) -> f64 {
        ((self.number() >> 11) + 1) as f64 / (1_u64 << 53) as f64
    }

    /// From 0 to below `end`; 0 where `end` is 0.
    pub fn below(&mut self, end: u64) -> u64 {
        self.number().checked_rem(end).unwrap_or(0)
    }

    /// Yes, in so many of a hundred cases.
    pub fn percent(&mut self, of_hundred: f64) -> bool {
        self.unit() * 100.0 <= of_hundred
    }

    /// A time between two events that come at random, `mean` apart.
    pub fn time_until_next(&mut self, mean: Duration) -> Duration {
        mean.mul_f64(-self.unit().ln())
    }

    /// A time between these two, each as likely.
    pub fn between(&mut self, shortest: Duration, longest: Duration) -> Duration {
        shortest + longest.saturating_sub(shortest).mul_f64(self.unit())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_numbers_and_another_gives_others() {
        let first = |seed| -> Vec<u64> {
            let mut random = Random::of(seed, 3);
            (0..4).map(|_| random.number()).collect()
        };
        assert_eq!(first(7), first(7));
        assert_ne!(first(7), first(8));
    }

    #[test]
    fn percents_come_as_often_as_they_say() {
        let mut random = Random(11);
        let yes = (0..10_000).filter(|_| random.percent(30.0)).count();
        assert!((2_800..3_200).contains(&yes), "{yes} of 10,000");
        assert!((0..1_000).all(|_| !random.percent(0.0) && random.percent(100.0)));
    }
}
