//! Fault injection for flushes and writes: for each number n, the nth flush (or write) fails while phones submit
//! reports. Then the server is killed and restarted, and must still have everything that it acknowledged.

use std::{io, path::Path};

use tests::{app::Engine, disk::WHILE_FULL, scratch};

use super::{
    crew::{Crew, asked, compared},
    tracer::{Call, Failing, Tracer},
};
use crate::load::{checker::Findings, site::Site};

/// The number of concurrent phones.
const PHONES: usize = 4;
/// For every multiple of this number, all later calls fail too.
const LASTING: u32 = 10;
/// The number of `TRY_LATER` responses after which lasting failures end.
const TURNED_AWAY: u64 = 5;
/// The number of rounds of reports after the error.
const AFTER: usize = 2;
/// The shift of the run number above the bits of the seed.
const SHIFT: u32 = 32;

/// The result of all runs.
#[derive(Debug, Default)]
pub struct Shown {
    /// The number of runs.
    pub runs: u32,
    /// Runs in which all calls from one on failed for a while.
    pub lasting: u32,
    /// Runs in which at least one call failed.
    pub hit: u32,
    /// The number of failed calls.
    pub failed: usize,
    /// The number of receipts.
    pub receipts: u64,
    /// Receipts that were sent before a successful flush, according to strace.
    pub too_early: usize,
    /// Responses with `TRY_LATER`.
    pub told_later: u64,
    /// The findings of the final check of all rows.
    pub at_the_end: Findings,
    /// Descriptions of other faults.
    pub wrong: Vec<String>,
}

impl Shown {
    /// Checks whether a call failed in every run, at least one response was `TRY_LATER`, and there were no faults.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.wrong.is_empty() && self.too_early == 0 && self.hit == self.runs && self.at_the_end.are_none()
    }
}

/// Executes the runs 1 to `last`, and calls `told` after each.
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

/// Executes one run: submits reports until the call has failed, and some more afterwards.
async fn fails(site: &Site, folder: &Path, failing: Failing, seed: u64, shown: &mut Shown) -> io::Result<()> {
    let logged = site.app().process().log().len();
    let mut tracer = Some(Tracer::attach(site.app(), Some(failing)).await);
    let mut trace = None;
    let mut crew = Crew::start(PHONES, site.address(), folder, seed)?;
    let tally = std::sync::Arc::clone(crew.tally());
    let mut after = 0;
    while after < AFTER && tally.wrong.now() == 0 {
        crew.each_writes();
        // strace counts calls per thread, so a new writer thread would reach the same number again: one error is
        // enough.
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

/// Copies the outboxes of a run to those of all runs.
fn gather(folder: &Path, all: &Path, number: u32) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        std::fs::rename(entry.path(), all.join(format!("{number}-{}", name.to_string_lossy())))?;
    }
    Ok(())
}
