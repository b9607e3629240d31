//! One-time codes 验证码. A code has six digits, works once, and is entered together with a code request of the last five
//! minutes. Each request allows five guesses, and each code twenty.
//!
//! While a code is younger than five minutes, further requests lead to it: the server sends no second message and counts
//! nothing. Every answer has an id of its own ([`requests`]) and the same lifetime, so that strangers do not learn that, or
//! when, somebody else asked for a code. The budgets of messages are apart for each kind of login and each kind of asker, so that strangers who ask
//! for codes for somebody's number use up their own budget only. Their owner still has two ways in: to show a token or
//! key of an earlier login ([`super::known`]), or a code of the operator ([`operator`]).
//!
//! The response never reveals whether a phone number is known. Requests and guesses are counted in the database, so
//! that the rate limits hold across all server processes.

use std::sync::Arc;

use aws_lc_rs::rand;
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use domain::refusal::Code;
use entity::vault::one_time_code::{ActiveModel, Column, Entity, Model};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::keys::Keys;
use super::officers;
use super::person::Phone;
use super::seal::SealAad;
use super::sender::CodeSender;
use crate::database::Database;
use crate::error::{ApiError, ApiResult};

mod guessing;
pub(crate) mod operator;
mod requests;

pub(super) use guessing::{guess, wrong_code};

/// The lifetime of a code in minutes.
pub(crate) const CODE_MINUTES: i64 = 5;
/// The number of digits of a code.
const DIGITS: usize = 6;
/// The maximum number of guesses per code request, including the right one.
pub(crate) const GUESSES_MAX: usize = 5;
/// The maximum number of guesses per code, with all its requests: strangers who guess do not end the code at once.
pub(crate) const CODE_GUESSES_MAX: i32 = 20;
/// The rate limits of a budget, as pairs: the maximum number of codes, and the sliding window in minutes.
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

    fn from_code(code: &str) -> Self {
        if code == Self::Officer.code() { Self::Officer } else { Self::Reporter }
    }
}

/// Who asks for a code, which decides whose budget the message counts against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asker {
    /// Anybody who names the number.
    Stranger,
    /// Somebody who has shown that they were logged in with this number before.
    Known,
    /// The operator of the server, at the command line.
    Operator,
}

impl Asker {
    const fn code(self) -> &'static str {
        match self {
            Self::Stranger => "STRANGER",
            Self::Known => "KNOWN",
            Self::Operator => "OPERATOR",
        }
    }
}

/// A request for a code.
#[derive(Clone)]
pub(crate) struct CodeWanted {
    /// The number to which the message goes.
    pub phone: Phone,
    /// The capacity in which the person logs in.
    pub kind: LoginKind,
    /// Who asks.
    pub asker: Asker,
}

/// A requested code. [`ask`] says when no message is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CodeAsked {
    /// The id of the code request, to which the code is bound.
    pub request: Uuid,
    /// When the code expires.
    pub ends_at: DateTime<Utc>,
}

/// A code that has not been stored yet. Its `request` is the id of its row.
struct NewCode<'a> {
    wanted: &'a CodeWanted,
    asked: CodeAsked,
    hash: Vec<u8>,
}

/// Generates a code and sends it. Sends no message while an earlier code for the same number, kind and asker is valid, for
/// a second code within a minute, a sixth within an hour or an eleventh within a day, nor for [`LoginKind::Officer`] and a
/// number that no officer has. The result looks the same in each case.
///
/// # Errors
/// `RATE_LIMITED` for somebody known whose budget is spent.
pub(crate) async fn ask(
    database: &Database,
    keys: &Keys,
    sender: Arc<dyn CodeSender>,
    wanted: CodeWanted,
    now: DateTime<Utc>,
) -> ApiResult<CodeAsked> {
    let index = keys.phone_index(&wanted.phone);
    // A storm of requests for one number reads and takes no write lock.
    if let Some(valid) = valid(&database.read, &index, &wanted, now).await? {
        return asked_again(keys, Some(valid), now);
    }
    let asked = CodeAsked { request: Uuid::new_v4(), ends_at: now + TimeDelta::minutes(CODE_MINUTES) };
    let code = digits::<DIGITS>()?;
    let txn = database.begin_write().await?;
    let new = NewCode { wanted: &wanted, asked, hash: keys.code_hash(asked.request, &code) };
    if !write_first(&txn, keys, &index, &new, now).await? {
        // Another request may have been faster, and its code is valid. Otherwise the budget is used up.
        let valid = valid(&txn, &index, &wanted, now).await?;
        if valid.is_none() && wanted.asker == Asker::Known {
            return Err(Code::RateLimited.into());
        }
        return asked_again(keys, valid, now);
    }
    let is_sent = wanted.kind == LoginKind::Reporter || officers::with_index(&txn, &index).await?.is_some();
    txn.commit().await?;
    let asked = asked_again(keys, Some(asked.request), now)?;
    if is_sent {
        // The request does not wait for the sender, because the response time would reveal whether a message was sent.
        tokio::spawn(async move {
            if !sender.send(&wanted.phone, asked.request, &code).await {
                tracing::warn!("the sender did not accept a one-time code");
            }
        });
    }
    Ok(asked)
}

/// Returns the answer to a request at this time for a code.
fn asked_again(keys: &Keys, code: Option<Uuid>, now: DateTime<Utc>) -> ApiResult<CodeAsked> {
    let ends_at = now.trunc_subsecs(0) + TimeDelta::minutes(CODE_MINUTES); // the id tells the second
    Ok(CodeAsked { request: keys.code_request(code, now)?, ends_at })
}

/// Stores the code unless another valid one is there or the budget is used up. Returns whether it did.
async fn write_first<C: ConnectionTrait>(
    txn: &C,
    keys: &Keys,
    index: &[u8],
    new: &NewCode<'_>,
    now: DateTime<Utc>,
) -> ApiResult<bool> {
    let is_first = valid(txn, index, new.wanted, now).await?.is_none();
    Ok(is_first && is_within_limits(txn, index, new.wanted, now).await? && write(txn, keys, new, now).await?)
}

/// Returns the id of the code for this number, kind and asker that was sent within its lifetime and can still be entered.
async fn valid<C: ConnectionTrait>(
    db: &C,
    index: &[u8],
    wanted: &CodeWanted,
    now: DateTime<Utc>,
) -> ApiResult<Option<Uuid>> {
    let row = Entity::find()
        .filter(Column::PhoneIndex.eq(index))
        .filter(Column::Kind.eq(wanted.kind.code()))
        .filter(Column::AskedBy.eq(wanted.asker.code()))
        .filter(Column::UsedAt.is_null())
        .filter(Column::Guesses.lt(CODE_GUESSES_MAX))
        .filter(Column::EndsAt.gt(now))
        .order_by_desc(Column::CreatedAt)
        .one(db)
        .await?;
    Ok(row.map(|row| row.id))
}

async fn is_within_limits<C: ConnectionTrait>(
    txn: &C,
    index: &[u8],
    wanted: &CodeWanted,
    now: DateTime<Utc>,
) -> ApiResult<bool> {
    let times: Vec<DateTime<Utc>> = Entity::find()
        .select_only()
        .column(Column::CreatedAt)
        .filter(Column::PhoneIndex.eq(index))
        .filter(Column::Kind.eq(wanted.kind.code()))
        .filter(Column::AskedBy.eq(wanted.asker.code()))
        .filter(Column::CreatedAt.gt(now - TimeDelta::days(1)))
        .order_by_desc(Column::CreatedAt)
        .limit(10)
        .into_tuple()
        .all(txn)
        .await?;
    let over = LIMITS
        .iter()
        .any(|(most, minutes)| times.iter().filter(|at| **at > now - TimeDelta::minutes(*minutes)).count() >= *most);
    Ok(!over)
}

/// Stores a code. Returns `false` if one of the same budget was stored in this minute: concurrent requests do not see
/// each other, and the unique index rejects the second one.
async fn write<C: ConnectionTrait>(txn: &C, keys: &Keys, new: &NewCode<'_>, now: DateTime<Utc>) -> ApiResult<bool> {
    let CodeWanted { phone, kind, asker } = new.wanted;
    let sealed = keys.seal(place(&new.asked.request), phone.expose().as_bytes())?;
    let row = ActiveModel {
        id: Set(new.asked.request),
        kind: Set(kind.code().to_owned()),
        phone_index: Set(keys.phone_index(phone)),
        phone_ct: Set(sealed.bytes),
        code_hash: Set(new.hash.clone()),
        guesses: Set(0),
        guessed_by: Set(String::new()),
        created_at: Set(now),
        ends_at: Set(new.asked.ends_at),
        used_at: Set(None),
        key_id: Set(sealed.key_id),
        minute: Set(now.timestamp().div_euclid(60)),
        asked_by: Set(asker.code().to_owned()),
    };
    let mut taken = OnConflict::columns([Column::PhoneIndex, Column::Kind, Column::AskedBy, Column::Minute]);
    let written = Entity::insert(row).on_conflict(taken.do_nothing().to_owned()).exec_without_returning(txn).await?;
    Ok(written > 0)
}

/// Makes the officers' codes for these numbers useless, because the numbers have changed hands.
pub(super) async fn end_for_officers<C: ConnectionTrait>(
    txn: &C,
    indexes: &[Vec<u8>],
    now: DateTime<Utc>,
) -> ApiResult<()> {
    let used = ActiveModel { used_at: Set(Some(now)), ..Default::default() };
    Entity::update_many()
        .set(used)
        .filter(Column::PhoneIndex.is_in(indexes.iter().cloned()))
        .filter(Column::Kind.eq(LoginKind::Officer.code()))
        .filter(Column::UsedAt.is_null())
        .exec(txn)
        .await?;
    Ok(())
}

fn place(request: &Uuid) -> SealAad<'_> {
    SealAad::new("one_time_code", "phone_ct", request.as_bytes())
}

/// Returns this many random digits. A draw of 128 bits makes the bias of the remainder immeasurable.
fn digits<const COUNT: usize>() -> ApiResult<String> {
    let mut bytes = [0; 16];
    rand::fill(&mut bytes).map_err(ApiError::internal)?;
    let numbers = u32::try_from(COUNT).ok().and_then(|count| 10_u128.checked_pow(count));
    let number = u128::from_be_bytes(bytes) % numbers.unwrap_or(u128::MAX);
    Ok(format!("{number:0COUNT$}"))
}

/// What a right code tells.
pub(super) struct Guessed {
    /// The number to which the code was sent.
    pub(super) phone: Phone,
    /// The capacity in which the person logs in.
    pub(super) kind: LoginKind,
    /// Whether the code was requested with a proof of the person or officer who has the number.
    pub(super) is_known: bool,
}

/// Returns the number to which a code belongs, the kind of login, and whether the holder asked for it.
fn guessed(keys: &Keys, row: &Model) -> ApiResult<Option<Guessed>> {
    let number = keys.open(place(&row.id), &row.phone_ct, &row.key_id)?;
    let (kind, is_known) = (LoginKind::from_code(&row.kind), row.asked_by == Asker::Known.code());
    Ok(Phone::opened(&number).map(|phone| Guessed { phone, kind, is_known }))
}
