//! From when the span of a resumed clock is counted, and which unit took over from one that ended.

use sea_orm_migration::prelude::*;

use crate::words::{create, drop, id, points, table, time, time_null};

/// The migration.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true) // SQLite would go without
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = time_null("counted_from");
        manager.alter_table(Table::alter().table("clock").add_column(column).take()).await?;
        let successors = table("unit_successor")
            .col(id("unit_id").primary_key())
            .col(id("successor_id"))
            .col(time("at"))
            .foreign_key(&mut points(("unit_successor", "unit_id"), "unit"))
            .foreign_key(&mut points(("unit_successor", "successor_id"), "unit"))
            .to_owned();
        create(manager, vec![successors], Vec::new()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop(manager, &["unit_successor"]).await?;
        manager.alter_table(Table::alter().table("clock").drop_column("counted_from").take()).await
    }
}
