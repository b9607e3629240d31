//! A resumable upload 断点续传 of one photo, as far as it has come.

use domain::id::PhotoId;
use sea_orm::entity::prelude::*;

/// A resumable upload 断点续传 of one photo, as far as it has come.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "upload")]
pub struct Model {
    /// Random; whoever knows it may send.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The photo.
    pub photo_id: PhotoId,
    /// Where the whole file will lie: that of the plan by which the upload was made.
    #[sea_orm(unique)]
    pub incoming_key: String,
    /// Bytes of the whole file.
    pub length: i64,
    /// Bytes that are kept, from the first on. Never moves back.
    pub at: i64,
    /// How often somebody began to send. Only who began last may add bytes.
    pub turn: i64,
    /// When it was made.
    pub created_at: DateTimeUtc,
    /// Until when it can be gone on with.
    pub ends_at: DateTimeUtc,
    /// When its pieces were no longer needed.
    pub done_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
