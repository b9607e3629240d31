//! Sealing by the keys of an installation: under the key of keys itself, or under a data key that it wraps.

use super::keys::Keys;
use super::seal::{Opened, SealAad, SealKey, Sealed, fresh_secret};
use crate::error::ApiResult;

impl Keys {
    /// Seals `plain` under the key of keys for `place`.
    ///
    /// # Errors
    /// An internal error when the system provides no random numbers.
    pub fn seal(&self, place: SealAad<'_>, plain: &[u8]) -> ApiResult<Sealed> {
        self.kek().seal(place, plain)
    }

    /// Opens what [`Keys::seal`] sealed.
    ///
    /// # Errors
    /// An internal error for another key, another place, or bytes that were changed.
    pub fn open(&self, place: SealAad<'_>, bytes: &[u8], key_id: &str) -> ApiResult<Opened> {
        self.kek().open(place, bytes, key_id)
    }

    /// A new data key, and the same wrapped for `place`. What it seals is gone when the wrapped one is destroyed.
    ///
    /// # Errors
    /// An internal error when the system provides no random numbers.
    pub fn new_data_key(&self, place: SealAad<'_>) -> ApiResult<(SealKey, Sealed)> {
        let secret = fresh_secret()?;
        Ok((SealKey::new(secret.as_slice())?, self.seal(place, secret.as_slice())?))
    }

    /// The data key that was wrapped for `place`.
    ///
    /// # Errors
    /// As [`Keys::open`].
    pub fn data_key(&self, place: SealAad<'_>, bytes: &[u8], key_id: &str) -> ApiResult<SealKey> {
        SealKey::new(&self.open(place, bytes, key_id)?)
    }
}
