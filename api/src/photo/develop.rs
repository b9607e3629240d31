//! Develops 冲洗 a photo in the darkroom: reads the stored bytes back, compares them with the announcement, renders
//! clean versions, seals the original, and only then marks the photo VERIFIED. No transaction is open during the slow
//! steps.
//!
//! A process can lose its lease while it works. The row's version has then changed, so the optimistic lock rejects its
//! result, and the process removes the objects that it has written.

use aws_lc_rs::digest::{SHA256, digest};
use domain::id::PhotoId;
use domain::photo::PhotoStatus;
use domain::refusal::Code;
use entity::{photo, photo_fingerprint, photo_key};
use picture::{Cleaned, Flaw, Header};
use sea_orm::ActiveValue::Set;
use sea_orm::{EntityTrait, IntoActiveModel};

use super::evidence::{PhotoFindings, Surroundings};
use super::finish::{DataKey, LEASE, discard, reject};
use super::rejection::Rejection;
use super::rows;
use super::seal::{WrappedKey, seal};
use super::store::{KeyPrefix, StoreError};
use crate::app::App;
use crate::error::{ApiError, ApiResult};
use crate::identity::secrets;

/// Develops a photo that this process has leased.
///
/// # Errors
/// `TRY_LATER` if the store or the database is unavailable; the photo then stays STORED and is retried.
/// `CHANGED_MEANWHILE` if another process has taken over the lease.
pub(super) async fn develop(app: &App, stored: photo::Model, key: DataKey) -> ApiResult<()> {
    let table = app.darkroom.table().await?;
    let seen = stored.clone();
    match look(app, stored, key).await {
        Err(error) if error.refusal().code == Code::TryLater => {
            drop(table);
            postpone(app, &seen).await?;
            Err(error)
        }
        done => done,
    }
}

async fn look(app: &App, stored: photo::Model, key: DataKey) -> ApiResult<()> {
    let original = match read_back(app, &stored).await? {
        Ok(original) => original,
        Err(rejection) => return reject(app, stored, rejection).await.map(drop),
    };
    let announced = stored.sha256.clone();
    let inspected = app.darkroom.run(move || (inspect(&original, &announced), original)).await?;
    let (header, original) = match inspected {
        (Ok(header), original) => (header, original),
        (Err(rejection), _) => return reject(app, stored, rejection).await.map(drop),
    };
    // The photo would need more decoding memory than the budget for all photos together.
    let Some(memory) = app.darkroom.memory(header.memory).await? else {
        return reject(app, stored, Rejection::TooManyPixels).await.map(drop);
    };
    let id = stored.id;
    // A photo that makes a decoder panic would do so on every attempt, so it is rejected instead of retried.
    let made = app.darkroom.run(move || make(id, &original, &key.plain)).await;
    drop(memory);
    match made.unwrap_or(Ok(Err(Flaw::Unreadable)))? {
        Ok((cleaned, sealed)) => verify(app, stored, cleaned, sealed, key).await,
        Err(flaw) => reject(app, stored, flaw.into()).await.map(drop),
    }
}

/// Reads the bytes back from the store, because a store may confirm a write and still lose the object.
async fn read_back(app: &App, stored: &photo::Model) -> ApiResult<Result<Vec<u8>, Rejection>> {
    let limit = u64::try_from(stored.bytes).map_err(ApiError::internal)?;
    let Some(key) = &stored.incoming_key else { return Ok(Err(Rejection::Lost)) };
    match app.photos.read(key, limit).await {
        Ok(original) if original.len() as u64 == limit => Ok(Ok(original)),
        Ok(_) | Err(StoreError::TooLarge) => Ok(Err(Rejection::NotAsAnnounced)),
        Err(StoreError::Absent) => Ok(Err(Rejection::Lost)),
        Err(error) => Err(error.into()),
    }
}

fn inspect(original: &[u8], announced: &[u8]) -> Result<Header, Rejection> {
    if digest(&SHA256, original).as_ref() != announced {
        return Err(Rejection::NotAsAnnounced);
    }
    Ok(picture::inspect(original)?)
}

type Made = Result<(Cleaned, Vec<u8>), Flaw>;

fn make(id: PhotoId, original: &[u8], key: &[u8; 32]) -> ApiResult<Made> {
    match picture::clean(original) {
        Ok(cleaned) => Ok(Ok((cleaned, seal(id, original, key)?))),
        Err(flaw) => Ok(Err(flaw)),
    }
}

/// The object keys of a verified photo.
struct ObjectKeys {
    display: String,
    thumbnail: String,
    original: String,
}

async fn verify(app: &App, seen: photo::Model, cleaned: Cleaned, sealed: Vec<u8>, key: DataKey) -> ApiResult<()> {
    let surroundings = Surroundings::of(app, &seen).await?;
    let findings = PhotoFindings::of(&cleaned.claims, &surroundings, seen.created_at);
    let fingerprint = cleaned.fingerprint.and_then(|print| surroundings.fingerprint(&seen, print));
    let (width, height) = (i32::try_from(cleaned.width).ok(), i32::try_from(cleaned.height).ok());
    let keys = write_objects(app, cleaned.display, cleaned.thumbnail, sealed).await?;
    let change = photo::ActiveModel {
        visible_from: Set(surroundings.visible_from()),
        ..verified(app, &keys, width, height, &findings)
    };
    match write_rows(app, &seen, change, key, &findings, fingerprint).await {
        Ok(()) => {
            metrics::counter!("photos_total", "outcome" => "VERIFIED").increment(1);
            discard(app, seen.incoming_key.as_deref()).await;
            Ok(())
        }
        Err(error) => {
            // After any other error, the commit may have succeeded all the same, so the row may refer to the objects.
            if error.refusal().code == Code::ChangedMeanwhile {
                discard_all(app, &keys).await;
            }
            Err(error)
        }
    }
}

fn verified(
    app: &App,
    keys: &ObjectKeys,
    width: Option<i32>,
    height: Option<i32>,
    findings: &PhotoFindings,
) -> photo::ActiveModel {
    photo::ActiveModel {
        status: Set(PhotoStatus::Verified),
        incoming_key: Set(None),
        original_key: Set(Some(keys.original.clone())),
        display_key: Set(Some(keys.display.clone())),
        thumbnail_key: Set(Some(keys.thumbnail.clone())),
        width: Set(width),
        height: Set(height),
        verified_at: Set(Some(app.now())),
        trust: Set(Some(findings.trust())),
        leased_until: Set(None),
        attempts: Set(0),
        ..Default::default()
    }
}

/// Updates the photo row and inserts its data key, evidence and fingerprint in one transaction.
async fn write_rows(
    app: &App,
    seen: &photo::Model,
    change: photo::ActiveModel,
    key: DataKey,
    findings: &PhotoFindings,
    fingerprint: Option<photo_fingerprint::Model>,
) -> ApiResult<()> {
    let txn = app.begin_write().await?;
    if !rows::write(&txn, seen, change).await? {
        return Err(Code::ChangedMeanwhile.into());
    }
    let WrappedKey { ciphertext, key_id } = key.wrapped;
    let row = photo_key::Model { photo_id: seen.id, data_key_ct: Some(ciphertext), key_id: Some(key_id) };
    photo_key::Entity::insert(row.into_active_model()).exec_without_returning(&txn).await?;
    secrets::write_evidence(&txn, &app.keys, seen.id, findings).await?;
    if let Some(row) = fingerprint {
        photo_fingerprint::Entity::insert(row.into_active_model()).exec_without_returning(&txn).await?;
    }
    app.commit(txn).await
}

async fn write_objects(app: &App, display: Vec<u8>, thumbnail: Vec<u8>, original: Vec<u8>) -> ApiResult<ObjectKeys> {
    let keys = ObjectKeys {
        display: KeyPrefix::Shown.fresh_key(),
        thumbnail: KeyPrefix::Shown.fresh_key(),
        original: KeyPrefix::Sealed.fresh_key(),
    };
    let (first, second, third) = futures::join!(
        app.photos.write(&keys.display, "image/jpeg", display),
        app.photos.write(&keys.thumbnail, "image/jpeg", thumbnail),
        app.photos.write(&keys.original, "application/octet-stream", original),
    );
    if let Err(error) = first.and(second).and(third) {
        discard_all(app, &keys).await;
        return Err(error.into());
    }
    Ok(keys)
}

async fn discard_all(app: &App, keys: &ObjectKeys) {
    for key in [&keys.display, &keys.thumbnail, &keys.original] {
        discard(app, Some(key)).await;
    }
}

/// Postpones a photo for half a lease after the store or the database was unavailable. The attempt counter is reset,
/// because the photo did not cause the failure.
async fn postpone(app: &App, seen: &photo::Model) -> ApiResult<()> {
    let change =
        photo::ActiveModel { leased_until: Set(Some(app.now() + LEASE / 2)), attempts: Set(0), ..Default::default() };
    let txn = app.begin_write().await?;
    rows::write(&txn, seen, change).await?; // if another process has taken over the lease, this write has no effect
    app.commit(txn).await
}
