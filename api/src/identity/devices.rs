//! Phones that sign their submissions. A phone may hold queued reports after its login has expired. It signs them with
//! its own key, and the server accepts them without a login.
//!
//! A signed report belongs to the owner of the signing key. If the key is registered, the owner is known at once.
//! Otherwise the report is recorded for the phone, in slots of the same form as a person's ([`super::authorship`]),
//! until the owner logs in and the phone registers its key.

use std::collections::HashMap;

use aws_lc_rs::hmac;
use chrono::{DateTime, Utc};
use domain::refusal::{Code, Refusal};
use entity::batch;
use entity::vault::device::{Column, Entity, Model};
use futures::FutureExt;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter};
use uuid::Uuid;

use super::authorship::{ADOPTED_AT_ONCE, adopt, reports_of};
use super::keys::Keys;
use super::people;
use super::person::PersonId;
use super::seal::SealAad;
use crate::app::App;
use crate::caller::Caller;
use crate::database::Database;
use crate::error::{ApiError, ApiResult, is_taken};
use crate::retry::retry;

pub(crate) use super::device_key::DeviceKey;

/// The maximum number of registered phones per person.
const DEVICES_MAX: u64 = 20;

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

/// Returns the person who has registered this key, or `None` if nobody has.
pub(super) async fn owner_of<C: ConnectionTrait>(db: &C, keys: &Keys, key: &DeviceKey) -> ApiResult<Option<PersonId>> {
    let row = Entity::find_by_id(keys.device(key).uuid()).one(db).await?;
    row.map(|row| owner(keys, &row)).transpose()
}

/// Registers a phone for the caller and transfers to them the reports that the phone signed while its owner was
/// unknown. Returns how many reports were transferred. A phone calls this after each login; the call is idempotent. The
/// signature proves that the caller has the phone: public keys pass through many hands.
///
/// # Errors
/// `UNAUTHENTICATED` or `FORBIDDEN` if the caller is not a member of the public; `INVALID_INPUT` naming
/// `input.signature` if the phone has not signed the caller's session, or `input.publicKey` if the key belongs to
/// another person or if the caller already has [`DEVICES_MAX`] phones.
pub(crate) async fn register(app: &App, caller: &Caller, key: &DeviceKey, signature: &str) -> ApiResult<usize> {
    let person = caller.person()?;
    key.verify_registration(caller.session.ok_or(Code::Unauthenticated)?, signature)?;
    let device = app.keys.device(key);
    take(&app.database, &app.keys, person, &device, app.now()).await?;
    let reports = reports_of(app.db(), &app.keys, &device).await?;
    let mut adopted = 0;
    // The last ones go first: if this does not come to its end, the slots that remain have no gap, and the next
    // registration finds them.
    for some in reports.rchunks(ADOPTED_AT_ONCE) {
        let attempt = async || {
            let txn = app.begin_write().await?;
            let adopted = adopt(&txn, &app.keys, some, person).await?;
            app.commit(txn).await?;
            Ok(adopted)
        };
        adopted += retry(|| attempt().boxed()).await?;
    }
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
