//! Supervision 督办 by officers: a supervisor or the command centre sets a rung by hand, with a reason, and the addressed unit
//! acknowledges it 签收.

use super::climbing::{addressed, standing};
use super::decide::{find, permit, still_open};
use super::supervision::{Supervision, SupervisionState, Target};
use super::{AssignmentStatus, Case, Context, Event};
use crate::access::{Action, Actor};
use crate::clock::{self, ClockChange, ClockState};
use crate::id::{AssignmentId, NoteId, SupervisionId, UnitId};
use crate::policy::{Addressee, Rung, SupervisionTrigger};
use crate::refusal::{Code, Refusal};
use crate::staff::Role;
use crate::todo::{TodoKind, of_case};

/// The fields of [`super::Command::Supervise`].
pub(super) struct Supervise {
    pub(super) supervision: SupervisionId,
    pub(super) assignment: Option<AssignmentId>,
    pub(super) rung: Rung,
    pub(super) note: NoteId,
}

/// Sets a rung by hand. It is addressed to the unit whose turn it is, and never lower than a rung that stands.
pub(super) fn supervise(case: &Case, said: &Supervise, context: &Context<'_>) -> Result<Event, Refusal> {
    let assignment = said.assignment.map(|id| find(case, id)).transpose()?;
    let actor = permit(case, Action::Supervise, context)?;
    still_open(case)?;
    let is_over = |one: &super::Assignment| {
        one.round != case.round || one.status.is_gone() || one.status == AssignmentStatus::Accepted
    };
    if assignment.is_some_and(is_over) {
        return Err(Refusal::illegal("supervision.waits"));
    }
    if case.supervision(said.supervision).is_some() {
        return Err(Refusal::illegal("supervision.id_taken"));
    }
    let unit = addressed(case, Addressee::Owner, owner(case, said.assignment), context);
    if actor.unit == unit && actor.role != Role::Supervisor {
        return Err(Refusal::new(Code::NotYourOwn).with_rule("supervision.another_unit"));
    }
    not_lower(case, said)?;
    let one = Supervision {
        id: said.supervision,
        rung: said.rung,
        trigger: SupervisionTrigger::ByHand,
        to: Addressee::Owner,
        unit,
        roles: Vec::new(),
        assignment: said.assignment,
        round: case.round,
        deadline: None,
        count: 0,
        by_post: Some(actor.post),
        note: Some(said.note),
        at: context.now,
        acknowledged: None,
    };
    let clock = context.timing.clock(one.key(), context.now, context.policy.supervision.by_hand);
    Ok(Event::set(one, vec![ClockChange::Started(clock)]))
}

/// Returns the unit whose turn it is in an assignment; for the hazard as a whole, the unit that holds it.
fn owner(case: &Case, assignment: Option<AssignmentId>) -> UnitId {
    let is_step = |kind: TodoKind| kind.is_supervised() && kind != TodoKind::DecideExtension;
    let todos = of_case(case);
    let step = assignment.and_then(|_| todos.iter().find(|todo| todo.assignment == assignment && is_step(todo.kind)));
    step.map_or(case.township, |todo| todo.owner_unit)
}

/// Checks that no higher rung stands, and that the same one does not await its acknowledgement.
fn not_lower(case: &Case, said: &Supervise) -> Result<(), Refusal> {
    let target = said.assignment.map_or(Target::Round(case.round), Target::Assignment);
    if standing(case, target).any(|one| one.rung > said.rung) {
        return Err(Refusal::illegal("supervision.not_lower"));
    }
    let awaits = |one: &Supervision| case.supervision_state(one) == SupervisionState::Open;
    if standing(case, target).any(|one| one.rung == said.rung && awaits(one)) {
        return Err(Refusal::illegal("supervision.awaits"));
    }
    Ok(())
}

/// Acknowledges a supervision 签收 for the addressed unit. That does not take the step for which it was set.
pub(super) fn acknowledge(case: &Case, id: SupervisionId, context: &Context<'_>) -> Result<Event, Refusal> {
    let Some(one) = case.supervision(id) else { return Err(Code::NotFound.into()) };
    let Actor { officer, post, role, .. } = context.by.permit(Action::AcknowledgeSupervision, one.unit, false)?;
    if !one.roles.is_empty() && !one.roles.contains(&role) {
        return Err(Refusal::new(Code::Forbidden).with_rule("supervision.addressed"));
    }
    match case.supervision_state(one) {
        SupervisionState::Open => {}
        SupervisionState::Acknowledged => return Err(Refusal::illegal("supervision.acknowledged")),
        SupervisionState::Settled => return Err(Refusal::illegal("supervision.settled")),
    }
    let clocks = clock::stop(&case.clocks, one.key(), context.now).into_iter().collect();
    Ok(Event::SupervisionAcknowledged { supervision: id, officer, post, at: context.now, clocks })
}

/// Returns the changes that settle the supervisions that nobody has to acknowledge any more.
pub(super) fn settled(case: &Case, at: chrono::DateTime<chrono::Utc>) -> Vec<ClockChange> {
    let over = case
        .supervisions
        .iter()
        .filter(|one| case.supervision_state(one) == SupervisionState::Open && !case.awaits(one));
    let clocks = over.filter_map(|one| case.supervision_clock(one.id));
    let stop = |clock: &clock::Clock| ClockChange::Stopped {
        key: clock.key,
        at: at.max(clock.start),
        state: ClockState::Cancelled,
    };
    clocks.map(stop).collect()
}
