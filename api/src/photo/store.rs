//! Where photos lie: a folder or an S3 bucket, behind one trait and with the same plan for phones.

use std::any::Any;
use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::refusal::{Code, Refusal};
use uuid::Uuid;

use super::signer::UrlSigner;
use crate::error::ApiError;

/// How long a plan to upload holds.
pub(crate) const PLAN_LIFETIME: Duration = Duration::from_mins(15);

/// How to send the bytes: a multipart form POST to `url` with `fields` first and the file last, as `file`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadPlan {
    /// Where to POST.
    pub url: String,
    /// The form's fields, complete.
    pub fields: BTreeMap<String, String>,
    /// Until when the plan holds.
    pub ends_at: DateTime<Utc>,
}

/// The store did not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no such object.
    #[error("no such object")]
    Absent,
    /// There is an object of this key already.
    #[error("the key is taken")]
    Taken,
    /// The object is larger than the reader asked for.
    #[error("larger than expected")]
    TooLarge,
    /// Not a key of ours.
    #[error("not a key")]
    BadKey,
    /// The store is not answering; try again.
    #[error("the photo store is not answering: {0}")]
    NotAnswering(String),
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Absent => Code::NotFound.into(),
            StoreError::Taken => Refusal::illegal("photo.already_received").into(),
            StoreError::TooLarge => Code::TooLarge.into(),
            StoreError::BadKey => Self::internal(error),
            StoreError::NotAnswering(cause) => {
                tracing::warn!(cause, "the photo store is not answering");
                Code::TryLater.into()
            }
        }
    }
}

/// The part of the store that a key lies in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyPrefix {
    /// Written by phones under a policy; emptied after a day.
    Incoming,
    /// Versions that may be shown. No policy covers it.
    Shown,
    /// Originals, sealed. No policy covers it.
    Sealed,
}

impl KeyPrefix {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Incoming, Self::Shown, Self::Sealed];

    /// The first part of a key, with its slash.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Incoming => "incoming/",
            Self::Shown => "shown/",
            Self::Sealed => "sealed/",
        }
    }

    /// A new random key, under one of 256 folders so that none grows too large.
    #[must_use]
    pub fn fresh_key(self) -> String {
        let name = Uuid::new_v4().simple().to_string();
        format!("{}{}/{name}", self.as_str(), name.get(..2).unwrap_or("00"))
    }
}

/// Whether `key` is one that [`KeyPrefix::fresh_key`] may have made: `room/xx/name` in lower-case letters and digits. A key
/// that came from outside is asked this before it becomes a path.
#[must_use]
pub(crate) fn is_key(key: &str) -> bool {
    let parts: Vec<&str> = key.split('/').collect();
    let plain = |part: &&str| {
        (1..=64).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    parts.len() == 3 && parts.iter().all(plain) && KeyPrefix::ALL.iter().any(|prefix| key.starts_with(prefix.as_str()))
}

/// Keeps photos under keys. Keys under `incoming/` are written by phones under a policy; no policy covers others.
#[async_trait]
pub trait PhotoStore: Any + Send + Sync {
    /// Signs plans and links.
    fn signer(&self) -> &UrlSigner;

    /// A plan by which a phone may write `key`: exact size, exact type, for [`PLAN_LIFETIME`].
    ///
    /// # Errors
    /// When the store cannot make one.
    async fn plan(&self, key: &str, media_type: &str, bytes: u64, now: DateTime<Utc>)
    -> Result<UploadPlan, StoreError>;

    /// How many bytes an object has. Says nothing about what they are.
    ///
    /// # Errors
    /// [`StoreError::Absent`] when there is none.
    async fn size(&self, key: &str) -> Result<u64, StoreError>;

    /// Reads an object of at most `limit` bytes.
    ///
    /// # Errors
    /// [`StoreError::Absent`] when there is none, [`StoreError::TooLarge`] when it is larger.
    async fn read(&self, key: &str, limit: u64) -> Result<Vec<u8>, StoreError>;

    /// Writes an object so that it is on the disk when this returns. What a bucket says that it has taken is read back: a
    /// photo is called VERIFIED on the strength of it.
    ///
    /// # Errors
    /// When the store is not answering, or has not kept what was written.
    async fn write(&self, key: &str, media_type: &str, bytes: Vec<u8>) -> Result<(), StoreError>;

    /// Removes an object; nothing happens where there is none.
    ///
    /// # Errors
    /// When the store is not answering.
    async fn remove(&self, key: &str) -> Result<(), StoreError>;

    /// The objects of a room with their sizes, in no order; `most` of them at most.
    ///
    /// # Errors
    /// When the store is not answering.
    async fn list(&self, prefix: KeyPrefix, most: usize) -> Result<Vec<(String, u64)>, StoreError>;

    /// Removes what came in before `before` and is not in `keep`, and says how many objects that were.
    ///
    /// # Errors
    /// When the store is not answering.
    async fn sweep(&self, before: DateTime<Utc>, keep: &HashSet<String>) -> Result<usize, StoreError>;
}

#[cfg(test)]
mod tests {
    use super::{KeyPrefix, is_key};

    #[test]
    fn a_key_cannot_leave_its_prefix() {
        for prefix in KeyPrefix::ALL {
            assert!(is_key(&prefix.fresh_key()));
        }
        for key in [
            "",
            "incoming",
            "incoming/",
            "incoming/ab",
            "incoming/ab/",
            "incoming//x",
            "incoming/../x",
            "incoming/ab/..",
            "/incoming/ab/x",
            "other/ab/x",
            "incoming/ab/x/y",
            "incoming/ab/x\0",
            "incoming/ab\\x/y",
            "incoming/AB/x",
            "../incoming/x",
            "incoming/ab/%2e%2e",
        ] {
            assert!(!is_key(key), "{key:?}");
        }
    }
}
