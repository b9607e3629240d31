//! Processes photos that wait as STORED rows, oldest first. A photo waits because the darkroom was full when it
//! arrived, or because a server stopped before processing it.
//!
//! Several processes may poll at once. Each leases photo rows and renews the leases while it works. If a process loses
//! a lease, the row's version changes and the optimistic lock rejects its result.

use std::collections::HashMap;
use std::time::Duration;

use domain::id::PhotoId;
use tokio::sync::watch;
use tokio::time::Instant;

use super::complete::begin;
use super::darkroom::DarkroomSlot;
use super::finish::{DataKey, LEASE, reject};
use super::rejection::Rejection;
use super::rows;
use super::seal::Wrap;
use crate::app::App;
use crate::error::ApiResult;

/// The polling interval when no wake-up arrives.
const IDLE: Duration = Duration::from_secs(5);
/// How often leases are renewed. It is well below [`LEASE`], so that one failed renewal loses no lease.
const RENEWAL: Duration = Duration::from_secs(20);
/// The maximum number of attempts that may end with the process stopping. After that, the photo itself is presumed to
/// be the cause and is rejected.
const ATTEMPTS_MAX: i32 = 5;

/// Polls for waiting photos and renews the leases of those in progress, until `stop` changes.
pub(crate) async fn run(app: App, mut stop: watch::Receiver<bool>) {
    let mut renewed = Instant::now();
    loop {
        if let Err(error) = take_up(&app, &app.keys).await {
            tracing::warn!(cause = %error, "looking for waiting photos failed and will be retried");
        }
        if renewed.elapsed() >= RENEWAL {
            renewed = Instant::now();
            if let Err(error) = renew(&app).await {
                tracing::warn!(cause = %error, "renewing the leases of photos failed and will be retried");
            }
        }
        tokio::select! {
            () = app.darkroom.wake.notified() => {}
            () = tokio::time::sleep(IDLE) => {}
            _ = stop.changed() => return,
        }
    }
}

/// Leases as many waiting photos as the darkroom has free slots, and returns their ids. Processing has started when
/// this returns.
pub(crate) async fn take_up(app: &App, wrap: &dyn Wrap) -> ApiResult<Vec<PhotoId>> {
    let free = app.darkroom.free() as u64;
    if free == 0 {
        return Ok(Vec::new()); // the next photo that leaves the darkroom wakes the loop
    }
    // This reads outside a transaction, so that polling an empty backlog never occupies the single writer.
    let waiting = rows::waiting(app.db(), app.now(), free).await?;
    app.darkroom.set_behind(waiting.len() as u64 == free);
    let mut slots: HashMap<PhotoId, DarkroomSlot> =
        waiting.into_iter().filter_map(|id| Some((id, app.darkroom.admit_waiting(id)?))).collect();
    if slots.is_empty() {
        return Ok(Vec::new());
    }
    let now = app.now();
    let txn = app.begin_write().await?;
    let leased = rows::lease(&txn, slots.keys().copied().collect(), now, now + LEASE).await?;
    app.commit(txn).await?;
    let mut taken = Vec::with_capacity(leased.len());
    for photo in leased {
        taken.push(photo.id);
        if photo.attempts > ATTEMPTS_MAX {
            tracing::error!(photo = %photo.id, "a photo is given up: several processes ended during its work");
            reject(app, photo, Rejection::Unreadable).await?;
        } else if let Some(slot) = slots.remove(&photo.id) {
            let key = DataKey::fresh(photo.id, wrap)?;
            begin(app, photo, key, slot);
        }
    }
    Ok(taken)
}

/// Renews the leases of all photos in this process's darkroom.
async fn renew(app: &App) -> ApiResult<()> {
    let here = app.darkroom.photos();
    if here.is_empty() {
        return Ok(());
    }
    let txn = app.begin_write().await?;
    rows::renew(&txn, here, app.now() + LEASE).await?;
    app.commit(txn).await
}
