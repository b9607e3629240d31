//! Reading history by stream.

use entity::event;
use sea_orm::{ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::Stream;
use crate::error::ApiResult;

/// Events of one stream after a version, oldest first, at most `limit`.
///
/// # Errors
/// When the database is not answering.
pub async fn history<C: ConnectionTrait>(
    db: &C,
    stream: Stream,
    (after, limit): (i64, u64),
) -> ApiResult<Vec<event::Model>> {
    Ok(event::Entity::find()
        .filter(event::COLUMN.stream.eq(stream.to_string()))
        .filter(event::COLUMN.stream_version.gt(after))
        .order_by_asc(event::COLUMN.stream_version)
        .limit(limit)
        .all(db)
        .await?)
}
