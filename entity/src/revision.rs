//! A revision of the rules. Running servers notice an import by the newest number.

use sea_orm::entity::prelude::*;

/// A revision of the rules. Running servers notice an import by the newest number.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "revision")]
pub struct Model {
    /// The number, which counts up by one.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    /// The kind of what was imported.
    pub kind: String,
    /// The changes, as JSON.
    pub summary: String,
    /// The time.
    pub at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// Returns the number of the newest revision, or 0 before the first import.
    ///
    /// # Errors
    /// Any error of the database.
    pub async fn newest<C: ConnectionTrait>(db: &C) -> Result<i64, DbErr> {
        use sea_orm::{QueryOrder, QuerySelect};
        let newest = Self::find().select_only().column(Column::Number).order_by_desc(COLUMN.number).limit(1);
        Ok(newest.into_tuple::<i64>().one(db).await?.unwrap_or_default())
    }
}
