//! The wrapped data key that encrypts the original of a photo.

use domain::id::PhotoId;
use sea_orm::entity::prelude::*;

/// The wrapped data key that encrypts the original of a photo.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "photo_key")]
pub struct Model {
    /// The photo whose original is encrypted.
    #[sea_orm(primary_key, auto_increment = false)]
    pub photo_id: PhotoId,
    /// The data key, wrapped (encrypted) with the key `key_id`.
    pub data_key_ct: Option<Vec<u8>>,
    /// The id of the wrapping key.
    pub key_id: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
