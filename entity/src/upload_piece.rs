//! A piece of a resumable upload: bytes that arrived in one connection.

use sea_orm::entity::prelude::*;

/// A piece of a resumable upload: bytes that arrived in one connection.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "upload_piece")]
pub struct Model {
    /// The upload.
    #[sea_orm(primary_key, auto_increment = false)]
    pub upload_id: Uuid,
    /// The number of bytes before it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub at: i64,
    /// The size of the piece in bytes.
    pub length: i64,
    /// The key in the photo store.
    pub key: String,
}

impl ActiveModelBehavior for ActiveModel {}
