//! Joins the pieces of an upload to the file that its plan expects.

use domain::refusal::Code;
use entity::{photo, upload};
use sea_orm::ConnectionTrait;

use super::rows;
use crate::app::App;
use crate::error::{ApiError, ApiResult};
use crate::photo::store::{PhotoStore, StoreError};

/// The result of joining.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::photo) enum Joined {
    /// The file is complete.
    Whole,
    /// No upload has brought all bytes.
    NotWhole,
    /// The store has lost a piece that it had confirmed.
    Lost,
}

/// Writes the file that is expected under `key`, if an upload has brought all of it. Two processes may do this at once,
/// because both write the same bytes.
pub(in crate::photo) async fn join(app: &App, seen: &photo::Model, key: &str) -> ApiResult<Joined> {
    let Some(upload) = whole(app.db(), key).await? else { return Ok(Joined::NotWhole) };
    let _table = app.darkroom.table().await?; // the bytes of the whole file are in memory
    let Some(file) = file(app.db(), app.photos.as_ref(), &upload).await? else { return lost(app, &upload).await };
    app.photos.write(key, &seen.media_type, file).await?;
    Ok(Joined::Whole)
}

/// Returns the bytes of the file that is expected under `key`. Returns `None` if no upload has brought all of them, or
/// if the pieces have already been joined.
pub(crate) async fn bytes<C: ConnectionTrait>(db: &C, store: &dyn PhotoStore, key: &str) -> ApiResult<Option<Vec<u8>>> {
    let Some(upload) = whole(db, key).await? else { return Ok(None) };
    file(db, store, &upload).await
}

async fn whole<C: ConnectionTrait>(db: &C, key: &str) -> ApiResult<Option<upload::Model>> {
    let found = rows::of_key(db, key).await?;
    Ok(found.filter(|upload| upload.at == upload.length && upload.done_at.is_none()))
}

/// Returns all pieces, one after another. Returns `None` if one is missing.
async fn file<C: ConnectionTrait>(
    db: &C,
    store: &dyn PhotoStore,
    upload: &upload::Model,
) -> ApiResult<Option<Vec<u8>>> {
    let mut file = Vec::new();
    for piece in rows::pieces(db, upload.id).await? {
        let length = u64::try_from(piece.length).map_err(ApiError::internal)?;
        match store.read(&piece.key, length).await {
            Ok(bytes) if bytes.len() as u64 == length => file.extend_from_slice(&bytes),
            Ok(_) | Err(StoreError::Absent | StoreError::TooLarge) => return Ok(None),
            Err(error) => return Err(error.into()),
        }
    }
    // The length differs if another process has finished the upload, and removed its rows, since `upload` was read.
    Ok(Some(file).filter(|file| i64::try_from(file.len()) == Ok(upload.length)))
}

/// Decides why a piece is missing: either the store has lost it, or another process has just finished the upload.
async fn lost(app: &App, upload: &upload::Model) -> ApiResult<Joined> {
    match rows::of_key(app.db(), &upload.incoming_key).await? {
        Some(now) if now.done_at.is_none() => Ok(Joined::Lost),
        _ => Err(Code::ChangedMeanwhile.into()),
    }
}
