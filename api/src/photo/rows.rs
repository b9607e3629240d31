//! Rows of photos: how they are found, and the only way in which they are changed.

use std::collections::HashMap;

use domain::id::PhotoId;
use domain::photo::PhotoStatus;
use domain::refusal::Code;
use entity::photo::{ActiveModel, COLUMN, Entity, Model};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::database::locked;
use crate::error::ApiResult;

/// The row.
///
/// # Errors
/// `NOT_FOUND`.
pub(super) async fn find<C: ConnectionTrait>(db: &C, id: PhotoId) -> ApiResult<Model> {
    Entity::find_by_id(id).one(db).await?.ok_or_else(|| Code::NotFound.into())
}

/// The row, locked against other deciders until the transaction ends.
///
/// # Errors
/// `NOT_FOUND`.
pub(super) async fn find_locked<C: ConnectionTrait>(txn: &C, id: PhotoId) -> ApiResult<Model> {
    locked(Entity::find_by_id(id)).one(txn).await?.ok_or_else(|| Code::NotFound.into())
}

/// Writes `change` if nobody wrote since `seen` was read, and a verified photo never. `false`: somebody did.
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

/// Photos by parent, in the order in which they were announced.
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
    let mut by_parent: HashMap<Uuid, Vec<Model>> = HashMap::new();
    for row in rows {
        by_parent.entry(row.parent_id).or_default().push(row);
    }
    Ok(by_parent)
}

/// Photos whose bytes came and were not looked at to the end, oldest first.
pub(super) async fn stored<C: ConnectionTrait>(db: &C, limit: u64) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(COLUMN.status.eq(PhotoStatus::Stored))
        .order_by_asc(COLUMN.created_at)
        .limit(limit)
        .all(db)
        .await
}
