//! Proofs of an earlier login or report. Whoever asks for a one-time code and shows one has a budget of codes of their own.
//! Whoever logs in and shows one is its person, however long they were away ([`super::holders`]).
//!
//! A follow-up code is no proof for the request of a code: the answer would tell whoever found one, by trying numbers,
//! whose report it opens. At a login, only whoever also receives messages at the number could learn that.

use domain::id::ReportId;
use sea_orm::{ConnectionTrait, EntityTrait};
use uuid::Uuid;

use entity::vault::{refresh_token, session as stored};

use super::authorship::author_of;
use super::codes::{Asker, LoginKind};
use super::devices::{self, DeviceKey};
use super::keys::Keys;
use super::person::{PersonId, Phone};
use super::session::{self, Ended};
use super::{followup, officers, people};
use crate::error::ApiResult;

/// What somebody who asks for a code shows of an earlier login. A proof that does not fit is ignored.
#[derive(Default)]
pub(crate) struct Proof {
    /// A refresh token, of a session that may have ended or expired.
    pub refresh_token: Option<String>,
    /// A signature by the key of a registered phone.
    pub device: Option<DeviceProof>,
}

/// A signature by a registered phone: over [`text_of_request`] or [`text_of_login`].
pub(crate) struct DeviceProof {
    /// The public key of the phone, in base64.
    pub public_key: String,
    /// The signature, in base64.
    pub signature: String,
}

/// What somebody who logs in shows of an earlier login or report. A proof that does not fit is ignored, except for a wrong
/// follow-up code: whoever has mistyped it must not become a new person.
#[derive(Default)]
pub(crate) struct LoginProof {
    /// What they show of an earlier login.
    pub earlier: Proof,
    /// A report and its follow-up code.
    pub follow_up: Option<FollowUpProof>,
}

/// A report and its follow-up code, as entered.
pub(crate) struct FollowUpProof {
    /// The report.
    pub report: ReportId,
    /// The code.
    pub code: String,
}

/// Returns the text that a phone signs to show that it belongs to the owner of a number: three lines, without a trailing
/// line break.
fn text_of_request(kind: LoginKind, phone: &Phone) -> String {
    format!("chuishao/code/1\n{}\n{}", kind.code(), phone.expose())
}

/// Returns the text that a phone signs at a login: two lines, without a trailing line break.
fn text_of_login(request: Uuid) -> String {
    format!("chuishao/login/1\n{request}")
}

/// Returns who asks: somebody known if one of the proofs belongs to the owner of the number, otherwise a stranger.
pub(crate) async fn asker<C: ConnectionTrait>(
    db: &C,
    keys: &Keys,
    phone: &Phone,
    kind: LoginKind,
    proof: &Proof,
) -> ApiResult<Asker> {
    let index = keys.phone_index(phone);
    let mut shown = Vec::new();
    if let Some(token) = &proof.refresh_token {
        shown.push(match session_of_token(db, token).await? {
            Some(family) => number_of_session(db, keys, kind, &family).await?,
            None => None,
        });
    }
    if let Some(device) = &proof.device {
        let person = person_of_device(db, keys, device, &text_of_request(kind, phone)).await?;
        shown.push(number_of_person(db, person).await?);
    }
    Ok(if shown.contains(&Some(index)) { Asker::Known } else { Asker::Stranger })
}

/// Checks the follow-up code that is shown at a login. Nothing is right, too.
pub(super) async fn is_code_right<C: ConnectionTrait>(db: &C, keys: &Keys, proof: &LoginProof) -> ApiResult<bool> {
    match &proof.follow_up {
        Some(shown) => followup::is_right(db, keys, shown.report, &shown.code).await,
        None => Ok(true),
    }
}

/// Returns the people to whom the proofs of a login belong. The author of a report comes first, because somebody has
/// entered its code on purpose; apps show the others by themselves. The code must have been checked ([`is_code_right`]).
pub(super) async fn shown_at_login<C: ConnectionTrait>(
    db: &C,
    keys: &Keys,
    request: Option<Uuid>,
    proof: &LoginProof,
) -> ApiResult<Vec<PersonId>> {
    let mut shown = Vec::new();
    if let Some(follow_up) = &proof.follow_up {
        shown.extend(author_of(db, keys, follow_up.report).await?.and_then(|author| author.person));
    }
    if let (Some(device), Some(request)) = (&proof.earlier.device, request) {
        shown.extend(person_of_device(db, keys, device, &text_of_login(request)).await?);
    }
    if let Some(token) = &proof.earlier.refresh_token
        && let Some(family) = session_of_token(db, token).await?
    {
        shown.extend(session::person_of(keys, &family)?);
    }
    Ok(shown)
}

/// Returns the session to which a refresh token belongs, even if it has ended.
async fn session_of_token<C: ConnectionTrait>(db: &C, token: &str) -> ApiResult<Option<stored::Model>> {
    let Some(known) = refresh_token::Entity::find_by_id(session::token_hash(token)).one(db).await? else {
        return Ok(None);
    };
    let family = stored::Entity::find_by_id(known.session_id).one(db).await?;
    // After a change of the number, the phone may be in the hands of a thief.
    Ok(family.filter(|family| family.ended_why.as_deref() != Some(Ended::NumberChanged.code())))
}

/// Returns the blind index of the number that the holder of the session has today. The session of an officer shows
/// nothing about the member of the public who has the same number.
async fn number_of_session<C: ConnectionTrait>(
    db: &C,
    keys: &Keys,
    kind: LoginKind,
    family: &stored::Model,
) -> ApiResult<Option<Vec<u8>>> {
    match family.officer_id {
        Some(officer) if kind == LoginKind::Officer => officers::index_of(db, officer).await,
        Some(_) => Ok(None),
        None => number_of_person(db, session::person_of(keys, family)?).await,
    }
}

async fn number_of_person<C: ConnectionTrait>(db: &C, person: Option<PersonId>) -> ApiResult<Option<Vec<u8>>> {
    match person {
        Some(person) => Ok(people::living(db, &person).await?.map(|row| row.phone_index)),
        None => Ok(None),
    }
}

async fn person_of_device<C: ConnectionTrait>(
    db: &C,
    keys: &Keys,
    proof: &DeviceProof,
    text: &str,
) -> ApiResult<Option<PersonId>> {
    let Ok(key) = DeviceKey::parse(&proof.public_key, "input.device.publicKey") else { return Ok(None) };
    if !key.signed(text, &proof.signature) {
        return Ok(None);
    }
    devices::owner_of(db, keys, &key).await
}
