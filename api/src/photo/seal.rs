//! Seals originals. Each has a data key of its own, which is stored in wrapped form beside the row.
//!
//! A sealed original is `nonce (12 bytes) ‖ AES-256-GCM ciphertext ‖ tag (16 bytes)`, bound to the id of its photo.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::rand;
use domain::id::PhotoId;

use crate::error::{ApiError, ApiResult};
use crate::identity::Keys;
use crate::identity::seal::SealAad;

/// The number of bytes by which a sealed original is longer than the original.
pub(crate) const SEAL_BYTES: usize = NONCE_LEN + 16;

/// A data key in its stored form.
pub(crate) struct WrappedKey {
    /// The data key, encrypted and bound to its photo.
    pub ciphertext: Vec<u8>,
    /// The id of the key that encrypts it.
    pub key_id: String,
}

/// Wraps data keys under the key-encryption key, which this slice does not know.
pub(crate) trait Wrap: Send + Sync {
    /// Wraps the data key of a photo.
    fn wrap(&self, photo: PhotoId, key: &[u8; 32]) -> ApiResult<WrappedKey>;
}

/// Seals an original under its data key, which has no other use.
pub(super) fn seal(photo: PhotoId, original: &[u8], key: &[u8; 32]) -> ApiResult<Vec<u8>> {
    let mut nonce = [0; NONCE_LEN];
    rand::fill(&mut nonce).map_err(ApiError::internal)?;
    let mut bytes = Vec::with_capacity(original.len().saturating_add(SEAL_BYTES));
    bytes.extend_from_slice(&nonce);
    bytes.extend_from_slice(original);
    let body = bytes.get_mut(NONCE_LEN..).unwrap_or_default();
    let tag = cipher(key)?
        .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), binding(photo), body)
        .map_err(ApiError::internal)?;
    bytes.extend_from_slice(tag.as_ref());
    Ok(bytes)
}

/// Opens a sealed original. Fails if the key, the photo or the bytes are not those that were sealed.
pub(crate) fn unseal(photo: PhotoId, key: &[u8; 32], mut sealed: Vec<u8>) -> ApiResult<Vec<u8>> {
    let body = sealed.split_off(NONCE_LEN.min(sealed.len()));
    let nonce = Nonce::try_assume_unique_for_key(&sealed).map_err(ApiError::internal)?;
    let mut body = body;
    let length = cipher(key)?.open_in_place(nonce, binding(photo), &mut body).map_err(ApiError::internal)?.len();
    body.truncate(length);
    Ok(body)
}

fn cipher(key: &[u8; 32]) -> ApiResult<LessSafeKey> {
    Ok(LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).map_err(ApiError::internal)?))
}

fn binding(photo: PhotoId) -> Aad<Vec<u8>> {
    Aad::from([&b"chuishao/photo/original/1"[..], photo.0.as_bytes()].concat())
}

impl Wrap for Keys {
    fn wrap(&self, photo: PhotoId, key: &[u8; 32]) -> ApiResult<WrappedKey> {
        let sealed = self.seal(SealAad::new("photo_key", "data_key_ct", photo.0.as_bytes()), key)?;
        Ok(WrappedKey { ciphertext: sealed.bytes, key_id: sealed.key_id })
    }
}
