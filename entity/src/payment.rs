//! One attempt to pay an award.

use domain::id::AwardId;
use sea_orm::entity::prelude::*;

/// One attempt to pay an award.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "payment")]
pub struct Model {
    /// The key by which the payment service knows it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The award.
    pub award_id: AwardId,
    /// The number of the attempt, counted from 1.
    pub attempt: i32,
    /// The status: `ASKED`, `PAID`, `FAILED` or `UNKNOWN`.
    pub status: String,
    /// The reference of the payment service.
    pub reference: Option<String>,
    /// The time of the request.
    pub asked_at: DateTimeUtc,
    /// The time of the answer.
    pub answered_at: Option<DateTimeUtc>,
}

/// The payment service has been asked, or is about to be asked, and has not answered.
pub const ASKED: &str = "ASKED";
/// The payment arrived.
pub const PAID: &str = "PAID";
/// The payment certainly did not arrive.
pub const FAILED: &str = "FAILED";
/// The payment service does not know the result or did not answer. It has to be asked again with the same key.
pub const UNKNOWN: &str = "UNKNOWN";

impl ActiveModelBehavior for ActiveModel {}
