//! A request that was served, so that a worker in a basement may retry for ever.

use sea_orm::entity::prelude::*;

/// A request that was served, so that a worker in a basement may retry for ever.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "request")]
pub struct Model {
    /// SHA-256 of caller and request id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub request_key: Vec<u8>,
    /// Which mutation.
    pub operation: String,
    /// SHA-256 of its input.
    pub input_hash: Vec<u8>,
    /// The object it answered with.
    pub result_id: Uuid,
    /// When.
    pub at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
