//! Decisions on a send-back 退单: the unit that gave the assignment answers, or somebody who is no party rules 裁定. A ruling
//! is binding: what it names is done in the same step, and the units that it concerns cannot send back again in this round.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::decide::{find, permit, still_open};
use super::dispatch::may_take;
use super::sending_back::{another_unit, pending};
use super::taking_back::{Lead, beside, changes, given, leads_instead, may_call, origin_instead};
use super::{
    Assignment, Case, Context, Event, Instead, NewAssignment, Part, RulingOutcome, SendBackState, Task, apply,
};
use crate::access::{Action, Actor};
use crate::clock::{self, Clock, ClockChange, ClockKind, ClockState};
use crate::id::{AssignmentId, NoteId, OfficerId, UnitId};
use crate::limits::LIST_MAX;
use crate::refusal::{Code, Refusal};
use crate::staff::Role;

/// Accepts a send-back: the assignment ends, and the work moves on in the same step.
pub(super) fn accept_send_back(
    case: &Case,
    id: AssignmentId,
    instead: &Instead,
    note: NoteId,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    let (assignment, actor) = answered(case, id, context)?;
    let Actor { officer, role, unit, .. } = actor;
    let clocks = stopped(case, id, ClockKind::AnswerSendBack, context.now);
    let accepted = Event::SendBackAccepted { assignment: id, unit, role, officer, note, at: context.now, clocks };
    move_on(case, assignment, accepted, instead, &actor, context)
}

/// Refuses a send-back: the assignment stays as it was. The unit may contest that by asking again.
pub(super) fn refuse_send_back(
    case: &Case,
    id: AssignmentId,
    note: NoteId,
    context: &Context<'_>,
) -> Result<Event, Refusal> {
    let (_, Actor { officer, role, unit, .. }) = answered(case, id, context)?;
    let clocks = stopped(case, id, ClockKind::AnswerSendBack, context.now);
    Ok(Event::SendBackRefused { assignment: id, unit, role, officer, note, at: context.now, clocks })
}

/// Rules on a send-back. The policy names the roles; if the command centre is a party itself, a supervisor or the command
/// centre above rules.
pub(super) fn rule(
    case: &Case,
    id: AssignmentId,
    outcome: RulingOutcome,
    instead: &Instead,
    note: NoteId,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    let assignment = find(case, id)?;
    let actor = permit(case, Action::Rule, context)?;
    still_open(case)?;
    if pending(assignment)? != SendBackState::ForRuling {
        return Err(Refusal::illegal("send_back.for_giver"));
    }
    may_rule(case, assignment, &actor, context)?;
    let Actor { officer, role, unit, .. } = actor;
    let clocks = stopped(case, id, ClockKind::Rule, context.now);
    let ruled = Event::Ruled { assignment: id, outcome, unit, role, officer, note, at: context.now, clocks };
    match outcome {
        RulingOutcome::Moves => move_on(case, assignment, ruled, instead, &actor, context),
        RulingOutcome::Stays if *instead == Instead::default() => Ok(vec![ruled]),
        RulingOutcome::Stays => {
            Err(Refusal::new(Code::InvalidInput).with_field("newLeadUnitId").with_rule("send_back.stays"))
        }
    }
}

/// Returns the assignment and the acting officer, who answers for the unit that gave it and does not belong to the unit
/// that asks, by no post.
fn answered<'c>(case: &'c Case, id: AssignmentId, context: &Context<'_>) -> Result<(&'c Assignment, Actor), Refusal> {
    let (assignment, actor) = given(case, id, "send_back.giver", context)?;
    if pending(assignment)? == SendBackState::ForRuling {
        return Err(Refusal::illegal("send_back.for_ruling"));
    }
    let asked = assignment.pending_send_back();
    let is_party = |unit: &UnitId| *unit == assignment.unit || asked.is_some_and(|one| one.unit == *unit);
    let asked_as_person = asked.is_some_and(|one| one.officer == actor.officer);
    if asked_as_person || units_of(&actor, context).any(is_party) {
        return Err(not_party());
    }
    Ok((assignment, actor))
}

/// Returns the units to which the officer belongs, by the acting post and by all others.
fn units_of<'a>(actor: &'a Actor, context: &'a Context<'_>) -> impl Iterator<Item = &'a UnitId> {
    std::iter::once(&actor.unit).chain(context.officer_units)
}

const fn not_party() -> Refusal {
    Refusal::new(Code::NotYourOwn).with_rule("send_back.not_party")
}

/// Checks that the officer may rule: in a role that the policy names, and neither the officer nor any unit of the officer
/// is a party. A supervisor 督查员 whose post is kept at a command centre does not answer for its dispatches.
fn may_rule(case: &Case, assignment: &Assignment, actor: &Actor, context: &Context<'_>) -> Result<(), Refusal> {
    let proposed = assignment.pending_send_back().and_then(|one| one.proposed);
    let parties = parties(case, assignment, proposed);
    let centre_is_party = context.centres.first().is_none_or(|centre| parties.contains(centre));
    let stands_in = centre_is_party && matches!(actor.role, Role::CommandCentre | Role::Supervisor);
    if !stands_in && !context.policy.send_back.ruled_by.contains(&actor.role) {
        return Err(Refusal::new(Code::Forbidden).with_rule("send_back.ruler"));
    }
    let oversees = |unit: &UnitId| actor.role == Role::Supervisor && context.centres.contains(unit);
    let mut units = units_of(actor, context).filter(|unit| !oversees(unit));
    if units.any(|unit| parties.contains(unit)) || took_part(assignment).contains(&actor.officer) {
        return Err(not_party());
    }
    Ok(())
}

/// Returns the units that are parties to a send-back: the one that asks, the proposed one, the one that gave the
/// assignment, and those that have answered already.
pub(super) fn parties(case: &Case, assignment: &Assignment, proposed: Option<UnitId>) -> BTreeSet<UnitId> {
    let asked = assignment.send_backs.iter().map(|one| one.unit);
    let answered = assignment.send_backs.iter().filter_map(|one| Some(one.decided?.unit));
    let own = [assignment.unit, case.giver(assignment)];
    own.into_iter().chain(proposed).chain(asked).chain(answered).collect()
}

/// Returns the officers who took part: whoever asked, answered, or held the assignment.
fn took_part(assignment: &Assignment) -> BTreeSet<OfficerId> {
    let asked = assignment.send_backs.iter().map(|one| one.officer);
    let answered = assignment.send_backs.iter().filter_map(|one| Some(one.decided?.officer));
    assignment.workers.iter().copied().chain(asked).chain(answered).collect()
}

/// Returns the unit that has to answer a send-back: the one that gave the assignment. If it has ended, the township stands
/// in for it, or the nearest command centre.
pub(super) fn answering_unit(case: &Case, assignment: &Assignment, context: &Context<'_>) -> UnitId {
    let units = [case.giver(assignment), case.township].into_iter().chain(context.centres.iter().copied());
    let mut standing = units.filter(|unit| !context.ended.contains(unit));
    standing.next().unwrap_or(case.township)
}

/// Returns the unit that has to rule: the nearest command centre that is no party. If each one is, the supervisors of the
/// nearest one rule.
pub(super) fn ruling_unit(case: &Case, parties: &BTreeSet<UnitId>, context: &Context<'_>) -> UnitId {
    let outside = context.centres.iter().find(|centre| !parties.contains(centre));
    outside.or(context.centres.first()).copied().unwrap_or(case.township)
}

/// Returns the event of the decision, and the one by which the assignment ends and the work moves on.
fn move_on(
    case: &Case,
    assignment: &Assignment,
    decided: Event,
    instead: &Instead,
    actor: &Actor,
    context: &Context<'_>,
) -> Result<Vec<Event>, Refusal> {
    let (lead, assignments) = named(case, assignment, instead, actor, context)?;
    let mut next = case.clone();
    apply(&mut next, &decided);
    let sent_back = Event::SentBack {
        assignment: assignment.id,
        unit: actor.unit,
        post: actor.post,
        lead,
        clocks: changes(&next, assignment, &assignments, context),
        assignments,
        at: context.now,
    };
    Ok(vec![decided, sent_back])
}

/// Returns the assignment that leads instead and the new assignments. Supporting units never remain without a lead.
fn named(
    case: &Case,
    assignment: &Assignment,
    instead: &Instead,
    actor: &Actor,
    context: &Context<'_>,
) -> Result<(Option<AssignmentId>, Vec<NewAssignment>), Refusal> {
    let Instead { new_lead, supports } = instead;
    if new_lead.iter().chain(supports).any(|task| task.unit == assignment.unit) {
        return Err(another_unit());
    }
    let lead = match new_lead {
        Some(task) => Some(leads_instead(case, assignment, *task, actor, context)?),
        None => None,
    };
    let others = || beside(case, assignment);
    let has_lead = lead.is_some() || others().any(|other| other.part == Part::Lead);
    if !has_lead && (!supports.is_empty() || others().next().is_some()) {
        return Err(Refusal::illegal("send_back.new_lead"));
    }
    let mut added: Vec<NewAssignment> = lead.iter().filter_map(Lead::added).collect();
    add_supports(case, assignment, supports, &mut added, actor, context)?;
    Ok((lead.as_ref().map(Lead::id), added))
}

/// Adds the units that support, as a dispatch does: each may take part, and has no other part.
fn add_supports(
    case: &Case,
    assignment: &Assignment,
    supports: &[Task],
    added: &mut Vec<NewAssignment>,
    actor: &Actor,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    if supports.len() > LIST_MAX {
        return Err(Refusal::invalid(
            "supportUnitIds",
            "协办单位数量超出上限。",
            "There are too many supporting units.",
        ));
    }
    for task in supports {
        may_call(case, assignment, task.unit, actor, context)?;
        may_take(task.unit, Part::Support, context)?;
        let has_part =
            case.live().any(|other| other.unit == task.unit) || added.iter().any(|new| new.unit == task.unit);
        if has_part {
            return Err(Refusal::illegal("assignment.one_per_unit"));
        }
        if case.assignment(task.id).is_some() || added.iter().any(|new| new.id == task.id) {
            return Err(Refusal::illegal("assignment.id_taken"));
        }
        let origin = origin_instead(assignment, task.unit, actor);
        added.push(NewAssignment { id: task.id, unit: task.unit, part: Part::Support, origin });
    }
    Ok(())
}

/// Returns the open clocks of the decision on a send-back.
fn waiting(case: &Case, id: AssignmentId) -> impl Iterator<Item = &Clock> {
    let is_decision = |kind| matches!(kind, ClockKind::AnswerSendBack | ClockKind::Rule);
    let of = case.clocks.iter().filter(move |clock| clock.key.assignment == Some(id) && is_decision(clock.key.kind));
    of.filter(|clock| clock.is_open())
}

/// Returns the changes that stop the clock of the decision, whichever unit owns it by now.
fn stopped(case: &Case, id: AssignmentId, kind: ClockKind, at: DateTime<Utc>) -> Vec<ClockChange> {
    let of_kind = waiting(case, id).filter(|clock| clock.key.kind == kind);
    of_kind.filter_map(|clock| clock::stop(&case.clocks, clock.key, at)).collect()
}

/// Returns the changes that cancel the clock of the decision, which is no longer required.
pub(super) fn cancelled(case: &Case, id: AssignmentId, at: DateTime<Utc>) -> Vec<ClockChange> {
    let state = ClockState::Cancelled;
    let stop = |clock: &Clock| ClockChange::Stopped { key: clock.key, at: at.max(clock.start), state };
    waiting(case, id).map(stop).collect()
}
