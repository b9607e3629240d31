//! A unit 单位: an organisation that can hold a duty.

use domain::id::{AreaId, UnitId};
use domain::staff::UnitKind;
use sea_orm::entity::prelude::*;

/// A unit 单位: an organisation that can hold a duty.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "unit")]
pub struct Model {
    /// The id, which never changes.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: UnitId,
    /// The code by which imported files reference the unit.
    pub code: String,
    /// The Chinese name.
    pub name: String,
    /// The kind of organisation.
    pub kind: UnitKind,
    /// The area that the unit serves.
    pub area_id: AreaId,
    /// The superior unit, if there is one.
    pub parent_id: Option<UnitId>,
    /// The first day on which it applies.
    pub valid_from: Date,
    /// The first day on which it no longer exists (机构改革).
    pub valid_to: Option<Date>,
}

impl ActiveModelBehavior for ActiveModel {}
