//! Whistles 哨 that are approved first or whose units the command centre names, ratings 评哨 and judgements, as JSON.

use sea_orm_migration::prelude::*;

use crate::words::text_null;

/// The migration.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true) // SQLite would go without
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let requests = ColumnDef::new("whistle_requests").text().not_null().default("[]").take();
        for (table, column) in
            [("hazard", requests), ("assignment", text_null("rating")), ("whistle", text_null("judgement"))]
        {
            manager.alter_table(Table::alter().table(table).add_column(column).take()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in [("hazard", "whistle_requests"), ("assignment", "rating"), ("whistle", "judgement")] {
            manager.alter_table(Table::alter().table(table).drop_column(column).take()).await?;
        }
        Ok(())
    }
}
