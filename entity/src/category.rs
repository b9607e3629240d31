//! A category 隐患类别 of the catalogue from which a reporter chooses.

use domain::id::CategoryId;
use sea_orm::entity::prelude::*;

/// A category 隐患类别 of the catalogue from which a reporter chooses.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "category")]
pub struct Model {
    /// The id of one dated version.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CategoryId,
    /// The code, which is the same in all dated versions.
    pub code: String,
    /// The Chinese name.
    pub name: String,
    /// The English name.
    pub name_en: String,
    /// The place kind 场所 that the category implies, if any.
    pub place_kind: Option<String>,
    /// The industry 行业领域 that the category implies, if any.
    pub industry: Option<String>,
    /// The disaster kind 灾种 that the category implies, if any.
    pub disaster_kind: Option<String>,
    /// The first day on which it applies.
    pub valid_from: Date,
    /// The first day on which it no longer applies.
    pub valid_to: Option<Date>,
}

impl ActiveModelBehavior for ActiveModel {}
