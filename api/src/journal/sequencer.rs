//! The sequencer: assigns each waiting event its journal position, after the transaction that appended it has
//! committed.
//!
//! Every process may run it. On PostgreSQL an advisory lock admits one sequencer at a time, and the unique keys of
//! table `journal` are the safeguard if two ever run concurrently. Positions follow `event_waiting.number`, the
//! insertion order. Within a stream this is the order of the versions, because the stream's row is locked until its
//! events are committed.

use std::time::Duration;

use entity::event_waiting;
use sea_orm::{ConnectionTrait, DatabaseTransaction, EntityTrait, QuerySelect, Statement};
use tokio::sync::watch;

use crate::app::App;
use crate::database::Engine;
use crate::error::{ApiResult, is_conflict};

/// The maximum number of events sequenced in one transaction. The waiting rows carry the leaf hashes, so no event row
/// has to be read.
const BATCH: u64 = 256;
/// How long the sequencer waits for further events after a wake-up. Batching matters because every sequencing
/// transaction costs the write lock and a flush to disk.
const GATHER: Duration = Duration::from_millis(100);
/// The polling interval in the absence of a wake-up.
const IDLE: Duration = Duration::from_millis(500);
/// The key of the PostgreSQL advisory lock that admits one sequencer at a time: `CHUISHAO` (吹哨) in ASCII.
const ADVISORY_KEY: i64 = 0x4348_5549_5348_414f;

/// Sequences waiting events in a loop until `stop` changes.
pub(crate) async fn run(app: App, mut stop: watch::Receiver<bool>) {
    loop {
        match place_waiting(&app).await {
            Ok(placed) if placed == BATCH => continue,
            Ok(_) => {}
            Err(error) if is_conflict(&error) => continue,
            Err(error) => tracing::warn!(cause = ?error, "sequencing events failed and will be retried"),
        }
        tokio::select! {
            () = app.wake.notified() => tokio::time::sleep(GATHER).await,
            () = tokio::time::sleep(IDLE) => {}
            _ = stop.changed() => return,
        }
    }
}

/// Sequences one batch of waiting events and returns their number.
///
/// # Errors
/// A conflict if another process sequences the same events concurrently. [`run`] then retries.
pub(crate) async fn place_waiting(app: &App) -> ApiResult<u64> {
    // This query runs outside a transaction, so that polling by an idle sequencer does not block writers.
    if event_waiting::Entity::find().limit(1).one(app.db()).await?.is_none() {
        return Ok(0);
    }
    let txn = app.begin_write().await?;
    let placed = place_batch(app, &txn).await?;
    txn.commit().await?;
    app.placed.notify_waiters();
    Ok(placed)
}

async fn place_batch(app: &App, txn: &DatabaseTransaction) -> ApiResult<u64> {
    let first = format!(r#"SELECT * FROM "event_waiting" ORDER BY "number" LIMIT {BATCH}"#);
    let take = format!(r#"DELETE FROM "event_waiting" WHERE "number" IN (SELECT "number" FROM ({first}) AS "first")"#);
    if app.database.engine == Engine::Sqlite {
        let placed = execute(txn, into_journal(&format!("({first})"))).await?;
        execute(txn, take).await?;
        return Ok(placed);
    }
    if !holds_turn(txn).await? {
        return Ok(0); // another process is sequencing
    }
    // DELETE and INSERT form one statement: between two statements, which have different snapshots, another transaction
    // may commit an event with a lower number, which would then be deleted without a position.
    execute(txn, format!(r#"WITH "taken" AS ({take} RETURNING *) {}"#, into_journal(r#""taken""#))).await
}

/// Builds the INSERT that assigns the waiting rows of the SQL relation `waiting` the positions after the last one.
fn into_journal(waiting: &str) -> String {
    format!(
        r#"INSERT INTO "journal" ("position", "event_id", "leaf")
           SELECT (SELECT coalesce(max("position"), 0) FROM "journal") + row_number() OVER (ORDER BY "number"),
                  "event_id", "leaf"
           FROM {waiting} AS "placed""#
    )
}

async fn execute(txn: &DatabaseTransaction, sql: String) -> ApiResult<u64> {
    let statement = Statement::from_string(txn.get_database_backend(), sql);
    Ok(txn.execute_raw(statement).await?.rows_affected())
}

/// Tries to acquire the advisory lock, which is held until the transaction ends, and returns whether it succeeded.
async fn holds_turn(txn: &DatabaseTransaction) -> ApiResult<bool> {
    let ask = Statement::from_sql_and_values(
        txn.get_database_backend(),
        "SELECT pg_try_advisory_xact_lock($1) AS mine",
        [ADVISORY_KEY.into()],
    );
    match txn.query_one_raw(ask).await? {
        Some(row) => Ok(row.try_get("", "mine")?),
        None => Ok(false),
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use domain::id::ReportId;
    use domain::policy::RuleVersion;
    use entity::{event, journal};
    use rstest::rstest;
    use sea_orm::QueryOrder;
    use uuid::Uuid;

    use super::super::leaf::leaf;
    use super::*;
    use crate::journal::{AppendContext, Author, NewEvent, Stream, append};
    use crate::testing::World;

    /// The first event of a report is timestamped at a boundary of the time veil, whereas the review carries the exact time, so
    /// timestamps may run backwards. Positions must still follow the insertion order.
    #[rstest]
    #[case::sqlite(Engine::Sqlite)]
    #[case::postgres(Engine::Postgres)]
    #[tokio::test]
    async fn events_are_placed_in_the_order_in_which_they_were_written(#[case] engine: Engine) {
        let world = World::on(engine).await;
        let (now, stream) = (world.app.now(), Stream::Report(ReportId(Uuid::new_v4())));
        for (after, at) in [(0, now + TimeDelta::minutes(50)), (1, now), (2, now - TimeDelta::minutes(1))] {
            let context = AppendContext { stream, after, author: Author::default(), at, rules: RuleVersion(1) };
            let event = NewEvent::encode("TESTED", &after).unwrap();
            world.write(async |txn| append(txn, context, vec![event.clone()]).await).await.unwrap();
        }

        assert_eq!(place_waiting(&world.app).await.unwrap(), 3);

        let journal = journal::Entity::find().order_by_asc(journal::COLUMN.position).all(world.app.db()).await.unwrap();
        let mut placed = Vec::new();
        for row in journal {
            let event = event::Entity::find_by_id(row.event_id).one(world.app.db()).await.unwrap().unwrap();
            assert_eq!(row.leaf, leaf(&event), "as it was when the event was written");
            placed.push((row.position, event.stream_version));
        }
        assert_eq!(placed, [(1, 1), (2, 2), (3, 3)]);
        assert_eq!(place_waiting(&world.app).await.unwrap(), 0);
    }
}
