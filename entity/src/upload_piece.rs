//! A piece of a resumable upload: bytes that came without a cut.

use sea_orm::entity::prelude::*;

/// A piece of a resumable upload: bytes that came without a cut.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "upload_piece")]
pub struct Model {
    /// The upload.
    #[sea_orm(primary_key, auto_increment = false)]
    pub upload_id: Uuid,
    /// Bytes before it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub at: i64,
    /// Its bytes.
    pub length: i64,
    /// Where it lies in the photo store.
    pub key: String,
}

impl ActiveModelBehavior for ActiveModel {}
