//! One-time codes 验证码. A code has six digits, expires after five minutes, allows five guesses, works once, and is
//! bound to the code request that created it.
//!
//! The response never reveals whether a phone number is known. Requests and guesses are counted in the database, so
//! that the rate limits hold across all server processes.

use std::sync::Arc;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::rand;
use chrono::{DateTime, TimeDelta, Utc};
use domain::refusal::{Code, Refusal};
use entity::vault::one_time_code::{ActiveModel, Column, Entity};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::keys::Keys;
use super::officers;
use super::person::Phone;
use super::seal::SealAad;
use super::sender::CodeSender;
use crate::database::Database;
use crate::error::{ApiError, ApiResult};

/// The lifetime of a code in minutes.
pub(crate) const CODE_MINUTES: i64 = 5;
/// The maximum number of guesses per code, including the right one.
pub(crate) const GUESSES_MAX: i32 = 5;
/// The rate limits per phone number, as pairs: the maximum number of codes, and the sliding window in minutes.
const LIMITS: [(usize, i64); 3] = [(1, 1), (5, 60), (10, 24 * 60)];

/// The capacity in which a person logs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, async_graphql::Enum)]
pub enum LoginKind {
    /// 报告人: a member of the public.
    Reporter,
    /// 工作人员: an officer, whose mobile number an administrator has registered.
    Officer,
}

impl LoginKind {
    /// Returns the word that the database stores for this kind.
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Reporter => "REPORTER",
            Self::Officer => "OFFICER",
        }
    }
}

/// A requested code. [`ask`] says when no message is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CodeAsked {
    /// The id of the code request, to which the code is bound.
    pub request: Uuid,
    /// When the code expires.
    pub ends_at: DateTime<Utc>,
}

/// Generates a code and sends it. For [`LoginKind::Officer`] and a number that no officer has, the result looks the
/// same, but no message is sent.
///
/// # Errors
/// `RATE_LIMITED` for a second code within a minute, a sixth within an hour, or an eleventh within a day.
pub(crate) async fn ask(
    database: &Database,
    keys: &Keys,
    sender: Arc<dyn CodeSender>,
    phone: Phone,
    kind: LoginKind,
    now: DateTime<Utc>,
) -> ApiResult<CodeAsked> {
    let index = keys.phone_index(&phone);
    let asked = CodeAsked { request: Uuid::new_v4(), ends_at: now + TimeDelta::minutes(CODE_MINUTES) };
    let code = six_digits()?;
    let txn = database.begin_write().await?;
    within_limits(&txn, &index, now).await?;
    write(&txn, keys, &phone, kind, asked, &code, now).await?;
    let is_sent = kind == LoginKind::Reporter || officers::with_index(&txn, &index).await?.is_some();
    txn.commit().await?;
    if is_sent {
        // The request does not wait for the sender, because the response time would reveal whether a message was sent.
        tokio::spawn(async move {
            if !sender.send(&phone, asked.request, &code).await {
                tracing::warn!("the sender did not accept a one-time code");
            }
        });
    }
    Ok(asked)
}

async fn within_limits<C: ConnectionTrait>(txn: &C, index: &[u8], now: DateTime<Utc>) -> ApiResult<()> {
    let times: Vec<DateTime<Utc>> = Entity::find()
        .select_only()
        .column(Column::CreatedAt)
        .filter(Column::PhoneIndex.eq(index))
        .filter(Column::CreatedAt.gt(now - TimeDelta::days(1)))
        .order_by_desc(Column::CreatedAt)
        .limit(10)
        .into_tuple()
        .all(txn)
        .await?;
    let over = LIMITS
        .iter()
        .any(|(most, minutes)| times.iter().filter(|at| **at > now - TimeDelta::minutes(*minutes)).count() >= *most);
    if over { Err(Code::RateLimited.into()) } else { Ok(()) }
}

async fn write<C: ConnectionTrait>(
    txn: &C,
    keys: &Keys,
    phone: &Phone,
    kind: LoginKind,
    asked: CodeAsked,
    code: &str,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    let sealed = keys.seal(place(&asked.request), phone.expose().as_bytes())?;
    let row = ActiveModel {
        id: Set(asked.request),
        kind: Set(kind.code().to_owned()),
        phone_index: Set(keys.phone_index(phone)),
        phone_ct: Set(sealed.bytes),
        code_hash: Set(keys.code_hash(asked.request, code)),
        guesses: Set(0),
        created_at: Set(now),
        ends_at: Set(asked.ends_at),
        used_at: Set(None),
        key_id: Set(sealed.key_id),
        minute: Set(now.timestamp().div_euclid(60)),
    };
    // Concurrent requests do not see each other in `within_limits`. The unique index on number and minute rejects the
    // second one.
    let taken = OnConflict::columns([Column::PhoneIndex, Column::Minute]).do_nothing().to_owned();
    match Entity::insert(row).on_conflict(taken).exec_without_returning(txn).await? {
        0 => Err(Code::RateLimited.into()),
        _ => Ok(()),
    }
}

fn place(request: &Uuid) -> SealAad<'_> {
    SealAad::new("one_time_code", "phone_ct", request.as_bytes())
}

fn six_digits() -> ApiResult<String> {
    const FAIR: u32 = u32::MAX - u32::MAX % 1_000_000; // rejects higher draws to avoid modulo bias
    loop {
        let mut bytes = [0; 4];
        rand::fill(&mut bytes).map_err(ApiError::internal)?;
        let number = u32::from_be_bytes(bytes);
        if number < FAIR {
            return Ok(format!("{:06}", number % 1_000_000));
        }
    }
}

/// Returns the error for a code that is wrong, expired, used, guessed too often, or bound to an unknown request. It is
/// the same for all of these cases, so that it reveals none of them.
pub(super) fn wrong_code() -> ApiError {
    let (zh, en) = ("验证码不正确或已失效，请核对或重新获取。", "The code is wrong or has expired.");
    Refusal::invalid("input.code", zh, en).into()
}

/// Counts a guess and compares the code. Returns `None` if the code does not match. The guess counts in any case, so
/// the caller must commit the transaction in either case.
pub(super) async fn guess<C: ConnectionTrait>(
    txn: &C,
    keys: &Keys,
    request: Uuid,
    code: &str,
    now: DateTime<Utc>,
) -> ApiResult<Option<(Phone, LoginKind)>> {
    // This update also locks the row, so that concurrent guesses are counted one after another.
    let counted = Entity::update_many()
        .col_expr(Column::Guesses, Expr::col(Column::Guesses).add(1))
        .filter(Column::Id.eq(request))
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
    if verify_slices_are_equal(&keys.code_hash(request, code.trim()), &row.code_hash).is_err() {
        return Ok(None);
    }
    let used = ActiveModel { used_at: Set(Some(now)), ..Default::default() };
    Entity::update_many().set(used).filter(Column::Id.eq(request)).exec(txn).await?;
    let kind = if row.kind == LoginKind::Officer.code() { LoginKind::Officer } else { LoginKind::Reporter };
    let number = keys.open(place(&request), &row.phone_ct, &row.key_id)?;
    Ok(Phone::opened(&number).map(|phone| (phone, kind)))
}
