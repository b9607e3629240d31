//! A photo 照片: evidence before, during and after the work.

use domain::id::PhotoId;
use domain::photo::{EvidenceTrust, PhotoParent, PhotoStage, PhotoStatus};
use sea_orm::entity::prelude::*;

/// A photo 照片: evidence before, during and after the work.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "photo")]
pub struct Model {
    /// The id, which is random.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PhotoId,
    /// The kind of the object to which the photo belongs.
    pub parent_kind: PhotoParent,
    /// The id of that object.
    pub parent_id: Uuid,
    /// The id that the phone made.
    pub client_id: Uuid,
    /// Whether it shows the time before, during or after the work.
    pub stage: PhotoStage,
    /// The status.
    pub status: PhotoStatus,
    /// The number of times the row was written.
    pub version: i64,
    /// The SHA-256 hash of the whole file, as announced.
    pub sha256: Vec<u8>,
    /// The size of the whole file in bytes, as announced.
    pub bytes: i64,
    /// The media type, as announced.
    pub media_type: String,
    /// The key in the store where the bytes are expected.
    pub incoming_key: Option<String>,
    /// The key of the encrypted original.
    pub original_key: Option<String>,
    /// The key of the version that is shown.
    pub display_key: Option<String>,
    /// The key of the thumbnail.
    pub thumbnail_key: Option<String>,
    /// Pixels of the version to show.
    pub width: Option<i32>,
    /// Pixels of the version to show.
    pub height: Option<i32>,
    /// The reason why it cannot be shown, as a code.
    pub reject_reason: Option<String>,
    /// The time of the announcement.
    pub created_at: DateTimeUtc,
    /// The time at which it was verified.
    pub verified_at: Option<DateTimeUtc>,
    /// What its own claims are worth, after it is verified.
    pub trust: Option<EvidenceTrust>,
    /// The time until which a process has leased it.
    pub leased_until: Option<DateTimeUtc>,
    /// How many times a process began to work on it without a result. Such a photo may have been made to crash
    /// processes.
    pub attempts: i32,
}

impl ActiveModelBehavior for ActiveModel {}
