//! What send-backs 退单 and the decisions on them do to the assignment and the work.

use std::collections::BTreeSet;

use super::giving::{Giving, add_assignments, replace};
use crate::hazard::{Assignment, AssignmentStatus, Case, Event, SendBack, SendBackDecision, SendBackState};
use crate::id::AssignmentId;

/// Applies an event of a send-back.
pub(super) fn send_back(case: &mut Case, event: &Event) {
    if let Event::SendBackWithdrawn { assignment, .. } = event {
        with(case, *assignment, |one| end(one, SendBackState::Withdrawn, None));
    }
    ask(case, event);
    decide(case, event);
    sent_back(case, event);
}

/// Notes that the unit asked. It is no step of the work, so the time of the last step stays: what a worker did offline
/// before still counts from when it was done.
fn ask(case: &mut Case, event: &Event) {
    let Event::SendBackAsked { assignment, unit, officer, reason, proposed, for_ruling, note, at, .. } = event else {
        return;
    };
    with(case, *assignment, |one| {
        one.send_backs.push(SendBack {
            unit: *unit,
            officer: *officer,
            reason: *reason,
            proposed: *proposed,
            note: *note,
            asked_at: *at,
            before: one.status,
            state: if *for_ruling { SendBackState::ForRuling } else { SendBackState::Asked },
            decided: None,
            named: BTreeSet::new(),
        });
        one.status = AssignmentStatus::SendBackAsked;
    });
}

/// Notes the decision.
fn decide(case: &mut Case, event: &Event) {
    let (Event::SendBackAccepted { assignment, unit, role, officer, note, at, .. }
    | Event::SendBackRefused { assignment, unit, role, officer, note, at, .. }
    | Event::Ruled { assignment, unit, role, officer, note, at, .. }) = event
    else {
        return;
    };
    let state = if let Event::Ruled { outcome, .. } = event {
        SendBackState::after(*outcome)
    } else if matches!(event, Event::SendBackAccepted { .. }) {
        SendBackState::Accepted
    } else {
        SendBackState::Refused
    };
    let decision = SendBackDecision { unit: *unit, role: *role, officer: *officer, note: *note, at: *at };
    with(case, *assignment, |one| end(one, state, Some(decision)));
}

fn with(case: &mut Case, id: AssignmentId, change: impl FnOnce(&mut Assignment)) {
    if let Some(assignment) = case.assignments.iter_mut().find(|assignment| assignment.id == id) {
        change(assignment);
    }
}

/// Ends the send-back that awaits a decision, if there is one. If the unit keeps the assignment, its status is the one
/// before.
pub(super) fn end(assignment: &mut Assignment, state: SendBackState, decided: Option<SendBackDecision>) {
    let Some(pending) = assignment.send_backs.iter_mut().find(|one| one.state.is_pending()) else { return };
    pending.state = state;
    pending.decided = decided;
    assignment.status = match state {
        SendBackState::Withdrawn | SendBackState::Refused | SendBackState::Stays => pending.before,
        SendBackState::Accepted | SendBackState::Moved => AssignmentStatus::SentBack,
        SendBackState::Asked | SendBackState::ForRuling | SendBackState::Lapsed => assignment.status,
    };
    if assignment.status.is_gone() {
        assignment.extension = None;
    }
}

/// Lets the work move on, and notes which units do it instead.
fn sent_back(case: &mut Case, event: &Event) {
    let Event::SentBack { assignment, unit, post, lead, assignments, at, .. } = event else { return };
    let whistle = case.assignment(*assignment).and_then(|one| one.whistle);
    add_assignments(case, &Giving { whistle, unit: Some(*unit), post: Some(*post), at: *at }, assignments);
    replace(case, whistle, *lead);
    let promoted = case.assignments.iter().filter(|one| Some(one.id) == *lead).map(|one| one.unit);
    let named = promoted.chain(assignments.iter().map(|new| new.unit)).collect();
    with(case, *assignment, |one| {
        if let Some(last) = one.send_backs.last_mut() {
            last.named = named;
        }
    });
}
