//! A duty 履职事项: for this category in this county, who leads and who supports.

use domain::id::{AreaId, DutyId, UnitId};
use sea_orm::entity::prelude::*;

/// A duty 履职事项: for this category in this county, who leads and who supports.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "duty")]
pub struct Model {
    /// One dated version.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DutyId,
    /// The county whose list it is.
    pub area_id: AreaId,
    /// Code of the category; none for the row that catches what has no owner 兜底.
    pub category: Option<String>,
    /// Who leads 主责.
    pub lead_unit: UnitId,
    /// Who supports 协办: a JSON list of ids.
    pub support_units: String,
    /// Whether the list lets a township lead.
    pub township_may_lead: bool,
    /// What the township may be asked for.
    pub township_tasks: String,
    /// Where it is written.
    pub basis: String,
    /// First day.
    pub valid_from: Date,
    /// First day on which it is no longer.
    pub valid_to: Option<Date>,
}

impl ActiveModelBehavior for ActiveModel {}
