//! What a photo claims about itself (EXIF), and how it agrees with the rest.

use domain::id::PhotoId;
use sea_orm::entity::prelude::*;

/// What a photo claims about itself (EXIF), and how it agrees with the rest.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "photo_evidence")]
pub struct Model {
    /// The photo.
    #[sea_orm(primary_key, auto_increment = false)]
    pub photo_id: PhotoId,
    /// Sealed JSON.
    pub content_ct: Vec<u8>,
    /// The key that seals it.
    pub key_id: String,
}

impl ActiveModelBehavior for ActiveModel {}
