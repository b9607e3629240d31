//! The follower: reads the journal by position and writes notices, each once, however often it reads and by however
//! many processes.

use std::time::Duration;

use entity::{event, follower, inbox_entry, journal};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect,
};
use sha2::{Digest, Sha256};
use tokio::sync::watch;
use uuid::{Builder, Uuid};

use super::rules::{NoticeFor, notice_for};
use crate::app::App;
use crate::database::locked;
use crate::error::{ApiError, ApiResult, is_conflict};

/// Its name among the followers.
const NAME: &str = "notice";
/// Events that one transaction deals with, at most.
const BATCH: u64 = 256;
/// Entries that one statement writes, at most: far below the values that either engine takes.
const ROWS: usize = 1_000;
/// How long it waits when nobody wakes it.
const IDLE: Duration = Duration::from_millis(500);

/// Writes notices until `stop` says so.
pub(crate) async fn run(app: App, mut stop: watch::Receiver<bool>) {
    loop {
        let mut placed = std::pin::pin!(app.placed.notified());
        placed.as_mut().enable(); // before looking, so that nothing is placed unseen in between
        match tick(&app).await {
            Ok(dealt) if dealt == BATCH => continue,
            Ok(_) => {}
            Err(error) if is_conflict(&error) => continue,
            Err(error) => tracing::warn!(cause = ?error, "writing notices failed and will be retried"),
        }
        tokio::select! {
            () = placed => {}
            () = tokio::time::sleep(IDLE) => {}
            _ = stop.changed() => return,
        }
    }
}

/// Deals with the next events of the journal; answers how many.
///
/// # Errors
/// When the database is not answering.
pub(crate) async fn tick(app: &App) -> ApiResult<u64> {
    // A look without a transaction: an idle follower costs the writer nothing.
    let seen = follower::Entity::find_by_id(NAME).one(app.db()).await?.map_or(0, |row| row.position);
    let next = journal::Entity::find().filter(journal::COLUMN.position.gt(seen)).limit(1).one(app.db()).await?;
    if next.is_none() {
        return Ok(0);
    }
    let txn = app.begin_write().await?;
    let position = locked_position(&txn).await?;
    let events = after(&txn, position).await?;
    for event in &events {
        if let Some(told) = notice_for(&txn, event).await? {
            write(&txn, event, &told).await?;
        }
    }
    let dealt = events.len() as u64;
    advance(&txn, position, dealt).await?;
    txn.commit().await?;
    Ok(dealt)
}

/// How far it has read; other processes wait here until this one is done.
async fn locked_position<C: ConnectionTrait>(txn: &C) -> ApiResult<i64> {
    let first = follower::ActiveModel { name: Set(NAME.to_owned()), position: Set(0) };
    let there = OnConflict::column(follower::Column::Name).do_nothing().to_owned();
    follower::Entity::insert(first).on_conflict(there).exec_without_returning(txn).await?;
    let row = locked(follower::Entity::find_by_id(NAME)).one(txn).await?;
    row.map(|row| row.position).ok_or_else(|| ApiError::internal("the position of a follower is gone"))
}

/// The events after a position, in the order of the journal, which has no gaps.
async fn after(txn: &DatabaseTransaction, position: i64) -> ApiResult<Vec<event::Model>> {
    let placed = event::Entity::belongs_to(journal::Entity).from(event::Column::Id).to(journal::Column::EventId);
    Ok(event::Entity::find()
        .join(JoinType::InnerJoin, placed.into())
        .filter(journal::Column::Position.gt(position))
        .order_by_asc(journal::Column::Position)
        .limit(BATCH)
        .all(txn)
        .await?)
}

async fn write(txn: &DatabaseTransaction, event: &event::Model, told: &NoticeFor) -> ApiResult<()> {
    let facts = serde_json_canonicalizer::to_string(&told.facts).map_err(ApiError::internal)?;
    for reports in told.reports.chunks(ROWS) {
        let rows = reports.iter().map(|report| inbox_entry::ActiveModel {
            id: Set(entry_id(event.id.0, report.0)),
            report_id: Set(*report),
            kind: Set(told.kind.code().to_owned()),
            facts: Set(facts.clone()),
            at: Set(event.occurred_at),
            read_at: Set(None),
        });
        let there = OnConflict::column(inbox_entry::Column::Id).do_nothing().to_owned();
        inbox_entry::Entity::insert_many(rows).on_conflict(there).exec_without_returning(txn).await?;
    }
    Ok(())
}

/// The id of the one entry of an event and a report: whoever writes it, it is the same.
fn entry_id(event: Uuid, report: Uuid) -> Uuid {
    let sum: [u8; 32] = Sha256::new().chain_update(event.as_bytes()).chain_update(report.as_bytes()).finalize().into();
    let mut first = [0; 16];
    first.iter_mut().zip(sum).for_each(|(to, from)| *to = from);
    Builder::from_custom_bytes(first).into_uuid()
}

async fn advance(txn: &DatabaseTransaction, from: i64, dealt: u64) -> ApiResult<()> {
    let to = from.saturating_add(i64::try_from(dealt).unwrap_or(i64::MAX));
    let moved = follower::Entity::update_many()
        .set(follower::ActiveModel { position: Set(to), ..follower::ActiveModel::default() })
        .filter(follower::COLUMN.name.eq(NAME))
        .filter(follower::COLUMN.position.eq(from))
        .exec(txn)
        .await?;
    if moved.rows_affected == 1 { Ok(()) } else { Err(domain::Code::ChangedMeanwhile.into()) }
}
