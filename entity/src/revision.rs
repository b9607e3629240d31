//! A revision of the rules: running servers see an import by the newest number.

use sea_orm::entity::prelude::*;

/// A revision of the rules: running servers see an import by the newest number.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "revision")]
pub struct Model {
    /// Counts up by one.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    /// What was imported.
    pub kind: String,
    /// What changed, as JSON.
    pub summary: String,
    /// When.
    pub at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
