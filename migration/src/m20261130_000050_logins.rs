//! One-time codes have budgets apart: for each kind of login, and for who asked. Wrong follow-up codes no longer leave
//! rows.

use sea_orm_migration::prelude::*;

use crate::words::{code, id, index, table, time, unique};

const TABLE: &str = "one_time_code";
/// Anybody; somebody who has shown a key or token of the number's owner; the operator.
const ASKERS: &[&str] = &["STRANGER", "KNOWN", "OPERATOR"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true) // SQLite would go without
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut asked_by = code("asked_by", ASKERS);
        let asked_by = asked_by.default("STRANGER");
        manager.alter_table(Table::alter().table(TABLE).add_column(asked_by).to_owned()).await?;
        manager.drop_index(Index::drop().name("ux_one_time_code_phone_index_minute").table(TABLE).to_owned()).await?;
        manager.create_index(unique(TABLE, &["phone_index", "kind", "asked_by", "minute"])).await?;
        manager.create_index(index(TABLE, &["code_hash"])).await?;
        crate::words::drop(manager, &["follow_attempt"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let attempts =
            table("follow_attempt").col(id("id").primary_key()).col(id("report_id")).col(time("at")).to_owned();
        crate::words::create(manager, vec![attempts], vec![index("follow_attempt", &["report_id", "at"])]).await?;
        manager.exec_stmt(Query::delete().from_table(TABLE).to_owned()).await?;
        for name in ["ux_one_time_code_phone_index_kind_asked_by_minute", "ix_one_time_code_code_hash"] {
            manager.drop_index(Index::drop().name(name).table(TABLE).to_owned()).await?;
        }
        manager.alter_table(Table::alter().table(TABLE).drop_column("asked_by").to_owned()).await?;
        manager.create_index(unique(TABLE, &["phone_index", "minute"])).await
    }
}
