//! Finds the next slot of a person, with a number of lookups that grows with the logarithm of their reports.
//!
//! Slots have no gaps, so the first free one can be found by galloping: the first lookup asks for the small slots and
//! for the powers of two, and each further one for 32 slots between the last taken and the first free one. A hotline
//! desk with 100,000 reports needs five lookups, almost everybody else one.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use entity::batch;
use entity::report;
use entity::vault::authorship::{Column, Entity};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::written_by::{VALUES_MAX, WrittenBy};
use crate::error::ApiResult;
use crate::identity::keys::Keys;
use crate::identity::person::PersonId;

/// The number of slots for which the first lookup asks one by one.
const SMALL: u64 = 16;
/// The largest power of two for which the first lookup asks. Nobody has as many reports.
const POWER_MAX: u32 = 40;
/// The number of slots of a person for which each further lookup asks.
const PROBES: u64 = 32;

/// What is known about the slots of one person: `taken` is above the last slot that was found taken, and `free` is the
/// first one that was found free.
struct Search<'a> {
    person: &'a PersonId,
    taken: u64,
    free: u64,
    probes: Vec<(u64, Vec<u8>)>,
}

impl<'a> Search<'a> {
    const fn new(person: &'a PersonId) -> Self {
        Self { person, taken: 0, free: u64::MAX, probes: Vec::new() }
    }

    /// Chooses the slots for which the next lookup asks.
    fn choose(&mut self, keys: &Keys) {
        let numbers: Vec<u64> = if self.free == u64::MAX {
            (0..SMALL).chain((SMALL.ilog2()..=POWER_MAX).map(|power| 1 << power)).collect()
        } else {
            let step = (self.free - self.taken).div_ceil(PROBES).max(1);
            (0..PROBES).map(|n| self.taken + n * step).take_while(|n| *n < self.free).collect()
        };
        self.probes = numbers.into_iter().map(|n| (n, keys.link_slot(self.person, n))).collect();
    }

    /// Narrows the search by the result of a lookup.
    fn narrow(&mut self, there: &HashSet<Vec<u8>>) {
        for (number, slot) in std::mem::take(&mut self.probes) {
            if there.contains(&slot) {
                self.taken = self.taken.max(number + 1);
            } else {
                self.free = self.free.min(number);
            }
        }
        // A gap, which the removal of a row could leave, ends the search as well as the end does.
        self.taken = self.taken.min(self.free);
    }
}

/// Returns the first free slot number of each of these people, with one search for all of them.
pub(super) async fn first_free<C: ConnectionTrait>(
    db: &C,
    keys: &Keys,
    people: impl IntoIterator<Item = &PersonId>,
) -> ApiResult<HashMap<Uuid, u64>> {
    let mut open: HashMap<Uuid, Search<'_>> =
        people.into_iter().map(|person| (person.uuid(), Search::new(person))).collect();
    let mut found = HashMap::new();
    while !open.is_empty() {
        for search in open.values_mut() {
            search.choose(keys);
        }
        let slots = open.values().flat_map(|search| search.probes.iter().map(|(_, slot)| slot.clone())).collect();
        let there = taken(db, slots).await?;
        open.retain(|person, search| {
            search.narrow(&there);
            let done = search.taken == search.free;
            if done {
                found.insert(*person, search.free);
            }
            !done
        });
    }
    Ok(found)
}

async fn taken<C: ConnectionTrait>(db: &C, slots: Vec<Vec<u8>>) -> ApiResult<HashSet<Vec<u8>>> {
    let mut taken = HashSet::new();
    for some in slots.chunks(VALUES_MAX) {
        let found: Vec<Vec<u8>> = Entity::find()
            .select_only()
            .column(Column::Slot)
            .filter(Column::Slot.is_in(batch::padded(some.to_vec())))
            .into_tuple()
            .all(db)
            .await?;
        taken.extend(found);
    }
    Ok(taken)
}

/// The slot that the report of a person will get.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NextSlot {
    /// The person's first free slot.
    pub first_free: u64,
    /// The slot of this report, if the reports of the person before it in the list get theirs. It is also the number of
    /// reports that the person has then.
    pub place: u64,
}

/// Returns the next slot for each of these new reports, in the same order; `None` for an anonymous one.
pub(crate) async fn next_slots<C: ConnectionTrait>(
    db: &C,
    keys: &Keys,
    authors: &[WrittenBy<'_>],
) -> ApiResult<Vec<Option<NextSlot>>> {
    let found = first_free(db, keys, authors.iter().filter_map(|by| by.person())).await?;
    let mut before: HashMap<Uuid, u64> = HashMap::new();
    let next = |by: &WrittenBy<'_>| {
        let person = by.person()?.uuid();
        let (first_free, before) = (*found.get(&person)?, before.entry(person).or_default());
        let next = NextSlot { first_free, place: first_free + *before };
        *before += 1;
        Some(next)
    };
    Ok(authors.iter().map(next).collect())
}

/// Returns when the report in a slot of its author was received; `None` for a free slot.
pub(crate) async fn received_in<C: ConnectionTrait>(
    db: &C,
    keys: &Keys,
    asked: AuthorSlot<'_>,
) -> ApiResult<Option<DateTime<Utc>>> {
    let Some(person) = asked.by.person() else { return Ok(None) };
    let slot = keys.link_slot(person, asked.slot);
    let Some(written) = Entity::find().filter(Column::Slot.eq(slot)).one(db).await? else { return Ok(None) };
    let received = report::Entity::find_by_id(written.report_id).select_only().column(report::Column::ReceivedAt);
    Ok(received.into_tuple().one(db).await?)
}

/// Returns how many reports of a person were received after this time, `most` at most. The slots are in the order of
/// submission, so that the first of these reports is found by bisection.
pub(crate) async fn received_since<C: ConnectionTrait>(
    db: &C,
    keys: &Keys,
    person: &PersonId,
    since: DateTime<Utc>,
    most: u64,
) -> ApiResult<u64> {
    let end = first_free(db, keys, [person]).await?.get(&person.uuid()).copied().unwrap_or_default();
    let (mut from, mut first) = (end.saturating_sub(most), end);
    while from < first {
        let middle = from + (first - from) / 2;
        let slot = AuthorSlot { by: WrittenBy::Named(person), slot: middle };
        if received_in(db, keys, slot).await?.is_some_and(|at| at > since) {
            first = middle;
        } else {
            from = middle + 1;
        }
    }
    Ok(end - first)
}

/// A slot of an author.
#[derive(Clone, Copy)]
pub(crate) struct AuthorSlot<'a> {
    /// The author.
    pub by: WrittenBy<'a>,
    /// The number of the slot.
    pub slot: u64,
}
