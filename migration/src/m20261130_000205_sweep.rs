//! The indexes by which the sweep of login rows finds what is over, instead of reading all of them.

use sea_orm_migration::prelude::*;

use crate::words::{index, index_where_set};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true) // SQLite would go without
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_index(index("one_time_code", &["created_at"])).await?;
        manager.create_index(index("session", &["ends_at"])).await?;
        manager.create_index(index_where_set("session", "ended_at")).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, table) in [
            ("ix_one_time_code_created_at", "one_time_code"),
            ("ix_session_ends_at", "session"),
            ("ix_session_ended_at", "session"),
        ] {
            manager.drop_index(Index::drop().name(name).table(table).to_owned()).await?;
        }
        Ok(())
    }
}
