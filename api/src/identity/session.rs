//! Login sessions, and the refresh tokens that keep them alive.
//!
//! A refresh token can be used once and is replaced by its successor (token rotation). Within a grace period of a
//! minute, the used token returns the same successor again while that is unused, for a client that lost the first
//! response. Any later reuse
//! means that two clients hold the token and that one of them may have stolen it, so the session ends together with all
//! its tokens.

use aws_lc_rs::rand;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use domain::id::OfficerId;
use domain::refusal::Code;
use domain::time::china_day;
use entity::vault::{refresh_token, session};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter};
use secrecy::zeroize::Zeroizing;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::codes::LoginKind;
use super::keys::Keys;
use super::officers;
use super::person::PersonId;
use super::seal::SealAad;
use super::sightings::Sightings;
use super::tokens::{self, AccessToken, Audience};
use crate::caller::{Caller, Who};
use crate::database::{Database, locked};
use crate::error::{ApiError, ApiResult};

/// The maximum session lifetime in days, counted from the login.
pub(crate) const SESSION_DAYS: i64 = 90;
/// The grace period in seconds during which a used refresh token still returns its successor.
pub(crate) const GRACE_SECONDS: i64 = 60;
/// The length of a refresh token in bytes, before base64.
const TOKEN_BYTES: usize = 32;

/// The token pair that a login or a refresh returns.
#[derive(Clone)]
pub(crate) struct Tokens {
    /// The id of the session.
    pub session: Uuid,
    /// The access token, valid for ten minutes.
    pub access: AccessToken,
    /// The refresh token: 43 characters of base64url, for a single use.
    pub refresh: String,
    /// When the session expires, however often it is refreshed.
    pub ends_at: DateTime<Utc>,
}

/// The officer or member of the public who logs in.
pub(super) enum Holder {
    /// An officer.
    Officer(OfficerId),
    /// A member of the public.
    Person(PersonId),
}

/// Why a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// The caller logged out.
    Logout,
    /// A refresh token was reused after its grace period.
    Reuse,
    /// The officer has a new mobile number.
    NumberChanged,
    /// The officer has left. Sessions that an earlier build left open end when the officer comes back.
    Left,
}

impl Ended {
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Logout => "LOGOUT",
            Self::Reuse => "REUSE",
            Self::NumberChanged => "NUMBER_CHANGED",
            Self::Left => "LEFT",
        }
    }
}

/// Starts a session.
pub(super) async fn open<C: ConnectionTrait>(
    txn: &C,
    keys: &Keys,
    holder: &Holder,
    now: DateTime<Utc>,
) -> ApiResult<Tokens> {
    let id = Uuid::new_v4();
    let ends_at = now + TimeDelta::days(SESSION_DAYS);
    let (kind, officer, person) = match holder {
        Holder::Officer(officer) => (LoginKind::Officer, Some(*officer), None),
        Holder::Person(person) => (LoginKind::Reporter, None, Some(keys.seal(person_place(&id), person.bytes())?)),
    };
    let (person_ct, key_id) = person.map(|sealed| (sealed.bytes, sealed.key_id)).unzip();
    let row = session::ActiveModel {
        id: Set(id),
        kind: Set(kind.code().to_owned()),
        officer_id: Set(officer),
        person_ct: Set(person_ct),
        key_id: Set(key_id),
        created_at: Set(now),
        ends_at: Set(ends_at),
        ended_at: Set(None),
        ended_why: Set(None),
    };
    session::Entity::insert(row).exec_without_returning(txn).await?;
    let refresh = new_refresh(txn, id, now).await?;
    answer(keys, kind, id, ends_at, &refresh, now)
}

fn person_place(session: &Uuid) -> SealAad<'_> {
    SealAad::new("session", "person_ct", session.as_bytes())
}

/// Decrypts the member of the public to whom a session belongs; `None` for an officer's session.
pub(super) fn person_of(keys: &Keys, row: &session::Model) -> ApiResult<Option<PersonId>> {
    let (Some(sealed), Some(key_id)) = (&row.person_ct, &row.key_id) else { return Ok(None) };
    let id = keys.open(person_place(&row.id), sealed, key_id)?;
    Ok(Some(PersonId::new(Uuid::from_slice(&id).map_err(ApiError::internal)?)))
}

async fn new_refresh<C: ConnectionTrait>(txn: &C, session: Uuid, now: DateTime<Utc>) -> ApiResult<Zeroizing<Vec<u8>>> {
    let mut token = Zeroizing::new(vec![0; TOKEN_BYTES]);
    rand::fill(&mut token).map_err(ApiError::internal)?;
    let row = refresh_token::ActiveModel {
        token_hash: Set(Sha256::digest(&*token).to_vec()),
        session_id: Set(session),
        created_at: Set(now),
        used_at: Set(None),
        successor_ct: Set(None),
        key_id: Set(None),
    };
    refresh_token::Entity::insert(row).exec_without_returning(txn).await?;
    Ok(token)
}

fn answer(
    keys: &Keys,
    kind: LoginKind,
    session: Uuid,
    ends_at: DateTime<Utc>,
    refresh: &[u8],
    now: DateTime<Utc>,
) -> ApiResult<Tokens> {
    let audience = match kind {
        LoginKind::Reporter => Audience::Reporter,
        LoginKind::Officer => Audience::Officer,
    };
    let access = tokens::issue(keys, audience, session, now)?;
    Ok(Tokens { session, access, refresh: URL_SAFE_NO_PAD.encode(refresh), ends_at })
}

/// Exchanges a refresh token for a new token pair.
///
/// # Errors
/// `UNAUTHENTICATED` if the token is unknown, if its session has ended or expired, if its officer has left, or if the token was used more than a
/// minute ago; such reuse ends the session.
pub(crate) async fn refresh(
    database: &Database,
    keys: &Keys,
    sightings: &Sightings,
    token: &str,
    now: DateTime<Utc>,
) -> ApiResult<Tokens> {
    let txn = database.begin_write().await?;
    let known = refresh_token::Entity::find_by_id(token_hash(token));
    let known = locked(known).one(&txn).await?.ok_or(Code::Unauthenticated)?;
    let family = session::Entity::find_by_id(known.session_id).one(&txn).await?.ok_or(Code::Unauthenticated)?;
    let is_open = family.ended_at.is_none() && family.ends_at > now;
    if !is_open || officers::has_left(&txn, family.officer_id).await? {
        return Err(Code::Unauthenticated.into());
    }
    let refresh = match known.used_at {
        None => rotate(&txn, keys, &known, now).await?,
        Some(used) if now - used <= TimeDelta::seconds(GRACE_SECONDS) => unused_successor(&txn, keys, &known).await?,
        Some(_) => {
            end(&txn, family.id, Ended::Reuse, now).await?;
            txn.commit().await?;
            tracing::warn!("a refresh token was used twice; its session was ended");
            return Err(Code::Unauthenticated.into());
        }
    };
    let kind = if family.officer_id.is_some() { LoginKind::Officer } else { LoginKind::Reporter };
    let tokens = answer(keys, kind, family.id, family.ends_at, &refresh, now)?;
    if let Some(person) = person_of(keys, &family)? {
        sightings.note(&person, china_day(now));
    }
    txn.commit().await?;
    Ok(tokens)
}

/// Returns the hash under which a refresh token is stored.
pub(super) fn token_hash(token: &str) -> Vec<u8> {
    let presented = Zeroizing::new(URL_SAFE_NO_PAD.decode(token.trim()).unwrap_or_default());
    Sha256::digest(&*presented).to_vec()
}

fn successor_place(known: &refresh_token::Model) -> SealAad<'_> {
    SealAad::new("refresh_token", "successor_ct", &known.token_hash)
}

async fn rotate(
    txn: &DatabaseTransaction,
    keys: &Keys,
    known: &refresh_token::Model,
    now: DateTime<Utc>,
) -> ApiResult<Zeroizing<Vec<u8>>> {
    let next = new_refresh(txn, known.session_id, now).await?;
    let sealed = keys.seal(successor_place(known), &next)?;
    let used = refresh_token::ActiveModel {
        used_at: Set(Some(now)),
        successor_ct: Set(Some(sealed.bytes)),
        key_id: Set(Some(sealed.key_id)),
        ..Default::default()
    };
    let this = refresh_token::Column::TokenHash.eq(known.token_hash.clone());
    refresh_token::Entity::update_many().set(used).filter(this).exec(txn).await?;
    Ok(next)
}

/// Returns the successor of a used token while nobody has used it. A client that has used the successor has received
/// it, so that whoever still shows the old token is somebody else, or a late copy of the request.
async fn unused_successor(
    txn: &DatabaseTransaction,
    keys: &Keys,
    known: &refresh_token::Model,
) -> ApiResult<Zeroizing<Vec<u8>>> {
    let (Some(sealed), Some(key_id)) = (&known.successor_ct, &known.key_id) else {
        return Err(Code::Unauthenticated.into());
    };
    let next = keys.open(successor_place(known), sealed, key_id)?;
    let row = locked(refresh_token::Entity::find_by_id(Sha256::digest(&*next).to_vec())).one(txn).await?;
    if row.is_some_and(|row| row.used_at.is_none()) { Ok(next) } else { Err(Code::Unauthenticated.into()) }
}

/// Ends the caller's session. A follow-up token has no session, so logging out with one has no effect.
///
/// # Errors
/// `UNAUTHENTICATED` if the caller is not logged in.
pub(crate) async fn logout(database: &Database, caller: &Caller, now: DateTime<Utc>) -> ApiResult<()> {
    if matches!(caller.who, Who::Nobody) {
        return Err(Code::Unauthenticated.into());
    }
    if let Some(session) = caller.session {
        let txn = database.begin_write().await?;
        end(&txn, session, Ended::Logout, now).await?;
        txn.commit().await?;
    }
    Ok(())
}

/// Ends a session. Its access tokens stop working with it.
async fn end<C: ConnectionTrait>(txn: &C, session: Uuid, why: Ended, now: DateTime<Utc>) -> ApiResult<()> {
    end_where(txn, session::Column::Id.eq(session), why, now).await
}

/// Ends all sessions of an officer. After a change of the number, those that had ended before show nothing any more either
/// ([`super::known`]): the phone may be in other hands.
pub(super) async fn end_all_of_officer<C: ConnectionTrait>(
    txn: &C,
    officer: OfficerId,
    why: Ended,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    let theirs = session::Column::OfficerId.eq(officer);
    end_where(txn, theirs.clone(), why, now).await?;
    if why == Ended::NumberChanged {
        let changed = session::ActiveModel { ended_why: Set(Some(why.code().to_owned())), ..Default::default() };
        session::Entity::update_many().set(changed).filter(theirs).exec(txn).await?;
    }
    Ok(())
}

async fn end_where<C: ConnectionTrait>(txn: &C, these: Expr, why: Ended, now: DateTime<Utc>) -> ApiResult<()> {
    let ended = session::ActiveModel {
        ended_at: Set(Some(now)),
        ended_why: Set(Some(why.code().to_owned())),
        ..Default::default()
    };
    let open = session::Entity::update_many().set(ended).filter(these).filter(session::Column::EndedAt.is_null());
    open.exec(txn).await?;
    Ok(())
}
