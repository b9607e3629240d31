//! Numbers that look random and come again with the same seed, so that what failed once can be tried once more.

/// Names the seed of a run; without it every run takes the same.
const SEED: &str = "CHUISHAO_TEST_SEED";
/// The seed where nobody names one.
const USUAL: u64 = 20_261_124;

/// A source of numbers (`SplitMix64`).
#[derive(Debug, Clone)]
pub struct Chance(u64);

impl Chance {
    /// The source of a test; says its seed, which is shown when the test fails.
    ///
    /// # Panics
    /// When `CHUISHAO_TEST_SEED` is set and is not a number.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "a setting of the harness, not of the server")]
    pub fn of_the_run() -> Self {
        let given = std::env::var(SEED).ok();
        let seed =
            given.map_or(USUAL, |text| text.parse().unwrap_or_else(|_| panic!("{SEED} is a number, not `{text}`")));
        eprintln!("seed: {SEED}={seed}");
        Self(seed)
    }

    /// A number below `bound`, which is not 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }
}
