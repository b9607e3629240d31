//! Limits the named reports of one author within 24 hours, before they are queued, and looks up the author's next slot, so
//! that the writer's transaction need not.
//!
//! All who ever held one number 二次放号 share the limit, so that nobody gets a second one by becoming a new person.
//!
//! Nothing records how many reports an author has in a day, because such a record would link them. The author's slots are
//! in the order of submission, so the report in the slot `limit` places earlier tells whether the limit is reached.

use chrono::{DateTime, TimeDelta, Utc};
use domain::refusal::{Code, Refusal};
use domain::time::{china_day, earlier};

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
    let others = OtherHolders::load(app.db(), &people).await?;
    let (mut refusals, mut taken) = (Vec::with_capacity(drafted.len()), None);
    // The last report of an author comes first: if it is within the limit, so are those before it.
    for ((item, by), slot) in drafted.iter().zip(authors).zip(&slots).rev() {
        let asked = item.draft.as_ref().ok().zip(*slot);
        let asked = asked.map(|(draft, slot)| Asked { by, before: slot.place, a_day: draft.a_day });
        let refusal = match &asked {
            Some(asked) if !taken.as_ref().is_some_and(|taken| asked.is_before(taken)) => {
                refusal(app, &others, asked).await?
            }
            Some(_) | None => None,
        };
        if refusal.is_none() && asked.is_some() {
            taken = asked;
        }
        refusals.push(refusal);
    }
    for ((item, slot), refusal) in drafted.iter_mut().zip(slots).zip(refusals.into_iter().rev()) {
        item.slot = slot.map(|slot| slot.first_free);
        if let Some(refusal) = refusal {
            item.draft = Err(refusal.into());
        }
    }
    Ok(())
}

async fn refusal(app: &App, others: &OtherHolders, asked: &Asked<'_>) -> ApiResult<Option<Refusal>> {
    let others = asked.by.known_person().map_or(&[][..], |person| others.of(person));
    let Some(first) = first_of_day(app, others, asked, asked.a_day.ordinary).await? else { return Ok(None) };
    let day = china_day(app.now());
    let on_duty = match asked.by.person() {
        Some(person) => people::is_appointed(app.db(), &app.keys, person, day).await?,
        None => false,
    };
    if !on_duty {
        return Ok(Some(too_many(asked.a_day.ordinary, first, app.now())));
    }
    let first = first_of_day(app, others, asked, asked.a_day.on_duty).await?;
    Ok(first.map(|first| too_many(asked.a_day.on_duty, first, app.now())))
}

/// Returns when the first of the last reports of the author was received that exhaust the limit, if that was within a day.
/// The reports of the others count as well. If theirs alone exhaust it, the answer is now.
async fn first_of_day(
    app: &App,
    others: &[PersonId],
    asked: &Asked<'_>,
    limit: u64,
) -> ApiResult<Option<DateTime<Utc>>> {
    let mut left = limit;
    for other in others {
        let since = earlier(app.now(), DAY);
        left = left.saturating_sub(authorship::received_since(app.db(), &app.keys, other, since, left).await?);
    }
    if left == 0 {
        return Ok(Some(app.now()));
    }
    let Some(slot) = asked.before.checked_sub(left) else { return Ok(None) };
    let found = authorship::received_in(app.db(), &app.keys, AuthorSlot { by: asked.by, slot }).await?;
    Ok(found.filter(|at| *at > earlier(app.now(), DAY)))
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
