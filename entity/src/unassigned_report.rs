//! A report that waits because no unit may review it 待指定受理单位. The row is deleted when the report is assigned.

use domain::id::ReportId;
use sea_orm::entity::prelude::*;

/// A report that waits because no unit may review it 待指定受理单位.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "unassigned_report")]
pub struct Model {
    /// The report.
    #[sea_orm(primary_key, auto_increment = false)]
    pub report_id: ReportId,
    /// Since when it waits: from the boundary of the time veil on, never from the exact time of receipt.
    pub since: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
