//! A photo 照片: evidence before, during and after the work.

use domain::id::PhotoId;
use domain::photo::{EvidenceTrust, PhotoParent, PhotoStage, PhotoStatus};
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Alias, DynIden, Expr, ExprTrait as _, IntoIden as _};

/// A photo 照片: evidence before, during and after the work.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "photo")]
pub struct Model {
    /// The id, which is random.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PhotoId,
    /// The kind of the parent object: a report or an assignment.
    pub parent_kind: PhotoParent,
    /// The id of the parent object.
    pub parent_id: Uuid,
    /// The id that the phone generated.
    pub client_id: Uuid,
    /// Whether the photo was taken before, during or after the work.
    pub stage: PhotoStage,
    /// The processing status.
    pub status: PhotoStatus,
    /// The number of writes to the row, which serves as the optimistic lock.
    pub version: i64,
    /// The SHA-256 hash of the whole file, as announced.
    pub sha256: Vec<u8>,
    /// The size of the whole file in bytes, as announced.
    pub bytes: i64,
    /// The media type, as announced.
    pub media_type: String,
    /// The object key under which the upload is expected in the photo store.
    pub incoming_key: Option<String>,
    /// The object key of the encrypted original.
    pub original_key: Option<String>,
    /// The object key of the display version.
    pub display_key: Option<String>,
    /// The object key of the thumbnail.
    pub thumbnail_key: Option<String>,
    /// The width of the display version, in pixels.
    pub width: Option<i32>,
    /// The height of the display version, in pixels.
    pub height: Option<i32>,
    /// The reason for the rejection, as a code; NULL unless the photo was rejected.
    pub reject_reason: Option<String>,
    /// When the photo was announced.
    pub created_at: DateTimeUtc,
    /// When the photo was verified. No officer sees this column.
    pub verified_at: Option<DateTimeUtc>,
    /// The time from which officers see that the photo of a report was verified: a boundary of the veil. NULL if it was
    /// never veiled, or is not verified yet.
    pub visible_from: Option<DateTimeUtc>,
    /// How well the photo's metadata supports the report; NULL until the photo is verified.
    pub trust: Option<EvidenceTrust>,
    /// When the lease of the worker that processes the photo expires; NULL if it is not leased.
    pub leased_until: Option<DateTimeUtc>,
    /// The number of processing attempts without a result. A photo with many may have been crafted to crash the
    /// process.
    pub attempts: i32,
}

impl ActiveModelBehavior for ActiveModel {}

/// Returns the condition for photos that officers see: verified, and out from behind the time veil. `table` is the table
/// or its alias in the query.
#[must_use]
pub fn visible(table: &'static str, now: DateTimeUtc) -> Condition {
    let table: DynIden = Alias::new(table).into_iden();
    let column = |column: Column| Expr::col((table.clone(), column));
    let lifted = Condition::any().add(column(Column::VisibleFrom).is_null()).add(column(Column::VisibleFrom).lte(now));
    Condition::all().add(column(Column::Status).eq(PhotoStatus::Verified)).add(lifted)
}

impl Model {
    /// Returns whether officers see the photo, as [`visible`] does.
    #[must_use]
    pub fn is_visible(&self, now: DateTimeUtc) -> bool {
        self.status == PhotoStatus::Verified && self.visible_from.is_none_or(|from| from <= now)
    }

    /// Returns the photo of a report as officers see it: verified or, until its boundary has passed, expected. How far its
    /// bytes are would tell when the phone was online.
    #[must_use]
    pub fn for_officers(self, now: DateTimeUtc) -> Self {
        if self.is_visible(now) {
            return self;
        }
        Self { status: PhotoStatus::Expected, width: None, height: None, trust: None, reject_reason: None, ..self }
    }
}
