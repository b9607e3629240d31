//! The status `AWAITING_CLOSURE` 待销号 of a hazard: all its work has been accepted. Hazards of earlier builds that are in it were
//! `AWAITING_ACCEPTANCE`.
//!
//! The database checks the words of the status. SQLite cannot change a check, so the column is replaced there.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

use crate::words::{code, index};

const OLD: &[&str] =
    &["REGISTERED", "ASSIGNED", "IN_PROGRESS", "AWAITING_ACCEPTANCE", "SUSPENDED", "CLOSED", "MERGED", "CANCELLED"];
const NEW: &[&str] = &[
    "REGISTERED",
    "ASSIGNED",
    "IN_PROGRESS",
    "AWAITING_ACCEPTANCE",
    "AWAITING_CLOSURE",
    "SUSPENDED",
    "CLOSED",
    "MERGED",
    "CANCELLED",
];
/// Work of this round that is neither accepted nor taken back.
const UNACCEPTED: &str = "SELECT 1 FROM assignment WHERE assignment.hazard_id = hazard.id \
    AND assignment.round = hazard.round AND assignment.status NOT IN ('ACCEPTED', 'CANCELLED')";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true) // SQLite would go without
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        set_words(manager, NEW).await?;
        let waits = "UPDATE hazard SET status = 'AWAITING_CLOSURE' WHERE status = 'AWAITING_ACCEPTANCE'";
        run(manager, &format!("{waits} AND NOT EXISTS ({UNACCEPTED})")).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run(manager, "UPDATE hazard SET status = 'AWAITING_ACCEPTANCE' WHERE status = 'AWAITING_CLOSURE'").await?;
        set_words(manager, OLD).await
    }
}

/// Lets the database accept these words as the status of a hazard.
async fn set_words(manager: &SchemaManager<'_>, words: &[&'static str]) -> Result<(), DbErr> {
    if manager.get_database_backend() == DbBackend::Postgres {
        let words = words.join("', '");
        run(manager, "ALTER TABLE hazard DROP CONSTRAINT IF EXISTS hazard_status_check").await?;
        let check = format!("CHECK (status IN ('{words}'))");
        return run(manager, &format!("ALTER TABLE hazard ADD CONSTRAINT hazard_status_check {check}")).await;
    }
    let column = code("status_of_case", words).default("REGISTERED").take();
    manager.alter_table(Table::alter().table("hazard").add_column(column).to_owned()).await?;
    run(manager, "UPDATE hazard SET status_of_case = status").await?;
    run(manager, "DROP INDEX ix_hazard_status_registered_at_id").await?;
    run(manager, "ALTER TABLE hazard DROP COLUMN status").await?;
    run(manager, "ALTER TABLE hazard RENAME COLUMN status_of_case TO status").await?;
    manager.create_index(index("hazard", &["status", "registered_at", "id"])).await
}

async fn run(manager: &SchemaManager<'_>, statement: &str) -> Result<(), DbErr> {
    manager.get_connection().execute_unprepared(statement).await.map(|_| ())
}
