//! Writes the todos of the reports, hazards and awards that were there before this build. The work is done in small
//! transactions, and any process can continue it.

use domain::award::AwardStatus;
use domain::id::{AwardId, HazardId, ReportId};
use domain::report::ReportStatus;
use entity::{award, hazard, report, todo_fill};
use sea_orm::{ActiveValue::Set, ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use crate::database::{Database, locked};
use crate::error::{ApiError, ApiResult};
use crate::{hazard as hazards, report as reports, reward as awards};

/// The number of reports, hazards or awards whose todos are written in one transaction.
const CHUNK: u64 = 100;

/// Writes all todos that are still missing, and returns of how many reports, hazards and awards.
pub(crate) async fn run(db: &Database) -> ApiResult<u64> {
    let mut done = 0;
    while let Some(count) = chunk(db).await? {
        done += count;
    }
    if done > 0 {
        tracing::info!(done, "wrote the todos of reports, hazards and awards of an earlier build");
    }
    Ok(done)
}

/// Writes the todos of the next ones. Returns their number, or `None` if there are no more.
async fn chunk(db: &Database) -> ApiResult<Option<u64>> {
    if todo_fill::Entity::find().limit(1).one(&db.read).await?.is_none() {
        return Ok(None); // without a write transaction, because this is asked often
    }
    let txn = db.begin_write().await?;
    let Some(next) = locked(todo_fill::Entity::find().order_by_asc(todo_fill::COLUMN.matter)).one(&txn).await? else {
        return Ok(None);
    };
    let after = next.done_to.unwrap_or_default();
    let ids = match next.matter.as_str() {
        "report" => reports_after(&txn, after).await?,
        "hazard" => hazards_after(&txn, after).await?,
        "award" => awards_after(&txn, after).await?,
        other => return Err(ApiError::internal(format!("todos of `{other}` cannot be written"))),
    };
    note(&txn, next.matter, &ids).await?;
    txn.commit().await?;
    Ok(Some(ids.len() as u64))
}

/// Notes how far the todos are written.
async fn note(txn: &DatabaseTransaction, matter: String, ids: &[Uuid]) -> ApiResult<()> {
    match ids.last() {
        Some(last) if ids.len() as u64 == CHUNK => {
            let row = todo_fill::ActiveModel { matter: Set(matter), done_to: Set(Some(*last)) };
            todo_fill::Entity::update(row).exec_without_returning(txn).await?;
        }
        Some(_) | None => {
            todo_fill::Entity::delete_by_id(matter).exec(txn).await?;
        }
    }
    Ok(())
}

async fn reports_after(txn: &DatabaseTransaction, after: Uuid) -> ApiResult<Vec<Uuid>> {
    let rows = report::Entity::find().filter(report::COLUMN.status.eq(ReportStatus::Received));
    let rows = rows.filter(report::COLUMN.id.gt(ReportId(after))).order_by_asc(report::COLUMN.id).limit(CHUNK);
    let ids: Vec<ReportId> = rows.select_only().column(report::Column::Id).into_tuple().all(txn).await?;
    for id in &ids {
        if let Some(loaded) = reports::rows::load_locked(txn, *id).await? {
            reports::todos::save(txn, &loaded.report).await?;
        }
    }
    Ok(ids.into_iter().map(|id| id.0).collect())
}

async fn hazards_after(txn: &DatabaseTransaction, after: Uuid) -> ApiResult<Vec<Uuid>> {
    let rows = hazard::Entity::find().filter(hazard::COLUMN.end_kind.is_null());
    let rows = rows.filter(hazard::COLUMN.id.gt(HazardId(after))).order_by_asc(hazard::COLUMN.id).limit(CHUNK);
    let ids: Vec<HazardId> = rows.select_only().column(hazard::Column::Id).into_tuple().all(txn).await?;
    for id in &ids {
        if let Some(loaded) = hazards::rows::load_locked(txn, *id).await? {
            hazards::todos::save(txn, &loaded.case).await?;
        }
    }
    Ok(ids.into_iter().map(|id| id.0).collect())
}

async fn awards_after(txn: &DatabaseTransaction, after: Uuid) -> ApiResult<Vec<Uuid>> {
    let over = [AwardStatus::Paid, AwardStatus::Rejected, AwardStatus::Forfeited];
    let rows = award::Entity::find().filter(award::COLUMN.status.is_not_in(over));
    let rows = rows.filter(award::COLUMN.id.gt(AwardId(after))).order_by_asc(award::COLUMN.id).limit(CHUNK);
    let ids: Vec<AwardId> = rows.select_only().column(award::Column::Id).into_tuple().all(txn).await?;
    for id in &ids {
        if let Some(loaded) = awards::rows::load_locked(txn, *id).await? {
            awards::todos::save(txn, &loaded.award).await?;
        }
    }
    Ok(ids.into_iter().map(|id| id.0).collect())
}
