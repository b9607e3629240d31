//! The five elements 五落实 and the six parts of the plan 治理方案, which the unit that leads the work enters. The unit that holds
//! the hazard may enter them in its place. Each change is a new version.

use super::super::decide::{permit, still_open};
use super::super::{Case, Context, Event};
use super::keeping::stopped;
use super::{MajorAct, Plan, event, is_major};
use crate::access::{Action, By};
use crate::clock::ClockKind;
use crate::id::NoteId;
use crate::money::Fen;
use crate::refusal::Refusal;
use crate::time::china_day;

/// Sets the plan, or a new version of it.
pub(super) fn set_plan(case: &Case, plan: Plan, note: NoteId, context: &Context<'_>) -> Result<Event, Refusal> {
    let leads = case.planner();
    let actor = match context.by {
        By::Officer(actor) if Some(actor.unit) == leads => context.by.permit(Action::PlanMajor, actor.unit, false),
        By::Officer(_) | By::Reporter | By::System => permit(case, Action::PlanMajor, context),
    };
    let actor = actor.map_err(|refusal| refusal.with_rule("major.planner"))?;
    still_open(case)?;
    is_major(case)?;
    if leads.is_none() {
        return Err(Refusal::illegal("major.lead"));
    }
    if plan.until < china_day(context.now) {
        let (zh, en) = ("治理时限不得早于今天。", "The last day must not lie in the past.");
        return Err(Refusal::invalid("input.until", zh, en).with_rule("major.plan_limit"));
    }
    if plan.amount < Fen(0) || plan.amount > Fen::MAX {
        return Err(Refusal::invalid("input.amount", "资金数额填写有误。", "The amount is not valid."));
    }
    let clocks = stopped(case, ClockKind::PlanMajor, context.now);
    Ok(event(&actor, MajorAct::Planned(plan), note, clocks, context))
}
