//! A request that was carried out. A worker without a network may repeat it at any later time and gets the same result.

use sea_orm::entity::prelude::*;

/// A request that was carried out. A worker without a network may repeat it at any later time and gets the same result.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "request")]
pub struct Model {
    /// The SHA-256 hash of the caller and the request id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub request_key: Vec<u8>,
    /// The name of the mutation.
    pub operation: String,
    /// The SHA-256 hash of the input.
    pub input_hash: Vec<u8>,
    /// The id of the object that was the result.
    pub result_id: Uuid,
    /// The time.
    pub at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
