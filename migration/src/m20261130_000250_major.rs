//! Major hazards 重大事故隐患: what is known of the judgement, the plan, the listing and the measures, as JSON, and the unit that
//! judges, which sees the hazard although it neither holds it nor works on it.

use sea_orm_migration::prelude::*;

use crate::words::{id_null, index_where_set, text_null};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true) // SQLite would go without
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [text_null("major"), id_null("judging_unit")] {
            manager.alter_table(Table::alter().table("hazard").add_column(column).to_owned()).await?;
        }
        manager.create_index(index_where_set("hazard", "judging_unit")).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name("ix_hazard_judging_unit").table("hazard").to_owned()).await?;
        for column in ["major", "judging_unit"] {
            manager.alter_table(Table::alter().table("hazard").drop_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
