//! Reads the journal in position order, without gaps.
//!
//! A follower is a named consumer whose position is persisted in table `follower`. It locks its position, reads the
//! events after it and advances, all in one transaction, so that it processes each event exactly once. A consumer that
//! keeps its own position needs only [`events_after`].

use entity::{event, follower, journal};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect};

use crate::database::locked;
use crate::error::{ApiError, ApiResult};

/// Checks whether the journal holds events after the position of this follower. It runs outside a transaction, so that
/// polling by an idle follower does not block writers.
pub(crate) async fn has_unread<C: ConnectionTrait>(db: &C, follower: &str) -> ApiResult<bool> {
    let seen = follower::Entity::find_by_id(follower).one(db).await?.map_or(0, |row| row.position);
    let next = journal::Entity::find().filter(journal::COLUMN.position.gt(seen)).limit(1).one(db).await?;
    Ok(next.is_some())
}

/// Locks the row of this follower, creating it if necessary, and returns the position of the last processed event; 0 if
/// there is none. Concurrent processes block here until the transaction ends.
pub(crate) async fn locked_position<C: ConnectionTrait>(txn: &C, follower: &str) -> ApiResult<i64> {
    let first = follower::ActiveModel { name: Set(follower.to_owned()), position: Set(0) };
    let there = OnConflict::column(follower::Column::Name).do_nothing().to_owned();
    follower::Entity::insert(first).on_conflict(there).exec_without_returning(txn).await?;
    let row = locked(follower::Entity::find_by_id(follower)).one(txn).await?;
    row.map(|row| row.position).ok_or_else(|| ApiError::internal("the position of a follower is gone"))
}

/// Returns at most `limit` events after a position, in position order. Positions have no gaps, so the position of the
/// last one is `position` plus their number.
pub(crate) async fn events_after<C: ConnectionTrait>(
    db: &C,
    position: i64,
    limit: u64,
) -> ApiResult<Vec<event::Model>> {
    let placed = event::Entity::belongs_to(journal::Entity).from(event::Column::Id).to(journal::Column::EventId);
    Ok(event::Entity::find()
        .join(JoinType::InnerJoin, placed.into())
        .filter(journal::Column::Position.gt(position))
        .order_by_asc(journal::Column::Position)
        .limit(limit)
        .all(db)
        .await?)
}

/// Advances this follower from position `from` by the number of processed events, with `from` as an optimistic lock.
///
/// # Errors
/// `CHANGED_MEANWHILE` if the follower is no longer at `from`.
pub(crate) async fn advance<C: ConnectionTrait>(txn: &C, follower: &str, from: i64, dealt: u64) -> ApiResult<()> {
    let to = from.saturating_add(i64::try_from(dealt).unwrap_or(i64::MAX));
    let moved = follower::Entity::update_many()
        .set(follower::ActiveModel { position: Set(to), ..follower::ActiveModel::default() })
        .filter(follower::COLUMN.name.eq(follower))
        .filter(follower::COLUMN.position.eq(from))
        .exec(txn)
        .await?;
    if moved.rows_affected == 1 { Ok(()) } else { Err(domain::Code::ChangedMeanwhile.into()) }
}
