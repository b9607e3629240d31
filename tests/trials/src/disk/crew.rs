//! Phones that submit reports while the disk is failing, and the receipts that they got.

use std::{
    io,
    net::SocketAddr,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use fastrand::Rng;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use tests::{client::Client, random};
use tokio::{sync::mpsc, task::JoinSet, time::sleep};

use crate::load::{
    checker::{Findings, History, rows},
    outbox::{self, Outbox},
    phone::{Habit, Phone},
    site::Site,
    tally::Tally,
    wire::Wire,
    written::{Mix, Written},
};

/// The time that phones have to deliver what is left, after the disk works again.
const SETTLE: Duration = Duration::from_mins(2);
/// The polling interval.
const LOOK: Duration = Duration::from_millis(2);
/// One report in ten is an emergency, because emergencies have their own write queue.
pub(super) const MIX: Mix = Mix { emergency: 10.0, photos: 2 };

/// The phones of one server, and the outboxes in which they store their receipts.
#[derive(Debug)]
pub struct Crew {
    phones: JoinSet<()>,
    writers: Vec<mpsc::UnboundedSender<Written>>,
    random: Rng,
    tally: Arc<Tally>,
}

impl Crew {
    /// Starts this many phones for the server at this address, with their outboxes in `folder`.
    ///
    /// # Errors
    /// Returns an error if the files cannot be written.
    pub fn start(count: usize, address: SocketAddr, folder: &Path, seed: u64) -> io::Result<Self> {
        let (tally, mut phones, mut writers) = (Arc::new(Tally::default()), JoinSet::new(), Vec::new());
        for number in 0..count {
            let (owner, notes) = mpsc::unbounded_channel();
            let phone = Phone {
                outbox: Outbox::open(folder, number)?,
                writes: notes,
                wire: Wire::to(&format!("http://{address}")),
                client: Client::new(address),
                session: None,
                habit: Habit::OneByOne,
                is_returning: false,
                random: random::nth(seed, number as u64),
                tally: Arc::clone(&tally),
            };
            phones.spawn(phone.run());
            writers.push(owner);
        }
        Ok(Self { phones, writers, random: Rng::with_seed(seed), tally })
    }

    /// Returns the shared counters.
    #[must_use]
    pub fn tally(&self) -> &Arc<Tally> {
        &self.tally
    }

    /// Writes one report into each phone.
    pub fn each_writes(&mut self) {
        for phone in 0..self.writers.len() {
            self.writes(phone, None);
        }
    }

    /// Writes a report into this phone, with a photo of the given size that will be uploaded.
    ///
    /// # Panics
    /// Panics if the phone has stopped, which does not happen before [`Crew::ends`].
    pub fn writes(&mut self, phone: usize, photo: Option<usize>) {
        self.tally.written.one();
        let written = match photo {
            Some(bytes) => Written::with_photo(&mut self.random, MIX, bytes),
            None => Written::next(&mut self.random, MIX, "ANONYMOUS"),
        };
        self.writers[phone].send(written).expect("a phone runs as long as somebody may write");
    }

    /// Waits until every report has a receipt, or `meanwhile` returns true. Returns whether every report has one.
    pub async fn settles(&self, mut meanwhile: impl FnMut() -> bool) -> bool {
        let begun = Instant::now();
        while self.tally.acknowledged.now() < self.tally.written.now() {
            if meanwhile() {
                return false;
            }
            if begun.elapsed() > SETTLE {
                self.tally.complain(format!("some reports had no receipt after {SETTLE:?}"));
                return false;
            }
            sleep(LOOK).await;
        }
        true
    }

    /// Closes the outboxes, and waits until all reports and photos are delivered.
    pub async fn ends(mut self) -> Arc<Tally> {
        self.writers.clear();
        let all = async { while self.phones.join_next().await.is_some() {} };
        if tokio::time::timeout(SETTLE, all).await.is_err() {
            self.tally.complain(format!("some phones were not done after {SETTLE:?}"));
        }
        self.phones.shutdown().await;
        self.tally
    }
}

/// Compares the outboxes in `folder` with the responses of a restarted server, and checks the integrity of its database
/// file.
///
/// # Errors
/// Returns an error if the files cannot be read.
///
/// # Panics
/// Panics if the database cannot be queried.
pub async fn asked(site: &Site, folder: &Path) -> io::Result<(Findings, Vec<String>)> {
    let history = History::of(outbox::read(folder)?);
    let mut found = history.findings();
    history.ask(&Wire::to(&format!("http://{}", site.address())), &mut found).await;
    let db = site.rows().await;
    let check = Statement::from_string(DbBackend::Sqlite, "PRAGMA integrity_check");
    let told = db.query_all_raw(check).await.expect("the file can be checked");
    let told: Vec<String> = told.iter().filter_map(|row| row.try_get_by_index(0).ok()).collect();
    db.close().await.ok();
    let unsound = if told == ["ok"] { Vec::new() } else { told };
    Ok((found, unsound))
}

/// Does the same, and also compares all rows: every report must come from a phone, and every uploaded photo must be
/// verified.
///
/// # Errors
/// Returns an error if the outboxes or the database cannot be read.
pub async fn compared(site: &Site, folder: &Path) -> io::Result<(Findings, Vec<String>)> {
    let (mut found, mut wrong) = asked(site, folder).await?;
    let history = History::of(outbox::read(folder)?);
    let db = site.rows().await;
    history.compare(&rows::read(&db).await.map_err(io::Error::other)?, &mut found);
    wrong.extend(rows::lacking_photos(&db, history.written()).await.map_err(io::Error::other)?);
    db.close().await.ok();
    Ok((found, wrong))
}
