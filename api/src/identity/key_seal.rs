//! Encryption with the keys of an installation: directly with the key-encryption key, or with data keys that it wraps.

use super::keys::Keys;
use super::seal::{Opened, SealAad, SealKey, Sealed, fresh_secret};
use crate::error::ApiResult;

impl Keys {
    /// Encrypts `plain` for `place` with the key-encryption key.
    ///
    /// # Errors
    /// Returns an internal error if the system's random number generator fails.
    pub fn seal(&self, place: SealAad<'_>, plain: &[u8]) -> ApiResult<Sealed> {
        self.kek().seal(place, plain)
    }

    /// Decrypts a ciphertext of [`Keys::seal`].
    ///
    /// # Errors
    /// Returns an internal error if the key or the place differs, or if the bytes were changed.
    pub fn open(&self, place: SealAad<'_>, bytes: &[u8], key_id: &str) -> ApiResult<Opened> {
        self.kek().open(place, bytes, key_id)
    }

    /// Generates a data key and returns it with its wrapped form for `place`. Destroying the wrapped form makes
    /// everything encrypted under the data key permanently unreadable (crypto-shredding).
    ///
    /// # Errors
    /// Returns an internal error if the system's random number generator fails.
    pub fn new_data_key(&self, place: SealAad<'_>) -> ApiResult<(SealKey, Sealed)> {
        let secret = fresh_secret()?;
        Ok((SealKey::new(secret.as_slice())?, self.seal(place, secret.as_slice())?))
    }

    /// Unwraps a data key that was wrapped for `place`.
    ///
    /// # Errors
    /// Returns an internal error if [`Keys::open`] does.
    pub fn data_key(&self, place: SealAad<'_>, bytes: &[u8], key_id: &str) -> ApiResult<SealKey> {
        SealKey::new(&self.open(place, bytes, key_id)?)
    }
}
