//! A report that moved to another hazard: to which hazard it pointed before. A hazard that was registered because a closed one
//! came back has those of the closed one, so that it is hidden from the same officers.

use domain::id::{HazardId, ReportId};
use sea_orm::entity::prelude::*;

/// A report that moved to another hazard: to which hazard it pointed before.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "moved_report")]
pub struct Model {
    /// The hazard to which the report pointed before, or which derives from one to which it points.
    #[sea_orm(primary_key, auto_increment = false)]
    pub hazard_id: HazardId,
    /// The report.
    #[sea_orm(primary_key, auto_increment = false)]
    pub report_id: ReportId,
}

impl ActiveModelBehavior for ActiveModel {}
