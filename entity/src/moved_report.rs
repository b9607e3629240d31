//! A report that moved to another hazard: to which hazard it pointed before.

use domain::id::{HazardId, ReportId};
use sea_orm::entity::prelude::*;

/// A report that moved to another hazard: to which hazard it pointed before.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "moved_report")]
pub struct Model {
    /// The hazard to which the report pointed before.
    #[sea_orm(primary_key, auto_increment = false)]
    pub hazard_id: HazardId,
    /// The report.
    #[sea_orm(primary_key, auto_increment = false)]
    pub report_id: ReportId,
}

impl ActiveModelBehavior for ActiveModel {}
