//! The journal follower that writes notices. Notice ids are derived from event and report, so each notice is written
//! exactly once even if an event is processed again or several processes run the follower.

use std::time::Duration;

use entity::{event, inbox_entry};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{DatabaseTransaction, EntityTrait};
use sha2::{Digest, Sha256};
use tokio::sync::watch;
use uuid::{Builder, Uuid};

use super::rules::{NoticeFor, notice_for};
use crate::app::App;
use crate::error::{ApiError, ApiResult, is_conflict};
use crate::journal::reader::{advance, events_after, has_unread, locked_position};

/// The key of this follower in table `follower`.
const NAME: &str = "notice";
/// The maximum number of events processed in one transaction.
const BATCH: u64 = 256;
/// The maximum number of rows in one INSERT. With six columns each, this is far below the bind-parameter limit of
/// either engine.
const ROWS: usize = 1_000;
/// The polling interval in the absence of a wake-up.
const IDLE: Duration = Duration::from_millis(500);

/// Processes events in a loop until `stop` changes.
pub(crate) async fn run(app: App, mut stop: watch::Receiver<bool>) {
    loop {
        let mut placed = std::pin::pin!(app.placed.notified());
        placed.as_mut().enable(); // before polling, so that no wake-up in between is missed
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

/// Processes the next batch of events and returns its size; 0 if the follower is up to date.
pub(crate) async fn tick(app: &App) -> ApiResult<u64> {
    if !has_unread(app.db(), NAME).await? {
        return Ok(0);
    }
    let txn = app.begin_write().await?;
    let position = locked_position(&txn, NAME).await?;
    let events = events_after(&txn, position, BATCH).await?;
    for event in &events {
        if let Some(told) = notice_for(&txn, event).await? {
            write(&txn, event, &told).await?;
        }
    }
    let dealt = events.len() as u64;
    advance(&txn, NAME, position, dealt).await?;
    txn.commit().await?;
    Ok(dealt)
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

/// Derives the notice id from the event id and the report id: a version 8 UUID from the first 128 bits of their SHA-256. The
/// insert skips ids that already exist, which makes it idempotent.
fn entry_id(event: Uuid, report: Uuid) -> Uuid {
    let sum: [u8; 32] = Sha256::new().chain_update(event.as_bytes()).chain_update(report.as_bytes()).finalize().into();
    let mut first = [0; 16];
    first.iter_mut().zip(sum).for_each(|(to, from)| *to = from);
    Builder::from_custom_bytes(first).into_uuid()
}
