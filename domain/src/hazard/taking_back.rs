//! Taking back 收回: the unit that gave an assignment no longer asks for this part of the work, because it was a slip, or
//! because the unit has ended or cannot do it. A whistle or a dispatch keeps exactly one lead
//! ([decision 0020](../../../docs/decisions/0020-take-back-without-losing-the-lead.md)).

use super::decide::{find, permit, still_open};
use super::dispatch::{clocks, may_take};
use super::suspension::{begin_at_rest, rests};
use super::{Assignment, AssignmentStatus, Case, Context, Event, NewAssignment, Origin, Part, Task};
use crate::access::{Action, Actor};
use crate::clock::{self, ClockChange};
use crate::id::{AssignmentId, NoteId, UnitId};
use crate::policy::{AssignmentSpans, WhistleType};
use crate::refusal::{Code, Refusal};
use crate::staff::Role;

/// Takes an unfinished assignment back and cancels its clocks; a send-back 退单 that awaits a decision lapses. If units that support would remain without a lead, another
/// unit must lead instead.
pub(super) fn take_back(
    case: &Case,
    id: AssignmentId,
    new_lead: Option<Task>,
    note: NoteId,
    context: &Context<'_>,
) -> Result<Event, Refusal> {
    use AssignmentStatus as Is;
    let (assignment, actor) = given(case, id, "take_back.giver", context)?;
    match assignment.status {
        Is::Open | Is::Signed | Is::Claimed | Is::OnSite | Is::Rework | Is::SendBackAsked => {}
        Is::Finished => return Err(Refusal::illegal("take_back.not_finished")),
        Is::Accepted | Is::SentBack | Is::Cancelled => return Err(Refusal::illegal("assignment.over")),
    }
    let lead = match new_lead {
        Some(task) => Some(leads_instead(case, assignment, task, &actor, context)?),
        None if keeps_a_lead(case, assignment) => None,
        None => return Err(Refusal::illegal("take_back.new_lead")),
    };
    let assignments: Vec<NewAssignment> = lead.iter().filter_map(Lead::added).collect();
    Ok(Event::TakenBack {
        assignment: id,
        unit: actor.unit,
        post: Some(actor.post),
        lead: lead.as_ref().map(Lead::id),
        clocks: changes(case, assignment, &assignments, context),
        assignments,
        note,
        at: context.now,
    })
}

/// Returns the assignment and the acting officer, if the case is open and the officer acts for the unit that gave the
/// assignment. The command centre above may act for it too, and anybody with the permission if that unit has ended.
/// `rule` is the rule that refuses others.
pub(super) fn given<'c>(
    case: &'c Case,
    id: AssignmentId,
    rule: &'static str,
    context: &Context<'_>,
) -> Result<(&'c Assignment, Actor), Refusal> {
    let assignment = find(case, id)?;
    let actor = permit(case, Action::TakeBack, context)?;
    let giver = case.giver(assignment);
    if actor.unit != giver && actor.role != Role::CommandCentre && !context.ended.contains(&giver) {
        return Err(Refusal::new(Code::Forbidden).with_rule(rule));
    }
    still_open(case)?;
    Ok((assignment, actor))
}

/// The assignment that leads instead of the one that is taken back or sent back.
pub(super) enum Lead {
    /// A unit that takes part already.
    Promoted(AssignmentId),
    /// A unit that takes no part yet.
    Added(NewAssignment),
}

impl Lead {
    pub(super) const fn id(&self) -> AssignmentId {
        match self {
            Self::Promoted(id) => *id,
            Self::Added(new) => new.id,
        }
    }

    pub(super) const fn added(&self) -> Option<NewAssignment> {
        match self {
            Self::Promoted(_) => None,
            Self::Added(new) => Some(*new),
        }
    }
}

/// Returns the other live assignments that were given in the same way: by the same whistle, or all without a whistle.
pub(super) fn beside<'c>(case: &'c Case, assignment: &'c Assignment) -> impl Iterator<Item = &'c Assignment> {
    case.live().filter(|other| other.id != assignment.id && other.whistle == assignment.whistle)
}

fn keeps_a_lead(case: &Case, assignment: &Assignment) -> bool {
    beside(case, assignment).next().is_none() || beside(case, assignment).any(|other| other.part == Part::Lead)
}

/// Checks that the unit may lead instead, and returns its assignment: the one that it has beside the one that goes, or a
/// new one.
pub(super) fn leads_instead(
    case: &Case,
    taken: &Assignment,
    task: Task,
    actor: &Actor,
    context: &Context<'_>,
) -> Result<Lead, Refusal> {
    if taken.part != Part::Lead {
        let (zh, en) = ("该事项为协办，主责单位不变。", "The lead does not change together with a supporting part.");
        return Err(Refusal::invalid("newLeadUnitId", zh, en));
    }
    if task.unit == taken.unit {
        return Err(Refusal::illegal("take_back.another_unit"));
    }
    may_call(case, taken, task.unit, actor, context)?;
    may_take(task.unit, Part::Lead, context)?;
    if let Some(other) = beside(case, taken).find(|other| other.unit == task.unit) {
        return Ok(Lead::Promoted(other.id));
    }
    if case.live().any(|other| other.unit == task.unit) {
        return Err(Refusal::illegal("assignment.one_per_unit"));
    }
    if case.assignment(task.id).is_some() {
        return Err(Refusal::illegal("assignment.id_taken"));
    }
    let origin = origin_instead(taken, task.unit, actor);
    Ok(Lead::Added(NewAssignment { id: task.id, unit: task.unit, part: Part::Lead, origin }))
}

/// Returns the origin of the assignment of a unit that does the work instead.
pub(super) fn origin_instead(taken: &Assignment, unit: UnitId, actor: &Actor) -> Origin {
    match taken.whistle {
        Some(_) => Origin::Whistle,
        None if unit == actor.unit => Origin::SelfHandled,
        None => Origin::Direct,
    }
}

/// Checks that the officer may name a unit of the whistle to which the assignment belongs, and that its type calls such units: only roles that may blow a
/// whistle of its type may, and the command centre, so that no whistle is stuck without a lead when its township has ended.
/// A ruling 裁定 is not bound by the type either.
/// A type that the policy no longer has binds nobody.
pub(super) fn may_call(
    case: &Case,
    taken: &Assignment,
    unit: UnitId,
    actor: &Actor,
    context: &Context<'_>,
) -> Result<(), Refusal> {
    match kind_of(case, taken, context) {
        Some(kind) if !matches!(actor.role, Role::CommandCentre | Role::Supervisor) => {
            kind.check_blower(actor.role)?;
            kind.check_called([unit], context.units)
        }
        Some(_) | None => Ok(()),
    }
}

/// Returns the type of the whistle to which an assignment belongs; `None` for a dispatch, and for a type that the policy no
/// longer has.
fn kind_of<'s>(case: &Case, assignment: &Assignment, context: &Context<'s>) -> Option<&'s WhistleType> {
    let whistle = case.whistles.iter().find(|whistle| Some(whistle.id) == assignment.whistle);
    whistle.and_then(|whistle| context.policy.whistle(&whistle.type_code))
}

/// Returns the clock changes: the clocks of the assignment are cancelled, and those of new ones start. If no unit is asked
/// any more, or all that is left is accepted, a clock of the case runs ([`super::turn`]).
pub(super) fn changes(
    case: &Case,
    taken: &Assignment,
    added: &[NewAssignment],
    context: &Context<'_>,
) -> Vec<ClockChange> {
    let changes = clock::cancel_of(&case.clocks, taken.id, context.now);
    if added.is_empty() {
        return changes;
    }
    let new = clocks(case, added, |new| spans(case, taken, new, context), context);
    // The work of a suspended hazard rests, whoever does it. What was asked for since then goes on.
    let resting = if rests(case, taken) { begin_at_rest(&new, context) } else { Vec::new() };
    changes.into_iter().chain(new).chain(resting).collect()
}

/// Returns the spans of a new assignment: those of the whistle's type, or of a direct dispatch. A whistle whose type the policy
/// no longer has is timed as a direct dispatch.
fn spans<'s>(case: &Case, taken: &Assignment, new: &NewAssignment, context: &Context<'s>) -> &'s AssignmentSpans {
    match (new.origin, kind_of(case, taken, context)) {
        (Origin::Whistle, Some(kind)) => &kind.spans,
        (Origin::SelfHandled, _) => &context.policy.self_handled,
        (Origin::Whistle | Origin::Direct, _) => &context.policy.direct,
    }
}
