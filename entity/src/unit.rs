//! A unit 单位: an organisation that can hold a duty.

use domain::id::{AreaId, UnitId};
use domain::staff::UnitKind;
use sea_orm::entity::prelude::*;

/// A unit 单位: an organisation that can hold a duty.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "unit")]
pub struct Model {
    /// Its name for ever.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: UnitId,
    /// The key by which files name it.
    pub code: String,
    /// Chinese name.
    pub name: String,
    /// What kind of organisation.
    pub kind: UnitKind,
    /// The area it serves.
    pub area_id: AreaId,
    /// The unit above.
    pub parent_id: Option<UnitId>,
    /// First day.
    pub valid_from: Date,
    /// First day on which it is no longer (机构改革).
    pub valid_to: Option<Date>,
}

impl ActiveModelBehavior for ActiveModel {}
