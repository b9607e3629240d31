//! The numbers with which officers log in. When a number changes, whoever was logged in with the old one is logged out:
//! a lost phone must not stay logged in after its officer has a new one. An officer who leaves is logged out as well.

use std::collections::{HashMap, HashSet};

use aws_lc_rs::hmac;
use chrono::{DateTime, Utc};
use domain::id::OfficerId;
use domain::policy::RuleVersion;
use domain::refusal::Refusal;
use entity::revision;
use entity::vault::officer_login::{ActiveModel, Column, Entity, Model};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter};
use serde::Serialize;

use super::keys::Keys;
use super::officers::{keep_as_past, number_place, with_indexes};
use super::person::Phone;
use super::session::Ended;
use super::{codes, officers, session};
use crate::error::{ApiError, ApiResult, is_taken};
use crate::journal::{NewEvent, append_to_staff};
use crate::staff::phones::{NumberChange, OfficerNumber, Phones};

/// The maximum number of values in one condition, well below the limits of both engines.
const VALUES_MAX: usize = 8_192;

/// Stores officers' phone numbers in the vault, on behalf of the slice `staff`.
pub(crate) struct VaultPhones<'a>(pub &'a Keys);

/// The event that an officer's number has changed, or that their logins have ended. It contains no number.
#[derive(Serialize)]
struct OfficerOnly {
    officer: OfficerId,
}

#[async_trait::async_trait]
impl Phones for VaultPhones<'_> {
    fn keyed_hash(&self, sha256: &str) -> String {
        let mut hash = hmac::Context::with_key(self.0.index());
        hash.update(b"chuishao/officers-file/1");
        hash.update(sha256.as_bytes());
        hex::encode(hash.sign())
    }

    async fn compare(&self, txn: &DatabaseTransaction, numbers: &[OfficerNumber]) -> ApiResult<Vec<NumberChange>> {
        compare(txn, self.0, &parsed(numbers)?).await
    }

    async fn keep(&self, txn: &DatabaseTransaction, numbers: &[OfficerNumber], at: DateTime<Utc>) -> ApiResult<()> {
        keep(txn, self.0, &parsed(numbers)?, at).await
    }

    async fn end_logins(&self, txn: &DatabaseTransaction, officers: &[OfficerId], at: DateTime<Utc>) -> ApiResult<()> {
        end_logins(txn, officers, at).await
    }
}

/// An officer and the number to store.
pub(crate) struct NewNumber {
    pub(crate) officer: OfficerId,
    pub(crate) phone: Phone,
}

fn parsed(numbers: &[OfficerNumber]) -> ApiResult<Vec<NewNumber>> {
    let parse = |number: &OfficerNumber| {
        Ok(NewNumber { officer: number.officer, phone: Phone::parse(&number.digits, "phone")? })
    };
    numbers.iter().map(parse).collect()
}

async fn compare<C: ConnectionTrait>(txn: &C, keys: &Keys, numbers: &[NewNumber]) -> ApiResult<Vec<NumberChange>> {
    let given: HashSet<OfficerId> = numbers.iter().map(|number| number.officer).collect();
    let mut stored: HashMap<OfficerId, Model> = HashMap::new();
    let mut taken: HashSet<Vec<u8>> = HashSet::new();
    for some in numbers.chunks(VALUES_MAX) {
        let officers = some.iter().map(|number| number.officer);
        let own = Entity::find().filter(Column::OfficerId.is_in(officers)).all(txn).await?;
        stored.extend(own.into_iter().map(|row| (row.officer_id, row)));
        let indexes: Vec<Vec<u8>> = some.iter().map(|number| keys.phone_index(&number.phone)).collect();
        let holders = with_indexes(txn, &indexes).await?;
        taken.extend(holders.into_iter().filter(|row| !given.contains(&row.officer_id)).map(|row| row.phone_index));
    }
    let change = |number: &NewNumber| {
        let index = keys.phone_index(&number.phone);
        match stored.get(&number.officer) {
            _ if taken.contains(&index) => NumberChange::Taken,
            None => NumberChange::First,
            Some(row) if row.phone_index == index => NumberChange::Kept,
            Some(_) => NumberChange::Changed,
        }
    };
    Ok(numbers.iter().map(change).collect())
}

/// Stores these numbers. See [`Phones::keep`].
pub(crate) async fn keep<C: ConnectionTrait>(
    txn: &C,
    keys: &Keys,
    numbers: &[NewNumber],
    at: DateTime<Utc>,
) -> ApiResult<()> {
    let changes = compare(txn, keys, numbers).await?;
    if changes.contains(&NumberChange::Taken) {
        return Err(taken());
    }
    let with = |wanted: NumberChange| {
        let both = numbers.iter().zip(&changes);
        both.filter(move |(_, change)| **change == wanted).map(|(number, _)| number)
    };
    // Old rows go first, so that two officers can exchange their numbers.
    let renumbered: Vec<OfficerId> = with(NumberChange::Changed).map(|number| number.officer).collect();
    for some in renumbered.chunks(VALUES_MAX) {
        let these = Column::OfficerId.is_in(some.iter().copied());
        let old = Entity::find().filter(these.clone()).all(txn).await?;
        keep_as_past(txn, &old).await?;
        let old: Vec<Vec<u8>> = old.into_iter().map(|row| row.phone_index).collect();
        codes::end_for_officers(txn, &old, at).await?;
        Entity::delete_many().filter(these).exec(txn).await?;
    }
    for number in with(NumberChange::Changed).chain(with(NumberChange::First)) {
        insert(txn, keys, number).await?;
    }
    if renumbered.is_empty() {
        return Ok(());
    }
    let rules = RuleVersion(revision::Entity::newest(txn).await?);
    for officer in renumbered {
        session::end_all_of_officer(txn, officer, Ended::NumberChanged, at).await?;
        let event = NewEvent::encode("NUMBER_CHANGED", &OfficerOnly { officer })?;
        append_to_staff(txn, officer.0, event, at, rules).await?;
    }
    Ok(())
}

async fn end_logins<C: ConnectionTrait>(txn: &C, officers: &[OfficerId], at: DateTime<Utc>) -> ApiResult<()> {
    if officers.is_empty() {
        return Ok(());
    }
    let rules = RuleVersion(revision::Entity::newest(txn).await?);
    for officer in officers {
        let index = officers::index_of(txn, *officer).await?;
        codes::end_for_officers(txn, &index.into_iter().collect::<Vec<_>>(), at).await?;
        session::end_all_of_officer(txn, *officer, Ended::Left, at).await?;
        let event = NewEvent::encode("LOGINS_ENDED", &OfficerOnly { officer: *officer })?;
        append_to_staff(txn, officer.0, event, at, rules).await?;
    }
    Ok(())
}

async fn insert<C: ConnectionTrait>(txn: &C, keys: &Keys, number: &NewNumber) -> ApiResult<()> {
    let sealed = keys.seal(number_place(&number.officer), number.phone.expose().as_bytes())?;
    let row = ActiveModel {
        officer_id: Set(number.officer),
        phone_index: Set(keys.phone_index(&number.phone)),
        phone_ct: Set(sealed.bytes),
        key_id: Set(sealed.key_id),
    };
    match Entity::insert(row).exec_without_returning(txn).await {
        Ok(_) => Ok(()),
        Err(error) if is_taken(&error) => Err(taken()),
        Err(error) => Err(error.into()),
    }
}

fn taken() -> ApiError {
    let (zh, en) = ("该手机号已登记给其他工作人员。", "This number is already registered for another officer.");
    Refusal::invalid("phone", zh, en).into()
}
