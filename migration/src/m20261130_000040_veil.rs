//! The time veil 时间面纱: from when handlers see a report or the photo of a report, and whether an amendment is part of
//! its report's history yet. What stands in the tables already stays visible.

use sea_orm_migration::prelude::*;

use crate::words::{flag, time, time_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// SQLite adds a column that is not NULL only with a default.
const LONG_AGO: &str = "1970-01-01 00:00:00+00:00";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true) // SQLite would go without
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add(manager, "report", time("visible_from").default(LONG_AGO)).await?;
        add(manager, "amendment", flag("published").default(true)).await?;
        add(manager, "photo", &mut time_null("visible_from")).await?;
        let db = manager.get_connection();
        db.execute_unprepared("UPDATE report SET visible_from = received_at").await?;
        db.execute_unprepared("CREATE INDEX ix_amendment_waiting ON amendment (shown_at) WHERE NOT published").await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("DROP INDEX ix_amendment_waiting").await?;
        for (table, column) in [("photo", "visible_from"), ("amendment", "published"), ("report", "visible_from")] {
            manager.alter_table(Table::alter().table(table).drop_column(column).to_owned()).await?;
        }
        Ok(())
    }
}

async fn add(manager: &SchemaManager<'_>, table: &'static str, column: &mut ColumnDef) -> Result<(), DbErr> {
    manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await
}
