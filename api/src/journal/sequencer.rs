//! The sequencer: gives waiting events their position in the journal, after the commit that wrote them.
//!
//! Any process may run it; on PostgreSQL an advisory lock keeps the others idle, and the unique keys of `journal` keep
//! two that run at once from doing harm. Events come in the order in which they were written; inside a stream its
//! versions are the order, since a stream's row is locked until its events are committed.

use std::time::Duration;

use entity::{batch, event, event_waiting, journal};
use sea_orm::{
    ActiveValue::Set, DatabaseTransaction, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder,
    QuerySelect, RelationDef,
};
use sha2::{Digest, Sha256};
use tokio::sync::watch;

use crate::app::App;
use crate::database::Engine;
use crate::error::{ApiResult, is_conflict};

/// Events that one transaction places, at most.
const BATCH: u64 = 256;
/// How long it lets events gather after it was woken: those of several transactions then share one, which needs the
/// writer's turn and a flush like every other.
const GATHER: Duration = Duration::from_millis(50);
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
            () = app.wake.notified() => tokio::time::sleep(GATHER).await,
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
    let waiting = first_waiting(txn).await?;
    let last = journal::Entity::find().order_by_desc(journal::COLUMN.position).one(txn).await?;
    let first = last.map_or(1, |row| row.position + 1);
    let placed = waiting.len() as u64;
    let rows = (first..).zip(&waiting).map(|(position, row)| journal::ActiveModel {
        position: Set(position),
        event_id: Set(row.event.id),
        leaf: Set(Some(leaf(&row.event))),
    });
    if placed > 0 {
        batch::insert(txn, rows.collect()).await?;
        let numbers = batch::padded(waiting.iter().map(|row| row.number).collect());
        event_waiting::Entity::delete_many().filter(event_waiting::COLUMN.number.is_in(numbers)).exec(txn).await?;
    }
    Ok(placed)
}

/// An event that waits for its position.
#[derive(FromQueryResult)]
struct Waiting {
    number: i64,
    #[sea_orm(nested)]
    event: event::Model,
}

/// The events that were written first, in that order. Not by the times that they tell: those of a reporter's acts are
/// rounded up, so that a report would seem to come after its review.
async fn first_waiting(txn: &DatabaseTransaction) -> ApiResult<Vec<Waiting>> {
    let to_waiting: RelationDef = event::Entity::belongs_to(event_waiting::Entity)
        .from(event::Column::Id)
        .to(event_waiting::Column::EventId)
        .into();
    Ok(event::Entity::find()
        .column(event_waiting::Column::Number)
        .join(JoinType::InnerJoin, to_waiting)
        .order_by_asc(event_waiting::COLUMN.number)
        .limit(BATCH)
        .into_model()
        .all(txn)
        .await?)
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

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use domain::id::ReportId;
    use domain::policy::RuleVersion;
    use uuid::Uuid;

    use super::*;
    use crate::journal::{Author, Heading, NewEvent, Stream, append};
    use crate::testing::{World, on_both_engines};

    /// The first event of a report tells the end of its hour, its review the exact time: still the first comes first.
    async fn events_are_placed_in_the_order_in_which_they_were_written(engine: Engine) {
        let world = World::on(engine).await;
        let (now, stream) = (world.app.now(), Stream::Report(ReportId(Uuid::new_v4())));
        for (after, at) in [(0, now + TimeDelta::minutes(50)), (1, now), (2, now - TimeDelta::minutes(1))] {
            let heading = Heading { stream, after, author: Author::default(), at, rules: RuleVersion(1) };
            let event = NewEvent::of("TESTED", &after).unwrap();
            world.write(async |txn| append(txn, heading, vec![event.clone()]).await).await.unwrap();
        }

        assert_eq!(place_waiting(&world.app).await.unwrap(), 3);

        let journal = journal::Entity::find().order_by_asc(journal::COLUMN.position).all(world.app.db()).await.unwrap();
        let mut placed = Vec::new();
        for row in journal {
            let event = event::Entity::find_by_id(row.event_id).one(world.app.db()).await.unwrap().unwrap();
            placed.push((row.position, event.stream_version));
        }
        assert_eq!(placed, [(1, 1), (2, 2), (3, 3)]);
        assert_eq!(place_waiting(&world.app).await.unwrap(), 0);
    }

    on_both_engines! {
        events_are_placed_in_the_order_in_which_they_were_written,
    }
}
