//! A duty 履职事项: which units lead and support in a category in a county.

use domain::id::{AreaId, DutyId, UnitId};
use sea_orm::entity::prelude::*;

use crate::JsonList;

/// A duty 履职事项: which units lead and support in a category in a county.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "duty")]
pub struct Model {
    /// The id of one dated version.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DutyId,
    /// The county to whose list it belongs.
    pub area_id: AreaId,
    /// The code of the category; `None` for the row of matters without an owner 兜底.
    pub category: Option<String>,
    /// The unit that leads 主责.
    pub lead_unit: UnitId,
    /// The units that support 协办.
    pub support_units: JsonList<Vec<UnitId>>,
    /// Whether the list lets a township lead.
    pub township_may_lead: bool,
    /// The tasks that a township may be asked for.
    pub township_tasks: String,
    /// The document that says so.
    pub basis: String,
    /// The first day on which it applies.
    pub valid_from: Date,
    /// The first day on which it no longer applies.
    pub valid_to: Option<Date>,
}

impl ActiveModelBehavior for ActiveModel {}
