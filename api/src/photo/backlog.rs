//! Photos that wait as rows at STORED, because the darkroom was full or a server ended in the middle: the oldest first.
//!
//! Any process may work on them, several at once. Each takes photos by a lease in their rows, renews it while it works,
//! and gives up what another has taken over: a row that has changed is not written.

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

/// How long it waits when nobody wakes it.
const IDLE: Duration = Duration::from_secs(5);
/// How often leases are renewed.
const RENEWAL: Duration = Duration::from_secs(20);
/// A photo on which processes have ended so often is taken to be what ended them.
const ATTEMPTS_MAX: i32 = 5;

/// Takes photos that wait, and renews the leases of those that are worked on, until `stop` says so.
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

/// Takes as many photos that wait as there is room for, and says which. They are worked on when this returns.
///
/// # Errors
/// `TRY_LATER` when the database is not answering.
pub(crate) async fn take_up(app: &App, wrap: &dyn Wrap) -> ApiResult<Vec<PhotoId>> {
    let room = app.darkroom.free() as u64;
    if room == 0 {
        return Ok(Vec::new()); // whoever leaves wakes
    }
    // A look without a transaction: with nothing to do, the writer is not asked.
    let waiting = rows::waiting(app.db(), app.now(), room).await?;
    app.darkroom.set_behind(waiting.len() as u64 == room);
    let mut places: HashMap<PhotoId, DarkroomSlot> =
        waiting.into_iter().filter_map(|id| Some((id, app.darkroom.admit_waiting(id)?))).collect();
    if places.is_empty() {
        return Ok(Vec::new());
    }
    let now = app.now();
    let txn = app.begin_write().await?;
    let leased = rows::lease(&txn, places.keys().copied().collect(), now, now + LEASE).await?;
    app.commit(txn).await?;
    let mut taken = Vec::with_capacity(leased.len());
    for photo in leased {
        taken.push(photo.id);
        if photo.attempts > ATTEMPTS_MAX {
            tracing::error!(photo = %photo.id, "a photo is given up: several processes ended during its work");
            reject(app, photo, Rejection::Unreadable).await?;
        } else if let Some(place) = places.remove(&photo.id) {
            let key = DataKey::fresh(photo.id, wrap)?;
            begin(app, photo, key, place);
        }
    }
    Ok(taken)
}

/// Says in the rows that this process still works on the photos in its darkroom.
async fn renew(app: &App) -> ApiResult<()> {
    let here = app.darkroom.photos();
    if here.is_empty() {
        return Ok(());
    }
    let txn = app.begin_write().await?;
    rows::renew(&txn, here, app.now() + LEASE).await?;
    app.commit(txn).await
}
