//! The claims of a photo about itself (EXIF), and how they agree with the other facts.

use domain::id::PhotoId;
use sea_orm::entity::prelude::*;

/// The claims of a photo about itself (EXIF), and how they agree with the other facts.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "photo_evidence")]
pub struct Model {
    /// The photo.
    #[sea_orm(primary_key, auto_increment = false)]
    pub photo_id: PhotoId,
    /// The content as JSON, encrypted.
    pub content_ct: Vec<u8>,
    /// The id of the key that encrypts it.
    pub key_id: String,
}

impl ActiveModelBehavior for ActiveModel {}
