//! Concatenates the pieces of an upload to the file that its plan announced.

use domain::refusal::Code;
use entity::{photo, upload};
use sea_orm::ConnectionTrait;

use super::rows;
use crate::app::App;
use crate::error::{ApiError, ApiResult};
use crate::photo::reserve;
use crate::photo::store::{PhotoStore, StoreError};

/// The outcome of joining.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::photo) enum Joined {
    /// The file is complete and stored.
    Whole,
    /// No upload under this key has received all bytes.
    NotWhole,
    /// The store has lost a piece whose write it had confirmed.
    Lost,
}

/// Writes the file planned under `key` if an upload has received all its bytes. Two processes may do this concurrently,
/// because both write the same bytes. The time that this waits for memory is not work of the caller.
///
/// # Errors
/// `TRY_LATER` if too many wait already, or if the disk has no room for the file beside its pieces.
pub(in crate::photo) async fn join(app: &App, seen: &photo::Model, key: &str) -> ApiResult<Joined> {
    let Some(upload) = whole(app.db(), key).await? else { return Ok(Joined::NotWhole) };
    let _table = app.darkroom.table_to_join().await?; // the whole file is held in memory
    let _room = reserve::set_aside(app, u64::try_from(upload.length).map_err(ApiError::internal)?).await?;
    let Some(file) = file(app.db(), app.photos.as_ref(), &upload).await? else { return lost(app, &upload).await };
    app.photos.write(key, &seen.media_type, file).await?;
    Ok(Joined::Whole)
}

/// Returns the content of the file planned under `key`. Returns `None` if no upload has received all bytes, or if the
/// pieces have already been joined and removed.
pub(crate) async fn bytes<C: ConnectionTrait>(db: &C, store: &dyn PhotoStore, key: &str) -> ApiResult<Option<Vec<u8>>> {
    let Some(upload) = whole(db, key).await? else { return Ok(None) };
    file(db, store, &upload).await
}

async fn whole<C: ConnectionTrait>(db: &C, key: &str) -> ApiResult<Option<upload::Model>> {
    let found = rows::of_key(db, key).await?;
    Ok(found.filter(|upload| upload.at == upload.length && upload.done_at.is_none()))
}

/// Concatenates all pieces in memory. Returns `None` if one is missing.
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
    // The length differs if another process has finished the upload and deleted its piece rows since `upload` was read.
    Ok(Some(file).filter(|file| i64::try_from(file.len()) == Ok(upload.length)))
}

/// Finds out why a piece is missing: either the store has lost it, or another process has just finished the upload.
async fn lost(app: &App, upload: &upload::Model) -> ApiResult<Joined> {
    match rows::of_key(app.db(), &upload.incoming_key).await? {
        Some(now) if now.done_at.is_none() => Ok(Joined::Lost),
        _ => Err(Code::ChangedMeanwhile.into()),
    }
}
