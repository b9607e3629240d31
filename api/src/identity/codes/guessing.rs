//! Guesses: what somebody enters as a one-time code 验证码.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use chrono::{DateTime, TimeDelta, Utc};
use domain::refusal::Refusal;
use domain::written;
use entity::vault::one_time_code::{ActiveModel, Column, Entity};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::requests::CodeIds;
use super::{Asker, CODE_GUESSES_MAX, CODE_MINUTES, DIGITS, GUESSES_MAX, Guessed, guessed, operator};
use crate::database::locked;
use crate::error::{ApiError, ApiResult};
use crate::identity::keys::Keys;

/// The condition on the code to which a request leads and that can still be entered. Earlier builds gave out the id of the
/// code itself.
fn is_asked_by(keys: &Keys, request: Uuid, now: DateTime<Utc>) -> ApiResult<Condition> {
    let itself = Condition::all().add(Column::Id.eq(request)).add(Column::EndsAt.gt(now));
    let mut asked = Condition::any().add(itself);
    if let Some(CodeIds { first, last }) = keys.codes_of_request(request, now)? {
        // A request of the last second of a code's lifetime is as good as any other.
        let ended = now - TimeDelta::minutes(CODE_MINUTES);
        asked = asked.add(Condition::all().add(Column::Id.between(first, last)).add(Column::EndsAt.gt(ended)));
    }
    Ok(Condition::all()
        .add(asked)
        .add(Column::AskedBy.ne(Asker::Operator.code()))
        .add(Column::UsedAt.is_null())
        .add(Column::Guesses.lt(CODE_GUESSES_MAX)))
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
    // The row stays locked, so that concurrent guesses are counted one after another.
    let Some(row) = locked(Entity::find().filter(is_asked_by(keys, request, now)?)).one(txn).await? else {
        return Ok(None);
    };
    let this = request.simple().to_string();
    if row.guessed_by.as_bytes().chunks(this.len()).filter(|by| *by == this.as_bytes()).count() >= GUESSES_MAX {
        return Ok(None);
    }
    let counted = ActiveModel {
        guesses: Set(row.guesses.saturating_add(1)),
        guessed_by: Set(row.guessed_by.clone() + &this),
        ..Default::default()
    };
    Entity::update_many().set(counted).filter(Column::Id.eq(row.id)).exec(txn).await?;
    let given = written::code(code, DIGITS).unwrap_or_default();
    if verify_slices_are_equal(&keys.code_hash(row.id, &given), &row.code_hash).is_err() {
        return Ok(None);
    }
    let used = ActiveModel { used_at: Set(Some(now)), ..Default::default() };
    Entity::update_many().set(used).filter(Column::Id.eq(row.id)).exec(txn).await?;
    guessed(keys, &row)
}
