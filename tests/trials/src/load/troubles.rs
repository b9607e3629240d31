//! Kills the server and its database while phones are sending, and measures the recovery times.

use std::time::{Duration, Instant};

use fastrand::Rng;
use tests::{process::PATIENCE, proxy::Proxy, random::RngExt};
use tokio::time::sleep;

use super::{plan::Plan, site::Site, tally::Tally};

/// The interval at which the end of a run is polled.
const LOOK: Duration = Duration::from_millis(20);

/// The recovery times: from the end of an outage to the first receipt.
#[derive(Debug, Clone, Default)]
pub struct Recoveries {
    /// For each kill of the server, measured from its restart.
    pub server: Vec<Duration>,
    /// For each kill of PostgreSQL, measured from its first response.
    pub database: Vec<Duration>,
}

/// Kills the server and the database as planned, until the run is over.
pub async fn make(plan: &Plan, site: &mut Site, network: &Proxy, (mut random, tally): (Rng, &Tally)) -> Recoveries {
    let (begun, mut recoveries) = (Instant::now(), Recoveries::default());
    let mut next = [plan.troubles.kill_server_every, plan.troubles.kill_database_every]
        .map(|mean| mean.map(|mean| begun + random.time_between(mean / 10, mean.mul_f64(1.9))));
    while !is_over(plan, tally, begun) {
        let now = Instant::now();
        if let (Some(at), Some(mean)) = (next[0], plan.troubles.kill_server_every)
            && at <= now
        {
            let started = Instant::now();
            site.kill_server().await;
            network.lead_to(site.address());
            tally.server_kills.one();
            recoveries.server.push(until_next_receipt(tally, started).await);
            next[0] = Some(Instant::now() + random.time_between(mean / 10, mean.mul_f64(1.9)));
        } else if let (Some(at), Some(mean)) = (next[1], plan.troubles.kill_database_every)
            && at <= now
        {
            let (shortest, longest) = plan.troubles.database_away;
            let away = random.time_between(shortest, longest);
            site.kill_database();
            sleep(away).await;
            if !site.lives().await {
                tally.complain("the server ended with its database".to_owned());
            }
            site.start_database();
            tally.database_kills.one();
            recoveries.database.push(until_next_receipt(tally, Instant::now()).await);
            next[1] = Some(Instant::now() + random.time_between(mean / 10, mean.mul_f64(1.9)));
        }
        sleep(LOOK).await;
    }
    recoveries
}

/// Waits until the run is over, without any kills.
pub async fn wait(plan: &Plan, tally: &Tally) -> Recoveries {
    let begun = Instant::now();
    while !is_over(plan, tally, begun) {
        sleep(LOOK).await;
    }
    Recoveries::default()
}

fn is_over(plan: &Plan, tally: &Tally, begun: Instant) -> bool {
    let until = &plan.until;
    begun.elapsed() >= until.time
        && tally.written.now() >= until.written
        && tally.returned.now() >= plan.returning.phones as u64
        && tally.server_kills.now() >= until.server_kills
        && tally.database_kills.now() >= until.database_kills
}

async fn until_next_receipt(tally: &Tally, since: Instant) -> Duration {
    let before = tally.acknowledged.now();
    while tally.acknowledged.now() == before {
        if since.elapsed() > PATIENCE {
            tally.complain(format!("no receipt within {PATIENCE:?} after a trouble was over"));
            break;
        }
        sleep(LOOK / 4).await;
    }
    since.elapsed()
}
