//! Queries for photo rows, and the only statements that change them.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use domain::id::PhotoId;
use domain::photo::PhotoStatus;
use domain::refusal::{Code, Refusal};
use entity::photo::{ActiveModel, COLUMN, Column, Entity, Model};
use sea_orm::sea_query::{Expr, ExprTrait, LockBehavior, LockType};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::database::locked;
use crate::error::ApiResult;
use crate::grouping::grouped_by;

/// Returns the photo row. Fails with `NOT_FOUND` if it does not exist.
pub(super) async fn find<C: ConnectionTrait>(db: &C, id: PhotoId) -> ApiResult<Model> {
    Entity::find_by_id(id).one(db).await?.ok_or_else(|| Code::NotFound.into())
}

/// Returns the photo whose bytes are expected under this object key.
///
/// # Errors
/// `ILLEGAL_MOVE` under `photo.already_received` if no photo expects bytes under this key any more.
pub(super) async fn find_expected<C: ConnectionTrait>(db: &C, key: &str) -> ApiResult<Model> {
    let expected = Entity::find().filter(COLUMN.incoming_key.eq(key)).filter(COLUMN.status.eq(PhotoStatus::Receiving));
    Ok(expected.one(db).await?.ok_or_else(already_received)?)
}

/// Returns the photo row, locked until the transaction ends. Fails with `NOT_FOUND` if it does not exist.
pub(super) async fn find_locked<C: ConnectionTrait>(txn: &C, id: PhotoId) -> ApiResult<Model> {
    locked(Entity::find_by_id(id)).one(txn).await?.ok_or_else(|| Code::NotFound.into())
}

/// Updates the photo row under an optimistic lock. Returns `false` without writing if the row's version has changed
/// since `seen` was read, or if the photo is VERIFIED, which is final.
pub(super) async fn write<C: ConnectionTrait>(db: &C, seen: &Model, change: ActiveModel) -> Result<bool, DbErr> {
    let written = Entity::update_many()
        .set(ActiveModel { version: Set(seen.version.saturating_add(1)), ..change })
        .filter(COLUMN.id.eq(seen.id))
        .filter(COLUMN.version.eq(seen.version))
        .filter(COLUMN.status.ne(PhotoStatus::Verified))
        .exec(db)
        .await?;
    Ok(written.rows_affected == 1)
}

/// Returns photos keyed by parent id, in order of announcement.
pub(super) async fn by_parents<C: ConnectionTrait>(
    db: &C,
    parents: &[Uuid],
    status: Option<PhotoStatus>,
) -> Result<HashMap<Uuid, Vec<Model>>, DbErr> {
    let mut query = Entity::find().filter(COLUMN.parent_id.is_in(parents.iter().copied()));
    if let Some(status) = status {
        query = query.filter(COLUMN.status.eq(status));
    }
    let rows = query.order_by_asc(COLUMN.created_at).order_by_asc(COLUMN.id).all(db).await?;
    Ok(grouped_by(rows, |row| row.parent_id))
}

/// Returns the ids of STORED photos without a valid lease, oldest first.
pub(super) async fn waiting<C: ConnectionTrait>(db: &C, now: DateTime<Utc>, limit: u64) -> Result<Vec<PhotoId>, DbErr> {
    let rows = Entity::find().select_only().column(Column::Id).filter(ready_to_lease(now));
    rows.order_by_asc(COLUMN.created_at).order_by_asc(COLUMN.id).limit(limit).into_tuple().all(db).await
}

fn ready_to_lease(now: DateTime<Utc>) -> Condition {
    let ended = Condition::any().add(COLUMN.leased_until.is_null()).add(COLUMN.leased_until.lt(now));
    Condition::all().add(COLUMN.status.eq(PhotoStatus::Stored)).add(ended)
}

/// Leases the given rows if they still wait, skipping rows locked by another process. Counts one more attempt for each.
pub(super) async fn lease<C: ConnectionTrait>(
    txn: &C,
    ids: Vec<PhotoId>,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Vec<Model>, DbErr> {
    let free = Entity::find().filter(COLUMN.id.is_in(ids)).filter(ready_to_lease(now)).order_by_asc(COLUMN.id);
    let mut rows = free.lock_with_behavior(LockType::NoKeyUpdate, LockBehavior::SkipLocked).all(txn).await?;
    if rows.is_empty() {
        return Ok(rows);
    }
    Entity::update_many()
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .col_expr(Column::LeasedUntil, Expr::value(until))
        .filter(COLUMN.id.is_in(rows.iter().map(|row| row.id)))
        .exec(txn)
        .await?;
    for row in &mut rows {
        row.version = row.version.saturating_add(1);
        row.attempts = row.attempts.saturating_add(1);
        row.leased_until = Some(until);
    }
    Ok(rows)
}

/// Extends the leases of these photos. The row versions stay the same, because the same process continues its work.
pub(super) async fn renew<C: ConnectionTrait>(txn: &C, ids: Vec<PhotoId>, until: DateTime<Utc>) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::LeasedUntil, Expr::value(until))
        .filter(COLUMN.id.is_in(ids))
        .filter(COLUMN.status.eq(PhotoStatus::Stored))
        .exec(txn)
        .await?;
    Ok(())
}

/// Returns the incoming object keys of STORED photos, which the sweep must keep.
pub(super) async fn stored_keys<C: ConnectionTrait>(db: &C) -> Result<HashSet<String>, DbErr> {
    let keys = Entity::find().select_only().column(Column::IncomingKey).filter(COLUMN.status.eq(PhotoStatus::Stored));
    let keys: Vec<Option<String>> = keys.into_tuple().all(db).await?;
    Ok(keys.into_iter().flatten().collect())
}

/// Builds the error for bytes of a photo that no longer expects any.
pub(super) fn already_received() -> Refusal {
    Refusal::illegal("photo.already_received")
        .with_text("该照片已收到，无需重复上传。", "This photo has already been received and need not be sent again.")
}
