//! The latest time that an event of a hazard tells. The boundary at which a reporter's act is told may lie ahead of the
//! clock; no later step is told before it.

use sea_orm_migration::prelude::*;

use crate::words::time_null;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true) // SQLite would go without
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("hazard").add_column(time_null("last_at")).to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.alter_table(Table::alter().table("hazard").drop_column("last_at").to_owned()).await
    }
}
