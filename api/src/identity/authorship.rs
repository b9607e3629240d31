//! Authorship 作者关系: who wrote a report.
//!
//! Every report from the public has one authorship row. All rows have the same shape, even those of anonymous reports:
//! a slot of 32 bytes and a ciphertext of fixed length. A person's slots are HMAC(link key, person ‖ n) for n = 0, 1, 2
//! … Without the key, two rows of one person are indistinguishable from the rows of two people. The slots of anonymous
//! reports are random.
//!
//! # Example
//! Ann submits two reports under her name 实名 and one anonymously 匿名, and Bob submits one confidentially 保密. The
//! table then holds four rows. The plaintext consists of the report's mode (1 实名, 2 保密, 3 匿名) and the person id:
//!
//! | `report_id` | `slot` | `person_ct`, decrypted |
//! |---|---|---|
//! | R1 | HMAC(link key, Ann ‖ 0) | 1, Ann |
//! | R2 | HMAC(link key, Ann ‖ 1) | 1, Ann |
//! | R3 | 32 random bytes | 3, 16 zero bytes |
//! | R4 | HMAC(link key, Bob ‖ 0) | 2, Bob |
//!
//! - "Who wrote R2?" ([`author_of`]) reads the row of R2 and decrypts it.
//! - "What did Ann write?" ([`reports_of`]) computes her slots 0 to 31 and looks up the rows that have them: R1 and R2.
//!   Slots 32 to 95 have no rows, so the search ends there. R3 cannot be found from Ann's id, not even with all keys.
//! - Ann's next report ([`write_from`]) takes slot 2, her first free one.
//!
//! The first free slot is looked up before the transaction ([`first_free`]), with a number of lookups that grows with the
//! logarithm of the person's reports.
//!
//! If two reports of one person are written concurrently, both compete for the same slot. One gets it and the other
//! takes the next, so slots are filled without gaps. A search stops at the first window without any row. Gaps of fewer
//! than [`WINDOW`] slots, which the removal of old rows may leave, therefore hide no report.

use std::collections::{HashMap, HashSet};

use aws_lc_rs::rand;
use domain::id::ReportId;
use entity::batch;
use entity::vault::authorship::{ActiveModel, Column, Entity};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::keys::Keys;
use super::person::PersonId;
use super::seal::{SealAad, Sealed};
use crate::error::{ApiError, ApiResult};

mod adopting;
mod reading;
mod slots;
mod written_by;

pub(crate) use adopting::{ADOPTED_AT_ONCE, adopt};
pub(crate) use reading::{author_of, authors_of, is_author, reports_of};
use slots::first_free;
pub(crate) use slots::{AuthorSlot, NextSlot, next_slots, received_in, received_since};
pub(crate) use written_by::WrittenBy;

/// The number of slots in the first window of a search.
pub(crate) const WINDOW: u64 = 32;
/// The maximum window size: the window doubles up to it, for people with many reports.
const WINDOW_MAX: u64 = 1_024;

/// How a reporter wants to be known. Officers who handle the report never see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, async_graphql::Enum)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Naming {
    /// 实名: the reporter is verified and can be paid an award; the identity remains encrypted.
    Named,
    /// 保密: the reporter verifies their identity only to collect an award; it remains encrypted.
    Confidential,
    /// 匿名: no name is stored; only the follow-up code gives access to the report again.
    Anonymous,
}

/// A decrypted authorship. Like [`PersonId`], it cannot be printed.
pub(crate) struct Authorship {
    /// How the author wants to be known.
    pub naming: Naming,
    /// The author; `None` for an anonymous report, and for one whose phone has not been registered by its owner yet.
    pub person: Option<PersonId>,
}

/// An encrypted authorship that has no slot yet.
struct UnwrittenAuthorship<'a> {
    report: ReportId,
    person: Option<&'a PersonId>,
    sealed: Sealed,
}

/// Inserts authorships without known slots, for tests.
#[cfg(test)]
pub(crate) async fn write<C: ConnectionTrait>(
    txn: &C,
    keys: &Keys,
    reports: &[(ReportId, WrittenBy<'_>)],
) -> ApiResult<()> {
    let new = reports.iter().map(|(report, by)| NewAuthorship { report: *report, by: *by, first_free: None });
    write_from(txn, keys, &new.collect::<Vec<_>>()).await.map(drop)
}

/// The authorship of a new report.
#[derive(Clone, Copy)]
pub(crate) struct NewAuthorship<'a> {
    /// The report.
    pub report: ReportId,
    /// Its author.
    pub by: WrittenBy<'a>,
    /// The slot of the author that was the first free one a moment ago, if it is known.
    pub first_free: Option<u64>,
}

/// Inserts the authorships of these reports, in the transaction that inserts the reports, and returns the slots that the
/// reports of known authors got. Concurrent submissions of one person all succeed.
/// Searches no slots in the transaction if the known ones are still free.
///
/// # Errors
/// Returns a unique violation if a report already has an authorship row.
pub(crate) async fn write_from<C: ConnectionTrait>(
    txn: &C,
    keys: &Keys,
    reports: &[NewAuthorship<'_>],
) -> ApiResult<HashMap<ReportId, u64>> {
    let (mut waiting, mut next, mut got) = (Vec::with_capacity(reports.len()), HashMap::new(), HashMap::new());
    for NewAuthorship { report, by, first_free } in reports {
        let (sealed, person) = (keys.seal(place(report), &by.plain())?, by.person());
        waiting.push(UnwrittenAuthorship { report: *report, person, sealed });
        if let (Some(person), Some(slot)) = (person, *first_free) {
            let known = next.entry(person.uuid()).or_insert(slot);
            *known = slot.max(*known); // every slot below the later one is taken, too
        }
    }
    while !waiting.is_empty() {
        let unknown = waiting.iter().filter_map(|row| row.person).filter(|person| !next.contains_key(&person.uuid()));
        next.extend(first_free(txn, keys, unknown).await?);
        let mut rows = rows(keys, &waiting, &mut next, &mut got)?;
        // All writers insert in slot order: two that compete for the same slots may wait for each other, but never
        // deadlock.
        rows.sort_by(|one, other| one.slot.as_ref().cmp(other.slot.as_ref()));
        let wanted = rows.len() as u64;
        let written = batch::insert_new(txn, rows, Column::Slot).await?;
        if written == wanted {
            return Ok(got);
        }
        let there = written_already(txn, &waiting).await?;
        waiting.retain(|row| !there.contains(&row.report));
        next.clear();
    }
    Ok(got)
}

fn place(report: &ReportId) -> SealAad<'_> {
    SealAad::new("authorship", "person_ct", report.0.as_bytes())
}

fn rows(
    keys: &Keys,
    waiting: &[UnwrittenAuthorship<'_>],
    next: &mut HashMap<Uuid, u64>,
    got: &mut HashMap<ReportId, u64>,
) -> ApiResult<Vec<ActiveModel>> {
    let mut rows = Vec::with_capacity(waiting.len());
    for row in waiting {
        let slot = match row.person {
            Some(person) => {
                let n = next.entry(person.uuid()).or_default();
                let slot = keys.link_slot(person, *n);
                got.insert(row.report, *n);
                *n += 1;
                slot
            }
            None => random_slot()?,
        };
        rows.push(ActiveModel {
            report_id: Set(row.report),
            slot: Set(slot),
            person_ct: Set(row.sealed.bytes.clone()),
            key_id: Set(row.sealed.key_id.clone()),
        });
    }
    Ok(rows)
}

fn random_slot() -> ApiResult<Vec<u8>> {
    let mut slot = vec![0; 32];
    rand::fill(&mut slot).map_err(ApiError::internal)?;
    Ok(slot)
}

async fn written_already<C: ConnectionTrait>(
    txn: &C,
    waiting: &[UnwrittenAuthorship<'_>],
) -> ApiResult<HashSet<ReportId>> {
    let ids = waiting.iter().map(|row| row.report);
    let found: Vec<ReportId> = Entity::find()
        .select_only()
        .column(Column::ReportId)
        .filter(Column::ReportId.is_in(ids))
        .into_tuple()
        .all(txn)
        .await?;
    Ok(found.into_iter().collect())
}

#[cfg(test)]
mod tests;
