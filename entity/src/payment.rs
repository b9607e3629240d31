//! One attempt to pay an award.

use domain::id::AwardId;
use sea_orm::entity::prelude::*;

/// One attempt to pay an award.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "payment")]
pub struct Model {
    /// The key by which the payer's side knows it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The award.
    pub award_id: AwardId,
    /// Counts from 1.
    pub attempt: i32,
    /// `ASKED`, `PAID`, `FAILED` or `UNKNOWN`.
    pub status: String,
    /// What the payer's side calls it.
    pub reference: Option<String>,
    /// When it was asked for.
    pub asked_at: DateTimeUtc,
    /// When the answer came.
    pub answered_at: Option<DateTimeUtc>,
}

/// The payer has been asked, or is about to be; there is no answer yet.
pub const ASKED: &str = "ASKED";
/// It arrived.
pub const PAID: &str = "PAID";
/// It certainly did not arrive.
pub const FAILED: &str = "FAILED";
/// The payer does not know, or did not answer: to be asked again under the same key.
pub const UNKNOWN: &str = "UNKNOWN";

impl ActiveModelBehavior for ActiveModel {}
