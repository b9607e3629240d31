//! The answers to callbacks 回访 become events: the boundary at which each one does. Answers that stand in the table already
//! have no event, as before.

use sea_orm_migration::prelude::*;

use crate::words::{index_where_set, time_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true) // SQLite would go without
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = &mut time_null("publish_at");
        manager.alter_table(Table::alter().table("callback").add_column(column).to_owned()).await?;
        manager.create_index(index_where_set("callback", "publish_at")).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name("ix_callback_publish_at").to_owned()).await?;
        manager.alter_table(Table::alter().table("callback").drop_column("publish_at").to_owned()).await
    }
}
