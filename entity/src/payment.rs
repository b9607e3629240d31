//! A payment attempt for an award.

use domain::id::AwardId;
use sea_orm::entity::prelude::*;

/// A payment attempt for an award.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "payment")]
pub struct Model {
    /// The id, which is also the idempotency key sent to the payment service.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The award to be paid.
    pub award_id: AwardId,
    /// The number of the attempt, counted from 1 for each award.
    pub attempt: i32,
    /// The digest of the payee to whom this attempt pays; NULL in attempts of earlier builds.
    pub payee_digest: Option<Vec<u8>>,
    /// The status: `ASKED`, `PAID`, `FAILED` or `UNKNOWN`.
    pub status: String,
    /// The reference that the payment service returned.
    pub reference: Option<String>,
    /// When the payment was requested.
    pub asked_at: DateTimeUtc,
    /// When the payment service responded.
    pub answered_at: Option<DateTimeUtc>,
}

/// The request to the payment service has been sent, or is about to be sent, and there is no response yet.
pub const ASKED: &str = "ASKED";
/// The payment succeeded.
pub const PAID: &str = "PAID";
/// The payment definitely failed.
pub const FAILED: &str = "FAILED";
/// The payment service reported an unknown result or did not respond. The request has to be retried with the same key.
pub const UNKNOWN: &str = "UNKNOWN";

impl ActiveModelBehavior for ActiveModel {}
