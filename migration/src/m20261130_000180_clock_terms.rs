//! What moves a deadline: the span from which it was counted, the due time that the span gave, extensions 延期 and pauses 中止.
//! Clocks of earlier builds have none of them.

use sea_orm_migration::prelude::*;

use crate::words::{text, text_null, time_null};

const COLUMNS: [&str; 4] = ["span", "original_due", "extensions", "pauses"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true) // SQLite would go without
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let [span, original_due, extensions, pauses] = COLUMNS;
        let list = |name: &'static str| text(name).default("[]").take();
        for column in [text_null(span), time_null(original_due), list(extensions), list(pauses)] {
            manager.alter_table(Table::alter().table("clock").add_column(column).to_owned()).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in COLUMNS {
            manager.alter_table(Table::alter().table("clock").drop_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
