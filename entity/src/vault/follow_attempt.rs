//! A failed attempt to open a report with a follow-up code 查询码. The attempts are counted for rate limiting.

use domain::id::ReportId;
use sea_orm::entity::prelude::*;

/// A failed attempt to open a report with a follow-up code 查询码. The attempts are counted for rate limiting.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "follow_attempt")]
pub struct Model {
    /// The id of the row.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The report that the caller tried to open.
    pub report_id: ReportId,
    /// When the attempt was made.
    pub at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
