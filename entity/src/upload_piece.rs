//! A piece of a resumable upload: contiguous bytes that arrived over one connection.

use sea_orm::entity::prelude::*;

/// A piece of a resumable upload: contiguous bytes that arrived over one connection.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "upload_piece")]
pub struct Model {
    /// The upload to which the piece belongs.
    #[sea_orm(primary_key, auto_increment = false)]
    pub upload_id: Uuid,
    /// The offset of the piece in the file, in bytes.
    #[sea_orm(primary_key, auto_increment = false)]
    pub at: i64,
    /// The size of the piece in bytes.
    pub length: i64,
    /// The object key of the piece in the photo store.
    pub key: String,
}

impl ActiveModelBehavior for ActiveModel {}
