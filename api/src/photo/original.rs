//! Decrypts the sealed original of a verified photo.

use aws_lc_rs::digest::{SHA256, digest};
use domain::id::PhotoId;
use domain::limits::PHOTO_BYTES_MAX;
use entity::{photo, photo_key};
use sea_orm::{ConnectionTrait, EntityTrait};

use super::seal::{SEAL_BYTES, unseal};
use super::store::PhotoStore;
use crate::error::{ApiError, ApiResult};
use crate::identity::Keys;
use crate::identity::seal::SealAad;

/// Returns the photo bytes exactly as the phone sent them, decrypted from the sealed original. Returns `None` if the
/// photo has no original. Nobody who handles a case may see them, because the metadata of an original can tell where,
/// when and with which device the photo was taken.
///
/// # Errors
/// An internal error if decryption fails or the bytes differ from the announced file.
pub async fn original<C: ConnectionTrait>(
    db: &C,
    store: &dyn PhotoStore,
    keys: &Keys,
    id: PhotoId,
) -> ApiResult<Option<Vec<u8>>> {
    let Some(row) = photo::Entity::find_by_id(id).one(db).await? else { return Ok(None) };
    let key = photo_key::Entity::find_by_id(id).one(db).await?;
    let wrapped = key.and_then(|key| Some((key.data_key_ct?, key.key_id?)));
    let (Some(place), Some((wrapped, key_id))) = (row.original_key, wrapped) else { return Ok(None) };
    let opened = keys.open(SealAad::new("photo_key", "data_key_ct", id.0.as_bytes()), &wrapped, &key_id)?;
    let key: &[u8; 32] = opened.as_slice().try_into().map_err(ApiError::internal)?;
    let sealed = store.read(&place, PHOTO_BYTES_MAX.saturating_add(SEAL_BYTES as u64)).await?;
    let bytes = unseal(id, key, sealed)?;
    if digest(&SHA256, &bytes).as_ref() != row.sha256 {
        return Err(ApiError::internal("an original opens to another file than was announced"));
    }
    Ok(Some(bytes))
}
