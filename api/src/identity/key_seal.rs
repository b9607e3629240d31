//! Sealing with the keys of an installation: with the key of keys itself, or with a data key that it wraps.

use super::keys::Keys;
use super::seal::{Opened, SealAad, SealKey, Sealed, fresh_secret};
use crate::error::ApiResult;

impl Keys {
    /// Seals `plain` with the key of keys for `place`.
    ///
    /// # Errors
    /// Returns an internal error if the system provides no random numbers.
    pub fn seal(&self, place: SealAad<'_>, plain: &[u8]) -> ApiResult<Sealed> {
        self.kek().seal(place, plain)
    }

    /// Opens a ciphertext of [`Keys::seal`].
    ///
    /// # Errors
    /// Returns an internal error if the key or the place is a different one, or if the bytes were changed.
    pub fn open(&self, place: SealAad<'_>, bytes: &[u8], key_id: &str) -> ApiResult<Opened> {
        self.kek().open(place, bytes, key_id)
    }

    /// Makes a data key. Returns it together with its wrapped form for `place`. Destroying the wrapped form makes
    /// everything that the data key sealed unreadable for ever.
    ///
    /// # Errors
    /// Returns an internal error if the system provides no random numbers.
    pub fn new_data_key(&self, place: SealAad<'_>) -> ApiResult<(SealKey, Sealed)> {
        let secret = fresh_secret()?;
        Ok((SealKey::new(secret.as_slice())?, self.seal(place, secret.as_slice())?))
    }

    /// Unwraps the data key that was wrapped for `place`.
    ///
    /// # Errors
    /// Returns an internal error if [`Keys::open`] does.
    pub fn data_key(&self, place: SealAad<'_>, bytes: &[u8], key_id: &str) -> ApiResult<SealKey> {
        SealKey::new(&self.open(place, bytes, key_id)?)
    }
}
