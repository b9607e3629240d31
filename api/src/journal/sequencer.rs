//! The sequencer: gives waiting events their position in the journal, after the commit that wrote them.
//!
//! Any process may run it; on PostgreSQL an advisory lock keeps the others idle, and the unique keys of `journal` keep
//! two that run at once from doing harm. Events come in the order in which they were recorded, as far as the clocks of
//! the processes agree; inside a stream its versions are the order.

use std::time::Duration;

use entity::{event, event_waiting, journal};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect,
};
use sha2::{Digest, Sha256};
use tokio::sync::watch;

use crate::app::App;
use crate::database::Engine;
use crate::error::{ApiResult, is_conflict};

/// Events that one transaction places, at most.
const BATCH: u64 = 256;
/// How long it waits when nobody wakes it.
const IDLE: Duration = Duration::from_millis(500);
/// The key of the advisory lock by which one process at a time sequences on PostgreSQL.
const ADVISORY_KEY: i64 = 0x4348_5549_5348_414f;

/// Places waiting events until `stop` says so.
pub async fn run(app: App, mut stop: watch::Receiver<bool>) {
    loop {
        match place_waiting(&app).await {
            Ok(placed) if placed == BATCH => continue,
            Ok(_) => {}
            Err(error) if is_conflict(&error) => continue,
            Err(error) => tracing::warn!(cause = ?error, "the sequencer will try again"),
        }
        tokio::select! {
            () = app.wake.notified() => {}
            () = tokio::time::sleep(IDLE) => {}
            _ = stop.changed() => return,
        }
    }
}

/// Places one batch of waiting events; answers how many.
///
/// # Errors
/// When the database is not answering, or another process placed them at the same moment.
pub async fn place_waiting(app: &App) -> ApiResult<u64> {
    // A look without a transaction: an idle sequencer costs the writer nothing.
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
    if app.database.engine == Engine::Postgres && !holds_turn(txn).await? {
        return Ok(0); // another process is at it
    }
    let events = event::Entity::find()
        .join(
            JoinType::InnerJoin,
            event::Entity::belongs_to(event_waiting::Entity)
                .from(event::Column::Id)
                .to(event_waiting::Column::EventId)
                .into(),
        )
        .order_by_asc(event::COLUMN.recorded_at)
        .order_by_asc(event::COLUMN.stream)
        .order_by_asc(event::COLUMN.stream_version)
        .limit(BATCH)
        .all(txn)
        .await?;
    let placed_ids: Vec<_> = events.iter().map(|event| event.id).collect();
    let last = journal::Entity::find().order_by_desc(journal::COLUMN.position).one(txn).await?;
    let first = last.map_or(1, |row| row.position + 1);
    let placed = events.len() as u64;
    let rows = (first..).zip(&events).map(|(position, event)| journal::ActiveModel {
        position: Set(position),
        event_id: Set(event.id),
        leaf: Set(Some(leaf(event))),
    });
    if placed > 0 {
        journal::Entity::insert_many(rows.collect::<Vec<_>>()).exec_without_returning(txn).await?;
        event_waiting::Entity::delete_many().filter(event_waiting::COLUMN.event_id.is_in(placed_ids)).exec(txn).await?;
    }
    Ok(placed)
}

/// Whether this transaction is the one that sequences now.
async fn holds_turn(txn: &DatabaseTransaction) -> ApiResult<bool> {
    use sea_orm::{ConnectionTrait, Statement};
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

/// The leaf of an event: SHA-256 of its fields, each with its length before it.
fn leaf(event: &event::Model) -> Vec<u8> {
    let mut hash = Sha256::new();
    let fields = [
        event.id.0.to_string(),
        event.stream.clone(),
        event.stream_version.to_string(),
        event.kind.clone(),
        event.payload.clone(),
        event.actor.map(|id| id.to_string()).unwrap_or_default(),
        event.post.map(|id| id.to_string()).unwrap_or_default(),
        event.occurred_at.timestamp_millis().to_string(),
        event.recorded_at.timestamp_millis().to_string(),
        event.rule_version.0.to_string(),
    ];
    for field in fields {
        hash.update((field.len() as u64).to_be_bytes());
        hash.update(field.as_bytes());
    }
    hash.finalize().to_vec()
}
