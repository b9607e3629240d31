//! A statistical code of an area, with the period in which it was valid.

use domain::id::AreaId;
use sea_orm::entity::prelude::*;

/// A statistical code of an area, with the period in which it was valid.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "area_code")]
pub struct Model {
    /// The area that had the code.
    #[sea_orm(primary_key, auto_increment = false)]
    pub area_id: AreaId,
    /// The code: 12 digits (GB/T 2260, GB/T 10114), or 15 for a grid.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// The first day on which it applies.
    #[sea_orm(primary_key, auto_increment = false)]
    pub valid_from: Date,
    /// The first day on which it no longer applies.
    pub valid_to: Option<Date>,
}

impl ActiveModelBehavior for ActiveModel {}
