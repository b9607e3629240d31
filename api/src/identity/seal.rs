//! Sealing 封存: authenticated encryption with AES-256-GCM under a random nonce, bound to the row that holds the
//! ciphertext.
//!
//! A ciphertext that was moved to another row, column or table fails to decrypt. The key id includes the algorithm, so
//! that a second algorithm can be introduced while old rows still decrypt.
//!
//! ```text
//! let place = SealAad::new("person", "phone_ct", id.as_bytes());
//! let sealed = keys.seal(place, b"+8619900000001")?;              // store sealed.bytes and sealed.key_id
//! let phone = keys.open(place, &sealed.bytes, &sealed.key_id)?;   // fails for any other place
//! ```

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::{hmac, rand};
use secrecy::zeroize::Zeroizing;

use crate::error::{ApiError, ApiResult};

/// The length of every secret key in bytes.
pub(crate) const KEY_BYTES: usize = 32;

/// The place of a ciphertext: one column of one row. It becomes the additional authenticated data (AAD) of the
/// encryption.
#[derive(Clone, Copy)]
pub struct SealAad<'a> {
    table: &'static str,
    column: &'static str,
    row: &'a [u8],
}

impl<'a> SealAad<'a> {
    /// Returns the place in this column of the row with this primary key.
    #[must_use]
    pub const fn new(table: &'static str, column: &'static str, row: &'a [u8]) -> Self {
        Self { table, column, row }
    }

    /// Encodes the AAD. Each part is prefixed with its length, so that no two places have the same encoding.
    fn bytes(&self, key_id: &str) -> Vec<u8> {
        let mut bytes = b"chuishao/seal/1".to_vec();
        for part in [self.table.as_bytes(), self.column.as_bytes(), self.row, key_id.as_bytes()] {
            bytes.extend((part.len() as u64).to_be_bytes());
            bytes.extend(part);
        }
        bytes
    }
}

/// A ciphertext with the id of the key that decrypts it.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Nonce (12 bytes), ciphertext, tag (16 bytes).
    pub bytes: Vec<u8>,
    /// The key id, which includes the algorithm.
    pub key_id: String,
}

/// A decrypted plaintext, which is zeroed on drop.
pub(crate) type Opened = Zeroizing<Vec<u8>>;

/// A sealing key. It cannot be printed.
pub struct SealKey {
    key: RandomizedNonceKey,
    id: String,
}

impl SealKey {
    /// Creates a key from its 32 bytes. Its id is `aes256gcm:` and eight hexadecimal digits that do not reveal the key.
    ///
    /// # Errors
    /// Returns an internal error if `secret` does not have 32 bytes.
    pub fn new(secret: &[u8]) -> ApiResult<Self> {
        let key = RandomizedNonceKey::new(&AES_256_GCM, secret).map_err(ApiError::internal)?;
        Ok(Self { key, id: format!("aes256gcm:{}", key_name(secret)) })
    }

    /// Returns the key id, which includes the algorithm.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Encrypts `plain` and binds the ciphertext to `place`.
    ///
    /// # Errors
    /// Returns an internal error if the system's random number generator fails.
    pub fn seal(&self, place: SealAad<'_>, plain: &[u8]) -> ApiResult<Sealed> {
        let mut body = plain.to_vec();
        let bound = Aad::from(place.bytes(&self.id));
        let nonce = self.key.seal_in_place_append_tag(bound, &mut body).map_err(ApiError::internal)?;
        Ok(Sealed { bytes: [nonce.as_ref().as_slice(), &body].concat(), key_id: self.id.clone() })
    }

    /// Decrypts a ciphertext that this key sealed for `place`.
    ///
    /// # Errors
    /// Returns an internal error if the key or the place differs, or if the bytes were changed.
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

/// Returns a fingerprint of a secret: eight hexadecimal digits that do not reveal it.
pub(super) fn key_name(secret: &[u8]) -> String {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), b"chuishao/key-id/1");
    hex::encode(tag.as_ref().iter().copied().take(4).collect::<Vec<_>>())
}

/// Generates 32 random bytes for a key. They are zeroed on drop.
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
