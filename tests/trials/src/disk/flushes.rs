//! The flush, or the write, that fails: for each number, the one of this number ends with an error while phones hand in
//! reports. Then the server is killed, started anew, and asked for everything that it has promised.

use std::{io, path::Path};

use tests::{app::Engine, disk::WHILE_FULL, scratch};

use super::{
    crew::{Crew, asked, compared},
    tracer::{Call, Failing, Tracer},
};
use crate::load::{checker::Findings, site::Site};

/// Phones that hand in reports at the same time.
const PHONES: usize = 4;
/// Each of so many numbers is tried with all calls after it failing too.
const LASTING: u32 = 10;
/// Times that somebody is told to come later before calls that go on failing are good again.
const TURNED_AWAY: u64 = 5;
/// Rounds of reports after the error.
const AFTER: usize = 2;
/// Bits of the number of a run, above the seed's.
const SHIFT: u32 = 32;

/// What came of it.
#[derive(Debug, Default)]
pub struct Shown {
    /// Runs.
    pub runs: u32,
    /// How many of them had all calls fail from one on, for a while.
    pub lasting: u32,
    /// Runs in which a call was made to fail.
    pub hit: u32,
    /// Calls that failed.
    pub failed: usize,
    /// Receipts.
    pub receipts: u64,
    /// Of them, those that strace saw going out before a good flush.
    pub too_early: usize,
    /// Answers that said to come later.
    pub told_later: u64,
    /// What was found at the end, when every row was looked at.
    pub at_the_end: Findings,
    /// What was wrong, in words.
    pub wrong: Vec<String>,
}

impl Shown {
    /// Returns whether each number was hit, somebody was told to come later, and nothing was wrong.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.wrong.is_empty() && self.too_early == 0 && self.hit == self.runs && self.at_the_end.are_none()
    }
}

/// Tries the numbers from 1 to `last`; calls `told` after each.
///
/// # Errors
/// Returns an error if the files of the phones cannot be written or read.
pub async fn show(call: Call, last: u32, seed: u64, mut told: impl FnMut(&Shown)) -> io::Result<Shown> {
    let (mut site, all) = (Site::open(Engine::Sqlite).await, scratch::folder());
    for part in WHILE_FULL {
        site.app().expect_in_log(part);
    }
    let mut shown = Shown::default();
    for number in 1..=last {
        let failing = Failing { call, number, lasting: number.is_multiple_of(LASTING) };
        let folder = all.path().join(number.to_string());
        std::fs::create_dir(&folder)?;
        fails(&site, &folder, failing, seed ^ (u64::from(number) << SHIFT), &mut shown).await?;
        site.kill_server().await;
        let (found, unsound) = asked(&site, &folder).await?;
        if !found.are_none() || !unsound.is_empty() {
            shown.wrong.push(format!("{failing:?}: {found:?} {unsound:?}"));
        }
        gather(&folder, all.path(), number)?;
        told(&shown);
    }
    let (found, wrong) = compared(&site, all.path()).await?;
    shown.at_the_end = found;
    shown.wrong.extend(wrong);
    Ok(shown)
}

/// One run: reports until the call has failed, and some more.
async fn fails(site: &Site, folder: &Path, failing: Failing, seed: u64, shown: &mut Shown) -> io::Result<()> {
    let logged = site.app().process().log().len();
    let mut tracer = Some(Tracer::attach(site.app(), Some(failing)).await);
    let mut trace = None;
    let mut crew = Crew::start(PHONES, site.address(), folder, seed)?;
    let tally = std::sync::Arc::clone(crew.tally());
    let mut after = 0;
    while after < AFTER && tally.wrong.now() == 0 {
        crew.each_writes();
        // Each thread counts for itself, so that a new writer would meet the same number: one error is enough.
        let is_enough =
            |tracer: &mut Tracer| tracer.has_failed() && (!failing.lasting || tally.told_later.now() >= TURNED_AWAY);
        while !crew.settles(|| tracer.as_mut().is_some_and(is_enough)).await && tally.wrong.now() == 0 {
            trace = tracer.take().map(Tracer::end).or(trace);
        }
        after += usize::from(trace.is_some());
    }
    crew.ends().await;
    let trace = trace.or_else(|| tracer.take().map(Tracer::end)).unwrap_or_default();
    shown.runs += 1;
    shown.lasting += u32::from(failing.lasting);
    shown.hit += u32::from(trace.failed > 0);
    shown.failed += trace.failed;
    shown.receipts += tally.acknowledged.now();
    shown.too_early += trace.too_early.len();
    shown.told_later += tally.told_later.now();
    shown.wrong.extend(tally.complaints().iter().map(|sentence| format!("{failing:?}: {sentence}")));
    if trace.failed == 0 {
        shown
            .wrong
            .push(format!("{failing:?}: nothing failed; the log says {:?}", &site.app().process().log()[logged..]));
    }
    Ok(())
}

/// Puts the files of a run beside those of all others.
fn gather(folder: &Path, all: &Path, number: u32) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        std::fs::rename(entry.path(), all.join(format!("{number}-{}", name.to_string_lossy())))?;
    }
    Ok(())
}
