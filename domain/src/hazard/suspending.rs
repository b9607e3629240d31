//! Suspending 挂账: the unit that leads or the one that holds the hazard asks, and somebody independent decides. Until then
//! the work goes on, and no clock stands still. Who, how often and how long is policy.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::assignment::send_back_waits;
use super::decide::{permit, still_open};
use super::major::plan_first;
use super::suspension::rest;
use super::{Assignment, AssignmentStatus, Case, Context, Event, Part};
use crate::access::{Action, Actor, Relation, may};
use crate::clock::{self, Clock, ClockChange, ClockKey, ClockKind};
use crate::hazard::AskedSuspension;
use crate::id::{NoteId, UnitId};
use crate::policy::WhistleClass;
use crate::refusal::{Code, Refusal};
use crate::staff::Role;
use crate::time::china_day;

/// The fields of [`super::Command::AskSuspension`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SuspensionTerms {
    /// The reason 挂账理由.
    pub note: NoteId,
    /// How the risk is controlled meanwhile 临时管控措施.
    pub interim_control: NoteId,
    /// Under which condition the matter goes on 解除条件.
    pub exit_condition: NoteId,
    /// The responsible leader 责任领导, in the post as currently stored; `None` if no active officer holds the post today.
    pub responsible: Option<Actor>,
    /// The review date 复核日期.
    pub review_on: NaiveDate,
}

/// Asks for a suspension, or for the renewal of one that is in force.
pub(super) fn ask_suspension(case: &Case, said: &SuspensionTerms, context: &Context<'_>) -> Result<Event, Refusal> {
    let actor = asker(case, context)?;
    let policy = &context.policy.suspension;
    if !policy.may_ask.contains(&actor.role) {
        return Err(Refusal::new(Code::Forbidden).with_rule("suspension.may_ask"));
    }
    still_open(case)?;
    suspendable(case)?;
    if case.suspension_request.is_some() {
        return Err(Refusal::illegal("suspension.asked_once"));
    }
    if i64::from(case.suspended_times) >= i64::from(policy.times) {
        return Err(Refusal::illegal("suspension.times"));
    }
    reviewed_in_time(said.review_on, context)?;
    let responsible = responsible(case, said.responsible, context)?;
    let owner = deciding_unit(case, &parties(case, actor.unit, responsible.unit), context);
    let key = ClockKey::of(ClockKind::DecideSuspension, case.round, owner);
    Ok(Event::SuspensionAsked {
        unit: actor.unit,
        officer: actor.officer,
        post: actor.post,
        note: said.note,
        interim_control: said.interim_control,
        exit_condition: said.exit_condition,
        responsible: responsible.post,
        responsible_unit: responsible.unit,
        review_on: said.review_on,
        at: context.now,
        clocks: vec![clock::run(&case.clocks, context.timing.clock(key, context.now, policy.decide))],
    })
}

/// Grants what was asked for: the clocks of the work stand still, and the review clock runs. A renewal moves the review date;
/// what was asked of units since the suspension began goes on.
pub(super) fn grant_suspension(case: &Case, note: NoteId, context: &Context<'_>) -> Result<Event, Refusal> {
    let (asked, actor) = decided(case, context)?;
    suspendable(case)?;
    if context.ended.contains(&asked.responsible_unit) || !answers_for(case, asked.responsible_unit) {
        // The work has moved to another unit since.
        return Err(Refusal::illegal("suspension.responsible"));
    }
    let resumes_at = context.timing.calendar.start_of_day(asked.review_on);
    if resumes_at <= context.now {
        return Err(Refusal::illegal("suspension.later"));
    }
    let mut clocks = answered(case, context);
    if case.suspension.is_none() {
        clocks.extend(rest(case, context));
    }
    let key = ClockKey::of(ClockKind::ReviewSuspension, case.round, asked.responsible_unit);
    let others = |other: ClockKey| other.kind == ClockKind::ReviewSuspension && other != key;
    clocks.extend(clock::cancel_where(&case.clocks, context.now, others));
    clocks.push(clock::run(&case.clocks, context.timing.clock_until(key, context.now, resumes_at)));
    let Actor { officer, post, unit, .. } = actor;
    Ok(Event::Suspended { unit, officer, post, resumes_at, note, at: context.now, clocks })
}

/// Refuses what was asked for. No clock had stood still.
pub(super) fn refuse_suspension(case: &Case, note: NoteId, context: &Context<'_>) -> Result<Event, Refusal> {
    let (_, Actor { officer, post, unit, .. }) = decided(case, context)?;
    let clocks = answered(case, context);
    Ok(Event::SuspensionRefused { unit, officer, post, note, at: context.now, clocks })
}

/// Returns the acting officer, who asks for a unit that leads unfinished work or for the one that holds the hazard.
fn asker(case: &Case, context: &Context<'_>) -> Result<Actor, Refusal> {
    let mut leads = case.live().filter(|one| one.part == Part::Lead && !one.is_done());
    let may_ask = |one: &Assignment| context.by.permit(Action::AskSuspension, one.unit, false).ok();
    match leads.find_map(|one| Some((one.status, may_ask(one)?))) {
        Some((AssignmentStatus::SendBackAsked, _)) => Err(send_back_waits()),
        Some((_, actor)) => Ok(actor),
        None => permit(case, Action::AskSuspension, context),
    }
}

/// Checks that the matter can wait: the plan of a major hazard is set, nobody is in danger, and the work is not finished.
fn suspendable(case: &Case) -> Result<(), Refusal> {
    plan_first(case)?;
    if case.emergency || case.has_emergency_work() {
        return Err(Refusal::illegal("suspension.emergency"));
    }
    if case.is_dispatched() && case.live().all(Assignment::is_done) {
        return Err(Refusal::illegal("suspension.unfinished"));
    }
    Ok(())
}

impl Case {
    /// Returns whether a whistle for an emergency 应急处置哨 called a unit that has not finished.
    #[must_use]
    pub fn has_emergency_work(&self) -> bool {
        let is_emergency = |one: &Assignment| {
            let whistle = self.whistles.iter().find(|whistle| Some(whistle.id) == one.whistle);
            whistle.is_some_and(|whistle| whistle.class == WhistleClass::Emergency)
        };
        self.live().any(|one| !one.is_done() && is_emergency(one))
    }
}

/// Checks the review date: a later day, and not later than the policy allows.
fn reviewed_in_time(day: NaiveDate, context: &Context<'_>) -> Result<(), Refusal> {
    let latest = context.timing.calendar.due(context.now, context.policy.suspension.at_most);
    if day > china_day(context.now) && day <= china_day(latest) {
        return Ok(());
    }
    let (zh, en) =
        ("复核日期须晚于今天，且不超过规定的最长期限。", "The review date must be later than today, and not too late.");
    Err(Refusal::invalid("input.reviewOn", zh, en).with_rule("suspension.at_most"))
}

/// Returns the responsible leader: a leader of the unit that holds the hazard, or of one that leads the work.
fn responsible(case: &Case, post: Option<Actor>, context: &Context<'_>) -> Result<Actor, Refusal> {
    let Some(post) = post else {
        return Err(Refusal::invalid(
            "input.responsiblePostId",
            "该岗位目前无人任职。",
            "No officer holds this post today.",
        ));
    };
    let is_leader = may(post.role, Action::ResumeHazard, Relation::OwnUnit) && post.role != Role::Supervisor;
    let stands = !context.ended.contains(&post.unit);
    if !is_leader || !stands || !answers_for(case, post.unit) {
        let (zh, en) = (
            "责任领导须为主责单位或属地单位的负责人。",
            "The responsible leader must lead the unit that leads the work or the one that holds the hazard.",
        );
        return Err(Refusal::invalid("input.responsiblePostId", zh, en).with_rule("suspension.responsible"));
    }
    if context.barred.contains(&post.unit) { Err(Code::UnitBarred.into()) } else { Ok(post) }
}

/// Returns whether the leader of this unit can be the responsible one: it holds the hazard, or leads the work on it.
fn answers_for(case: &Case, unit: UnitId) -> bool {
    unit == case.township || case.live().any(|one| one.part == Part::Lead && one.unit == unit)
}

/// Returns the units that are parties to a suspension: the one that asks, the one that holds the hazard, that of the
/// responsible leader, and all that work on it.
fn parties(case: &Case, asks: UnitId, responsible: UnitId) -> BTreeSet<UnitId> {
    [asks, case.township, responsible].into_iter().chain(case.live().map(|one| one.unit)).collect()
}

/// Returns the unit that has to decide: the nearest command centre that is no party. If each one is, the supervisors of the
/// nearest one decide. Whether a report accuses a centre does not matter, or the owner of the clock would tell of it.
fn deciding_unit(case: &Case, parties: &BTreeSet<UnitId>, context: &Context<'_>) -> UnitId {
    let outside = context.centres.iter().find(|centre| !parties.contains(centre));
    outside.or(context.centres.first()).copied().unwrap_or(case.township)
}

/// Returns the request and the officer who decides on it: an independent one, in a role that the policy names, or a supervisor,
/// so that no request is stuck because every officer of the centre took part.
fn decided(case: &Case, context: &Context<'_>) -> Result<(AskedSuspension, Actor), Refusal> {
    let actor = permit(case, Action::DecideSuspension, context)?;
    still_open(case)?;
    let Some(asked) = case.suspension_request else {
        return Err(Refusal::illegal("suspension.asked"));
    };
    if actor.role != Role::Supervisor && !context.policy.suspension.decided_by.contains(&actor.role) {
        return Err(Refusal::new(Code::Forbidden).with_rule("suspension.decider"));
    }
    let parties = parties(case, asked.unit, asked.responsible_unit);
    let took_part = asked.officer == actor.officer || case.all_workers().contains(&actor.officer);
    if took_part || !is_independent(&parties, &actor, context) {
        return Err(Refusal::new(Code::NotYourOwn).with_rule("suspension.independent"));
    }
    Ok((asked, actor))
}

/// Returns whether every unit to which the officer belongs is a command centre that is no party. Posts in other units are
/// excluded as a whole, and whether a report accuses a unit is not asked: a refusal that depended on it would tell the officer
/// of the report ([decision 0033](../../../docs/decisions/0033-whoever-decides-on-a-suspension-belongs-to-centres-alone.md)).
/// A supervisor 督查员 does not answer for the centre at which the post is kept.
fn is_independent(parties: &BTreeSet<UnitId>, actor: &Actor, context: &Context<'_>) -> bool {
    let is_fit = |unit: &UnitId| {
        let is_party = parties.contains(unit) && actor.role != Role::Supervisor;
        context.centres.contains(unit) && !is_party
    };
    std::iter::once(&actor.unit).chain(context.officer_units).all(is_fit)
}

/// Returns the changes that stop the clock of the decision, whichever unit owns it by now.
fn answered(case: &Case, context: &Context<'_>) -> Vec<ClockChange> {
    let is_it = |clock: &&Clock| clock.key.kind == ClockKind::DecideSuspension && clock.is_open();
    let open = case.clocks.iter().filter(is_it);
    open.filter_map(|clock| clock::stop(&case.clocks, clock.key, context.now)).collect()
}
