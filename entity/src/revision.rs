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

impl Entity {
    /// The number of the newest revision; 0 before the first import.
    ///
    /// # Errors
    /// Whatever the database says.
    pub async fn newest<C: ConnectionTrait>(db: &C) -> Result<i64, DbErr> {
        use sea_orm::{QueryOrder, QuerySelect};
        let newest = Self::find().select_only().column(Column::Number).order_by_desc(COLUMN.number).limit(1);
        Ok(newest.into_tuple::<i64>().one(db).await?.unwrap_or_default())
    }
}
