//! The pieces of an upload become the file that its plan expects.

use domain::refusal::Code;
use entity::{photo, upload};
use sea_orm::ConnectionTrait;

use super::rows;
use crate::app::App;
use crate::error::{ApiError, ApiResult};
use crate::photo::store::{PhotoStore, StoreError};

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
pub(crate) async fn bytes<C: ConnectionTrait>(db: &C, store: &dyn PhotoStore, key: &str) -> ApiResult<Option<Vec<u8>>> {
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
        let length = u64::try_from(piece.length).map_err(ApiError::internal)?;
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
