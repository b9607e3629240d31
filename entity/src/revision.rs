//! A revision of the rules. Running servers detect an import by comparing the newest revision number.

use sea_orm::entity::prelude::*;

/// A revision of the rules. Running servers detect an import by comparing the newest revision number.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "revision")]
pub struct Model {
    /// The revision number, which increases by one with each import.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i64,
    /// The kind of the imported data.
    pub kind: String,
    /// A summary of the changes, as JSON.
    pub summary: String,
    /// When the import took place.
    pub at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// Returns the newest revision number, or 0 before the first import.
    ///
    /// # Errors
    /// Any database error.
    pub async fn newest<C: ConnectionTrait>(db: &C) -> Result<i64, DbErr> {
        use sea_orm::{QueryOrder, QuerySelect};
        let newest = Self::find().select_only().column(Column::Number).order_by_desc(COLUMN.number).limit(1);
        Ok(newest.into_tuple::<i64>().one(db).await?.unwrap_or_default())
    }
}
