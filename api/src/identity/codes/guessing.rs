//! Guesses: what somebody enters as a one-time code 验证码.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use chrono::{DateTime, Utc};
use domain::refusal::Refusal;
use domain::written;
use entity::vault::one_time_code::{ActiveModel, Column, Entity};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::{Asker, DIGITS, GUESSES_MAX, LoginKind, guessed, operator};
use crate::error::{ApiError, ApiResult};
use crate::identity::keys::Keys;
use crate::identity::person::Phone;

/// What a right code tells.
pub(in crate::identity) struct Guessed {
    /// The number to which the code was sent.
    pub(in crate::identity) phone: Phone,
    /// The capacity in which the person logs in.
    pub(in crate::identity) kind: LoginKind,
    /// Whether the code was requested with a proof of the person or officer who has the number.
    pub(in crate::identity) is_known: bool,
}

/// Returns the error for a code that is wrong, expired, used, guessed too often, or bound to an unknown request. It is
/// the same for all of these cases, so that it reveals none of them.
pub(in crate::identity) fn wrong_code() -> ApiError {
    let (zh, en) = ("验证码不正确或已失效，请核对或重新获取。", "The code is wrong or has expired.");
    Refusal::invalid("input.code", zh, en).into()
}

/// Counts a guess and compares the code. Returns `None` if the code does not match. The guess counts in any case, so
/// the caller must commit the transaction in either case. A code of the operator needs no request.
pub(in crate::identity) async fn guess<C: ConnectionTrait>(
    txn: &C,
    keys: &Keys,
    request: Option<Uuid>,
    code: &str,
    now: DateTime<Utc>,
) -> ApiResult<Option<Guessed>> {
    if let Some(code) = written::code(code, operator::DIGITS) {
        return operator::take(txn, keys, &code, now).await;
    }
    let Some(request) = request else { return Ok(None) };
    // This update also locks the row, so that concurrent guesses are counted one after another.
    let counted = Entity::update_many()
        .col_expr(Column::Guesses, Expr::col(Column::Guesses).add(1))
        .filter(Column::Id.eq(request))
        .filter(Column::AskedBy.ne(Asker::Operator.code()))
        .filter(Column::UsedAt.is_null())
        .filter(Column::Guesses.lt(GUESSES_MAX))
        .filter(Column::EndsAt.gt(now))
        .exec(txn)
        .await?;
    if counted.rows_affected == 0 {
        return Ok(None);
    }
    let Some(row) = Entity::find_by_id(request).one(txn).await? else {
        return Ok(None);
    };
    let given = written::code(code, DIGITS).unwrap_or_default();
    if verify_slices_are_equal(&keys.code_hash(request, &given), &row.code_hash).is_err() {
        return Ok(None);
    }
    let used = ActiveModel { used_at: Set(Some(now)), ..Default::default() };
    Entity::update_many().set(used).filter(Column::Id.eq(request)).exec(txn).await?;
    guessed(keys, &row)
}
