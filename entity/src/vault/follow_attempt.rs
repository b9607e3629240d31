//! An attempt with a wrong follow-up code.

use domain::id::ReportId;
use sea_orm::entity::prelude::*;

/// An attempt with a wrong follow-up code.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "follow_attempt")]
pub struct Model {
    /// The id of the row.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The report for which it was tried.
    pub report_id: ReportId,
    /// The time.
    pub at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
