//! An entry of a dated code list: place kinds, industries or disaster kinds.

use sea_orm::entity::prelude::*;

/// An entry of a dated code list: place kinds, industries or disaster kinds.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "code_entry")]
pub struct Model {
    /// The list: `place_kind`, `industry` or `disaster_kind`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub list: String,
    /// The code within the list.
    #[sea_orm(primary_key, auto_increment = false)]
    pub code: String,
    /// The first day on which it applies.
    #[sea_orm(primary_key, auto_increment = false)]
    pub valid_from: Date,
    /// The Chinese name.
    pub name: String,
    /// The English name.
    pub name_en: String,
    /// The first day on which it no longer applies.
    pub valid_to: Option<Date>,
}

impl ActiveModelBehavior for ActiveModel {}
