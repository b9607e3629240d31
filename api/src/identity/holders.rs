//! Who holds a phone number, and who held it before 二次放号.
//!
//! A person who has not been seen for long loses the number to whoever logs in with it and shows nothing. The former
//! holder keeps everything else: reports, awards, the appointment, sessions and phones. The row keeps the blind index of
//! the number as `former_index`, so that every question about a number asks all who ever held it.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::number::{LogsIn, Rest, Shown, who_logs_in};
use domain::time::china_day;
use entity::batch;
use entity::vault::person::{self, Column, Entity, Model};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::keys::Keys;
use super::people;
use super::person::{PersonId, Phone};
use super::seal::fresh_secret;
use super::sightings::Sightings;
use crate::database::locked;
use crate::error::ApiResult;

/// What a login knows besides the number.
pub(super) struct LoginFacts<'a> {
    /// The people to whom the proofs belong that were shown, in the order in which they count.
    pub(super) shown: &'a [PersonId],
    /// Whether the code was requested with a proof of the holder.
    pub(super) is_holder_known: bool,
    /// The signs of people that wait to be written.
    pub(super) sightings: &'a Sightings,
    /// The days for which a number rests before it may belong to a new person.
    pub(super) quiet_days: u32,
    pub(super) now: DateTime<Utc>,
}

/// The person who logs in.
pub(super) struct LoggedIn {
    pub(super) person: PersonId,
    /// The day on which the person was last seen; `None` if it was not recorded.
    pub(super) last_seen: Option<NaiveDate>,
}

/// Decides who logs in with a number, and lets the number pass to them. Creates a person if nobody holds the number.
pub(super) async fn log_in<C: ConnectionTrait>(
    txn: &C,
    keys: &Keys,
    phone: &Phone,
    facts: &LoginFacts<'_>,
) -> ApiResult<LoggedIn> {
    let index = keys.phone_index(phone);
    let holder = locked(Entity::find().filter(Column::PhoneIndex.eq(index.clone()))).one(txn).await?;
    let formers = formers(txn, &index, facts.shown).await?;
    let (shown, former) = first_shown(facts, holder.as_ref(), &formers);
    let Some(holder) = holder else {
        return match former {
            Some(former) => pass(txn, keys, None, former, &index, facts.now).await,
            None => as_new(txn, keys, phone, facts.now).await,
        };
    };
    let (last_seen, today) = (last_seen(keys, &holder, facts.sightings)?, china_day(facts.now));
    let rest = Rest { last_seen, today, quiet_days: facts.quiet_days };
    match (who_logs_in(shown, rest), former) {
        (LogsIn::Former, Some(former)) => pass(txn, keys, Some(&holder), former, &index, facts.now).await,
        (LogsIn::NewPerson, _) => {
            give_up(txn, &holder, &index).await?;
            as_new(txn, keys, phone, facts.now).await
        }
        (LogsIn::Holder | LogsIn::Former, _) => Ok(LoggedIn { person: PersonId::new(holder.id), last_seen }),
    }
}

async fn as_new<C: ConnectionTrait>(txn: &C, keys: &Keys, phone: &Phone, now: DateTime<Utc>) -> ApiResult<LoggedIn> {
    let person = people::find_or_make(txn, keys, phone, now).await?;
    Ok(LoggedIn { person, last_seen: Some(china_day(now)) })
}

fn last_seen(keys: &Keys, holder: &Model, sightings: &Sightings) -> ApiResult<Option<NaiveDate>> {
    Ok(people::last_seen(keys, holder)?.max(sightings.waiting_for(holder.id)))
}

/// Returns the first of the proofs that belongs to a present or former holder of the number.
fn first_shown<'a>(
    facts: &LoginFacts<'_>,
    holder: Option<&Model>,
    formers: &'a HashMap<Uuid, Model>,
) -> (Shown, Option<&'a Model>) {
    for person in facts.shown {
        if holder.is_some_and(|holder| holder.id == person.uuid()) {
            return (Shown::OfHolder, None);
        }
        if let Some(former) = formers.get(&person.uuid()) {
            return (Shown::OfFormer, Some(former));
        }
    }
    (if facts.is_holder_known { Shown::OfHolder } else { Shown::Nothing }, None)
}

/// Returns those of these people who held the number before.
async fn formers<C: ConnectionTrait>(txn: &C, index: &[u8], shown: &[PersonId]) -> ApiResult<HashMap<Uuid, Model>> {
    if shown.is_empty() {
        return Ok(HashMap::new());
    }
    let ids = shown.iter().map(PersonId::uuid).collect();
    let these = Entity::find().filter(Column::Id.is_in(batch::padded(ids))).filter(Column::FormerIndex.eq(index));
    let rows = these.filter(Column::ErasedAt.is_null()).all(txn).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// Lets the number pass to a person who held it before. Their row changes anyway, so the day is written with it.
async fn pass<C: ConnectionTrait>(
    txn: &C,
    keys: &Keys,
    from: Option<&Model>,
    to: &Model,
    index: &[u8],
    now: DateTime<Utc>,
) -> ApiResult<LoggedIn> {
    if let Some(holder) = from {
        give_up(txn, holder, index).await?;
    }
    let next = person::ActiveModel {
        phone_index: Set(index.to_vec()),
        former_index: Set(None),
        seen_ct: Set(Some(people::sealed_day(keys, to, china_day(now))?)),
        ..Default::default()
    };
    Entity::update_many().set(next).filter(Column::Id.eq(to.id)).exec(txn).await?;
    Ok(LoggedIn { person: PersonId::new(to.id), last_seen: Some(china_day(now)) })
}

async fn give_up<C: ConnectionTrait>(txn: &C, holder: &Model, index: &[u8]) -> ApiResult<()> {
    let next = person::ActiveModel {
        phone_index: Set(fresh_secret()?.to_vec()),
        former_index: Set(Some(index.to_vec())),
        ..Default::default()
    };
    Entity::update_many().set(next).filter(Column::Id.eq(holder.id)).exec(txn).await?;
    Ok(())
}

/// For some people, the others who hold or held the same number.
pub(crate) struct OtherHolders(HashMap<Uuid, Vec<PersonId>>);

impl OtherHolders {
    /// Looks them up with two statements, which are of the same size whether or not there are any.
    pub(crate) async fn load<C: ConnectionTrait>(db: &C, people: &[&PersonId]) -> ApiResult<Self> {
        if people.is_empty() {
            return Ok(Self(HashMap::new()));
        }
        let ids = batch::padded(people.iter().map(|person| person.uuid()).collect());
        let own = numbers(db, Condition::all().add(Column::Id.is_in(ids))).await?;
        let indexes = batch::padded(own.iter().map(|one| one.index.clone()).collect());
        let all = numbers(db, people::ever_with(&indexes)).await?;
        let others = |one: &Numbered| {
            let same = all.iter().filter(|other| other.index == one.index && other.person != one.person);
            (one.person, same.map(|other| PersonId::new(other.person)).collect::<Vec<_>>())
        };
        Ok(Self(own.iter().map(others).filter(|(_, others)| !others.is_empty()).collect()))
    }

    /// Returns the others who hold or held the number of this person.
    pub(crate) fn of(&self, person: &PersonId) -> &[PersonId] {
        self.0.get(&person.uuid()).map(Vec::as_slice).unwrap_or_default()
    }
}

/// A person and the blind index of the number that they hold or held.
struct Numbered {
    person: Uuid,
    index: Vec<u8>,
}

async fn numbers<C: ConnectionTrait>(db: &C, these: Condition) -> ApiResult<Vec<Numbered>> {
    type Row = (Uuid, Vec<u8>, Option<Vec<u8>>);
    let columns = [Column::Id, Column::PhoneIndex, Column::FormerIndex];
    let rows: Vec<Row> = Entity::find().select_only().columns(columns).filter(these).into_tuple().all(db).await?;
    let numbered = |(person, held, former): Row| Numbered { person, index: former.unwrap_or(held) };
    Ok(rows.into_iter().map(numbered).collect())
}
