//! Listed supervision 挂牌督办 and delisting 摘牌: the listing unit publishes the hazard with a limit, and takes it off the list
//! after the acceptance on the spot and with the department's consent.

use chrono::NaiveDate;

use super::super::decide::still_open;
use super::super::{Case, Context, Event};
use super::judging::department;
use super::keeping::stopped;
use super::{MajorAct, event, is_major};
use crate::access::{Action, Actor, By};
use crate::clock::{self, ClockKey, ClockKind};
use crate::id::{NoteId, UnitId};
use crate::refusal::{Code, Refusal};
use crate::staff::Role;
use crate::time::china_day;

/// Lists the hazard. The limit runs until it is delisted.
pub(super) fn list(
    case: &Case,
    published_on: NaiveDate,
    until: NaiveDate,
    note: NoteId,
    context: &Context<'_>,
) -> Result<Event, Refusal> {
    let actor = lists(department(case, context), context)?;
    still_open(case)?;
    is_major(case)?;
    if case.listing().is_some() {
        return Err(Refusal::illegal("major.listed_once"));
    }
    publishable(published_on, context)?;
    let calendar = context.timing.calendar;
    let limit = calendar.end_of_day(until);
    let latest = calendar.due(context.now, context.policy.major.listed_at_most);
    if limit <= context.now || limit > latest || until < published_on {
        let (zh, en) =
            ("督办期限须晚于公布日期，且不超过规定的最长期限。", "The limit must be later, and not too late.");
        return Err(Refusal::invalid("input.until", zh, en).with_rule("major.listed_at_most"));
    }
    let key = ClockKey::of(ClockKind::Delist, case.round, actor.unit);
    let clock = clock::run(&case.clocks, context.timing.clock_until(key, context.now, limit));
    Ok(event(&actor, MajorAct::Listed { published_on, until: limit }, note, vec![clock], context))
}

/// Delists the hazard, as the listing unit or a command centre.
pub(super) fn delist(
    case: &Case,
    published_on: NaiveDate,
    note: NoteId,
    context: &Context<'_>,
) -> Result<Event, Refusal> {
    let listing = case.listing();
    let actor = lists(listing.map_or_else(|| department(case, context), |listing| listing.by.unit), context)?;
    still_open(case)?;
    if listing.is_none() {
        return Err(Refusal::illegal("major.listed"));
    }
    if case.accepted_on_site().is_none() {
        return Err(Refusal::illegal("major.accepted_first"));
    }
    if case.consent_to_close().is_none() {
        return Err(Refusal::illegal("major.consent_first"));
    }
    publishable(published_on, context)?;
    let clocks = stopped(case, ClockKind::Delist, context.now);
    Ok(event(&actor, MajorAct::Delisted { published_on }, note, clocks, context))
}

/// Returns the acting officer, who lists for this department or for a command centre of the place.
fn lists(department: UnitId, context: &Context<'_>) -> Result<Actor, Refusal> {
    let forbidden = || Refusal::new(Code::Forbidden).with_rule("major.lister");
    let By::Officer(Actor { unit, role, .. }) = context.by else { return Err(Code::Forbidden.into()) };
    let belongs = unit == department || (role == Role::CommandCentre && context.in_area);
    let actor = context.by.permit(Action::ListMajor, unit, context.in_area)?;
    let named = context.policy.major.listed_by.contains(&role);
    if belongs && named { Ok(actor) } else { Err(forbidden()) }
}

/// Checks the day of a publication: from today to the end of the time that the policy gives.
fn publishable(day: NaiveDate, context: &Context<'_>) -> Result<(), Refusal> {
    let latest = context.timing.calendar.due(context.now, context.policy.major.publish);
    if day >= china_day(context.now) && day <= china_day(latest) {
        return Ok(());
    }
    let (zh, en) =
        ("公布日期须在规定期限内。", "The day of the publication is not within the time that the policy gives.");
    Err(Refusal::invalid("input.publishedOn", zh, en).with_rule("major.publish"))
}
