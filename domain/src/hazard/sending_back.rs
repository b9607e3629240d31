//! Sending an assignment back 退单: the unit that was asked says that the matter is not its duty. Until somebody decides on
//! that, the clocks of the assignment keep running, so that a send-back without ground gains no time.
//! `docs/sending-back.md` has the tables.

use super::decide::{find, still_open};
use super::dispatch::may_take;
use super::ruling::{answering_unit, cancelled, parties, ruling_unit};
use super::{Assignment, AssignmentStatus, Case, Context, Event, SendBackReason, SendBackState};
use crate::access::{Action, Actor};
use crate::clock::{self, ClockChange, ClockKey, ClockKind};
use crate::id::{AssignmentId, NoteId, UnitId};
use crate::refusal::Refusal;

/// How often a unit may ask in one round: once the unit that gave the assignment answers, and once somebody rules.
const ASKED_MAX: usize = 2;

/// The fields of [`super::Command::AskSendBack`].
pub(super) struct AskSendBack {
    pub(super) assignment: AssignmentId,
    pub(super) reason: SendBackReason,
    pub(super) proposed: Option<UnitId>,
    pub(super) note: NoteId,
}

/// Asks to send an assignment back, before anybody has checked in and within the window of the policy. The unit that gave
/// the assignment answers the first time; a unit that asks again, and a matter that was sent back before, need a ruling.
/// An assignment for which the unit has not signed yet is signed for, because nobody returns what has not arrived.
pub(super) fn ask_send_back(case: &Case, said: &AskSendBack, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let (assignment, actor) = unit_of(case, said.assignment, context)?;
    before_check_in(assignment)?;
    may_ask(case, assignment, context)?;
    let for_ruling = case.send_backs().any(|(of, one)| one.state.is_hop() || asked_by(of, one.unit, assignment.unit));
    if let Some(unit) = said.proposed {
        if unit == assignment.unit {
            return Err(another_unit());
        }
        may_take(unit, assignment.part, context)?;
    }
    let mut events = Vec::new();
    if assignment.status == AssignmentStatus::Open {
        let sign = ClockKey::of_assignment(ClockKind::Sign, assignment.round, assignment.unit, assignment.id);
        let clocks = clock::stop(&case.clocks, sign, context.now).into_iter().collect();
        events.push(Event::Signed { assignment: assignment.id, at: context.now, clocks });
    }
    events.push(Event::SendBackAsked {
        assignment: assignment.id,
        unit: assignment.unit,
        officer: actor.officer,
        reason: said.reason,
        proposed: said.proposed,
        for_ruling,
        note: said.note,
        at: context.now,
        clocks: vec![decision_clock(case, assignment, said.proposed, for_ruling, context)],
    });
    Ok(events)
}

/// Withdraws a send-back that nobody has decided. The assignment is as it was before.
pub(super) fn withdraw_send_back(case: &Case, id: AssignmentId, context: &Context<'_>) -> Result<Event, Refusal> {
    let (assignment, _) = unit_of(case, id, context)?;
    pending(assignment)?;
    Ok(Event::SendBackWithdrawn { assignment: id, at: context.now, clocks: cancelled(case, id, context.now) })
}

/// Returns the assignment and the acting officer, who distributes the work of its unit.
fn unit_of<'c>(case: &'c Case, id: AssignmentId, context: &Context<'_>) -> Result<(&'c Assignment, Actor), Refusal> {
    let assignment = find(case, id)?;
    let actor = context.by.permit(Action::SendBack, assignment.unit, false)?;
    still_open(case)?;
    Ok((assignment, actor))
}

/// Returns the state of the send-back that awaits a decision.
pub(super) fn pending(assignment: &Assignment) -> Result<SendBackState, Refusal> {
    assignment.pending_send_back().map(|one| one.state).ok_or(Refusal::illegal("send_back.asked"))
}

fn before_check_in(assignment: &Assignment) -> Result<(), Refusal> {
    use AssignmentStatus as Is;
    match assignment.status {
        Is::Open | Is::Signed | Is::Claimed if assignment.checked_in_at.is_none() => Ok(()),
        Is::Open | Is::Signed | Is::Claimed | Is::OnSite | Is::Finished | Is::Rework => {
            Err(Refusal::illegal("send_back.before_check_in"))
        }
        Is::SendBackAsked => Err(Refusal::illegal("send_back.once")),
        Is::Accepted | Is::SentBack | Is::Cancelled => Err(Refusal::illegal("assignment.over")),
    }
}

/// Checks that the unit may ask: somebody else gave the assignment, no ruling of this round binds the unit, it has not
/// asked too often, and the window is open.
fn may_ask(case: &Case, assignment: &Assignment, context: &Context<'_>) -> Result<(), Refusal> {
    if case.giver(assignment) == assignment.unit {
        return Err(Refusal::illegal("send_back.own"));
    }
    if case.is_ruled(assignment.unit) {
        return Err(Refusal::illegal("send_back.ruled"));
    }
    let earlier = case.send_backs().filter(|(of, one)| asked_by(of, one.unit, assignment.unit));
    if earlier.count() >= ASKED_MAX {
        return Err(Refusal::illegal("send_back.twice"));
    }
    if context.now > window_end(assignment, context) {
        return Err(Refusal::illegal("send_back.window"));
    }
    Ok(())
}

/// Returns whether this unit asked for a send-back, or its predecessor did.
fn asked_by(of: &Assignment, unit: UnitId, this: UnitId) -> bool {
    unit == this || of.unit == this
}

/// Returns the end of the window: counted from the dispatch, and for a refusal that the unit contests from the refusal.
fn window_end(assignment: &Assignment, context: &Context<'_>) -> chrono::DateTime<chrono::Utc> {
    let refused = assignment.send_backs.iter().filter(|one| one.state == SendBackState::Refused);
    let refused = refused.filter_map(|one| Some(one.decided?.at)).max();
    let from = refused.unwrap_or(assignment.dispatched_at).max(assignment.dispatched_at);
    context.timing.calendar.due(from, context.policy.send_back.within)
}

/// Returns the clock for the decision. Its owner is the unit that has to decide.
fn decision_clock(
    case: &Case,
    assignment: &Assignment,
    proposed: Option<UnitId>,
    for_ruling: bool,
    context: &Context<'_>,
) -> ClockChange {
    let (kind, span, owner) = if for_ruling {
        let parties = parties(case, assignment, proposed);
        (ClockKind::Rule, context.policy.send_back.rule, ruling_unit(case, &parties, context))
    } else {
        (ClockKind::AnswerSendBack, context.policy.send_back.answer, answering_unit(case, assignment, context))
    };
    let key = ClockKey::of_assignment(kind, assignment.round, owner, assignment.id);
    clock::run(&case.clocks, context.timing.clock(key, context.now, span))
}

/// Returns the refusal of the unit itself as the one that should do the work instead.
pub(super) const fn another_unit() -> Refusal {
    Refusal::illegal("send_back.another_unit")
}
