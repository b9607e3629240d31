//! Members of the public. Each person row has its own data key, and destroying that key erases the person
//! (crypto-shredding).

use std::collections::HashSet;

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, Utc};
use domain::area::covers;
use domain::refusal::Code;
use domain::time::china_day;
use entity::batch;
use entity::vault::person;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::keys::Keys;
#[cfg(test)]
use super::person::PersonName;
use super::person::{PersonId, Phone};
#[cfg(test)]
use super::seal::fresh_secret;
use super::seal::{SealAad, SealKey};
use super::secrets::padded;
use crate::error::{ApiError, ApiResult};

/// The appointment of an information reporter 信息报告员.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Appointment {
    /// The path of the duty area. The appointment covers this area and all areas below it.
    pub area_path: String,
    /// The first day on which the appointment holds; `None` in appointments of earlier builds, which hold for any day.
    #[serde(default)]
    pub since: Option<NaiveDate>,
    /// The first day on which the appointment no longer holds; `None` if it has no end.
    pub until: Option<NaiveDate>,
}

impl Appointment {
    fn holds_on(&self, day: NaiveDate) -> bool {
        self.since.is_none_or(|since| since <= day) && self.until.is_none_or(|until| day < until)
    }

    /// Returns the appointment as it was if it ends on this day; `None` if it then held on no day.
    fn ended(self, day: NaiveDate) -> Option<Self> {
        let until = self.until.map_or(day, |until| until.min(day));
        let held = self.since.is_none_or(|since| since < until);
        held.then_some(Self { until: Some(until), ..self })
    }
}

/// The number of earlier appointments that are kept. A longer list would make the ciphertext of an information reporter
/// longer than that of other people.
const PAST_APPOINTMENTS: usize = 2;

/// What is stored about a person besides the phone number. The JSON is padded, so that the ciphertext length does not
/// reveal what is known.
#[derive(Default, Serialize, Deserialize)]
struct PersonRecord {
    name: Option<String>,
    verified: bool,
    appointment: Option<Appointment>,
    /// Earlier appointments, latest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    past: Vec<Appointment>,
}

pub(super) fn place<'a>(column: &'static str, id: &'a Uuid) -> SealAad<'a> {
    SealAad::new("person", column, id.as_bytes())
}

/// Returns the person who holds this phone number, and creates the row if nobody does. A login or an appointment creates
/// a person; a submission never does.
pub(super) async fn find_or_make<C: ConnectionTrait>(
    txn: &C,
    keys: &Keys,
    phone: &Phone,
    now: DateTime<Utc>,
) -> ApiResult<PersonId> {
    let index = keys.phone_index(phone);
    if let Some(row) = with_index(txn, &index).await? {
        return Ok(PersonId::new(row.id));
    }
    let known = OnConflict::column(person::Column::PhoneIndex).do_nothing().to_owned();
    let new = new_row(keys, phone, index.clone(), now)?;
    person::Entity::insert(new).on_conflict(known).exec_without_returning(txn).await?;
    let row = with_index(txn, &index).await?.ok_or_else(|| ApiError::internal("a new person was not found"))?;
    Ok(PersonId::new(row.id))
}

pub(super) async fn with_index<C: ConnectionTrait>(txn: &C, index: &[u8]) -> ApiResult<Option<person::Model>> {
    Ok(person::Entity::find().filter(person::Column::PhoneIndex.eq(index)).one(txn).await?)
}

fn new_row(keys: &Keys, phone: &Phone, index: Vec<u8>, now: DateTime<Utc>) -> ApiResult<person::ActiveModel> {
    let id = Uuid::new_v4();
    let (own, wrapped) = keys.new_data_key(place("data_key_ct", &id))?;
    Ok(person::ActiveModel {
        id: Set(id),
        phone_index: Set(index),
        phone_ct: Set(own.seal(place("phone_ct", &id), phone.expose().as_bytes())?.bytes),
        identity_ct: Set(own.seal(place("identity_ct", &id), &padded(&PersonRecord::default())?)?.bytes),
        data_key_ct: Set(wrapped.bytes),
        key_id: Set(wrapped.key_id),
        // Only the date is stored, because the exact time of a first login could be correlated with that of a first
        // report.
        created_at: Set(now.date_naive().and_time(NaiveTime::MIN).and_utc()),
        erased_at: Set(None),
        former_index: Set(None),
        seen_ct: Set(Some(own.seal(place("seen_ct", &id), &day_bytes(china_day(now)))?.bytes)),
    })
}

fn day_bytes(day: NaiveDate) -> [u8; 4] {
    day.num_days_from_ce().to_be_bytes()
}

/// Encrypts the day on which a person was last seen.
pub(super) fn sealed_day(keys: &Keys, row: &person::Model, day: NaiveDate) -> ApiResult<Vec<u8>> {
    Ok(own_key(keys, row)?.seal(place("seen_ct", &row.id), &day_bytes(day))?.bytes)
}

/// Returns the day on which a person was last seen; `None` if it has not been recorded.
pub(super) fn last_seen(keys: &Keys, row: &person::Model) -> ApiResult<Option<NaiveDate>> {
    let Some(sealed) = &row.seen_ct else { return Ok(None) };
    let own = own_key(keys, row)?;
    let bytes = own.open(place("seen_ct", &row.id), sealed, own.id())?;
    let days = i32::from_be_bytes(bytes.as_slice().try_into().map_err(ApiError::internal)?);
    Ok(NaiveDate::from_num_days_from_ce_opt(days))
}

/// Returns the blind index of the number of a person, whether they hold it or held it before.
pub(super) fn number_index(row: person::Model) -> Vec<u8> {
    row.former_index.unwrap_or(row.phone_index)
}

/// Returns a condition for everybody who holds a number with one of these blind indexes, or held it before.
pub(super) fn ever_with(indexes: &[Vec<u8>]) -> Condition {
    let either = |column: person::Column| column.is_in(indexes.iter().cloned());
    Condition::any().add(either(person::Column::PhoneIndex)).add(either(person::Column::FormerIndex))
}

fn own_key(keys: &Keys, row: &person::Model) -> ApiResult<SealKey> {
    keys.data_key(place("data_key_ct", &row.id), &row.data_key_ct, &row.key_id)
}

fn record(keys: &Keys, row: &person::Model) -> ApiResult<PersonRecord> {
    let own = own_key(keys, row)?;
    let json = own.open(place("identity_ct", &row.id), &row.identity_ct, own.id())?;
    serde_json::from_slice(&json).map_err(ApiError::internal)
}

/// Returns the person row, or `None` if the person was erased.
pub(super) async fn living<C: ConnectionTrait>(db: &C, person: &PersonId) -> ApiResult<Option<person::Model>> {
    let row = person::Entity::find_by_id(person.uuid()).one(db).await?;
    Ok(row.filter(|row| row.erased_at.is_none()))
}

/// Returns those of these people who were not erased, with one query.
pub(super) async fn living_among<C: ConnectionTrait>(db: &C, people: Vec<Uuid>) -> ApiResult<HashSet<Uuid>> {
    if people.is_empty() {
        return Ok(HashSet::new());
    }
    let ids = person::Entity::find().select_only().column(person::Column::Id);
    let among = ids.filter(person::Column::Id.is_in(batch::padded(people))).filter(person::Column::ErasedAt.is_null());
    Ok(among.into_tuple::<Uuid>().all(db).await?.into_iter().collect())
}

/// Checks whether the person's name was verified (实名).
pub(super) fn is_verified(keys: &Keys, row: &person::Model) -> ApiResult<bool> {
    Ok(record(keys, row)?.verified)
}

async fn change<C: ConnectionTrait>(
    txn: &C,
    keys: &Keys,
    person: &PersonId,
    change: impl FnOnce(&mut PersonRecord),
) -> ApiResult<()> {
    let row = living(txn, person).await?.ok_or(Code::NotFound)?;
    let mut record = record(keys, &row)?;
    change(&mut record);
    let sealed = own_key(keys, &row)?.seal(place("identity_ct", &row.id), &padded(&record)?)?;
    let next = person::ActiveModel { identity_ct: Set(sealed.bytes), ..Default::default() };
    person::Entity::update_many().set(next).filter(person::Column::Id.eq(row.id)).exec(txn).await?;
    Ok(())
}

/// Records that a person's name was verified.
#[cfg(test)]
pub(crate) async fn set_verified<C: ConnectionTrait>(
    txn: &C,
    keys: &Keys,
    person: &PersonId,
    name: &PersonName,
) -> ApiResult<()> {
    change(txn, keys, person, |record| {
        record.name = Some(name.expose().to_owned());
        record.verified = true;
    })
    .await
}

/// Sets the appointment of this person as an information reporter 信息报告员, or ends it with `None`. The earlier
/// appointment ends today and is kept, because a duty is asked for by the day of the report.
pub(crate) async fn set_appointment<C: ConnectionTrait>(
    txn: &C,
    keys: &Keys,
    person: &PersonId,
    appointment: Option<Appointment>,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    change(txn, keys, person, |record| {
        let ended = record.appointment.take().and_then(|earlier| earlier.ended(china_day(now)));
        record.past = ended.into_iter().chain(record.past.drain(..)).take(PAST_APPOINTMENTS).collect();
        record.appointment = appointment;
    })
    .await
}

/// Returns the person with this phone number who has an appointment, even if it has expired. A former holder of the
/// number keeps theirs; if several have one, the present holder comes first.
pub(super) async fn appointed_with<C: ConnectionTrait>(
    db: &C,
    keys: &Keys,
    phone: &Phone,
) -> ApiResult<Option<PersonId>> {
    let mut rows = person::Entity::find().filter(ever_with(&[keys.phone_index(phone)])).all(db).await?;
    rows.sort_by_key(|row| (row.former_index.is_some(), row.id));
    for row in rows {
        if record(keys, &row)?.appointment.is_some() {
            return Ok(Some(PersonId::new(row.id)));
        }
    }
    Ok(None)
}

/// Erases a person. This destroys their data key, so that no ciphertext under it can be decrypted again, and their
/// blind indexes, so that the same phone number creates a new person. Their sessions are rejected from the next request
/// on. Their reports stay, but lead to nobody.
#[cfg(test)]
pub(crate) async fn erase<C: ConnectionTrait>(txn: &C, person: &PersonId, now: DateTime<Utc>) -> ApiResult<()> {
    let next = person::ActiveModel {
        phone_index: Set(fresh_secret()?.to_vec()),
        phone_ct: Set(Vec::new()),
        identity_ct: Set(Vec::new()),
        data_key_ct: Set(Vec::new()),
        erased_at: Set(Some(now)),
        former_index: Set(None),
        seen_ct: Set(None),
        ..Default::default()
    };
    person::Entity::update_many().set(next).filter(person::Column::Id.eq(person.uuid())).exec(txn).await?;
    Ok(())
}

/// Checks whether this person has an appointment on that day, for whatever area.
pub(crate) async fn is_appointed<C: ConnectionTrait>(
    db: &C,
    keys: &Keys,
    person: &PersonId,
    day: NaiveDate,
) -> ApiResult<bool> {
    let Some(row) = living(db, person).await? else { return Ok(false) };
    let appointment = record(keys, &row)?.appointment;
    Ok(appointment.is_some_and(|appointment| appointment.until.is_none_or(|until| day < until)))
}

/// Checks whether a person who holds or held a number with one of these blind indexes was appointed for the area on that
/// day.
pub(super) async fn are_appointed<C: ConnectionTrait>(
    db: &C,
    keys: &Keys,
    indexes: &[Vec<u8>],
    area_path: &str,
    day: NaiveDate,
) -> ApiResult<bool> {
    for row in person::Entity::find().filter(ever_with(indexes)).all(db).await? {
        let PersonRecord { appointment, past, .. } = record(keys, &row)?;
        let mut appointments = appointment.iter().chain(&past);
        if appointments.any(|known| covers(&known.area_path, area_path) && known.holds_on(day)) {
            return Ok(true);
        }
    }
    Ok(false)
}
