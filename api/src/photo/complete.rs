//! Completes a photo: once its bytes have arrived, it becomes STORED. It is developed at once if the darkroom has a
//! free slot, otherwise in the background. The caller waits a bounded time for the result.

use domain::id::PhotoId;
use domain::photo::PhotoStatus;
use domain::refusal::{Code, Refusal};
use entity::photo;
use sea_orm::ActiveValue::Set;

use super::darkroom::DarkroomSlot;
use super::develop::develop;
use super::finish::{DataKey, LEASE, change_row, reject};
use super::rejection::Rejection;
use super::resumable::{Joined, join};
use super::rows;
use super::seal::Wrap;
use super::store::StoreError;
use crate::app::App;
use crate::error::{ApiError, ApiResult};
use crate::task_runner::without_place;

/// How often completing is retried after a concurrent request has changed the photo row.
const ATTEMPTS: usize = 3;

/// The outcome of completing a photo.
pub(crate) struct Completed {
    /// The photo row: VERIFIED, REJECTED, or still STORED while it waits for the darkroom.
    pub photo: photo::Model,
}

impl From<photo::Model> for Completed {
    fn from(photo: photo::Model) -> Self {
        Self { photo }
    }
}

/// Completes a photo whose bytes have arrived. The photo is at least STORED when this returns, and usually VERIFIED or
/// REJECTED: the call waits for that for at most `CHUISHAO_PHOTO_WAIT_MS`, unless the darkroom has a backlog or others wait
/// already. While it waits, it holds no place in admission control. The call
/// is idempotent. VERIFIED is final; a REJECTED photo can be planned and sent again. If the server stops while it
/// works, another process takes over when the lease expires.
///
/// # Errors
/// `ILLEGAL_MOVE` under `photo.not_received` if no bytes have arrived; `CHANGED_MEANWHILE` if a concurrent request has
/// created a new plan for the photo.
pub(crate) async fn complete(app: &App, id: PhotoId, wrap: &dyn Wrap) -> ApiResult<Completed> {
    let taken = take_in(app, id, wrap).await?;
    if taken.status != PhotoStatus::Stored || taken.leased_until.is_none() {
        return Ok(taken.into());
    }
    // Others work in its place meanwhile: developing takes long, and anyone may ask for any number of photos.
    without_place(app.darkroom.left(id)).await;
    Ok(rows::find(app.db(), id).await?.into())
}

/// Like [`complete`], but does not wait for the result.
pub(super) async fn take_in(app: &App, id: PhotoId, wrap: &dyn Wrap) -> ApiResult<photo::Model> {
    for _ in 0..ATTEMPTS {
        match attempt(app, id, wrap).await {
            // A concurrent request is completing the same photo. The retry returns its result.
            Err(error) if error.refusal().code == Code::ChangedMeanwhile => {}
            answer => return answer,
        }
    }
    attempt(app, id, wrap).await
}

async fn attempt(app: &App, id: PhotoId, wrap: &dyn Wrap) -> ApiResult<photo::Model> {
    let seen = rows::find(app.db(), id).await?;
    match seen.status {
        PhotoStatus::Verified | PhotoStatus::Rejected => return Ok(seen),
        PhotoStatus::Expected => return Err(not_received()),
        PhotoStatus::Receiving => {
            if let Some(rejection) = arrived(app, &seen).await? {
                return reject(app, seen, rejection).await;
            }
        }
        PhotoStatus::Stored => {}
    }
    let is_taken = seen.leased_until.is_some_and(|until| until > app.now());
    if seen.status == PhotoStatus::Stored && is_taken { Ok(seen) } else { store(app, seen, wrap).await }
}

/// Checks that the announced number of bytes has arrived. Returns a rejection if the size differs or a piece was lost.
///
/// # Errors
/// `ILLEGAL_MOVE` under `photo.not_received` if no bytes have arrived.
async fn arrived(app: &App, seen: &photo::Model) -> ApiResult<Option<Rejection>> {
    let Some(key) = &seen.incoming_key else { return Err(not_received()) };
    match app.photos.size(key).await {
        Ok(bytes) if i64::try_from(bytes).is_ok_and(|bytes| bytes == seen.bytes) => Ok(None),
        Ok(_) => Ok(Some(Rejection::NotAsAnnounced)),
        // Joining waits for memory that other photos hold, and the tables of the darkroom bound its work.
        Err(StoreError::Absent) => match without_place(join(app, seen, key)).await? {
            Joined::Whole => Ok(None),
            Joined::Lost => Ok(Some(Rejection::Lost)),
            Joined::NotWhole => Err(not_here(app, seen).await),
        },
        Err(error) => Err(error.into()),
    }
}

/// Marks the photo as STORED and passes it to the darkroom. If the darkroom is full, the photo waits as a row.
async fn store(app: &App, seen: photo::Model, wrap: &dyn Wrap) -> ApiResult<photo::Model> {
    let slot = app.darkroom.admit(seen.id);
    let leased_until = slot.is_some().then(|| app.now() + LEASE);
    let attempts = if slot.is_some() { seen.attempts.saturating_add(1) } else { seen.attempts };
    let change = photo::ActiveModel {
        status: Set(PhotoStatus::Stored),
        leased_until: Set(leased_until),
        attempts: Set(attempts),
        ..Default::default()
    };
    let key = DataKey::fresh(seen.id, wrap)?;
    change_row(app, &seen, change).await?;
    let version = seen.version.saturating_add(1);
    let stored = photo::Model { status: PhotoStatus::Stored, leased_until, attempts, version, ..seen };
    match slot {
        Some(slot) => begin(app, stored.clone(), key, slot),
        None => app.darkroom.set_behind(true),
    }
    Ok(stored)
}

/// Starts developing a photo that this process has leased. It runs as a separate task, so that it continues if the
/// caller stops waiting.
pub(super) fn begin(app: &App, stored: photo::Model, key: DataKey, slot: DarkroomSlot) {
    let app = app.clone();
    tokio::spawn(async move {
        let id = stored.id;
        if let Err(error) = develop(&app, stored, key).await {
            tracing::warn!(cause = %error, photo = %id, "processing a photo failed and will be retried");
        }
        drop(slot);
    });
}

/// Returns the error for missing bytes: none have arrived, or a concurrent request has changed the photo since `seen`
/// was read.
async fn not_here(app: &App, seen: &photo::Model) -> ApiError {
    match rows::find(app.db(), seen.id).await {
        Ok(now) if now.version == seen.version => not_received(),
        Ok(_) => Code::ChangedMeanwhile.into(),
        Err(error) => error,
    }
}

fn not_received() -> ApiError {
    Refusal::illegal("photo.not_received")
        .with_text("尚未收到照片，请先上传。", "The photo has not been received yet. Upload it first.")
        .into()
}
