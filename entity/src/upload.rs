//! The state of a resumable upload 断点续传 of one photo.

use domain::id::PhotoId;
use sea_orm::entity::prelude::*;

/// The state of a resumable upload 断点续传 of one photo.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "upload")]
pub struct Model {
    /// The id, which is random. Every client that knows it may send bytes.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The photo.
    pub photo_id: PhotoId,
    /// The key of the whole file in the store, from the plan by which the upload was made.
    #[sea_orm(unique)]
    pub incoming_key: String,
    /// The size of the whole file in bytes.
    pub length: i64,
    /// The number of bytes that are stored, from the beginning. It never decreases.
    pub at: i64,
    /// How many times a client began to send. Only the one that began last may add bytes.
    pub turn: i64,
    /// The time at which it was made.
    pub created_at: DateTimeUtc,
    /// The time until which it can be continued.
    pub ends_at: DateTimeUtc,
    /// The time from which its pieces were no longer needed.
    pub done_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
