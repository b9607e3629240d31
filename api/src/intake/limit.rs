//! Limits the named reports of one author within 24 hours: before they are queued ([`limit`]), with the author's next slot,
//! so that the writer's transaction need not search, and for those that were overtaken since, when they are written
//! ([`over`]).
//!
//! All who ever held one number 二次放号 share the limit, so that nobody gets a second one by becoming a new person.
//!
//! Nothing records how many reports an author has in a day, because such a record would link them. The author's slots are
//! in the order of submission, so the report in the slot `limit` places earlier tells whether the limit is reached.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::content::Digest;
use domain::refusal::{Code, Refusal};
use domain::time::{china_day, earlier};
use sea_orm::{ConnectionTrait, DatabaseTransaction};

use super::draft::{Item, ReportsADay};
use crate::app::App;
use crate::error::ApiResult;
use crate::identity::authorship::{self, AuthorSlot, WrittenBy};
use crate::identity::holders::OtherHolders;
use crate::identity::people;
use crate::identity::person::PersonId;

/// The time within which the reports of an author are counted.
const DAY: TimeDelta = TimeDelta::days(1);

/// A new report of an author, with the number of reports that the author has before it.
struct Asked<'a> {
    by: WrittenBy<'a>,
    before: u64,
    a_day: ReportsADay,
}

impl Asked<'_> {
    /// Checks whether this report comes before another one of the same author, under the same limit.
    fn is_before(&self, other: &Self) -> bool {
        let same = self.by.person().zip(other.by.person()).is_some_and(|(one, other)| one.is(other));
        same && self.before <= other.before && self.a_day == other.a_day
    }
}

/// Sets the first free slot of each author, and refuses the reports above the limit with `RATE_LIMITED`. A refused report
/// that is already stored is answered all the same.
pub(super) async fn limit(app: &App, items: &mut [ApiResult<Item>]) -> ApiResult<()> {
    let mut drafted: Vec<&mut Item> =
        items.iter_mut().filter_map(|item| item.as_mut().ok()).filter(|item| item.draft.is_ok()).collect();
    let authors: Vec<WrittenBy<'_>> = drafted.iter().map(|item| item.written_by()).collect();
    let slots = authorship::next_slots(app.db(), &app.keys, &authors).await?;
    let people: Vec<&PersonId> = authors.iter().filter_map(|by| by.known_person()).collect();
    let limits = Limits { app, db: app.db(), others: OtherHolders::load(app.db(), &people).await? };
    let (mut refusals, mut taken) = (Vec::with_capacity(drafted.len()), None);
    // The last report of an author comes first: if it is within the limit, so are those before it.
    for ((item, by), slot) in drafted.iter().zip(authors).zip(&slots).rev() {
        let asked = item.draft.as_ref().ok().zip(*slot);
        let asked = asked.map(|(draft, slot)| Asked { by, before: slot.place, a_day: draft.a_day });
        let refusal = match &asked {
            Some(asked) if !taken.as_ref().is_some_and(|taken| asked.is_before(taken)) => limits.refusal(asked).await?,
            Some(_) | None => None,
        };
        if refusal.is_none() && asked.is_some() {
            taken = asked;
        }
        refusals.push(refusal);
    }
    for ((item, slot), refusal) in drafted.iter_mut().zip(slots).zip(refusals.into_iter().rev()) {
        item.slot = slot;
        if let Some(refusal) = refusal {
            item.draft = Err(refusal.into());
        }
    }
    Ok(())
}

/// A report that the writer has inserted, with the slot that it got.
pub(super) struct Placed<'a> {
    /// The report.
    pub item: &'a Item,
    /// Its slot, which is also the number of reports that the author has before it.
    pub slot: u64,
    /// The limits of its place.
    pub a_day: ReportsADay,
}

impl<'a> Placed<'a> {
    /// Checks whether other reports of the author were written since the limit was judged.
    fn was_overtaken(&self) -> bool {
        self.item.slot.is_none_or(|judged| judged.place < self.slot)
    }

    fn asked(&self) -> Asked<'a> {
        Asked { by: self.item.written_by(), before: self.slot, a_day: self.a_day }
    }
}

/// Returns the refusals of the inserted reports that are above the limit, by submission key. Looks up only reports that
/// were overtaken, and of those with one author and one limit only as many as a binary search needs.
pub(super) async fn over(
    app: &App,
    txn: &DatabaseTransaction,
    mut placed: Vec<Placed<'_>>,
) -> ApiResult<HashMap<Digest, Refusal>> {
    placed.retain(Placed::was_overtaken);
    if placed.is_empty() {
        return Ok(HashMap::new());
    }
    placed.sort_unstable_by_key(|one| one.slot);
    let mut groups: Vec<Vec<Placed<'_>>> = Vec::new();
    for one in placed {
        let asked = one.asked();
        let same = groups.iter_mut().find(|group| group.last().is_some_and(|last| last.asked().is_before(&asked)));
        match same {
            Some(group) => group.push(one),
            None => groups.push(vec![one]),
        }
    }
    let authors: Vec<WrittenBy<'_>> = groups.iter().flatten().map(|one| one.item.written_by()).collect();
    let people: Vec<&PersonId> = authors.iter().filter_map(|by| by.known_person()).collect();
    let limits = Limits { app, db: txn, others: OtherHolders::load(txn, &people).await? };
    let mut refused = HashMap::new();
    for group in groups {
        refused.extend(limits.over_in(&group).await?);
    }
    Ok(refused)
}

/// Judges reports by what this connection sees.
struct Limits<'a, C> {
    app: &'a App,
    db: &'a C,
    others: OtherHolders,
}

impl<C: ConnectionTrait> Limits<'_, C> {
    /// Returns the refusals of the reports of one author, which are in the order of their slots: if one is above the
    /// limit, so are those after it.
    async fn over_in(&self, group: &[Placed<'_>]) -> ApiResult<HashMap<Digest, Refusal>> {
        let Some(last) = group.last() else { return Ok(HashMap::new()) };
        let Some(refusal) = self.refusal(&last.asked()).await? else { return Ok(HashMap::new()) };
        let (mut within, mut above) = (0, group.len().saturating_sub(1));
        while within < above {
            let middle = within.midpoint(above);
            let Some(one) = group.get(middle) else { break };
            if self.refusal(&one.asked()).await?.is_some() { above = middle } else { within = middle.saturating_add(1) }
        }
        Ok(group.iter().skip(above).map(|one| (one.item.checked.key, refusal.clone())).collect())
    }

    async fn refusal(&self, asked: &Asked<'_>) -> ApiResult<Option<Refusal>> {
        let now = self.app.now();
        let Some(first) = self.first_of_day(asked, asked.a_day.ordinary).await? else { return Ok(None) };
        let on_duty = match asked.by.person() {
            Some(person) => people::is_appointed(self.db, &self.app.keys, person, china_day(now)).await?,
            None => false,
        };
        if !on_duty {
            return Ok(Some(too_many(asked.a_day.ordinary, first, now)));
        }
        let first = self.first_of_day(asked, asked.a_day.on_duty).await?;
        Ok(first.map(|first| too_many(asked.a_day.on_duty, first, now)))
    }

    /// Returns when the first of the last reports of the author was received that exhaust the limit, if that was within a
    /// day. The reports of the others who held the number count as well. If theirs alone exhaust it, the answer is now.
    async fn first_of_day(&self, asked: &Asked<'_>, limit: u64) -> ApiResult<Option<DateTime<Utc>>> {
        let (keys, now) = (&self.app.keys, self.app.now());
        let since = earlier(now, DAY);
        let others = asked.by.known_person().map_or(&[][..], |person| self.others.of(person));
        let mut left = limit;
        for other in others {
            left = left.saturating_sub(authorship::received_since(self.db, keys, other, since, left).await?);
        }
        if left == 0 {
            return Ok(Some(now));
        }
        let Some(slot) = asked.before.checked_sub(left) else { return Ok(None) };
        let found = authorship::received_in(self.db, keys, AuthorSlot { by: asked.by, slot }).await?;
        Ok(found.filter(|at| *at > since))
    }
}

fn too_many(limit: u64, first: DateTime<Utc>, now: DateTime<Utc>) -> Refusal {
    let seconds = (DAY - (now - first)).num_seconds().max(1);
    Refusal::new(Code::RateLimited)
        .with_rule("submission.a_day")
        .with_detail("retryAfterSeconds", seconds.to_string())
        .with_text(
            format!("每人24小时内最多提交{limit}份实名或保密报告。本报告请保留在手机上，稍后会再次提交；紧急情况请拨打119或110。"),
            format!(
                "One person can submit at most {limit} reports by name in 24 hours. Keep this one on the phone and send it \
                 again later. In an emergency call 119 or 110."
            ),
        )
}
