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

impl ActiveModelBehavior for ActiveModel {}
