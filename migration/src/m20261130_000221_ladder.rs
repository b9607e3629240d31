//! When the supervision ladder 督办 looks at a todo next, and the supervision that a todo asks to acknowledge. The todos that are
//! there already are looked at when their owners are warned: what is overdue climbs after the migration.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::ConnectionTrait;

use crate::words::{id_null, index_where_set, time_null};

const LOOK: &str = "UPDATE todo SET look_at = warn_at WHERE hazard_id IS NOT NULL AND clock IS NOT NULL";

/// The migration.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true) // SQLite would go without
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [id_null("supervision_id"), time_null("look_at")] {
            manager.alter_table(Table::alter().table("todo").add_column(column).take()).await?;
        }
        manager.create_index(index_where_set("todo", "look_at")).await?;
        manager.get_connection().execute_unprepared(LOOK).await.map(|_| ())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name("ix_todo_look_at").table("todo").to_owned()).await?;
        for column in ["supervision_id", "look_at"] {
            manager.alter_table(Table::alter().table("todo").drop_column(column).take()).await?;
        }
        Ok(())
    }
}
