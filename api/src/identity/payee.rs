//! What the slice `reward` needs to know about a reporter: whether an award may be collected, by whom, and whether
//! reporting was the reporter's own duty. The results are yes or no. A reason is a rule name that does not reveal the
//! person.

use std::collections::BTreeSet;

use super::authorship::{Naming, author_of};
use super::contact::{Contact, ContactRecord};
use super::keys::Keys;
use super::person::PersonId;
use super::seal::{SealAad, fresh_secret};
use super::secrets::padded;
use super::{officers, people, represented};
use crate::caller::{Caller, Who};
use crate::error::{ApiError, ApiResult};
use aws_lc_rs::hmac;
use chrono::{DateTime, NaiveDate, Utc};
use domain::award::PayeeDigest;
use domain::id::{OfficerId, ReportId};
use domain::refusal::{Code, Refusal};
use entity::vault::payee::{ActiveModel, Column, Entity};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};
use secrecy::zeroize::Zeroizing;
use uuid::Uuid;

/// Whether the award policy lets an anonymous reporter state an identity and then collect the award.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AnonymousAward {
    /// The reporter may collect the award with the follow-up code.
    MayCollect,
    /// Awards of anonymous reports are not paid.
    NotPaid,
}

/// Whether the award of a report may be collected now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MayCollect {
    /// Yes. The payee's identity is known.
    Yes,
    /// Not yet. The payee must first state their identity ([`collect_identity`]).
    AfterIdentity,
    /// Never. The value is the name of the rule that the error cites.
    No(&'static str),
}

fn place(report: &ReportId) -> SealAad<'_> {
    SealAad::new("payee", "payee_ct", report.0.as_bytes())
}

/// Decides whether the award of a report may be collected.
///
/// | report | result |
/// |---|---|
/// | a patrol, which has no author | no, under `collect.nobody` |
/// | 匿名, if `anonymous` does not allow it | no, under `collect.anonymous` |
/// | one whose payee has stated an identity | yes |
/// | 代报 | yes, in the name of the person represented |
/// | 实名 with a verified name | yes |
/// | 实名 whose author was erased | no, under `collect.erased` |
/// | any other | after the payee has stated an identity |
///
/// The first matching row applies.
pub(crate) async fn may_collect<C: ConnectionTrait>(
    db: &C,
    keys: &Keys,
    report: ReportId,
    anonymous: AnonymousAward,
) -> ApiResult<MayCollect> {
    let Some(author) = author_of(db, keys, report).await? else {
        return Ok(MayCollect::No("collect.nobody"));
    };
    if author.naming == Naming::Anonymous && anonymous == AnonymousAward::NotPaid {
        return Ok(MayCollect::No("collect.anonymous"));
    }
    if Entity::find_by_id(report).one(db).await?.is_some() || represented::of(db, keys, report).await?.is_some() {
        return Ok(MayCollect::Yes);
    }
    match (author.naming, author.person) {
        (Naming::Named, Some(person)) => match people::living(db, &person).await? {
            Some(row) if people::is_verified(keys, &row)? => Ok(MayCollect::Yes),
            Some(_) => Ok(MayCollect::AfterIdentity),
            None => Ok(MayCollect::No("collect.erased")),
        },
        (Naming::Named, None) | (Naming::Confidential | Naming::Anonymous, _) => Ok(MayCollect::AfterIdentity),
    }
}

/// Encrypts and stores the payee identity for a report's award, replacing an earlier one. The caller must be the author
/// of the report or hold its follow-up code.
///
/// # Errors
/// `NOT_FOUND` if the caller did not write the report; `ILLEGAL_MOVE` under the rule of [`may_collect`] if the award
/// can never be collected.
pub(crate) async fn collect_identity<C: ConnectionTrait>(
    txn: &C,
    keys: &Keys,
    caller: &Caller,
    report: ReportId,
    collector: &Contact,
    anonymous: AnonymousAward,
    now: DateTime<Utc>,
) -> ApiResult<()> {
    if !wrote(txn, keys, caller, report).await? {
        return Err(Code::NotFound.into());
    }
    if let MayCollect::No(rule) = may_collect(txn, keys, report, anonymous).await? {
        return Err(Refusal::illegal(rule).into());
    }
    let sealed = keys.seal(place(&report), &padded(&collector.record())?)?;
    let row =
        ActiveModel { report_id: Set(report), payee_ct: Set(sealed.bytes), key_id: Set(sealed.key_id), at: Set(now) };
    let instead =
        OnConflict::column(Column::ReportId).update_columns([Column::PayeeCt, Column::KeyId, Column::At]).to_owned();
    Entity::insert(row).on_conflict(instead).exec_without_returning(txn).await?;
    Ok(())
}

/// Checks whether the caller is the report's author or holds its follow-up code.
pub(crate) async fn wrote<C: ConnectionTrait>(
    db: &C,
    keys: &Keys,
    caller: &Caller,
    report: ReportId,
) -> ApiResult<bool> {
    match &caller.who {
        Who::Reporter(person) => super::authorship::is_author(db, keys, person, report).await,
        Who::FollowUp(opened) => Ok(*opened == report),
        Who::Nobody | Who::Officer(_) => Ok(false),
    }
}

/// The number of people who can stand to gain from a report: its author, its payee, and the person represented.
const GAINING_MAX: usize = 3;
/// The number of officers that a question about a report names at least. More than one can have had a number.
const OFFICERS_MIN: usize = 8;

/// Returns the blind indexes of the phone numbers of everybody who stands to gain from a report: its author, its payee,
/// and the person on whose behalf it was submitted. The number of a former holder is the one that they held: every
/// question about a number asks all who ever held it.
///
/// Officers' steps cause this, so it runs the same statements for every report: how many there are, or how long they
/// take, must not tell whether the report names somebody.
async fn numbers<C: ConnectionTrait>(db: &C, keys: &Keys, report: ReportId) -> ApiResult<Vec<Vec<u8>>> {
    let mut indexes = Vec::new();
    let author = author_of(db, keys, report).await?.and_then(|author| author.person);
    let person = author.unwrap_or_else(|| PersonId::new(Uuid::new_v4())); // nobody has this id
    indexes.extend(people::living(db, &person).await?.map(people::number_index));
    if let Some(row) = Entity::find_by_id(report).one(db).await? {
        let json = keys.open(place(&report), &row.payee_ct, &row.key_id)?;
        let record: ContactRecord = serde_json::from_slice(&json).map_err(ApiError::internal)?;
        indexes.extend(record.phone().map(|phone| keys.phone_index(&phone)));
    }
    if let Some(record) = represented::of(db, keys, report).await? {
        indexes.extend(record.phone().map(|phone| keys.phone_index(&phone)));
    }
    Ok(indexes)
}

/// Returns the digest of the person to whom the award of a report is paid: the one who gave their identity, else the
/// person represented, else the author. It is keyed, because phone numbers can be guessed, and bound to the report, so
/// that it does not link two reports of one person.
pub(crate) async fn payee_digest<C: ConnectionTrait>(db: &C, keys: &Keys, report: ReportId) -> ApiResult<PayeeDigest> {
    let payee = if let Some(row) = Entity::find_by_id(report).one(db).await? {
        keys.open(place(&report), &row.payee_ct, &row.key_id)?
    } else if let Some(record) = represented::of(db, keys, report).await? {
        padded(&record)?
    } else {
        let person = author_of(db, keys, report).await?.and_then(|author| author.person);
        Zeroizing::new(person.map(|person| person.uuid().as_bytes().to_vec()).unwrap_or_default())
    };
    let mut mac = hmac::Context::with_key(keys.index());
    mac.update(b"chuishao/payee/1");
    mac.update(report.0.as_bytes());
    mac.update(&payee);
    let tag = <[u8; 32]>::try_from(mac.sign().as_ref()).map_err(ApiError::internal)?;
    Ok(PayeeDigest(tag))
}

/// Checks whether the officer is the report's author, its payee, or the person on whose behalf it was submitted. Such
/// an officer must not decide on its award. The check compares blind indexes of phone numbers: those that the officer has
/// and had with those that the others have or had.
pub(crate) async fn same_person<C: ConnectionTrait>(
    db: &C,
    keys: &Keys,
    officer: OfficerId,
    report: ReportId,
) -> ApiResult<bool> {
    let own = officers::all_indexes_of(db, officer).await?;
    let numbers = numbers(db, keys, report).await?;
    Ok(own.iter().any(|index| numbers.contains(index)))
}

/// Checks whether one of these officers has or had the number of the report's author, its payee, or the person on whose
/// behalf it was submitted. The check runs when the award is collected, so that a payee who becomes known only then is compared too.
pub(crate) async fn is_one_of<C: ConnectionTrait>(
    db: &C,
    keys: &Keys,
    officers: &BTreeSet<OfficerId>,
    report: ReportId,
) -> ApiResult<bool> {
    let indexes = numbers(db, keys, report).await?;
    Ok(officers::who_ever_had(db, &indexes).await?.iter().any(|officer| officers.contains(officer)))
}

/// Checks whether the award of a report at `area_path` is excluded because reporting was a duty. It is excluded if anybody
/// who ever held the number of a person who stands to gain ([`numbers`]) was an information reporter 信息报告员 for that area, or held a post over
/// it, on `day` (China time). It runs the same statements, of the same size, for every report ([`numbers`]).
pub(crate) async fn own_duty_excluded<C: ConnectionTrait>(
    db: &C,
    keys: &Keys,
    report: ReportId,
    area_path: &str,
    day: NaiveDate,
) -> ApiResult<bool> {
    let nobody = || fresh_secret().map(|nobody| nobody.to_vec());
    let indexes = filled(numbers(db, keys, report).await?, GAINING_MAX, nobody)?;
    let appointed = people::are_appointed(db, keys, &indexes, area_path, day).await?;
    let officers = officers::who_ever_had(db, &indexes).await?;
    let officers = filled(officers, OFFICERS_MIN, || Ok(OfficerId(Uuid::new_v4())))?;
    let posts = officers::posts_on(db, &officers, day).await?;
    Ok(appointed || posts.iter().any(|post| post.covers(area_path)))
}

/// Fills a list up to this length with values that match nobody.
fn filled<T>(mut values: Vec<T>, length: usize, nobody: impl Fn() -> ApiResult<T>) -> ApiResult<Vec<T>> {
    while values.len() < length {
        values.push(nobody()?);
    }
    Ok(values)
}
