//! The suspicion 疑似重大 and its judgement 判定: anyone who handles the case suspects, and the responsible department confirms
//! under a published standard or refuses. If no department can, the command centre judges.

use super::super::decide::{permit, still_open};
use super::super::{Case, Context, Event, Level};
use super::keeping::{stopped, waiting};
use super::{MajorAct, Suspicion, event};
use crate::access::{Action, Actor, By};
use crate::clock::{self, ClockKey, ClockKind};
use crate::id::{NoteId, UnitId};
use crate::refusal::{Code, Refusal};
use crate::staff::Role;

/// Suspects a major hazard. The judgement is due from now on.
pub(super) fn suspect(
    case: &Case,
    actor: Actor,
    note: NoteId,
    new_facts: Option<NoteId>,
    context: &Context<'_>,
) -> Result<Event, Refusal> {
    still_open(case)?;
    if case.level == Level::Major {
        return Err(Refusal::illegal("major.confirmed"));
    }
    if case.major.suspicion.is_some() {
        return Err(Refusal::illegal("major.suspected_once"));
    }
    let refused = case.major.judgements.last().is_some_and(|last| last.standard.is_none());
    if refused && new_facts.is_none() {
        let (zh, en) = ("此前已判定不构成重大，请说明新的情况。", "It was refused before. Please say what is new.");
        return Err(Refusal::invalid("input.newFacts", zh, en).with_rule("major.new_facts"));
    }
    let key = ClockKey::of(ClockKind::JudgeMajor, case.round, judge(case, context));
    let clock = clock::run(&case.clocks, context.timing.clock(key, context.now, context.policy.major.judge));
    Ok(event(&actor, MajorAct::Suspected { new_facts }, note, vec![clock], context))
}

/// Returns the acting officer, who belongs to a unit that takes part, or to the one that holds the hazard or stands above it; or
/// who reviews a report of it.
pub(super) fn suspecter(case: &Case, reviewed: bool, context: &Context<'_>) -> Result<Actor, Refusal> {
    match context.by {
        By::Officer(actor) if reviewed => context.by.permit(Action::ReviewReport, actor.unit, context.in_area),
        By::Officer(actor) if case.live().any(|one| one.unit == actor.unit) => {
            context.by.permit(Action::SuspectMajor, actor.unit, context.in_area)
        }
        By::Officer(_) | By::Reporter | By::System => permit(case, Action::SuspectMajor, context),
    }
}

/// Withdraws a suspicion. Only the officer who suspected may do so.
pub(super) fn withdraw(case: &Case, note: NoteId, context: &Context<'_>) -> Result<Event, Refusal> {
    let By::Officer(actor) = context.by else { return Err(Code::Forbidden.into()) };
    let suspicion = suspected(case)?;
    if suspicion.by.officer != actor.officer {
        return Err(Refusal::new(Code::Forbidden).with_rule("major.suspecter"));
    }
    let clocks = stopped(case, ClockKind::JudgeMajor, context.now);
    Ok(event(&actor, MajorAct::Withdrawn, note, clocks, context))
}

/// Confirms a major hazard under a published standard.
pub(super) fn confirm(
    case: &Case,
    standard: String,
    clause: NoteId,
    note: NoteId,
    context: &Context<'_>,
) -> Result<Event, Refusal> {
    let actor = judges(case, context)?;
    suspected(case)?;
    if !context.policy.major.has_standard(&standard) {
        let (zh, en) = ("请选择政策所列的判定标准。", "Please choose a standard that the policy lists.");
        return Err(Refusal::invalid("input.standard", zh, en).with_rule("major.standard"));
    }
    let clocks = stopped(case, ClockKind::JudgeMajor, context.now);
    Ok(event(&actor, MajorAct::Confirmed { standard, clause }, note, clocks, context))
}

/// Refuses a suspicion: the hazard is an ordinary one.
pub(super) fn refuse(case: &Case, note: NoteId, context: &Context<'_>) -> Result<Event, Refusal> {
    let actor = judges(case, context)?;
    suspected(case)?;
    let clocks = stopped(case, ClockKind::JudgeMajor, context.now);
    Ok(event(&actor, MajorAct::Refused, note, clocks, context))
}

fn suspected(case: &Case) -> Result<&Suspicion, Refusal> {
    still_open(case)?;
    case.major.suspicion.as_ref().ok_or_else(|| Refusal::illegal("major.suspected"))
}

/// Returns the acting officer, who judges for the unit whose clock runs.
fn judges(case: &Case, context: &Context<'_>) -> Result<Actor, Refusal> {
    let asked = waiting(case, ClockKind::JudgeMajor).map(|clock| clock.key.owner_unit);
    acts_for(asked.unwrap_or_else(|| judge(case, context)), context)
}

/// Returns the acting officer, who belongs to this department in a role that the policy names. If nobody there can act, or it
/// is a command centre, that is an officer of a command centre of the place.
pub(super) fn acts_for(unit: UnitId, context: &Context<'_>) -> Result<Actor, Refusal> {
    let actor = context.by.permit(Action::JudgeMajor, unit, context.in_area)?;
    let acts = if actor.role == Role::CommandCentre {
        !context.responsible.contains(&unit)
    } else {
        actor.unit == unit && context.policy.major.judged_by.contains(&actor.role)
    };
    if acts { Ok(actor) } else { Err(Refusal::new(Code::Forbidden).with_rule("major.judge")) }
}

/// Returns the unit that judges: the department that the duty list makes responsible, or the one that leads the work; otherwise
/// the nearest command centre. A department that a report accuses 回避 is not among those that can judge. A centre is not passed
/// over for another one: every command centre of the place may act for it anyway, and the owner of the clock would tell.
pub(super) fn judge(case: &Case, context: &Context<'_>) -> UnitId {
    context.responsible.first().or(context.centres.first()).copied().unwrap_or(case.township)
}

/// Returns the unit that confirmed the hazard as a major one. If nobody there can act any more, whoever would judge today
/// stands in for it.
pub(in super::super) fn department(case: &Case, context: &Context<'_>) -> UnitId {
    let stands = |unit: &UnitId| context.responsible.contains(unit) || context.centres.contains(unit);
    case.major.department.filter(stands).unwrap_or_else(|| judge(case, context))
}
