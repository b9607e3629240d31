//! The pieces of an upload become the file that its plan expects; what is over is swept.

use domain::photo::PhotoStatus;
use domain::refusal::Code;
use entity::{photo, upload};
use sea_orm::ConnectionTrait;

use super::rows;
use crate::app::App;
use crate::error::{ApiError, ApiResult};
use crate::photo::complete::{discard, take_in};
use crate::photo::store::{PhotoStore, StoreError};

/// Uploads that one round works on.
const A_ROUND: u64 = 64;

/// What came of joining.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::photo) enum Joined {
    /// The file is there.
    Whole,
    /// Not all bytes came this way.
    NotWhole,
    /// The store has lost a piece that it had taken.
    Lost,
}

/// Makes the file that is expected under `key`, if an upload brought all of it. Safe if two do it at once: they write the
/// same.
///
/// # Errors
/// `TRY_LATER` when the store or the database is not answering.
pub(in crate::photo) async fn join(app: &App, seen: &photo::Model, key: &str) -> ApiResult<Joined> {
    let Some(upload) = whole(app.db(), key).await? else { return Ok(Joined::NotWhole) };
    let _table = app.darkroom.table().await?; // room for its bytes
    let Some(file) = file(app.db(), app.photos.as_ref(), &upload).await? else { return lost(app, &upload).await };
    app.photos.write(key, &seen.media_type, file).await?;
    Ok(Joined::Whole)
}

/// The file that is expected under `key`, as far as an upload brought all of it and nobody has made it yet.
///
/// # Errors
/// `TRY_LATER` when the store or the database is not answering.
pub async fn bytes<C: ConnectionTrait>(db: &C, store: &dyn PhotoStore, key: &str) -> ApiResult<Option<Vec<u8>>> {
    let Some(upload) = whole(db, key).await? else { return Ok(None) };
    file(db, store, &upload).await
}

async fn whole<C: ConnectionTrait>(db: &C, key: &str) -> ApiResult<Option<upload::Model>> {
    let found = rows::of_key(db, key).await?;
    Ok(found.filter(|upload| upload.at == upload.length && upload.done_at.is_none()))
}

/// All pieces, one after another; `None` where one is not there.
async fn file<C: ConnectionTrait>(
    db: &C,
    store: &dyn PhotoStore,
    upload: &upload::Model,
) -> ApiResult<Option<Vec<u8>>> {
    let mut file = Vec::new();
    for piece in rows::pieces(db, upload.id).await? {
        let length = u64::try_from(piece.length).map_err(ApiError::accident)?;
        match store.read(&piece.key, length).await {
            Ok(bytes) if bytes.len() as u64 == length => file.extend_from_slice(&bytes),
            Ok(_) | Err(StoreError::Absent | StoreError::TooLarge) => return Ok(None),
            Err(error) => return Err(error.into()),
        }
    }
    // Without its rows: another process was done with it since `upload` was read.
    Ok(Some(file).filter(|file| i64::try_from(file.len()) == Ok(upload.length)))
}

/// A piece is not there: the store has lost it, or another process was done with the upload meanwhile.
async fn lost(app: &App, upload: &upload::Model) -> ApiResult<Joined> {
    match rows::of_key(app.db(), &upload.incoming_key).await? {
        Some(now) if now.done_at.is_none() => Ok(Joined::Lost),
        _ => Err(Code::ChangedMeanwhile.into()),
    }
}

/// Takes in the photo of an upload that came whole, as if its phone had completed it; then its pieces go.
///
/// # Errors
/// `TRY_LATER` when the store or the database is not answering.
pub(super) async fn finish(app: &App, upload: &upload::Model) -> ApiResult<()> {
    let photo = crate::photo::rows::find(app.db(), upload.photo_id).await?;
    let is_expected = photo.incoming_key.as_deref() == Some(upload.incoming_key.as_str());
    if photo.status == PhotoStatus::Receiving && is_expected {
        take_in(app, photo.id, &app.keys).await?;
    }
    let pieces = rows::pieces(app.db(), upload.id).await?;
    let txn = app.begin_write().await?;
    rows::set_done(&txn, upload.id, app.now()).await?;
    app.commit(txn).await?;
    for piece in pieces {
        discard(app, Some(&piece.key)).await;
    }
    Ok(())
}

/// Takes in what came whole while nobody was there to do it: a process ended, or the store was not answering.
///
/// # Errors
/// `TRY_LATER` when the database is not answering.
pub async fn finish_whole(app: &App) -> ApiResult<()> {
    for upload in rows::whole(app.db(), A_ROUND).await? {
        if let Err(error) = finish(app, &upload).await {
            tracing::warn!(cause = %error, photo = %upload.photo_id, "taking in an upload will be tried again");
        }
    }
    Ok(())
}

/// Removes uploads that can no longer be gone on with, and says how many. Their photos can be planned and sent anew.
///
/// # Errors
/// `TRY_LATER` when the database is not answering.
pub async fn sweep(app: &App) -> ApiResult<usize> {
    let over = rows::over(app.db(), app.now(), A_ROUND).await?;
    for upload in &over {
        remove(app, upload).await?;
    }
    Ok(over.len())
}

/// Removes an upload with its pieces.
///
/// # Errors
/// `TRY_LATER` when the database is not answering.
pub(super) async fn remove(app: &App, upload: &upload::Model) -> ApiResult<()> {
    let pieces = rows::pieces(app.db(), upload.id).await?;
    let txn = app.begin_write().await?;
    rows::forget(&txn, upload.id).await?;
    app.commit(txn).await?;
    for piece in pieces {
        discard(app, Some(&piece.key)).await; // one that is added at this very moment is left to the sweep of objects
    }
    Ok(())
}
