//! Proves with strace that a flush happens between the arrival of each submission and the sending of its receipt.

use std::io;

use tests::{app::Engine, scratch};

use super::{crew::Crew, tracer::Tracer};
use crate::load::site::Site;

/// The result of a run.
#[derive(Debug)]
pub struct Shown {
    /// The number of receipts that phones have.
    pub receipts: u64,
    /// Receipts in the trace that were sent after a flush that had begun after the submission had arrived completely.
    pub after_a_flush: usize,
    /// Receipts in the trace that were not.
    pub too_early: usize,
    /// Successful flushes of the database.
    pub flushes: usize,
    /// Descriptions of other faults.
    pub wrong: Vec<String>,
}

impl Shown {
    /// Checks whether every receipt is in the trace and was sent after its flush.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.wrong.is_empty() && self.too_early == 0 && self.receipts == self.after_a_flush as u64
    }
}

/// Sends at least `submissions` reports from this many phones, each of which waits for a receipt before it sends the
/// next report.
///
/// # Errors
/// Returns an error if the files of the phones cannot be written.
pub async fn show(submissions: u64, phones: usize, seed: u64) -> io::Result<Shown> {
    let (site, folder) = (Site::open(Engine::Sqlite).await, scratch::folder());
    let tracer = Tracer::attach(site.app(), None).await;
    let mut crew = Crew::start(phones, site.address(), folder.path(), seed)?;
    for _ in 0..submissions.div_ceil(phones as u64) {
        crew.each_writes();
    }
    let tally = crew.ends().await;
    let trace = tracer.end();
    Ok(Shown {
        receipts: tally.acknowledged.now(),
        after_a_flush: trace.after_a_flush.len(),
        too_early: trace.too_early.len(),
        flushes: trace.flushes,
        wrong: tally.complaints(),
    })
}
