//! Sealing: AES-256-GCM with a random nonce, bound to the row that holds the ciphertext.
//!
//! A ciphertext that is moved to another row, column or table does not open. The name of a key says its algorithm, so
//! that another algorithm can stand beside this one.

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::{hmac, rand};
use secrecy::zeroize::Zeroizing;

use crate::error::{ApiError, ApiResult};

/// Bytes of every secret key.
pub(crate) const KEY_BYTES: usize = 32;

/// Where a ciphertext lies.
#[derive(Clone, Copy)]
pub struct SealAad<'a> {
    table: &'static str,
    column: &'static str,
    row: &'a [u8],
}

impl<'a> SealAad<'a> {
    /// A column of a row, named by the bytes of the row's key.
    #[must_use]
    pub const fn new(table: &'static str, column: &'static str, row: &'a [u8]) -> Self {
        Self { table, column, row }
    }

    /// What the seal is bound to: every part with its length before it, so that no two places look alike.
    fn bytes(&self, key_id: &str) -> Vec<u8> {
        let mut bytes = b"chuishao/seal/1".to_vec();
        for part in [self.table.as_bytes(), self.column.as_bytes(), self.row, key_id.as_bytes()] {
            bytes.extend((part.len() as u64).to_be_bytes());
            bytes.extend(part);
        }
        bytes
    }
}

/// A ciphertext, and the key that opens it.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Nonce (12 bytes), ciphertext, tag (16 bytes).
    pub bytes: Vec<u8>,
    /// The key with its algorithm.
    pub key_id: String,
}

/// What was sealed; forgotten by the memory when it is dropped.
pub(crate) type Opened = Zeroizing<Vec<u8>>;

/// A key that seals. Cannot be printed.
pub struct SealKey {
    key: RandomizedNonceKey,
    id: String,
}

impl SealKey {
    /// A key from its 32 bytes. Its name is `aes256gcm:` and eight hex digits that do not tell the key.
    ///
    /// # Errors
    /// An internal error when there are not 32 bytes.
    pub fn new(secret: &[u8]) -> ApiResult<Self> {
        let key = RandomizedNonceKey::new(&AES_256_GCM, secret).map_err(ApiError::internal)?;
        Ok(Self { key, id: format!("aes256gcm:{}", key_name(secret)) })
    }

    /// Its name, with the algorithm.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Seals `plain` for `place`.
    ///
    /// # Errors
    /// An internal error when the system provides no random numbers.
    pub fn seal(&self, place: SealAad<'_>, plain: &[u8]) -> ApiResult<Sealed> {
        let mut body = plain.to_vec();
        let bound = Aad::from(place.bytes(&self.id));
        let nonce = self.key.seal_in_place_append_tag(bound, &mut body).map_err(ApiError::internal)?;
        Ok(Sealed { bytes: [nonce.as_ref().as_slice(), &body].concat(), key_id: self.id.clone() })
    }

    /// Opens what was sealed for `place` by this key.
    ///
    /// # Errors
    /// An internal error for another key, another place, or bytes that were changed.
    pub fn open(&self, place: SealAad<'_>, bytes: &[u8], key_id: &str) -> ApiResult<Opened> {
        if key_id != self.id {
            return Err(ApiError::internal(format!("{}.{} is sealed by another key", place.table, place.column)));
        }
        let unreadable = || ApiError::internal(format!("{}.{} does not open", place.table, place.column));
        let (nonce, body) = bytes.split_at_checked(NONCE_LEN).ok_or_else(unreadable)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(ApiError::internal)?;
        let mut body = Zeroizing::new(body.to_vec());
        let length = match self.key.open_in_place(nonce, Aad::from(place.bytes(key_id)), &mut body) {
            Ok(plain) => plain.len(),
            Err(_) => return Err(unreadable()),
        };
        body.truncate(length);
        Ok(body)
    }
}

/// Eight hex digits by which a secret is known, and from which it cannot be told.
pub(super) fn key_name(secret: &[u8]) -> String {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), b"chuishao/key-id/1");
    hex::encode(tag.as_ref().iter().copied().take(4).collect::<Vec<_>>())
}

/// 32 random bytes for a key; forgotten by the memory when they are dropped.
///
/// # Errors
/// An internal error when the system provides no random numbers.
pub(crate) fn fresh_secret() -> ApiResult<Zeroizing<[u8; KEY_BYTES]>> {
    let mut secret = Zeroizing::new([0; KEY_BYTES]);
    rand::fill(secret.as_mut_slice()).map_err(ApiError::internal)?;
    Ok(secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_opens_at_its_own_place_only() {
        let key = SealKey::new(&[7; 32]).unwrap();
        let here = SealAad::new("person", "phone_ct", b"row one");
        let sealed = key.seal(here, b"secret").unwrap();
        assert_eq!(key.open(here, &sealed.bytes, &sealed.key_id).unwrap().as_slice(), b"secret");
        for other in [
            SealAad::new("person", "phone_ct", b"row two"),
            SealAad::new("person", "name_ct", b"row one"),
            SealAad::new("session", "phone_ct", b"row one"),
            SealAad::new("person", "phone_ctrow one", b""),
        ] {
            assert!(key.open(other, &sealed.bytes, &sealed.key_id).is_err());
        }
    }

    #[test]
    fn a_changed_seal_or_another_key_does_not_open() {
        let (key, other) = (SealKey::new(&[7; 32]).unwrap(), SealKey::new(&[8; 32]).unwrap());
        let here = SealAad::new("person", "phone_ct", b"row");
        let sealed = key.seal(here, b"secret").unwrap();
        assert_ne!(key.id, other.id);
        assert!(other.open(here, &sealed.bytes, &sealed.key_id).is_err());
        assert!(other.open(here, &sealed.bytes, &other.id).is_err());
        for place in 0..sealed.bytes.len() {
            let mut changed = sealed.bytes.clone();
            changed[place] ^= 1;
            assert!(key.open(here, &changed, &sealed.key_id).is_err());
        }
        assert!(key.open(here, &[], &sealed.key_id).is_err());
        assert_ne!(key.seal(here, b"secret").unwrap().bytes, sealed.bytes, "the nonce is random");
    }
}
