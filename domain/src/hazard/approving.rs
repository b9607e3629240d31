//! Approving a whistle 吹哨审核 of somebody else, refusing and withdrawing it, and naming its units 分哨 as the command centre.
//! `docs/whistles.md` has the tables.

use super::decide::{permit, still_open};
use super::dispatch::{assignments, clocks};
use super::whistle::naming_clock;
use super::{
    Case, Context, Event, NewAssignment, Origin, Part, Task, WhistleFault, WhistleRequest, WhistleRequestState, apply,
};
use crate::access::{Action, Actor};
use crate::clock::{self, ClockChange};
use crate::id::{NoteId, WhistleId};
use crate::policy::{AssignmentSpans, WhistleApproval};
use crate::refusal::{Code, Refusal};
use crate::staff::Role;

/// Approves a whistle. If it names its units, it is blown in the same step, and the units are checked again; otherwise the
/// command centre names them.
pub(super) fn approve(case: &Case, id: WhistleId, note: NoteId, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let actor = permit(case, Action::ApproveWhistle, context)?;
    let request = waits(case, id)?;
    if request.state != WhistleRequestState::AwaitsApproval {
        return Err(Refusal::illegal("whistle.approved"));
    }
    may_decide(case, request, &actor, context)?;
    let mut clocks: Vec<ClockChange> = stopped(case, context).collect();
    if request.asked.is_empty() {
        let kind = context.policy.whistle(&request.type_code);
        let span = kind.and_then(|kind| kind.through_centre).unwrap_or(context.policy.dispatch);
        clocks.push(clock::run(&case.clocks, naming_clock(case, span, context)));
    }
    let Actor { officer, role, unit, .. } = actor;
    let approved = Event::WhistleApproved { whistle: id, unit, role, officer, note, at: context.now, clocks };
    let Some((lead, supports)) = tasks(&request.asked) else { return Ok(vec![approved]) };
    let mut next = case.clone();
    apply(&mut next, &approved);
    let blown = blown(&next, request, lead, &supports, None, context)?;
    Ok(vec![approved, blown])
}

/// Names the units that a whistle calls, and blows it.
pub(super) fn name_units(
    case: &Case,
    id: WhistleId,
    lead: Task,
    supports: &[Task],
    context: &Context<'_>,
) -> Result<Event, Refusal> {
    let actor = permit(case, Action::NameUnits, context)?;
    let request = waits(case, id)?;
    if request.state != WhistleRequestState::AwaitsUnits {
        return Err(Refusal::illegal("whistle.names_its_units"));
    }
    another_person(request, &actor)?;
    blown(case, request, lead, supports, Some(&actor), context)
}

/// Refuses a whistle: whoever has to approve it, or the command centre that has to name its units. The hazard waits for its
/// dispatch again.
pub(super) fn refuse_whistle(
    case: &Case,
    id: WhistleId,
    reason: WhistleFault,
    note: NoteId,
    context: &Context<'_>,
) -> Result<Event, Refusal> {
    let for_units =
        case.whistle_requests.iter().any(|one| one.whistle == id && one.state == WhistleRequestState::AwaitsUnits);
    let action = if for_units { Action::NameUnits } else { Action::ApproveWhistle };
    let actor = permit(case, action, context)?;
    let request = waits(case, id)?;
    if for_units {
        another_person(request, &actor)?;
    } else {
        may_decide(case, request, &actor, context)?;
    }
    let Actor { officer, role, unit, .. } = actor;
    let clocks = stopped(case, context).collect();
    Ok(Event::WhistleRefused { whistle: id, reason, unit, role, officer, note, at: context.now, clocks })
}

/// Withdraws a whistle that has not called anybody. The unit that asked for it may do so.
pub(super) fn withdraw(case: &Case, id: WhistleId, context: &Context<'_>) -> Result<Event, Refusal> {
    let actor = permit(case, Action::Blow, context)?;
    let request = waits(case, id)?;
    if actor.unit != request.unit && !context.ended.contains(&request.unit) {
        return Err(Refusal::new(Code::Forbidden).with_rule("whistle.asker"));
    }
    let at = context.now;
    let clocks = case.whistle_clock().map(|clock| clock.key);
    let clocks = clock::cancel_where(&case.clocks, at, |key| Some(key) == clocks);
    Ok(Event::WhistleWithdrawn { whistle: id, unit: actor.unit, at, clocks })
}

/// Returns the whistle with this id, which waits for a decision or for its units.
fn waits(case: &Case, id: WhistleId) -> Result<&WhistleRequest, Refusal> {
    still_open(case)?;
    let Some(request) = case.whistle_requests.iter().find(|one| one.whistle == id) else {
        return Err(Code::NotFound.into());
    };
    if case.whistle_request_state(request).awaits().is_none() {
        return Err(Refusal::illegal("whistle.waits"));
    }
    Ok(request)
}

/// Checks that the policy lets this officer decide. The command centre stands in for a township that has ended, and decides if
/// the policy asks for no approval any more.
fn may_decide(case: &Case, request: &WhistleRequest, actor: &Actor, context: &Context<'_>) -> Result<(), Refusal> {
    let approval = context.policy.whistle(&request.type_code).and_then(|kind| kind.approval.as_ref());
    let by = approval.map_or(&WhistleApproval::APPROVERS[..], |approval| &approval.by);
    let stands_in = actor.role == Role::CommandCentre && context.ended.contains(&case.township);
    if !stands_in && !by.contains(&actor.role) {
        return Err(Refusal::new(Code::Forbidden).with_rule("whistle.approved_by"));
    }
    another_person(request, actor)
}

/// Checks that somebody else asked for the whistle.
fn another_person(request: &WhistleRequest, actor: &Actor) -> Result<(), Refusal> {
    if request.officer == actor.officer {
        return Err(Refusal::new(Code::NotYourOwn).with_rule("whistle.another_person"));
    }
    Ok(())
}

/// Returns the change that stops the clock of the whistle that waits, whichever unit owns it by now.
fn stopped<'c>(case: &'c Case, context: &Context<'_>) -> impl Iterator<Item = ClockChange> + use<'c> {
    let at = context.now;
    case.whistle_clock().and_then(|clock| clock::stop(&case.clocks, clock.key, at)).into_iter()
}

/// Returns the units that a whistle named when it was asked for; `None` if it named none.
fn tasks(asked: &[NewAssignment]) -> Option<(Task, Vec<Task>)> {
    let task = |new: &NewAssignment| Task { id: new.id, unit: new.unit };
    let lead = asked.iter().find(|new| new.part == Part::Lead).map(task)?;
    Some((lead, asked.iter().filter(|new| new.part == Part::Support).map(task).collect()))
}

/// Returns the event by which the whistle calls these units. `centre` is the officer who named them, if the township did not.
/// A whistle whose type the policy no longer has is timed as a direct dispatch.
fn blown(
    case: &Case,
    request: &WhistleRequest,
    lead: Task,
    supports: &[Task],
    centre: Option<&Actor>,
    context: &Context<'_>,
) -> Result<Event, Refusal> {
    let kind = context.policy.whistle(&request.type_code);
    let assignments = assignments(case, lead, supports, Origin::Whistle, request.unit, context)?;
    if let Some(kind) = kind {
        kind.check_called(assignments.iter().map(|new| new.unit), context.units)?;
    }
    let spans: &AssignmentSpans = kind.map_or(&context.policy.direct, |kind| &kind.spans);
    let mut changes: Vec<ClockChange> = stopped(case, context).collect();
    changes.extend(clocks(case, &assignments, |_| spans, context));
    Ok(Event::Blown {
        whistle: request.whistle,
        type_code: request.type_code.clone(),
        class: request.class,
        post: request.post,
        unit: request.unit,
        note: request.note,
        named_by: centre.map(|actor| actor.unit),
        named_by_post: centre.map(|actor| actor.post),
        at: context.now,
        assignments,
        clocks: changes,
    })
}
