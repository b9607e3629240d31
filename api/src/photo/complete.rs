//! Completing a photo: its bytes are here, so that it is STORED, and made ready in the darkroom where there is room
//! now, else in the background. Whoever asks waits a little for the outcome.

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

/// How often completing begins anew when somebody else changed the photo meanwhile.
const ATTEMPTS: usize = 3;
/// A photo whose bytes are here.
pub(crate) struct Completed {
    /// The row: VERIFIED or REJECTED; STORED while it waits for its turn.
    pub photo: photo::Model,
}

impl From<photo::Model> for Completed {
    fn from(photo: photo::Model) -> Self {
        Self { photo }
    }
}

/// Takes a photo whose bytes came. It is STORED when this returns, and mostly VERIFIED or REJECTED: that is waited for
/// as long as `CHUISHAO_PHOTO_WAIT_MS` says, unless the darkroom is behind. Asked again, it answers what came of it;
/// VERIFIED never changes, REJECTED can be planned and sent again. If the server ends in the middle, another goes on.
///
/// # Errors
/// `NOT_FOUND`; `ILLEGAL_MOVE` under `photo.not_received` when no bytes came; `TRY_LATER`; `CHANGED_MEANWHILE` when
/// somebody planned it anew meanwhile.
pub(crate) async fn complete(app: &App, id: PhotoId, wrap: &dyn Wrap) -> ApiResult<Completed> {
    let taken = take_in(app, id, wrap).await?;
    if taken.status != PhotoStatus::Stored || taken.leased_until.is_none() {
        return Ok(taken.into());
    }
    app.darkroom.left(id).await;
    Ok(rows::find(app.db(), id).await?.into())
}

/// As [`complete`], without waiting for the outcome.
///
/// # Errors
/// As [`complete`].
pub(super) async fn take_in(app: &App, id: PhotoId, wrap: &dyn Wrap) -> ApiResult<photo::Model> {
    for _ in 0..ATTEMPTS {
        match attempt(app, id, wrap).await {
            // Somebody completes the same photo: what came of that is the answer.
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
    if seen.status == PhotoStatus::Stored && is_taken { Ok(seen) } else { hand_in(app, seen, wrap).await }
}

/// Whether the announced number of bytes came; else why the photo is rejected.
///
/// # Errors
/// `ILLEGAL_MOVE` under `photo.not_received` when none came.
async fn arrived(app: &App, seen: &photo::Model) -> ApiResult<Option<Rejection>> {
    let Some(key) = &seen.incoming_key else { return Err(not_received()) };
    match app.photos.size(key).await {
        Ok(bytes) if i64::try_from(bytes).is_ok_and(|bytes| bytes == seen.bytes) => Ok(None),
        Ok(_) => Ok(Some(Rejection::NotAsAnnounced)),
        Err(StoreError::Absent) => match join(app, seen, key).await? {
            Joined::Whole => Ok(None),
            Joined::Lost => Ok(Some(Rejection::Lost)),
            Joined::NotWhole => Err(not_here(app, seen).await),
        },
        Err(error) => Err(error.into()),
    }
}

/// Writes that the bytes are kept, and gives the photo to the darkroom where there is room; else it waits as a row.
async fn hand_in(app: &App, seen: photo::Model, wrap: &dyn Wrap) -> ApiResult<photo::Model> {
    let place = app.darkroom.admit(seen.id);
    let leased_until = place.is_some().then(|| app.now() + LEASE);
    let attempts = if place.is_some() { seen.attempts.saturating_add(1) } else { seen.attempts };
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
    match place {
        Some(place) => begin(app, stored.clone(), key, place),
        None => app.darkroom.set_behind(true),
    }
    Ok(stored)
}

/// Lets the darkroom work on a photo that this process has leased; on a task of its own, so that nobody who stops
/// waiting stops the work.
pub(super) fn begin(app: &App, stored: photo::Model, key: DataKey, place: DarkroomSlot) {
    let app = app.clone();
    tokio::spawn(async move {
        let id = stored.id;
        if let Err(error) = develop(&app, stored, key).await {
            tracing::warn!(cause = %error, photo = %id, "processing a photo failed and will be retried");
        }
        drop(place);
    });
}

/// Why there are no bytes: none came, or somebody completed the photo since `seen` was read.
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
