//! A flush lies between the bytes of each submission and its receipt: strace sees it.

use std::io;

use tests::{app::Engine, scratch};

use super::{crew::Crew, tracer::Tracer};
use crate::load::site::Site;

/// What came of it.
#[derive(Debug)]
pub struct Shown {
    /// Receipts that phones have.
    pub receipts: u64,
    /// Of those that strace saw going out, how many came after a flush that began when all of the submission was there.
    pub after_a_flush: usize,
    /// And how many did not.
    pub too_early: usize,
    /// Good flushes of the database.
    pub flushes: usize,
    /// What else was wrong.
    pub wrong: Vec<String>,
}

impl Shown {
    /// Returns whether every receipt was seen, and each came after its flush.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.wrong.is_empty() && self.too_early == 0 && self.receipts == self.after_a_flush as u64
    }
}

/// Sends at least `submissions` reports by so many phones, each of which waits for its receipt before it sends the next.
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
