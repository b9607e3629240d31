//! A category 隐患类别 of the catalogue that a phone offers.

use domain::id::CategoryId;
use sea_orm::entity::prelude::*;

/// A category 隐患类别 of the catalogue that a phone offers.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "category")]
pub struct Model {
    /// One dated version.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CategoryId,
    /// Its code, the same through the years.
    pub code: String,
    /// Chinese name.
    pub name: String,
    /// English name.
    pub name_en: String,
    /// Presets the place 场所.
    pub place_kind: Option<String>,
    /// Presets the industry 行业领域.
    pub industry: Option<String>,
    /// Presets the disaster 灾种.
    pub disaster_kind: Option<String>,
    /// First day.
    pub valid_from: Date,
    /// First day on which it is no longer.
    pub valid_to: Option<Date>,
}

impl ActiveModelBehavior for ActiveModel {}
