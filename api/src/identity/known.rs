//! Proofs that somebody was logged in with a number before: a refresh token of an earlier session, or a signature by the
//! registered key of a phone. Anyone who shows one has a budget of one-time codes of their own.

use sea_orm::{ConnectionTrait, EntityTrait};

use entity::vault::{refresh_token, session as stored};

use super::codes::{Asker, LoginKind};
use super::devices::{self, DeviceKey};
use super::keys::Keys;
use super::person::{PersonId, Phone};
use super::session::{self, Ended};
use super::{officers, people};
use crate::error::ApiResult;

/// What somebody who asks for a code shows of an earlier login. A proof that does not fit is ignored.
#[derive(Default)]
pub(crate) struct Proof {
    /// A refresh token, of a session that may have ended or expired.
    pub refresh_token: Option<String>,
    /// A signature by the key of a registered phone.
    pub device: Option<DeviceProof>,
}

/// A signature over [`signed_text`].
pub(crate) struct DeviceProof {
    /// The public key of the phone, in base64.
    pub public_key: String,
    /// The signature, in base64.
    pub signature: String,
}

/// Returns the text that a phone signs to show that it belongs to the owner of a number: three lines, without a trailing
/// line break.
fn signed_text(kind: LoginKind, phone: &Phone) -> String {
    format!("chuishao/code/1\n{}\n{}", kind.code(), phone.expose())
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
        shown.push(number_of_token(db, keys, token).await?);
    }
    if let Some(device) = &proof.device {
        shown.push(number_of_device(db, keys, device, &signed_text(kind, phone)).await?);
    }
    Ok(if shown.contains(&Some(index)) { Asker::Known } else { Asker::Stranger })
}

/// Returns the blind index of the number that the holder of the token has today.
async fn number_of_token<C: ConnectionTrait>(db: &C, keys: &Keys, token: &str) -> ApiResult<Option<Vec<u8>>> {
    let Some(known) = refresh_token::Entity::find_by_id(session::token_hash(token)).one(db).await? else {
        return Ok(None);
    };
    let Some(family) = stored::Entity::find_by_id(known.session_id).one(db).await? else { return Ok(None) };
    if family.ended_why.as_deref() == Some(Ended::NumberChanged.code()) {
        return Ok(None); // the phone may be in the hands of a thief
    }
    match family.officer_id {
        Some(officer) => officers::index_of(db, officer).await,
        None => match session::person_of(keys, &family)? {
            Some(person) => number_of_person(db, &person).await,
            None => Ok(None),
        },
    }
}

async fn number_of_person<C: ConnectionTrait>(db: &C, person: &PersonId) -> ApiResult<Option<Vec<u8>>> {
    Ok(people::living(db, person).await?.map(|row| row.phone_index))
}

async fn number_of_device<C: ConnectionTrait>(
    db: &C,
    keys: &Keys,
    proof: &DeviceProof,
    text: &str,
) -> ApiResult<Option<Vec<u8>>> {
    let Ok(key) = DeviceKey::parse(&proof.public_key, "input.device.publicKey") else { return Ok(None) };
    if !key.signed(text, &proof.signature) {
        return Ok(None);
    }
    match devices::owner_of(db, keys, &key).await? {
        Some(person) => number_of_person(db, &person).await,
        None => Ok(None),
    }
}
