//! Queries for upload rows and piece rows, and the only statements that change them.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use domain::id::PhotoId;
use domain::refusal::{Code, Refusal};
use entity::{upload, upload_piece};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};
use uuid::Uuid;

use super::{LIFETIME, PIECES_MAX, elsewhere, is_over};
use crate::database::locked;
use crate::error::{ApiError, ApiResult};

/// A piece of an upload that has been written to the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    /// Its object key.
    pub key: String,
    /// Its size in bytes.
    pub bytes: u64,
}

/// The turn to continue an upload.
pub(super) struct Turn {
    /// The upload row, with the number of the turn.
    pub upload: upload::Model,
    /// How many more pieces the upload may have.
    pub pieces_left: u64,
}

/// Returns the upload row. Fails with `NOT_FOUND` if it does not exist or has expired.
pub(super) async fn find<C: ConnectionTrait>(db: &C, id: Uuid, now: DateTime<Utc>) -> ApiResult<upload::Model> {
    let found = upload::Entity::find_by_id(id).one(db).await?;
    Ok(found.filter(|upload| !is_over(upload, now)).ok_or(Code::NotFound)?)
}

/// Returns the upload row for the file planned under this object key.
pub(super) async fn of_key<C: ConnectionTrait>(db: &C, key: &str) -> Result<Option<upload::Model>, DbErr> {
    upload::Entity::find().filter(upload::COLUMN.incoming_key.eq(key)).one(db).await
}

/// Inserts an upload row, or returns the existing one for the same key.
pub(super) async fn make<C: ConnectionTrait>(
    txn: &C,
    photo_id: PhotoId,
    key: &str,
    length: u64,
    now: DateTime<Utc>,
) -> ApiResult<upload::Model> {
    let new = upload::Model {
        id: Uuid::new_v4(),
        photo_id,
        incoming_key: key.to_owned(),
        length: i64::try_from(length).map_err(ApiError::internal)?,
        at: 0,
        turn: 0,
        created_at: now,
        ends_at: now + LIFETIME,
        done_at: None,
    };
    let known = OnConflict::column(upload::Column::IncomingKey).do_nothing().to_owned();
    upload::Entity::insert(new.into_active_model()).on_conflict(known).exec_without_returning(txn).await?;
    of_key(txn, key).await?.ok_or_else(|| ApiError::internal("a new upload was not found"))
}

/// Takes the turn to continue at `offset`. The previous holder can add no more pieces from then on.
///
/// # Errors
/// `NOT_FOUND` if the upload does not exist or has expired; `CHANGED_MEANWHILE` under `upload.offset` if the upload has
/// another offset; `RATE_LIMITED` if it already has [`super::PIECES_MAX`] pieces.
pub(super) async fn take_turn<C: ConnectionTrait>(
    txn: &C,
    id: Uuid,
    offset: u64,
    now: DateTime<Utc>,
) -> ApiResult<Turn> {
    let seen = locked(upload::Entity::find_by_id(id)).one(txn).await?;
    let seen = seen.filter(|upload| !is_over(upload, now)).ok_or(Code::NotFound)?;
    if u64::try_from(seen.at) != Ok(offset) {
        return Err(elsewhere().into());
    }
    let pieces = upload_piece::Entity::find().filter(upload_piece::COLUMN.upload_id.eq(id)).count(txn).await?;
    let pieces_left = PIECES_MAX.saturating_sub(pieces);
    if pieces_left == 0 {
        return Err(too_many_pieces().into());
    }
    let turn = seen.turn.saturating_add(1);
    let change = upload::ActiveModel { turn: Set(turn), ..Default::default() };
    upload::Entity::update_many().set(change).filter(upload::COLUMN.id.eq(id)).exec(txn).await?;
    Ok(Turn { upload: upload::Model { turn, ..seen }, pieces_left })
}

/// Builds the error for an upload that has [`PIECES_MAX`] pieces.
pub(super) fn too_many_pieces() -> Refusal {
    Refusal::new(Code::RateLimited).with_rule("upload.pieces").with_text(
        "上传分段过多，请删除后重新上传。",
        "This upload consists of too many pieces. Delete it and start again.",
    )
}

/// Appends pieces at this turn's offset and returns the updated upload. Returns `None` if another request has taken the
/// turn, if the offset has moved, or if the pieces exceed the file length.
pub(super) async fn add<C: ConnectionTrait>(
    txn: &C,
    upload: &upload::Model,
    pieces: &[Piece],
) -> ApiResult<Option<upload::Model>> {
    let mut at = upload.at;
    let mut rows = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let length = i64::try_from(piece.bytes).map_err(ApiError::internal)?;
        rows.push(upload_piece::Model { upload_id: upload.id, at, length, key: piece.key.clone() }.into_active_model());
        at = at.saturating_add(length);
    }
    let moved = upload::Entity::update_many()
        .col_expr(upload::Column::At, Expr::value(at))
        .filter(upload::COLUMN.id.eq(upload.id))
        .filter(upload::COLUMN.turn.eq(upload.turn))
        .filter(upload::COLUMN.at.eq(upload.at))
        .filter(upload::COLUMN.length.gte(at))
        .exec(txn)
        .await?;
    if moved.rows_affected != 1 {
        return Ok(None);
    }
    entity::batch::insert(txn, rows).await?;
    Ok(Some(upload::Model { at, ..upload.clone() }))
}

/// Returns the pieces of an upload in order of their offsets.
pub(super) async fn pieces<C: ConnectionTrait>(db: &C, id: Uuid) -> Result<Vec<upload_piece::Model>, DbErr> {
    let pieces = upload_piece::Entity::find().filter(upload_piece::COLUMN.upload_id.eq(id));
    pieces.order_by_asc(upload_piece::COLUMN.at).all(db).await
}

/// Returns complete uploads that are not marked as done, in order of creation.
pub(super) async fn whole<C: ConnectionTrait>(db: &C, limit: u64) -> Result<Vec<upload::Model>, DbErr> {
    upload::Entity::find()
        .filter(upload::COLUMN.done_at.is_null())
        .filter(Expr::col(upload::Column::At).eq(Expr::col(upload::Column::Length)))
        .order_by_asc(upload::COLUMN.created_at)
        .limit(limit)
        .all(db)
        .await
}

/// Returns expired uploads, in order of expiry.
pub(super) async fn over<C: ConnectionTrait>(
    db: &C,
    now: DateTime<Utc>,
    limit: u64,
) -> Result<Vec<upload::Model>, DbErr> {
    let over = upload::Entity::find().filter(upload::COLUMN.ends_at.lte(now));
    over.order_by_asc(upload::COLUMN.ends_at).limit(limit).all(db).await
}

/// Returns the object keys of complete uploads that are not marked as done.
pub(crate) async fn whole_keys<C: ConnectionTrait>(db: &C) -> Result<HashSet<String>, DbErr> {
    let keys = upload::Entity::find().select_only().column(upload::Column::IncomingKey);
    let whole = keys
        .filter(upload::COLUMN.done_at.is_null())
        .filter(Expr::col(upload::Column::At).eq(Expr::col(upload::Column::Length)));
    Ok(whole.into_tuple::<String>().all(db).await?.into_iter().collect())
}

/// Marks an upload as done and deletes its piece rows.
pub(super) async fn set_done<C: ConnectionTrait>(txn: &C, id: Uuid, now: DateTime<Utc>) -> Result<(), DbErr> {
    upload_piece::Entity::delete_many().filter(upload_piece::COLUMN.upload_id.eq(id)).exec(txn).await?;
    let change = upload::ActiveModel { done_at: Set(Some(now)), ..Default::default() };
    upload::Entity::update_many().set(change).filter(upload::COLUMN.id.eq(id)).exec(txn).await?;
    Ok(())
}

/// Deletes an upload row with its piece rows.
pub(super) async fn forget<C: ConnectionTrait>(txn: &C, id: Uuid) -> Result<(), DbErr> {
    upload_piece::Entity::delete_many().filter(upload_piece::COLUMN.upload_id.eq(id)).exec(txn).await?;
    upload::Entity::delete_by_id(id).exec(txn).await?;
    Ok(())
}

/// Returns the object keys of all pieces, which the sweep must keep.
pub(in crate::photo) async fn piece_keys<C: ConnectionTrait>(db: &C) -> Result<HashSet<String>, DbErr> {
    let keys = upload_piece::Entity::find().select_only().column(upload_piece::Column::Key);
    Ok(keys.into_tuple::<String>().all(db).await?.into_iter().collect())
}
