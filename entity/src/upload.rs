//! The table of resumable uploads 断点续传.

use domain::id::PhotoId;
use sea_orm::entity::prelude::*;

/// The state of a resumable upload 断点续传 of one photo. A form upload has no row here.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "upload")]
pub struct Model {
    /// The id, which is random and serves as a bearer secret: any client that knows it may send bytes.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The photo whose file is uploaded.
    pub photo_id: PhotoId,
    /// The object key of the complete file in the photo store. It comes from the upload plan that `preparePhoto` returned.
    #[sea_orm(unique)]
    pub incoming_key: String,
    /// The size of the complete file in bytes.
    pub length: i64,
    /// The upload offset of tus: the number of contiguous bytes received so far. It never decreases.
    pub at: i64,
    /// The fencing token. It increases each time a client starts to send; only the client with the newest token may
    /// append bytes.
    pub turn: i64,
    /// When the upload was created.
    pub created_at: DateTimeUtc,
    /// When the upload expires and can no longer be resumed.
    pub ends_at: DateTimeUtc,
    /// When the server finished the upload and deleted its pieces; `None` before that.
    pub done_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
