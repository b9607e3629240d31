//! Clocks of one assignment each, and what an assignment needs to be taken back and to keep its steps in order.
//!
//! The assignment becomes part of the key of a clock, with the nil UUID where no assignment is meant. SQLite cannot change
//! a primary key, so the table is built again with all its rows. The times of steps and reworks come from the events.

use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::{ConnectionTrait, DbBackend};

use crate::words::{code, id, id_null, index, key, points, small, table, text, text_null, time, time_null, whole};

const CLOCK_STATES: &[&str] = &["RUNNING", "PAUSED", "MET", "LATE", "CANCELLED"];
const COLUMNS: &str = "stream, kind, round, owner_unit, owner_post, start, due, warn_at, state, stopped_at, paused_by, \
    rule_version";
const NEW_KEY: &[&str] = &["stream", "kind", "round", "owner_unit", "assignment_id"];
const OLD_KEY: &[&str] = &["stream", "kind", "round", "owner_unit"];
const NIL: &str = "'00000000-0000-0000-0000-000000000000'";
const STEPS: &str = "'SIGNED', 'CLAIMED', 'RELEASED', 'HANDED_OVER', 'CHECKED_IN', 'FINISHED', 'ACCEPTED', 'REWORKED'";

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true) // SQLite would go without
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if is_sqlite(manager) {
            rebuild(manager, id("assignment_id"), NEW_KEY, "COALESCE(assignment_id, zeroblob(16))").await?;
        } else {
            run(manager, &format!("UPDATE clock SET assignment_id = {NIL} WHERE assignment_id IS NULL")).await?;
            run(manager, "ALTER TABLE clock ALTER COLUMN assignment_id SET NOT NULL").await?;
            set_key(manager, NEW_KEY).await?;
        }
        for column in [id_null("given_by"), time_null("last_step_at"), time_null("reworked_at")] {
            manager.alter_table(Table::alter().table("assignment").add_column(column).to_owned()).await?;
        }
        run(manager, &steps(manager)).await?;
        let giver = "SELECT blown_by_unit FROM whistle WHERE whistle.id = assignment.whistle_id";
        run(manager, &format!("UPDATE assignment SET given_by = ({giver}) WHERE whistle_id IS NOT NULL")).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in ["given_by", "last_step_at", "reworked_at"] {
            manager.alter_table(Table::alter().table("assignment").drop_column(column).to_owned()).await?;
        }
        if is_sqlite(manager) {
            return rebuild(manager, id_null("assignment_id"), OLD_KEY, "NULLIF(assignment_id, zeroblob(16))").await;
        }
        set_key(manager, OLD_KEY).await?;
        run(manager, "ALTER TABLE clock ALTER COLUMN assignment_id DROP NOT NULL").await?;
        run(manager, &format!("UPDATE clock SET assignment_id = NULL WHERE assignment_id = {NIL}")).await
    }
}

fn is_sqlite(manager: &SchemaManager<'_>) -> bool {
    manager.get_database_backend() == DbBackend::Sqlite
}

async fn run(manager: &SchemaManager<'_>, statement: &str) -> Result<(), DbErr> {
    manager.get_connection().execute_unprepared(statement).await.map(|_| ())
}

/// Builds the table of clocks again with this key. `assignment` is the expression that fills its column.
async fn rebuild(
    manager: &SchemaManager<'_>,
    column: ColumnDef,
    columns: &[&'static str],
    assignment: &str,
) -> Result<(), DbErr> {
    let mut clock = table("clock_rebuilt");
    clock.col(text("stream")).col(text("kind")).col(small("round")).col(id("owner_unit"));
    clock.col(id_null("owner_post")).col(column).col(time("start")).col(time("due")).col(time("warn_at"));
    clock.col(code("state", CLOCK_STATES)).col(time_null("stopped_at")).col(text_null("paused_by"));
    clock.col(whole("rule_version")).primary_key(&mut key("clock", columns));
    clock.foreign_key(&mut points(("clock", "owner_unit"), "unit"));
    manager.create_table(clock).await?;
    let copy =
        format!("INSERT INTO clock_rebuilt ({COLUMNS}, assignment_id) SELECT {COLUMNS}, {assignment} FROM clock");
    run(manager, &copy).await?;
    run(manager, "DROP TABLE clock").await?;
    run(manager, "ALTER TABLE clock_rebuilt RENAME TO clock").await?;
    manager.create_index(index("clock", &["state", "due"])).await
}

async fn set_key(manager: &SchemaManager<'_>, columns: &[&str]) -> Result<(), DbErr> {
    run(manager, "ALTER TABLE clock DROP CONSTRAINT pk_clock").await?;
    run(manager, &format!("ALTER TABLE clock ADD CONSTRAINT pk_clock PRIMARY KEY ({})", columns.join(", "))).await
}

/// Returns the statement that fills the times of the last step and of the last rework from the events.
fn steps(manager: &SchemaManager<'_>) -> String {
    let (named, id) = if is_sqlite(manager) {
        ("replace(json_extract(payload, '$.assignment'), '-', '')", "lower(hex(assignment.id))")
    } else {
        ("CAST(CAST(payload AS jsonb) ->> 'assignment' AS uuid)", "assignment.id")
    };
    format!(
        "UPDATE assignment SET last_step_at = step.last, reworked_at = step.rework FROM (\
           SELECT {named} AS named, MAX(occurred_at) AS last, \
                  MAX(CASE WHEN kind = 'REWORKED' THEN occurred_at END) AS rework \
           FROM event WHERE stream LIKE 'hazard:%' AND kind IN ({STEPS}) GROUP BY 1\
         ) AS step WHERE {id} = step.named"
    )
}
