//! A photo 照片: evidence before, during and after.

use domain::id::PhotoId;
use domain::photo::{EvidenceTrust, PhotoParent, PhotoStage, PhotoStatus};
use sea_orm::entity::prelude::*;

/// A photo 照片: evidence before, during and after.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "photo")]
pub struct Model {
    /// Random.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PhotoId,
    /// What it belongs to.
    pub parent_kind: PhotoParent,
    /// Which one.
    pub parent_id: Uuid,
    /// The id that the phone made.
    pub client_id: Uuid,
    /// Before, during or after.
    pub stage: PhotoStage,
    /// Where it stands.
    pub status: PhotoStatus,
    /// Times it was written.
    pub version: i64,
    /// Hash of the whole file, as announced.
    pub sha256: Vec<u8>,
    /// Size of the whole file, as announced.
    pub bytes: i64,
    /// As announced.
    pub media_type: String,
    /// Where the bytes are expected.
    pub incoming_key: Option<String>,
    /// Where the sealed original lies.
    pub original_key: Option<String>,
    /// Where the version to show lies.
    pub display_key: Option<String>,
    /// Where the thumbnail lies.
    pub thumbnail_key: Option<String>,
    /// Pixels of the version to show.
    pub width: Option<i32>,
    /// Pixels of the version to show.
    pub height: Option<i32>,
    /// Why it cannot be shown, as a code.
    pub reject_reason: Option<String>,
    /// When it was announced.
    pub created_at: DateTimeUtc,
    /// When it was verified.
    pub verified_at: Option<DateTimeUtc>,
    /// What its own claims are worth, once it is verified.
    pub trust: Option<EvidenceTrust>,
    /// Until when a process works on it.
    pub leased_until: Option<DateTimeUtc>,
    /// How often a process began to work on it and did not end; such a photo may be made to end processes.
    pub attempts: i32,
}

impl ActiveModelBehavior for ActiveModel {}
