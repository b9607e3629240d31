//! The background jobs: they checkpoint the write-ahead log, sequence events, write notices, process the photo backlog,
//! publish amendments and the answers to callbacks, let successors take over from units that have ended, assign reports that
//! waited for a unit, let suspended hazards come back, write the todos of an earlier build's rows, set the rungs of the supervision ladder that are due, settle payments, forfeit overdue awards, complete resumable uploads, delete expired photos and login
//! data, and record when people were last seen.
//!
//! Every job is safe in several processes at once, because each decides only on rows that it has locked.

use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::app::App;
use crate::error::{ApiError, ApiResult};
use crate::hazard::service::assigning::Assigner;
use crate::hazard::service::climbing;
use crate::hazard::service::suspending;
use crate::import::{following, recount};
use crate::policy::calendar_end;
use crate::report::callbacks;
use crate::{database, identity, intake, journal, notice, photo, reward, todo};

/// The pause between two rounds of the jobs that run only periodically.
const ROUND: Duration = Duration::from_secs(15);

/// The pause between two sweeps of login rows, which nobody waits for.
const LOGIN_SWEEP: Duration = Duration::from_hours(1);

/// Spawns the jobs as tasks. They end after `stopping` changes.
#[must_use]
pub(crate) fn start(app: &App, stopping: &watch::Receiver<bool>) -> Vec<JoinHandle<()>> {
    vec![
        tokio::spawn(database::checkpoint::run(app.database.clone(), stopping.clone())),
        tokio::spawn(journal::sequencer::run(app.clone(), stopping.clone())),
        tokio::spawn(notice::follower::run(app.clone(), stopping.clone())),
        tokio::spawn(photo::backlog::run(app.clone(), stopping.clone())),
        tokio::spawn(climbing::run(app.clone(), stopping.clone())),
        tokio::spawn(calendar_end::watch(app.clone(), stopping.clone())),
        tokio::spawn(payments(app.clone(), stopping.clone())),
        tokio::spawn(login_sweeps(app.clone(), stopping.clone())),
        tokio::spawn(rounds(app.clone(), stopping.clone())),
    ]
}

/// Settles payments apart from the other jobs, because a payment provider can be slow.
async fn payments(app: App, mut stopping: watch::Receiver<bool>) {
    loop {
        log_outcome("settle payments", reward::service::settle_open(&app).await);
        if stops_within(ROUND, &mut stopping).await {
            return;
        }
    }
}

async fn login_sweeps(app: App, mut stopping: watch::Receiver<bool>) {
    loop {
        log_outcome("sweep logins", sweep_logins(&app).await);
        if stops_within(LOGIN_SWEEP, &mut stopping).await {
            return;
        }
    }
}

/// Waits for this long, and returns whether the server stops meanwhile.
async fn stops_within(pause: Duration, stopping: &mut watch::Receiver<bool>) -> bool {
    tokio::time::timeout(pause, stopping.changed()).await.is_ok()
}

async fn rounds(app: App, mut stopping: watch::Receiver<bool>) {
    let mut assigner = Assigner::default();
    loop {
        log_outcome("write todos", todo::filling::run(&app.database).await);
        log_outcome("let successors take over", following::run(&app).await);
        log_outcome("assign reports", assigner.round(&app).await);
        round(&app).await;
        if stops_within(ROUND, &mut stopping).await {
            log_outcome("record who was seen", identity::last_seen::write(&app, app.now()).await);
            return;
        }
    }
}

async fn round(app: &App) {
    log_outcome("let suspended hazards come back", suspending::resume_due(app).await);
    log_outcome("publish amendments", intake::later::publish(app).await);
    log_outcome("publish answers", callbacks::publish(app).await);
    log_outcome("forfeit awards", reward::service::forfeit_overdue(app).await);
    log_outcome("count deadlines again", recount::run(&app.database, app.now()).await);
    log_outcome("finish uploads", photo::resumable::finish_whole(app).await);
    log_outcome("sweep photos", photo::sweep(app).await);
    log_outcome("record who was seen", identity::last_seen::write(app, app.now()).await);
}

async fn sweep_logins(app: &App) -> ApiResult<()> {
    let txn = app.begin_write().await?;
    identity::sweep::sweep(&txn, app.now()).await?;
    app.commit(txn).await
}

fn log_outcome<T>(job: &'static str, done: ApiResult<T>) {
    match done {
        Ok(_) => {}
        Err(ApiError::Refused(refusal)) => tracing::info!(job, code = refusal.code.as_str(), "will be retried"),
        Err(ApiError::Internal(cause)) => tracing::error!(job, %cause, "a job failed and will be retried"),
    }
}
