//! Who wrote a report.
//!
//! Every report of the public has one row of one form: a slot and a ciphertext of fixed length, whether somebody is
//! named in it or not. The slots of a person are HMAC(link key, person ‖ n) for n = 0, 1, 2 …; without the key two
//! rows of one person look like rows of two. Those of anonymous reports are random.
//!
//! A writer takes the first free n, and the next when somebody else takes it meanwhile, so that slots are filled
//! without holes. A reader stops after a whole window of free slots: holes of fewer than [`WINDOW`] in a row, which
//! the removal of old rows may leave, hide nothing.

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
mod others;
mod reading;

pub(crate) use adopting::adopt;
pub(crate) use others::others_by_author_of;
pub(crate) use reading::{author_of, authors_of, is_author, reports_of};

/// Slots that are looked for at once, at first.
pub(crate) const WINDOW: u64 = 32;
/// The window doubles up to this for people with many reports.
const WINDOW_MAX: u64 = 1_024;
/// Values in one statement, far below the bound of either engine.
const VALUES_MAX: usize = 8_192;

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

/// Who hands a report in.
#[derive(Clone, Copy)]
pub(crate) enum WrittenBy<'a> {
    /// 实名.
    Named(&'a PersonId),
    /// 保密.
    Confidential(&'a PersonId),
    /// 匿名.
    Anonymous,
    /// 实名, signed by a phone of which nobody knows yet to whom it belongs.
    NamedByDevice(&'a PersonId),
    /// 保密, signed by such a phone.
    ConfidentialByDevice(&'a PersonId),
}

/// Who wrote a report, opened. Sealed as its person is.
pub(crate) struct Authorship {
    /// How they want to be known.
    pub naming: Naming,
    /// Who, unless they are anonymous, or have not logged in yet with the phone that signed it.
    pub person: Option<PersonId>,
}

impl<'a> WrittenBy<'a> {
    fn parts(self) -> (u8, Option<&'a PersonId>) {
        match self {
            Self::Named(person) => (1, Some(person)),
            Self::Confidential(person) => (2, Some(person)),
            Self::Anonymous => (3, None),
            Self::NamedByDevice(device) => (4, Some(device)),
            Self::ConfidentialByDevice(device) => (5, Some(device)),
        }
    }

    /// The very same form for everybody: one byte for the mode, sixteen for the person or nothing.
    fn plain(self) -> [u8; 17] {
        let (mode, person) = self.parts();
        let mut plain = [0; 17];
        let (first, rest) = plain.split_at_mut(1);
        first.fill(mode);
        if let Some(person) = person {
            rest.copy_from_slice(person.bytes());
        }
        plain
    }
}

/// A row that is still to be written.
struct UnwrittenAuthorship<'a> {
    report: ReportId,
    person: Option<&'a PersonId>,
    sealed: Sealed,
}

/// Writes who wrote these reports, in the transaction that writes them. Two submissions of one person at the same
/// time both succeed.
///
/// # Errors
/// A unique violation when a report has an author already; an internal error when the system provides no random numbers.
pub(crate) async fn write<C: ConnectionTrait>(
    txn: &C,
    keys: &Keys,
    reports: &[(ReportId, WrittenBy<'_>)],
) -> ApiResult<()> {
    let mut waiting = Vec::with_capacity(reports.len());
    for (report, by) in reports {
        let sealed = keys.seal(place(report), &by.plain())?;
        waiting.push(UnwrittenAuthorship { report: *report, person: by.parts().1, sealed });
    }
    while !waiting.is_empty() {
        let mut rows = rows(keys, &waiting, &mut first_free(txn, keys, &waiting).await?)?;
        // One order for all writers: two that want the same slots wait for one another, and never in a circle.
        rows.sort_by(|one, other| one.slot.as_ref().cmp(other.slot.as_ref()));
        let wanted = rows.len() as u64;
        let written = batch::insert_new(txn, rows, Column::Slot).await?;
        if written == wanted {
            return Ok(());
        }
        let there = written_already(txn, &waiting).await?;
        waiting.retain(|row| !there.contains(&row.report));
    }
    Ok(())
}

fn place(report: &ReportId) -> SealAad<'_> {
    SealAad::new("authorship", "person_ct", report.0.as_bytes())
}

fn rows(
    keys: &Keys,
    waiting: &[UnwrittenAuthorship<'_>],
    next: &mut HashMap<Uuid, u64>,
) -> ApiResult<Vec<ActiveModel>> {
    let mut rows = Vec::with_capacity(waiting.len());
    for row in waiting {
        let slot = match row.person {
            Some(person) => {
                let n = next.entry(person.uuid()).or_default();
                let slot = keys.link_slot(person, *n);
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

/// The first free n of everybody who is named, found together.
async fn first_free<C: ConnectionTrait>(
    txn: &C,
    keys: &Keys,
    waiting: &[UnwrittenAuthorship<'_>],
) -> ApiResult<HashMap<Uuid, u64>> {
    let mut open: HashMap<Uuid, &PersonId> =
        waiting.iter().filter_map(|row| row.person).map(|person| (person.uuid(), person)).collect();
    let (mut found, mut from, mut window) = (HashMap::new(), 0, WINDOW);
    while !open.is_empty() {
        let mut slots = Vec::new();
        for person in open.values() {
            slots.extend((from..from + window).map(|n| (person.uuid(), n, keys.link_slot(person, n))));
        }
        let taken = taken(txn, &slots).await?;
        for (person, n, slot) in slots {
            if !taken.contains(&slot) {
                found.entry(person).or_insert(n);
            }
        }
        open.retain(|person, _| !found.contains_key(person));
        from += window;
        window = (window * 2).min(WINDOW_MAX);
    }
    Ok(found)
}

async fn taken<C: ConnectionTrait>(txn: &C, slots: &[(Uuid, u64, Vec<u8>)]) -> ApiResult<HashSet<Vec<u8>>> {
    let mut taken = HashSet::new();
    for some in slots.chunks(VALUES_MAX) {
        let found: Vec<Vec<u8>> = Entity::find()
            .select_only()
            .column(Column::Slot)
            .filter(Column::Slot.is_in(batch::padded(some.iter().map(|(_, _, slot)| slot.clone()).collect())))
            .into_tuple()
            .all(txn)
            .await?;
        taken.extend(found);
    }
    Ok(taken)
}

#[cfg(test)]
mod tests;
