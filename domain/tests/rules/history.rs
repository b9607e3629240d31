//! How random histories are generated and counted.

use std::collections::BTreeSet;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

/// The random numbers for one step.
#[derive(Debug, Clone)]
pub(crate) struct Dice {
    /// How sensible the step is; a lower number is more sensible.
    pub(crate) bold: u8,
    /// What is asked.
    pub(crate) pick: u16,
    /// Which party asks, and with what.
    pub(crate) who: u16,
    /// The time since the step before.
    pub(crate) minutes: u32,
}

impl Dice {
    /// Returns whether the step follows a long silence.
    pub(crate) const fn is_late(&self) -> bool {
        self.bold % 16 == 1
    }

    /// Returns one of these.
    pub(crate) fn of<'a, T>(&self, all: &'a [T]) -> Option<&'a T> {
        all.get(usize::from(self.pick) % all.len().max(1))
    }
}

/// Generates the random numbers for a history of at most this many steps.
pub(crate) fn dice(steps: usize) -> impl Strategy<Value = Vec<Dice>> {
    let one = any::<(u8, u16, u16, u16)>().prop_map(|(bold, pick, who, minutes)| {
        let minutes = if bold % 16 == 1 { u32::from(minutes) * 2 } else { u32::from(minutes) % 300 }; // see `is_late`
        Dice { bold, pick, who, minutes }
    });
    prop::collection::vec(one, 0..steps)
}

/// Plays 10,000 histories, or as many as `CHUISHAO_HISTORIES` says.
pub(crate) fn run<S: Strategy>(strategy: &S, play: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    #[expect(clippy::disallowed_methods, reason = "how long to try is no setting of the program")]
    let cases = std::env::var("CHUISHAO_HISTORIES").ok().and_then(|text| text.parse().ok()).unwrap_or(10_000);
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    if let Err(error) = TestRunner::new(config).run(strategy, play) {
        panic!("{error}");
    }
}

/// Plays as many histories as [`run`], and as many again, three times at most, until everything that must be seen was seen:
/// when a rare one comes is chance.
pub(crate) fn run_until<S: Strategy>(
    strategy: S,
    play: impl Fn(S::Value) -> Result<(), TestCaseError>,
    has_seen_all: impl Fn() -> bool,
) {
    for _ in 0..4 {
        run(&strategy, &play);
        if has_seen_all() {
            return;
        }
    }
}

/// What was asked and seen in all histories.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    asked: u64,
    accepted: u64,
    seen: BTreeSet<(&'static str, &'static str)>,
}

impl Tally {
    pub(crate) fn asked(&mut self, accepted: bool) {
        self.asked += 1;
        self.accepted += u64::from(accepted);
    }

    pub(crate) fn seen(&mut self, what: &'static str, status: &'static str) {
        self.seen.insert((what, status));
    }

    /// Returns whether all of these words were seen.
    pub(crate) fn has(&self, words: &BTreeSet<String>) -> bool {
        let seen: BTreeSet<String> = self.words().collect();
        words.is_subset(&seen)
    }

    fn words(&self) -> impl Iterator<Item = String> {
        self.seen.iter().map(|(what, status)| format!("{what} {status}"))
    }

    /// Checks that at least 30 % of what was asked happened, and that every status was reached.
    pub(crate) fn check(&self, words: impl Iterator<Item = String>) {
        assert!(self.accepted * 100 >= self.asked * 30, "{} of {} accepted", self.accepted, self.asked);
        assert_eq!(words.collect::<BTreeSet<_>>(), self.words().collect());
    }
}
