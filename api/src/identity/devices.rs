//! Phones that sign their submissions. A phone may hold queued reports after its login has expired. It signs them with
//! its own key, and the server accepts them without a login.
//!
//! A signed report belongs to the owner of the signing key. If the key is registered, the owner is known at once.
//! Otherwise the report is recorded for the phone, in slots of the same form as a person's ([`super::authorship`]),
//! until the owner logs in and the phone registers its key.

use std::collections::HashMap;

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use domain::content::Digest;
use domain::refusal::{Code, Refusal};
use entity::batch;
use entity::vault::device::{Column, Entity, Model};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter};
use uuid::Uuid;

use super::authorship::adopt;
use super::keys::Keys;
use super::people;
use super::person::PersonId;
use super::seal::SealAad;
use crate::app::App;
use crate::caller::Caller;
use crate::database::Database;
use crate::error::{ApiError, ApiResult, is_taken};

/// The maximum number of registered phones per person.
const DEVICES_MAX: u64 = 20;

/// A phone's public Ed25519 key, which identifies the phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DeviceKey([u8; 32]);

impl DeviceKey {
    /// Parses a public key: 32 bytes in base64.
    ///
    /// # Errors
    /// `INVALID_INPUT` naming `field` if the text has another form.
    pub(crate) fn parse(text: &str, field: &'static str) -> Result<Self, Refusal> {
        let bytes = STANDARD.decode(text).ok().and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or_else(|| {
            Refusal::invalid(
                field,
                "设备公钥格式有误，应为32字节的 Base64 编码。",
                "The device's public key must be 32 bytes in base64.",
            )
        })
    }

    /// Verifies the phone's signature over this submission id and content hash.
    ///
    /// # Errors
    /// `INVALID_INPUT` naming `input.device.signature` if the signature is invalid.
    pub(crate) fn verify(&self, submission: Uuid, content: &Digest, signature: &str) -> Result<(), Refusal> {
        let message = signed_text(submission, content);
        let given = STANDARD.decode(signature).unwrap_or_default();
        UnparsedPublicKey::new(&ED25519, &self.0).verify(message.as_bytes(), &given).map_err(|_unequal| {
            Refusal::invalid(
                "input.device.signature",
                "设备签名与内容不符，请重新签名后提交。",
                "The device signature does not match the content. Sign the content again.",
            )
        })
    }
}

/// Returns the message that a phone signs: three lines, without a trailing line break.
fn signed_text(submission: Uuid, content: &Digest) -> String {
    format!("chuishao/device/1\n{submission}\n{}", hex::encode(content.0))
}

impl Keys {
    /// Returns the id under which a phone's reports are recorded until its owner is known. No person has this id.
    pub(super) fn device(&self, key: &DeviceKey) -> PersonId {
        let mut hash = hmac::Context::with_key(self.index());
        hash.update(b"chuishao/device/1");
        hash.update(&key.0);
        let mut id = [0; 16];
        for (to, from) in id.iter_mut().zip(hash.sign().as_ref()) {
            *to = *from;
        }
        PersonId::new(Uuid::from_bytes(id))
    }

    fn owner_tag(&self, person: &PersonId) -> Vec<u8> {
        let mut hash = hmac::Context::with_key(self.link());
        hash.update(person.bytes());
        hash.update(b"devices");
        hash.sign().as_ref().to_vec()
    }
}

/// Who signed a submission.
#[derive(Clone)]
pub(crate) enum DeviceSigner {
    /// The owner of the registered phone.
    Person(PersonId),
    /// The phone itself, because its owner is not known yet or was erased.
    Device(PersonId),
}

/// Returns the signer for each of these keys, in the same order, with at most two queries for any number of keys.
pub(crate) async fn signers<C: ConnectionTrait>(
    db: &C,
    keys: &Keys,
    of: &[&DeviceKey],
) -> ApiResult<Vec<DeviceSigner>> {
    let devices: Vec<PersonId> = of.iter().map(|key| keys.device(key)).collect();
    if devices.is_empty() {
        return Ok(Vec::new());
    }
    let ids = batch::padded(devices.iter().map(PersonId::uuid).collect());
    let known = Entity::find().filter(Column::Id.is_in(ids)).all(db).await?;
    let mut owners = HashMap::new();
    for row in known {
        owners.insert(row.id, owner(keys, &row)?);
    }
    let living = people::living_among(db, owners.values().map(PersonId::uuid).collect()).await?;
    owners.retain(|_, owner| living.contains(&owner.uuid()));
    let signer = |device: PersonId| match owners.get(&device.uuid()) {
        Some(person) => DeviceSigner::Person(person.clone()),
        None => DeviceSigner::Device(device),
    };
    Ok(devices.into_iter().map(signer).collect())
}

fn place(id: &Uuid) -> SealAad<'_> {
    SealAad::new("device", "person_ct", id.as_bytes())
}

fn owner(keys: &Keys, row: &Model) -> ApiResult<PersonId> {
    let plain = keys.open(place(&row.id), &row.person_ct, &row.key_id)?;
    Ok(PersonId::new(Uuid::from_slice(&plain).map_err(ApiError::internal)?))
}

/// Registers a phone for the caller and transfers to them the reports that the phone signed while its owner was
/// unknown. Returns how many reports were transferred. A phone calls this after each login; the call is idempotent.
///
/// # Errors
/// `UNAUTHENTICATED` or `FORBIDDEN` if the caller is not a member of the public; `INVALID_INPUT` naming
/// `input.publicKey` if the key belongs to another person or if the caller already has [`DEVICES_MAX`] phones.
pub(crate) async fn register(app: &App, caller: &Caller, key: &DeviceKey) -> ApiResult<usize> {
    let person = caller.person()?;
    let device = app.keys.device(key);
    take(&app.database, &app.keys, person, &device, app.now()).await?;
    let txn = app.begin_write().await?;
    let adopted = adopt(&txn, &app.keys, &device, person).await?;
    app.commit(txn).await?;
    Ok(adopted)
}

async fn take(
    database: &Database,
    keys: &Keys,
    person: &PersonId,
    device: &PersonId,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    let txn = database.begin_write().await?;
    if let Some(row) = Entity::find_by_id(device.uuid()).one(&txn).await? {
        return if owner(keys, &row)?.is(person) { Ok(()) } else { Err(owned_by_another().into()) };
    }
    let owner_tag = keys.owner_tag(person);
    if Entity::find().filter(Column::OwnerTag.eq(owner_tag.clone())).count(&txn).await? >= DEVICES_MAX {
        return Err(too_many().into());
    }
    let id = device.uuid();
    let sealed = keys.seal(place(&id), person.bytes())?;
    let created_at = domain::time::china_day(now).and_time(chrono::NaiveTime::MIN).and_utc();
    let row = Model { id, owner_tag, person_ct: sealed.bytes, key_id: sealed.key_id, created_at };
    match Entity::insert(row.into_active_model()).exec_without_returning(&txn).await {
        Ok(_) => Ok(txn.commit().await?),
        Err(error) if is_taken(&error) => Err(Code::ChangedMeanwhile.into()),
        Err(error) => Err(error.into()),
    }
}

fn owned_by_another() -> Refusal {
    Refusal::invalid(
        "input.publicKey",
        "该设备密钥已被他人登记，请生成新的密钥。",
        "This key is registered for another person. Create a new key when another person logs in.",
    )
}

fn too_many() -> Refusal {
    Refusal::invalid(
        "input.publicKey",
        format!("每人最多登记{DEVICES_MAX}台设备。"),
        format!("A person can register at most {DEVICES_MAX} phones."),
    )
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};

    use super::*;

    #[test]
    fn a_signature_is_for_one_submission_and_one_content() {
        let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
        let key = DeviceKey::parse(&STANDARD.encode(pair.public_key()), "key").unwrap();
        let (id, content) = (Uuid::new_v4(), Digest([1; 32]));
        let signature = STANDARD.encode(pair.sign(signed_text(id, &content).as_bytes()));
        assert!(key.verify(id, &content, &signature).is_ok());
        for (id, content, signature) in [
            (Uuid::new_v4(), content, signature.as_str()),
            (id, Digest([2; 32]), signature.as_str()),
            (id, content, "AAAA"),
            (id, content, "not base64"),
        ] {
            assert_eq!(key.verify(id, &content, signature).unwrap_err().field, Some("input.device.signature"));
        }
        for wrong in ["", "AAAA", "?"] {
            assert_eq!(DeviceKey::parse(wrong, "key").unwrap_err().field, Some("key"));
        }
    }
}
