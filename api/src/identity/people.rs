//! The rows of members of the public. Each has a key of its own: when that is destroyed, the person is erased.

use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use domain::area::covers;
use domain::refusal::Code;
use entity::batch;
use entity::vault::person;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
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

/// Where an information reporter 信息报告员 is appointed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Appointment {
    /// Path of the duty area: the area and all below.
    pub area_path: String,
    /// First day on which it no longer holds.
    pub until: Option<NaiveDate>,
}

/// What is known of a person beside the number. One form and one length for everybody.
#[derive(Default, Serialize, Deserialize)]
struct PersonRecord {
    name: Option<String>,
    verified: bool,
    appointment: Option<Appointment>,
}

fn place<'a>(column: &'static str, id: &'a Uuid) -> SealAad<'a> {
    SealAad::new("person", column, id.as_bytes())
}

/// The person with this number; made at the first login, never in a submission.
///
/// # Errors
/// `TRY_LATER` when the database is not answering.
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

async fn with_index<C: ConnectionTrait>(txn: &C, index: &[u8]) -> ApiResult<Option<person::Model>> {
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
        // The day alone: the moment of a first login would stand beside the moment of a first report.
        created_at: Set(now.date_naive().and_time(NaiveTime::MIN).and_utc()),
        erased_at: Set(None),
    })
}

fn own_key(keys: &Keys, row: &person::Model) -> ApiResult<SealKey> {
    keys.data_key(place("data_key_ct", &row.id), &row.data_key_ct, &row.key_id)
}

fn record(keys: &Keys, row: &person::Model) -> ApiResult<PersonRecord> {
    let own = own_key(keys, row)?;
    let json = own.open(place("identity_ct", &row.id), &row.identity_ct, own.id())?;
    serde_json::from_slice(&json).map_err(ApiError::internal)
}

/// The row of a person, unless they were erased.
pub(super) async fn living<C: ConnectionTrait>(db: &C, person: &PersonId) -> ApiResult<Option<person::Model>> {
    let row = person::Entity::find_by_id(person.uuid()).one(db).await?;
    Ok(row.filter(|row| row.erased_at.is_none()))
}

/// Those of these people who were not erased, with one statement.
pub(super) async fn living_among<C: ConnectionTrait>(db: &C, people: Vec<Uuid>) -> ApiResult<HashSet<Uuid>> {
    if people.is_empty() {
        return Ok(HashSet::new());
    }
    let ids = person::Entity::find().select_only().column(person::Column::Id);
    let among = ids.filter(person::Column::Id.is_in(batch::padded(people))).filter(person::Column::ErasedAt.is_null());
    Ok(among.into_tuple::<Uuid>().all(db).await?.into_iter().collect())
}

/// Whether the person's name was verified 实名.
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

/// Notes that a person's name was verified.
///
/// # Errors
/// `NOT_FOUND` for a person who was erased.
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

/// Appoints whoever has this number as an information reporter 信息报告员, or ends the appointment. The person is made
/// where there is none yet.
///
/// # Errors
/// `TRY_LATER` when the database is not answering.
pub(crate) async fn set_appointment<C: ConnectionTrait>(
    txn: &C,
    keys: &Keys,
    phone: &Phone,
    appointment: Option<Appointment>,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    let person = find_or_make(txn, keys, phone, now).await?;
    change(txn, keys, &person, |record| record.appointment = appointment).await
}

/// The appointment of whoever has this number, also one that has ended by its day.
///
/// # Errors
/// `TRY_LATER` when the database is not answering.
pub(super) async fn appointment_of<C: ConnectionTrait>(
    db: &C,
    keys: &Keys,
    phone: &Phone,
) -> ApiResult<Option<Appointment>> {
    let Some(row) = with_index(db, &keys.phone_index(phone)).await? else { return Ok(None) };
    Ok(record(keys, &row)?.appointment)
}

/// Erases a person: destroys their key, so that nothing sealed with it opens again, and their index, so that the same
/// number makes a new person. Their sessions end with their next request; the reports stay, and point to nobody.
///
/// # Errors
/// `TRY_LATER` when the database is not answering.
#[cfg(test)]
pub(crate) async fn erase<C: ConnectionTrait>(txn: &C, person: &PersonId, now: DateTime<Utc>) -> ApiResult<()> {
    let next = person::ActiveModel {
        phone_index: Set(fresh_secret()?.to_vec()),
        phone_ct: Set(Vec::new()),
        identity_ct: Set(Vec::new()),
        data_key_ct: Set(Vec::new()),
        erased_at: Set(Some(now)),
        ..Default::default()
    };
    person::Entity::update_many().set(next).filter(person::Column::Id.eq(person.uuid())).exec(txn).await?;
    Ok(())
}

/// Whether somebody with one of these numbers is appointed over the area on that day.
pub(super) async fn are_appointed<C: ConnectionTrait>(
    db: &C,
    keys: &Keys,
    indexes: &[Vec<u8>],
    area_path: &str,
    day: NaiveDate,
) -> ApiResult<bool> {
    let known = person::Column::PhoneIndex.is_in(indexes.iter().cloned());
    for row in person::Entity::find().filter(known).all(db).await? {
        let holds = record(keys, &row)?.appointment.is_some_and(|appointment| {
            covers(&appointment.area_path, area_path) && appointment.until.is_none_or(|until| day < until)
        });
        if holds {
            return Ok(true);
        }
    }
    Ok(false)
}
