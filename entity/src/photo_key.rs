//! The wrapped key with which the original of a photo is encrypted.

use domain::id::PhotoId;
use sea_orm::entity::prelude::*;

/// The wrapped key with which the original of a photo is encrypted.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "photo_key")]
pub struct Model {
    /// The photo.
    #[sea_orm(primary_key, auto_increment = false)]
    pub photo_id: PhotoId,
    /// The wrapped key.
    pub data_key_ct: Option<Vec<u8>>,
    /// The id of the key that wraps it.
    pub key_id: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
