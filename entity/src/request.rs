//! An executed request, stored for idempotency: an offline worker may retry it at any later time and gets the same
//! result.

use sea_orm::entity::prelude::*;

/// An executed request, stored for idempotency: an offline worker may retry it at any later time and gets the same
/// result.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "request")]
pub struct Model {
    /// The idempotency key: the SHA-256 hash of the caller and the request id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub request_key: Vec<u8>,
    /// The name of the mutation.
    pub operation: String,
    /// The SHA-256 hash of the input, which reveals the reuse of a request id with different input.
    pub input_hash: Vec<u8>,
    /// The id of the resulting object.
    pub result_id: Uuid,
    /// When the request was executed.
    pub at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
