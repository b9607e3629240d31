//! What money needs to know of a reporter: whether an award may be collected, by whom, and whether the reporter was
//! only doing their duty. Answered with yes or no; the reason is a code that tells nothing of who it is.

use super::authorship::{Naming, author_of};
use super::contact::{Contact, ContactRecord};
use super::keys::Keys;
use super::seal::SealAad;
use super::secrets::padded;
use super::{officers, people, represented};
use crate::caller::{Caller, Who};
use crate::error::{ApiError, ApiResult};
use chrono::{DateTime, NaiveDate, Utc};
use domain::id::{OfficerId, ReportId};
use domain::refusal::{Code, Refusal};
use entity::vault::payee::{ActiveModel, Column, Entity};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};

/// Whether an anonymous reporter may give an identity and then collect: a row of the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AnonymousAward {
    /// With the follow-up code.
    MayCollect,
    /// Never.
    NotPaid,
}

/// Whether the award of a report may be collected now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MayCollect {
    /// The identity of who collects has been verified.
    Yes,
    /// Not yet: the identity must be given first ([`collect_identity`]).
    AfterIdentity,
    /// Never, under this rule.
    No(&'static str),
}

fn place(report: &ReportId) -> SealAad<'_> {
    SealAad::new("payee", "payee_ct", report.0.as_bytes())
}

/// Whether the award of a report may be collected.
///
/// 代报: yes, in the name of the person on whose behalf it was handed in. 实名 with a verified name: yes. 保密, or 实名 whose
/// name was not verified: after giving the identity. 匿名: the same where `anonymous` allows it, else no under `collect.anonymous`. A patrol: no under `collect.nobody`.
///
/// # Errors
/// `TRY_LATER` when the database is not answering.
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
        _ => Ok(MayCollect::AfterIdentity),
    }
}

/// Keeps the verified identity of who collects the award of a report, sealed. A second time replaces the first.
///
/// The caller must be the author of the report, or hold its follow-up code; `anonymous` decides for reports 匿名.
///
/// # Errors
/// `NOT_FOUND` for whoever did not write the report; `ILLEGAL_MOVE` under the rule of [`may_collect`] where it can
/// never be collected.
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

/// Whether the caller wrote the report, or holds its follow-up code.
///
/// # Errors
/// `TRY_LATER` when the database is not answering.
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

/// The indexes of the numbers behind a report: its author's, that of the person on whose behalf it was handed in, and that
/// of who collects.
async fn numbers<C: ConnectionTrait>(db: &C, keys: &Keys, report: ReportId) -> ApiResult<Vec<Vec<u8>>> {
    let mut indexes = Vec::new();
    if let Some(person) = author_of(db, keys, report).await?.and_then(|author| author.person) {
        indexes.extend(people::living(db, &person).await?.map(|row| row.phone_index));
    }
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

/// Whether the officer is the person who wrote the report, on whose behalf it was written, or who collects its award:
/// nobody judges their own. Numbers are compared by their keyed hashes; no number is read.
///
/// # Errors
/// `TRY_LATER` when the database is not answering.
pub(crate) async fn same_person<C: ConnectionTrait>(
    db: &C,
    keys: &Keys,
    officer: OfficerId,
    report: ReportId,
) -> ApiResult<bool> {
    let Some(index) = officers::index_of(db, officer).await? else {
        return Ok(false);
    };
    Ok(numbers(db, keys, report).await?.contains(&index))
}

/// Whether the award of a report at `area_path` is excluded because its reporter was doing their own duty: an
/// appointment as information reporter 信息报告员 over that area, or a post over it, on `day` (China).
///
/// # Errors
/// `TRY_LATER` when the database is not answering.
pub(crate) async fn own_duty_excluded<C: ConnectionTrait>(
    db: &C,
    keys: &Keys,
    report: ReportId,
    area_path: &str,
    day: NaiveDate,
) -> ApiResult<bool> {
    let indexes = numbers(db, keys, report).await?;
    if indexes.is_empty() {
        return Ok(false);
    }
    if people::are_appointed(db, keys, &indexes, area_path, day).await? {
        return Ok(true);
    }
    let officers = officers::with_indexes(db, &indexes).await?;
    let posts = officers::posts_on(db, &officers, day).await?;
    Ok(posts.iter().any(|post| post.covers(area_path)))
}
