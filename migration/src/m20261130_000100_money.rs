//! What makes the money of awards provable: the order of ledger lines, the payee of each payment, the time that no later
//! step precedes, and whether an award ended because no report qualified for it.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

use crate::words::{bytes_null, flag, time_null, whole};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true) // SQLite would go without
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = [
            ("award", flag("voided").default(false).take()),
            ("award", time_null("last_at")),
            ("ledger_entry", whole("stream_version").default(0).take()),
            ("payment", bytes_null("payee_digest")),
        ];
        for (table, column) in columns {
            manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await?;
        }
        let db = manager.get_connection();
        for statement in fill(manager.get_database_backend()) {
            db.execute_unprepared(&statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in
            [("payment", "payee_digest"), ("ledger_entry", "stream_version"), ("award", "last_at"), ("award", "voided")]
        {
            manager.alter_table(Table::alter().table(table).drop_column(column).to_owned()).await?;
        }
        Ok(())
    }
}

/// Returns the statements that fill the new columns of existing rows from their events.
fn fill(backend: DbBackend) -> [String; 3] {
    let id = if backend == DbBackend::Postgres {
        "CAST(award.id AS text)".to_owned()
    } else {
        let hex = "lower(hex(award.id))";
        let parts = [(1, 8), (9, 4), (13, 4), (17, 4), (21, 12)];
        parts.map(|(from, length)| format!("substr({hex}, {from}, {length})")).join(" || '-' || ")
    };
    let last = format!("FROM event WHERE event.stream = 'award:' || {id}");
    [
        "UPDATE ledger_entry SET stream_version = \
         (SELECT event.stream_version FROM event WHERE event.id = ledger_entry.event_id)"
            .to_owned(),
        format!("UPDATE award SET last_at = (SELECT max(event.occurred_at) {last})"),
        format!(
            "UPDATE award SET voided = EXISTS (SELECT 1 {last} AND event.stream_version = award.version \
             AND event.kind = 'VOIDED') WHERE award.status = 'REJECTED'"
        ),
    ]
}
