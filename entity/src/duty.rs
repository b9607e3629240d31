//! A duty 履职事项: the units that lead and support for one category in one county.

use domain::id::{AreaId, DutyId, UnitId};
use sea_orm::entity::prelude::*;

use crate::JsonList;

/// A duty 履职事项: the units that lead and support for one category in one county.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "duty")]
pub struct Model {
    /// The id of one dated version.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DutyId,
    /// The county whose duty list contains the entry.
    pub area_id: AreaId,
    /// The category code; NULL for the fallback entry 兜底 for matters that no other entry covers.
    pub category: Option<String>,
    /// The unit that leads 主责.
    pub lead_unit: UnitId,
    /// The units that support 协办.
    pub support_units: JsonList<Vec<UnitId>>,
    /// Whether a township may lead in this category.
    pub township_may_lead: bool,
    /// The tasks that may be requested from a township.
    pub township_tasks: String,
    /// The document that this entry is based on.
    pub basis: String,
    /// The first day on which it applies.
    pub valid_from: Date,
    /// The first day on which it no longer applies.
    pub valid_to: Option<Date>,
}

impl ActiveModelBehavior for ActiveModel {}
