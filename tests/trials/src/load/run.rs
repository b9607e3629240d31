//! Executes a run: phones, the network between, kills of the server, and the check at the end.

use std::{
    io,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use fastrand::Rng;
use tests::{
    client::Client,
    process::PATIENCE,
    proxy::Proxy,
    random::{self, RngExt},
    scratch, world,
};
use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
    time::{sleep, timeout},
};

use super::{
    checker::{Findings, History, rows},
    outbox::{self, Outbox},
    outcome::Outcome,
    phone::{Habit, Phone},
    plan::Plan,
    site::Site,
    tally::Tally,
    troubles,
    wire::Wire,
    written::Written,
};

/// Offsets of the generator numbers for the parts of a run that have their own random sequence.
const NETWORK: u64 = 1 << 32;
const ARRIVALS: u64 = 2 << 32;
const TROUBLES: u64 = 3 << 32;
const RETURNING: u64 = 4 << 32;
const PHOTOS: u64 = 5 << 32;

/// The server under load.
#[derive(Debug)]
pub enum Target {
    /// A server of this process, which can be killed and whose rows can be inspected.
    Own(Box<Site>),
    /// A running server at this address, which can only be queried.
    Elsewhere(std::net::SocketAddr),
}

/// Executes a plan and checks the result. `tally` can be read meanwhile.
///
/// # Errors
/// Returns an error if the outboxes cannot be written or read.
pub async fn run(plan: &Plan, target: &mut Target, tally: &Arc<Tally>) -> io::Result<Outcome> {
    let (folder, begun) = (scratch::folder(), Instant::now());
    let address = match target {
        Target::Own(site) => site.address(),
        Target::Elsewhere(address) => *address,
    };
    let network = Proxy::start(address, plan.network, plan.seed ^ NETWORK).await;
    let (mut phones, writers) = start_phones(plan, target, &network, (folder.path(), tally)).await?;
    return_phones(plan, &mut phones, &network, (folder.path(), tally))?;
    let (stop, stopped) = watch::channel(false);
    let writing = tokio::spawn(write(plan.clone(), writers, Arc::clone(tally), stopped));
    let recoveries = match target {
        Target::Own(site) => troubles::make(plan, site, &network, (Rng::with_seed(plan.seed ^ TROUBLES), tally)).await,
        Target::Elsewhere(_) => troubles::wait(plan, tally).await,
    };
    stop.send_replace(true);
    writing.await.map_err(io::Error::other)?;
    let settling = Instant::now();
    let all_settled = timeout(plan.settle, async { while phones.join_next().await.is_some() {} }).await.is_ok();
    phones.shutdown().await;
    let (time, settled_in) = (begun.elapsed(), settling.elapsed());
    if !all_settled {
        tally.complain(format!("some submissions had no receipt after {:?}", plan.settle));
    }
    let found = check(target, folder.path(), tally).await?;
    Ok(Outcome::new(plan, tally, &network, found).timed(time, settled_in, recoveries))
}

/// The owner of a phone, who writes submissions for it.
struct Writer {
    phone: mpsc::UnboundedSender<Written>,
    naming: &'static [&'static str],
}

async fn start_phones(
    plan: &Plan,
    target: &Target,
    network: &Proxy,
    (folder, tally): (&Path, &Arc<Tally>),
) -> io::Result<(JoinSet<()>, Vec<Writer>)> {
    let (mut phones, mut writers) = (JoinSet::new(), Vec::new());
    for number in 0..plan.phones {
        let session = match target {
            Target::Own(site) if number < plan.logged_in => {
                Some(world::session(site.app(), "REPORTER", &format!("1990001{number:04}")).await)
            }
            _ => None,
        };
        let (owner, notes) = mpsc::unbounded_channel();
        let naming: &[&str] = if session.is_some() { &["NAMED", "CONFIDENTIAL", "ANONYMOUS"] } else { &["ANONYMOUS"] };
        if let Some(bytes) = plan.files.of(number) {
            tally.written.one();
            let written = Written::with_photo(&mut random::nth(plan.seed ^ PHOTOS, number as u64), plan.mix, bytes);
            owner.send(written).expect("its other end is held here");
        }
        writers.push(Writer { phone: owner, naming });
        let phone = Phone {
            outbox: Outbox::open(folder, number)?,
            writes: notes,
            wire: Wire::to(&network.url()),
            client: Client::new(network.address()),
            session,
            habit: if number % 2 == 0 { Habit::OneByOne } else { Habit::Together },
            is_returning: false,
            random: random::nth(plan.seed, number as u64),
            tally: Arc::clone(tally),
        };
        phones.spawn(phone.run());
    }
    Ok((phones, writers))
}

/// Starts the phones that come back online, all at once.
fn return_phones(
    plan: &Plan,
    phones: &mut JoinSet<()>,
    network: &Proxy,
    (folder, tally): (&Path, &Arc<Tally>),
) -> io::Result<()> {
    for number in 0..plan.returning.phones {
        let mut random = random::nth(plan.seed ^ RETURNING, number as u64);
        let phone = Phone {
            outbox: Outbox::open(folder, plan.phones + number)?,
            writes: queue(plan, &mut random, tally),
            wire: Wire::to(&network.url()),
            client: Client::new(network.address()),
            session: None,
            habit: Habit::Together,
            is_returning: true,
            random,
            tally: Arc::clone(tally),
        };
        let tally = Arc::clone(tally);
        phones.spawn(async move {
            phone.run().await;
            tally.returned.one();
        });
    }
    Ok(())
}

/// Returns a closed channel with the submissions that a phone has queued while it was offline.
fn queue(plan: &Plan, random: &mut Rng, tally: &Tally) -> mpsc::UnboundedReceiver<Written> {
    let (owner, notes) = mpsc::unbounded_channel();
    for _ in 0..plan.returning.queued {
        tally.written.one();
        owner.send(Written::queued(random, plan.mix)).expect("its other end is held here");
    }
    notes
}

/// Writes submissions for random phones at random times, until told to stop.
async fn write(plan: Plan, writers: Vec<Writer>, tally: Arc<Tally>, mut stopped: watch::Receiver<bool>) {
    let mut random = Rng::with_seed(plan.seed ^ ARRIVALS);
    let mean = Duration::from_secs_f64(1.0 / plan.rate);
    let mut next = tokio::time::Instant::now();
    loop {
        next += random.time_until_next(mean);
        tokio::select! {
            () = tokio::time::sleep_until(next) => {}
            _ = stopped.wait_for(|stop| *stop) => return,
        }
        let mut pick = |count: usize| random.usize(..count);
        let writer = &writers[pick(writers.len())];
        let naming = writer.naming[pick(writer.naming.len())];
        tally.written.one();
        let written = Written::next(&mut random, plan.mix, naming);
        if writer.phone.send(written).is_err() {
            tally.complain("a phone has ended before its time".to_owned());
            return;
        }
    }
}

async fn check(target: &Target, folder: &Path, tally: &Tally) -> io::Result<Findings> {
    let history = History::of(outbox::read(folder)?);
    let mut found = history.findings();
    let address = match target {
        Target::Own(site) => site.address(),
        Target::Elsewhere(address) => *address,
    };
    history.ask(&Wire::to(&format!("http://{address}")), &mut found).await;
    if let Target::Own(site) = target {
        let db = site.rows().await;
        history.compare(&rows::read(&db).await.map_err(io::Error::other)?, &mut found);
        let lacking = rows::lacking_photos(&db, history.written()).await.map_err(io::Error::other)?;
        for fault in settled_journal(&db).await.into_iter().chain(lacking) {
            tally.complain(fault);
        }
        db.close().await.ok();
    }
    Ok(found)
}

/// Waits until the sequencer has caught up, and returns the faults of the journal.
async fn settled_journal(db: &sea_orm::DatabaseConnection) -> Vec<String> {
    let begun = Instant::now();
    loop {
        let faults = rows::journal_faults(db).await.unwrap_or_else(|error| vec![error.to_string()]);
        if faults.is_empty() || begun.elapsed() > PATIENCE {
            return faults;
        }
        sleep(Duration::from_millis(50)).await;
    }
}
