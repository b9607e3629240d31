//! One entry of a dated code list: places, industries, disasters.

use sea_orm::entity::prelude::*;

/// One entry of a dated code list: places, industries, disasters.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "code_entry")]
pub struct Model {
    /// Which list: `place_kind`, `industry`, `disaster_kind`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub list: String,
    /// The code.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// First day.
    #[sea_orm(primary_key, auto_increment = false)]
    pub valid_from: Date,
    /// Chinese name.
    pub name: String,
    /// English name.
    pub name_en: String,
    /// First day on which it is no longer.
    pub valid_to: Option<Date>,
}

impl ActiveModelBehavior for ActiveModel {}
