//! A report can be asked about two hazards in the same round: about the one that it brought, and about the one into which
//! that one was merged. So the hazard belongs to the key of a callback.

use sea_orm_migration::prelude::*;

use crate::words::{flag, flag_null, id, key, points, small, table, text_null, time, time_null};

/// Its columns, in the order in which they are copied.
const COLUMNS: [&str; 9] =
    ["report_id", "round", "hazard_id", "contacted", "solved", "satisfaction", "answered_at", "asked_at", "reopened"];
const NEW: &str = "callback_new";
const OLD: &str = "callback";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true) // SQLite would go without
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        rebuild(manager, "callback_of_hazard", &["report_id", "hazard_id", "round"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        rebuild(manager, "callback", &["report_id", "round"]).await
    }
}

/// Copies the rows into a table with another key. SQLite cannot change the key of a table.
async fn rebuild(manager: &SchemaManager<'_>, name: &'static str, columns: &[&'static str]) -> Result<(), DbErr> {
    let mut new = table(NEW);
    new.col(id("report_id")).col(small("round")).col(id("hazard_id"));
    new.col(flag_null("contacted")).col(flag_null("solved")).col(text_null("satisfaction"));
    new.col(time_null("answered_at")).col(time("asked_at")).col(flag("reopened"));
    new.primary_key(&mut key(name, columns))
        .foreign_key(&mut points((OLD, "report_id"), "report").from_tbl(NEW).take());
    manager.create_table(new).await?;
    let rows = Query::select().columns(COLUMNS).from(OLD).take();
    let copied = Query::insert().into_table(NEW).columns(COLUMNS).select_from(rows).map_err(wrong)?.take();
    manager.execute(copied).await?;
    manager.drop_table(Table::drop().table(OLD).to_owned()).await?;
    manager.rename_table(Table::rename().table(NEW, OLD).to_owned()).await
}

fn wrong(error: impl std::fmt::Display) -> DbErr {
    DbErr::Migration(error.to_string())
}
