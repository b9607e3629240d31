//! Seals originals by envelope encryption. Each photo has its own data key, which is stored in wrapped form beside the
//! row.
//!
//! A sealed original is `nonce (12 bytes) ‖ AES-256-GCM ciphertext ‖ tag (16 bytes)`, with the photo id as additional
//! authenticated data.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::rand;
use domain::id::PhotoId;

use crate::error::{ApiError, ApiResult};
use crate::identity::Keys;
use crate::identity::seal::SealAad;

/// The size overhead of a sealed original in bytes: the nonce and the tag.
pub(crate) const SEAL_BYTES: usize = NONCE_LEN + 16;

/// A wrapped data key, as it is stored.
pub(crate) struct WrappedKey {
    /// The data key, encrypted under the key-encryption key and bound to its photo.
    pub ciphertext: Vec<u8>,
    /// The id of the key-encryption key.
    pub key_id: String,
}

/// Wraps data keys with the key-encryption key, which this slice never sees.
pub(crate) trait Wrap: Send + Sync {
    /// Wraps a photo's data key.
    fn wrap(&self, photo: PhotoId, key: &[u8; 32]) -> ApiResult<WrappedKey>;
}

/// Encrypts an original with its data key, which encrypts no other data.
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

/// Decrypts a sealed original. Fails if the key or the photo id is wrong, or if the bytes were changed.
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
