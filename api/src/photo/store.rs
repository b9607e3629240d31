//! Where photos lie: a folder or an S3 bucket, behind one trait and with the same plan for phones.

use std::collections::BTreeMap;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

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
    /// The store is not answering; try again.
    #[error("the photo store is not answering: {0}")]
    NotAnswering(String),
}

/// Keeps photos under keys. Keys under `incoming/` are written by phones under a policy; no policy covers others.
#[async_trait]
pub trait PhotoStore: Send + Sync {
    /// A plan by which a phone may write `key` once: exact size, exact type, for 15 minutes.
    ///
    /// # Errors
    /// When the store cannot make one.
    async fn plan(&self, key: &str, media_type: &str, bytes: u64, now: DateTime<Utc>) -> Result<UploadPlan, StoreError>;

    /// Reads an object of at most `limit` bytes.
    ///
    /// # Errors
    /// [`StoreError::Absent`] when there is none.
    async fn read(&self, key: &str, limit: u64) -> Result<Vec<u8>, StoreError>;

    /// Writes an object so that it is on the disk when this returns.
    ///
    /// # Errors
    /// When the store is not answering.
    async fn write(&self, key: &str, media_type: &str, bytes: Vec<u8>) -> Result<(), StoreError>;

    /// Removes an object; nothing happens where there is none.
    ///
    /// # Errors
    /// When the store is not answering.
    async fn remove(&self, key: &str) -> Result<(), StoreError>;
}
