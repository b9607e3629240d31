//! The store of photos: a folder or an S3 bucket, behind one trait and with the same form of upload plan.

use std::any::Any;
use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::refusal::{Code, Refusal};
use uuid::Uuid;

use super::signer::UrlSigner;
use crate::error::ApiError;

/// How long an upload plan is valid.
pub(crate) const PLAN_LIFETIME: Duration = Duration::from_mins(15);

/// The plan by which a phone sends the bytes: a multipart form POST to `url`, with `fields` first and the file last, as
/// `file`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadPlan {
    /// The address of the POST.
    pub url: String,
    /// The complete fields of the form.
    pub fields: BTreeMap<String, String>,
    /// The time at which the plan expires.
    pub ends_at: DateTime<Utc>,
}

/// The error of a photo store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No object of this key exists.
    #[error("no such object")]
    Absent,
    /// An object of this key already exists.
    #[error("the key is taken")]
    Taken,
    /// The object is larger than the limit of the reader.
    #[error("larger than expected")]
    TooLarge,
    /// The text is not a key of this program.
    #[error("not a key")]
    BadKey,
    /// The store does not answer, or failed.
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

/// The first part of a key. It says what kind of object the key names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyPrefix {
    /// Objects that phones write under a policy. The sweep removes them after a day
    /// unless a row needs them.
    Incoming,
    /// Versions that may be shown. No policy allows phones to write them.
    Shown,
    /// Sealed originals. No policy allows phones to write them.
    Sealed,
}

impl KeyPrefix {
    /// All prefixes.
    pub const ALL: [Self; 3] = [Self::Incoming, Self::Shown, Self::Sealed];

    /// Returns the prefix with its slash.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Incoming => "incoming/",
            Self::Shown => "shown/",
            Self::Sealed => "sealed/",
        }
    }

    /// Makes a new random key. The key is in one of 256 folders, so that no folder grows too large.
    #[must_use]
    pub fn fresh_key(self) -> String {
        let name = Uuid::new_v4().simple().to_string();
        format!("{}{}/{name}", self.as_str(), name.get(..2).unwrap_or("00"))
    }
}

/// Checks whether [`KeyPrefix::fresh_key`] may have made this key: `prefix/xx/name` in lower-case letters and digits. A
/// key from outside is checked before it becomes a path.
#[must_use]
pub(crate) fn is_key(key: &str) -> bool {
    let parts: Vec<&str> = key.split('/').collect();
    let plain = |part: &&str| {
        (1..=64).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    parts.len() == 3 && parts.iter().all(plain) && KeyPrefix::ALL.iter().any(|prefix| key.starts_with(prefix.as_str()))
}

/// Keeps photos under keys. Phones may write keys under `incoming/` if they have a policy; only the server writes
/// others.
#[async_trait]
pub trait PhotoStore: Any + Send + Sync {
    /// Returns the signer of plans and links.
    fn signer(&self) -> &UrlSigner;

    /// Makes a plan by which a phone may write `key` during [`PLAN_LIFETIME`], with exactly this size and this type.
    async fn plan(&self, key: &str, media_type: &str, bytes: u64, now: DateTime<Utc>)
    -> Result<UploadPlan, StoreError>;

    /// Returns the size of an object without reading it.
    ///
    /// # Errors
    /// [`StoreError::Absent`] if the object does not exist.
    async fn size(&self, key: &str) -> Result<u64, StoreError>;

    /// Reads an object of at most `limit` bytes.
    ///
    /// # Errors
    /// [`StoreError::Absent`] if the object does not exist, [`StoreError::TooLarge`] if it is larger.
    async fn read(&self, key: &str, limit: u64) -> Result<Vec<u8>, StoreError>;

    /// Writes an object, which is on the disk when this returns. A bucket is asked to return the object, because a
    /// photo becomes VERIFIED on the strength of this write.
    async fn write(&self, key: &str, media_type: &str, bytes: Vec<u8>) -> Result<(), StoreError>;

    /// Removes an object. Succeeds if the object does not exist.
    async fn remove(&self, key: &str) -> Result<(), StoreError>;

    /// Returns at most `most` objects of a prefix with their sizes, in no particular order.
    async fn list(&self, prefix: KeyPrefix, most: usize) -> Result<Vec<(String, u64)>, StoreError>;

    /// Removes incoming objects that are older than `before` and not in `keep`. Returns their number.
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
