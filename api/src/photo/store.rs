//! The photo store interface: one trait for a local folder and an S3 bucket, with upload plans of the same form.

use std::any::Any;
use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::refusal::{Code, Refusal};
use uuid::Uuid;

use super::signer::UrlSigner;
use crate::error::ApiError;

/// How long an upload plan is valid after it was issued.
pub(crate) const PLAN_LIFETIME: Duration = Duration::from_mins(15);

/// An upload plan: a multipart form POST to `url`, with `fields` first and the file last, in the form field `file`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadPlan {
    /// The URL to which the form is posted.
    pub url: String,
    /// The complete set of form fields, by name.
    pub fields: BTreeMap<String, String>,
    /// When the plan expires.
    pub ends_at: DateTime<Utc>,
}

/// An error of the photo store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No object with this key exists.
    #[error("no such object")]
    Absent,
    /// An object with this key already exists.
    #[error("the key is taken")]
    Taken,
    /// The object exceeds the caller's size limit.
    #[error("larger than expected")]
    TooLarge,
    /// The text is not a valid object key.
    #[error("not a key")]
    BadKey,
    /// The store is unreachable or failed; the cause is for the log.
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

/// A part of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The bytes of the part.
    pub bytes: Vec<u8>,
    /// The size of the whole object in bytes.
    pub of: u64,
}

/// The first path segment of an object key, which tells what kind of object it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyPrefix {
    /// Objects that phones write under an upload policy. The sweep removes them after a day unless a row needs them.
    Incoming,
    /// Rendered versions that may be shown. No upload policy allows phones to write them.
    Shown,
    /// Sealed originals. No upload policy allows phones to write them.
    Sealed,
}

impl KeyPrefix {
    /// All prefixes.
    pub const ALL: [Self; 3] = [Self::Incoming, Self::Shown, Self::Sealed];

    /// Returns the prefix including its trailing slash.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Incoming => "incoming/",
            Self::Shown => "shown/",
            Self::Sealed => "sealed/",
        }
    }

    /// Generates a random object key. It lies in one of 256 subfolders, so that no directory grows too large.
    #[must_use]
    pub fn fresh_key(self) -> String {
        let name = Uuid::new_v4().simple().to_string();
        format!("{}{}/{name}", self.as_str(), name.get(..2).unwrap_or("00"))
    }
}

/// Checks whether the text has the form of a key from [`KeyPrefix::fresh_key`]: `prefix/xx/name`, in lower-case letters
/// and digits. This validates untrusted keys before they become a path, and so prevents path traversal.
#[must_use]
pub(crate) fn is_key(key: &str) -> bool {
    let parts: Vec<&str> = key.split('/').collect();
    let plain = |part: &&str| {
        (1..=64).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    parts.len() == 3 && parts.iter().all(plain) && KeyPrefix::ALL.iter().any(|prefix| key.starts_with(prefix.as_str()))
}

/// Stores photo objects by key. Phones may write keys under `incoming/` if they hold an upload policy; only the server
/// writes other keys.
#[async_trait]
pub trait PhotoStore: Any + Send + Sync {
    /// Returns the signer for upload plans and photo links.
    fn signer(&self) -> &UrlSigner;

    /// Issues a plan by which a phone may write `key` within [`PLAN_LIFETIME`], with exactly this size and media type.
    async fn plan(&self, key: &str, media_type: &str, bytes: u64, now: DateTime<Utc>)
    -> Result<UploadPlan, StoreError>;

    /// Returns the object size in bytes without reading the content.
    ///
    /// # Errors
    /// [`StoreError::Absent`] if the object does not exist.
    async fn size(&self, key: &str) -> Result<u64, StoreError>;

    /// Reads an object of at most `limit` bytes.
    ///
    /// # Errors
    /// [`StoreError::Absent`] if the object does not exist, [`StoreError::TooLarge`] if it is larger.
    async fn read(&self, key: &str, limit: u64) -> Result<Vec<u8>, StoreError>;

    /// Writes an object durably. A bucket reads the object back and compares it, because a photo becomes VERIFIED on
    /// the strength of this write.
    async fn write(&self, key: &str, media_type: &str, bytes: Vec<u8>) -> Result<(), StoreError>;

    /// Removes an object. Removing an absent object succeeds.
    async fn remove(&self, key: &str) -> Result<(), StoreError>;

    /// Lists at most `most` objects under a prefix with their sizes in bytes, in no particular order.
    async fn list(&self, prefix: KeyPrefix, most: usize) -> Result<Vec<(String, u64)>, StoreError>;

    /// Returns the free bytes on the disk that holds the photos; `None` for a bucket, which has no limit that we know.
    async fn free(&self) -> Result<Option<u64>, StoreError>;

    /// Reads at most `most` bytes of an object, beginning at `from`. A reader with a slow client thus holds a part at a
    /// time in memory, and never the whole object.
    ///
    /// # Errors
    /// [`StoreError::Absent`] if the object does not exist.
    async fn read_part(&self, key: &str, from: u64, most: u64) -> Result<Part, StoreError>;

    /// Removes incoming objects older than `before` that are not in `keep`, and a folder's abandoned temporary files.
    /// Returns how many were removed.
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
