//! The claims in a photo's EXIF block, and how they agree with the other facts about the report.

use domain::id::PhotoId;
use sea_orm::entity::prelude::*;

/// The claims in a photo's EXIF block, and how they agree with the other facts about the report.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "photo_evidence")]
pub struct Model {
    /// The photo that makes the claims.
    #[sea_orm(primary_key, auto_increment = false)]
    pub photo_id: PhotoId,
    /// The claims and their assessment as JSON, encrypted.
    pub content_ct: Vec<u8>,
    /// The id of the encryption key.
    pub key_id: String,
}

impl ActiveModelBehavior for ActiveModel {}
