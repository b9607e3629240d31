//! Hazards that were merged: which reports moved, who may not close the hazard that stands, and which awards are double.

use sea_orm_migration::prelude::*;

use crate::words::{id, id_null, index, index_where_set, key, points, table};

/// The migration.
#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true) // SQLite would go without
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let workers = ColumnDef::new("past_workers").text().not_null().default("[]").take();
        for (table, column) in [("hazard", workers), ("award", id_null("double_of"))] {
            manager.alter_table(Table::alter().table(table).add_column(column).take()).await?;
        }
        let moved = table("moved_report")
            .col(id("hazard_id"))
            .col(id("report_id"))
            .primary_key(&mut key("moved_report", &["hazard_id", "report_id"]))
            .foreign_key(&mut points(("moved_report", "hazard_id"), "hazard"))
            .foreign_key(&mut points(("moved_report", "report_id"), "report"))
            .take();
        manager.create_table(moved).await?;
        manager.create_index(index("moved_report", &["report_id"])).await?;
        manager.create_index(index_where_set("hazard", "merged_into")).await?;
        manager.create_index(index_where_set("award", "double_of")).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in [("award", "double_of"), ("hazard", "merged_into")] {
            let name = format!("ix_{table}_{column}");
            manager.drop_index(Index::drop().name(name).table(table).to_owned()).await?;
        }
        manager.drop_table(Table::drop().table("moved_report").take()).await?;
        for (table, column) in [("award", "double_of"), ("hazard", "past_workers")] {
            manager.alter_table(Table::alter().table(table).drop_column(column).take()).await?;
        }
        Ok(())
    }
}
