//! Completing a photo: the bytes are read back, compared with what was announced, cleaned, sealed, and only then
//! VERIFIED. Slow work runs outside any transaction and off the threads that serve requests.

use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA256, digest};
use domain::id::PhotoId;
use domain::photo::PhotoStatus;
use domain::refusal::{Code, Refusal};
use entity::{photo, photo_key};
use sea_orm::ActiveValue::Set;
use sea_orm::{EntityTrait, IntoActiveModel};
use tokio::sync::Semaphore;

use super::clean::{Cleaned, clean};
use super::evidence::Evidence;
use super::rejection::Rejection;
use super::rows;
use super::seal::{Sealed, Wrap, WrappedKey, seal};
use super::store::{Room, StoreError};
use crate::app::App;
use crate::error::{ApiError, ApiResult};

/// Photos in memory at once: one a core, because each may need a few hundred megabytes while it is decoded.
static WORKPLACES: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(std::thread::available_parallelism().map_or(2, usize::from)));

/// How often completing begins anew when somebody else changed the photo meanwhile.
const ATTEMPTS: usize = 2;

/// A photo that was looked at.
pub struct Completed {
    /// The row: VERIFIED or REJECTED.
    pub photo: photo::Model,
    /// What the file said about itself; only for the call that verified it. Later it lies in the sealed original.
    pub evidence: Option<Evidence>,
}

impl From<photo::Model> for Completed {
    fn from(photo: photo::Model) -> Self {
        Self { photo, evidence: None }
    }
}

/// Looks at the bytes that came. Asked again, it answers what came of it; VERIFIED never changes, REJECTED can be
/// planned and sent again. If the server ends in the middle, the next call begins anew.
///
/// # Errors
/// `NOT_FOUND`; `ILLEGAL_MOVE` under `photo.not_received` when no bytes came; `TRY_LATER`; `CHANGED_MEANWHILE` when
/// somebody planned it anew meanwhile.
pub async fn complete(app: &App, id: PhotoId, wrap: &dyn Wrap) -> ApiResult<Completed> {
    let _workplace = WORKPLACES.acquire().await.map_err(ApiError::accident)?;
    let mut answer = attempt(app, id, wrap).await;
    for _ in 0..ATTEMPTS {
        match &answer {
            // Somebody completes the same photo: what came of that is the answer.
            Err(error) if error.refusal().code == Code::ChangedMeanwhile => answer = attempt(app, id, wrap).await,
            _ => break,
        }
    }
    answer
}

async fn attempt(app: &App, id: PhotoId, wrap: &dyn Wrap) -> ApiResult<Completed> {
    let seen = rows::find(app.db(), id).await?;
    let key = match (seen.status, &seen.incoming_key) {
        (PhotoStatus::Verified | PhotoStatus::Rejected, _) => return Ok(seen.into()),
        (PhotoStatus::Receiving | PhotoStatus::Stored, Some(key)) => key.clone(),
        _ => return Err(not_received()),
    };
    let limit = u64::try_from(seen.bytes).map_err(ApiError::accident)?;
    let original = match app.photos.read(&key, limit).await {
        Ok(original) => original,
        Err(StoreError::Absent) if seen.status == PhotoStatus::Receiving => return Err(not_here(app, &seen).await),
        Err(StoreError::Absent) => return reject(app, seen, Rejection::Lost).await,
        Err(StoreError::TooLarge) => return reject(app, seen, Rejection::NotAsAnnounced).await,
        Err(error) => return Err(error.into()),
    };
    let announced = seen.sha256.clone();
    let (original, is_same) = apart(move || {
        let is_same = digest(&SHA256, &original).as_ref() == announced;
        (original, is_same)
    })
    .await?;
    if !is_same || original.len() as u64 != limit {
        return reject(app, seen, Rejection::NotAsAnnounced).await;
    }
    let stored = keep_as_stored(app, seen).await?;
    match apart(move || look(id, &original)).await.unwrap_or(Ok(Err(Rejection::Unreadable)))? {
        Ok((cleaned, sealed)) => verify(app, stored, cleaned, sealed, wrap).await,
        Err(rejection) => reject(app, stored, rejection).await,
    }
}

/// Runs slow work on a thread of its own. An error means that it panicked, which was logged.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> ApiResult<T> {
    tokio::task::spawn_blocking(work).await.map_err(ApiError::accident)
}

fn look(id: PhotoId, original: &[u8]) -> ApiResult<Result<(Cleaned, Sealed), Rejection>> {
    match clean(original) {
        Ok(cleaned) => Ok(Ok((cleaned, seal(id, original)?))),
        Err(rejection) => Ok(Err(rejection)),
    }
}

async fn keep_as_stored(app: &App, seen: photo::Model) -> ApiResult<photo::Model> {
    if seen.status == PhotoStatus::Stored {
        return Ok(seen);
    }
    let change = photo::ActiveModel { status: Set(PhotoStatus::Stored), ..Default::default() };
    change_row(app, &seen, change, None).await
}

async fn reject(app: &App, seen: photo::Model, rejection: Rejection) -> ApiResult<Completed> {
    let change = photo::ActiveModel {
        status: Set(PhotoStatus::Rejected),
        reject_reason: Set(Some(rejection.code().to_owned())),
        incoming_key: Set(None),
        ..Default::default()
    };
    let rejected = change_row(app, &seen, change, None).await?;
    discard(app, seen.incoming_key.as_deref()).await;
    Ok(rejected.into())
}

/// Where the three objects of a verified photo lie.
struct Places {
    display: String,
    thumbnail: String,
    original: String,
}

async fn verify(
    app: &App,
    seen: photo::Model,
    cleaned: Cleaned,
    sealed: Sealed,
    wrap: &dyn Wrap,
) -> ApiResult<Completed> {
    let wrapped = wrap.wrap(seen.id, &sealed.key)?;
    let (width, height) = (i32::try_from(cleaned.width), i32::try_from(cleaned.height));
    let places = write_objects(app, cleaned.display, cleaned.thumbnail, sealed.bytes).await?;
    let change = photo::ActiveModel {
        status: Set(PhotoStatus::Verified),
        incoming_key: Set(None),
        original_key: Set(Some(places.original.clone())),
        display_key: Set(Some(places.display.clone())),
        thumbnail_key: Set(Some(places.thumbnail.clone())),
        width: Set(width.ok()),
        height: Set(height.ok()),
        verified_at: Set(Some(app.now())),
        ..Default::default()
    };
    match change_row(app, &seen, change, Some(wrapped)).await {
        Ok(photo) => {
            discard(app, seen.incoming_key.as_deref()).await;
            let evidence = Some(cleaned.evidence);
            Ok(Completed { photo, evidence })
        }
        Err(error) => {
            // After any other error the row may have been written all the same, and name the objects.
            if error.refusal().code == Code::ChangedMeanwhile {
                discard_all(app, &places).await;
            }
            Err(error)
        }
    }
}

async fn write_objects(app: &App, display: Vec<u8>, thumbnail: Vec<u8>, original: Vec<u8>) -> ApiResult<Places> {
    let places = Places {
        display: Room::Shown.fresh_key(),
        thumbnail: Room::Shown.fresh_key(),
        original: Room::Sealed.fresh_key(),
    };
    let (first, second, third) = futures::join!(
        app.photos.write(&places.display, "image/jpeg", display),
        app.photos.write(&places.thumbnail, "image/jpeg", thumbnail),
        app.photos.write(&places.original, "application/octet-stream", original),
    );
    if let Err(error) = first.and(second).and(third) {
        discard_all(app, &places).await;
        return Err(error.into());
    }
    Ok(places)
}

async fn discard_all(app: &App, places: &Places) {
    for key in [&places.display, &places.thumbnail, &places.original] {
        discard(app, Some(key)).await;
    }
}

/// Writes the row, and its data key with it, if nobody wrote since `seen` was read.
async fn change_row(
    app: &App,
    seen: &photo::Model,
    change: photo::ActiveModel,
    key: Option<WrappedKey>,
) -> ApiResult<photo::Model> {
    let txn = app.begin_write().await?;
    if !rows::write(&txn, seen, change).await? {
        return Err(Code::ChangedMeanwhile.into());
    }
    if let Some(WrappedKey { ciphertext, key_id }) = key {
        let row = photo_key::Model { photo_id: seen.id, data_key_ct: Some(ciphertext), key_id: Some(key_id) };
        photo_key::Entity::insert(row.into_active_model()).exec_without_returning(&txn).await?;
    }
    let written = rows::find(&txn, seen.id).await?;
    app.commit(txn).await?;
    Ok(written)
}

/// Removes an object that nothing needs any more; where that fails, the sweep does it or nobody can read it.
async fn discard(app: &App, key: Option<&str>) {
    let Some(key) = key else { return };
    if let Err(error) = app.photos.remove(key).await {
        tracing::warn!(cause = %error, "an object of a photo was left behind");
    }
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
        .saying("照片还没有收到，请先上传照片。", "The photo has not been received: send its bytes first.")
        .into()
}
