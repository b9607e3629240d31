//! The clocks of a major hazard that follow from its state: the plan, the acceptance on the spot and the consent. Those of a
//! judgement, a listing and a measure start with their steps.

use chrono::{DateTime, Utc};

use super::super::{Case, Context, Level};
use super::department;
use crate::clock::{self, Clock, ClockChange, ClockKey, ClockKind};
use crate::id::UnitId;
use crate::refusal::Refusal;

/// Checks that the five elements 五落实 of a major hazard are set: nothing is finished or closed before.
pub(in super::super) fn plan_first(case: &Case) -> Result<(), Refusal> {
    if case.needs_plan() { Err(Refusal::illegal("major.plan_first")) } else { Ok(()) }
}

/// Checks that a hazard has all that its closure needs because it is a major one, or suspected to be one.
pub(in super::super) fn released(case: &Case) -> Result<(), Refusal> {
    if case.major.suspicion.is_some() {
        return Err(Refusal::illegal("major.judged_first"));
    }
    if case.level != Level::Major {
        return Ok(());
    }
    plan_first(case)?;
    if case.accepted_on_site().is_none() {
        return Err(Refusal::illegal("major.accepted_first"));
    }
    if case.consent_to_close().is_none() {
        return Err(Refusal::illegal("major.consent_first"));
    }
    if case.listing().is_some() { Err(Refusal::illegal("major.delist_first")) } else { Ok(()) }
}

/// Returns the open clock of this kind.
pub(super) fn waiting(case: &Case, kind: ClockKind) -> Option<&Clock> {
    case.clocks.iter().find(|clock| clock.key.kind == kind && clock.is_open())
}

/// Returns the changes that stop the clocks of this kind, whichever unit owns them by now.
pub(super) fn stopped(case: &Case, kind: ClockKind, at: DateTime<Utc>) -> Vec<ClockChange> {
    let open = case.clocks.iter().filter(|clock| clock.key.kind == kind && clock.is_open());
    open.filter_map(|clock| clock::stop(&case.clocks, clock.key, at)).collect()
}

/// Returns the changes after which the clocks that follow from the state are those of the state.
pub(in super::super) fn clocks(case: &Case, context: &Context<'_>) -> Vec<ClockChange> {
    if case.end.is_some() {
        return Vec::new();
    }
    let wanted = wanted(case, context);
    let kept = |key: ClockKey| match (key.kind, &wanted) {
        // The plan is the task of the unit that leads, and moves with the lead.
        (ClockKind::PlanMajor, Some(next)) => key == next.key,
        (ClockKind::AcceptMajor | ClockKind::ConsentMajor, Some(next)) => key.kind == next.key.kind,
        (ClockKind::PlanMajor | ClockKind::AcceptMajor | ClockKind::ConsentMajor, None) => false,
        _ => true,
    };
    let mut changes = clock::cancel_where(&case.clocks, context.now, |key| !kept(key));
    if let Some(next) = &wanted {
        let is_it = |clock: &Clock| clock.is_open() && clock.key.kind == next.key.kind && kept(clock.key);
        let runs = case.clocks.iter().any(is_it);
        changes.extend((!runs).then(|| clock::run(&case.clocks, next.clone())));
    }
    changes
}

/// Returns the clock that the state needs; the steps come one after another.
fn wanted(case: &Case, context: &Context<'_>) -> Option<Clock> {
    let policy = &context.policy.major;
    let (kind, unit, span) = if case.level != Level::Major {
        return None;
    } else if case.needs_plan() {
        (ClockKind::PlanMajor, planner(case, context)?, policy.plan)
    } else if !case.awaits_closure() {
        return None;
    } else if case.accepted_on_site().is_none() {
        (ClockKind::AcceptMajor, department(case, context), policy.accept)
    } else if case.consent_to_close().is_none() {
        (ClockKind::ConsentMajor, department(case, context), policy.consent)
    } else {
        return None;
    };
    Some(context.timing.clock(ClockKey::of(kind, case.round, unit), context.now, span))
}

/// Returns the unit that enters the plan: the one that leads, or if it has ended, the one that holds the hazard.
pub(super) fn planner(case: &Case, context: &Context<'_>) -> Option<UnitId> {
    let leads = case.planner()?;
    Some(if context.ended.contains(&leads) { case.township } else { leads })
}
