//! A statistical code of an area, in the years in which it had it.

use domain::id::AreaId;
use sea_orm::entity::prelude::*;

/// A statistical code of an area, in the years in which it had it.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "area_code")]
pub struct Model {
    /// The area.
    #[sea_orm(primary_key, auto_increment = false)]
    pub area_id: AreaId,
    /// 12 digits (GB/T 2260, GB/T 10114), 15 for a grid.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// First day.
    #[sea_orm(primary_key, auto_increment = false)]
    pub valid_from: Date,
    /// First day on which it is no longer.
    pub valid_to: Option<Date>,
}

impl ActiveModelBehavior for ActiveModel {}
