//! Guesses of a one-time code are counted for each request that leads to it.

use sea_orm_migration::prelude::*;

use crate::words::text;

const TABLE: &str = "one_time_code";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true) // SQLite would go without
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let guessed_by = text("guessed_by").default("").take();
        manager.alter_table(Table::alter().table(TABLE).add_column(guessed_by).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table(TABLE).drop_column("guessed_by").to_owned()).await
    }
}
