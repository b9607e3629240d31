//! What a hazard waits for: a dispatch 派单, the next step of each assignment, the decision on a whistle 吹哨审核 or on a request
//! for more time 延期, its closure 销号, the acknowledgement of a supervision 督办, or the decision on its suspension 挂账 and its
//! review; after the closure, a follow-up 回头看 and what is left to rate 评哨.

use chrono::{DateTime, Utc};

use super::major::of_major;
use super::{Todo, TodoKind};
use crate::clock::{Clock, ClockKind};
use crate::hazard::{Assignment, AssignmentStatus, Case, End, SendBackState, SupervisionState, WhistleRequestState};
use crate::id::UnitId;

/// Returns what the hazard waits for. An open hazard always waits for something; a closed one only for its follow-ups 回头看
/// and for the ratings 评哨 of its whistles, and a cancelled one for nothing.
///
/// The callback 回访 after the closure is the reporter's, and no todo of a unit.
#[must_use]
pub fn of_case(case: &Case) -> Vec<Todo> {
    match case.end {
        Some(End::Cancelled) => Vec::new(),
        Some(End::Closed) => follow_up(case).into_iter().chain(supervisions(case)).chain(ratings(case)).collect(),
        None => work(case).into_iter().chain(review(case)).chain(suspension(case)).chain(ratings(case)).collect(),
    }
}

fn work(case: &Case) -> Vec<Todo> {
    let mut todos = steps(case);
    todos.extend(whistle(case));
    todos.extend(of_major(case));
    todos.extend(supervisions(case));
    todos.extend(reinspections(case));
    todos
}

/// Returns the decision on a whistle 吹哨审核 that waits, or the naming of its units 分哨, of the unit whose clock runs.
fn whistle(case: &Case) -> Option<Todo> {
    let request = case.pending_whistle()?;
    let kind = match request.state {
        WhistleRequestState::AwaitsApproval => TodoKind::ApproveWhistle,
        WhistleRequestState::AwaitsUnits => TodoKind::NameUnits,
        WhistleRequestState::Blown
        | WhistleRequestState::Refused
        | WhistleRequestState::Withdrawn
        | WhistleRequestState::Lapsed => return None,
    };
    let owner_unit = case.whistle_clock().map_or(case.township, |clock| clock.key.owner_unit);
    let todo = whole(case, kind, request.asked_at);
    Some(Todo { owner_unit, deadline: None, owner_post: None, ..todo }.timed(&case.clocks))
}

/// Returns the steps by which the matter goes on: at least one, unless an order 责令 holds its closure up. While a whistle 哨
/// waits and nobody has been asked to act, its decision is the only step.
fn steps(case: &Case) -> Vec<Todo> {
    if !case.is_dispatched() && case.is_whistle_awaited() {
        return Vec::new();
    }
    if !case.is_dispatched() {
        return vec![whole(case, TodoKind::Dispatch, undispatched_since(case))];
    }
    let steps = case.live().filter_map(|assignment| next_step(case, assignment));
    let todos: Vec<Todo> = steps.chain(case.live().filter_map(|assignment| request(case, assignment))).collect();
    // What an order 责令 holds up, or a major hazard that may not be closed yet, waits for a step of its own.
    if todos.is_empty() && case.suspension.is_none() && case.may_be_closed() {
        return vec![whole(case, TodoKind::Close, accepted_since(case))];
    }
    todos
}

/// Returns the review of a suspended hazard, which the responsible leader is expected to make. What is left of the work waits
/// beside it, but is not due.
fn review(case: &Case) -> Option<Todo> {
    let suspension = case.suspension?;
    let asked = suspension.asked;
    let todo = whole(case, TodoKind::ReviewSuspension, suspension.decided_at);
    let (owner_unit, owner_post) = (asked.responsible_unit, Some(asked.responsible));
    Some(Todo { owner_unit, owner_post, deadline: None, ..todo }.timed(&case.clocks))
}

/// Returns the decision on a request for a suspension, of the unit whose clock runs.
fn suspension(case: &Case) -> Option<Todo> {
    let asked = case.suspension_request?;
    let decides = |clock: &&Clock| clock.key.kind == ClockKind::DecideSuspension && clock.is_open();
    let owner_unit = case.clocks.iter().find(decides).map_or(case.township, |clock| clock.key.owner_unit);
    let todo = whole(case, TodoKind::DecideSuspension, asked.at);
    Some(Todo { owner_unit, deadline: None, owner_post: None, ..todo }.timed(&case.clocks))
}

/// Returns the next follow-up of a closed hazard. It is shown when its time begins, so that no inbox is filled for months.
fn follow_up(case: &Case) -> Option<Todo> {
    let is_it = |clock: &&Clock| clock.key.kind == ClockKind::FollowUp && clock.is_open();
    let begins = case.clocks.iter().find(is_it).filter(|_| !case.follow_ups.is_empty())?.counted_from();
    let urgent = false;
    Some(Todo { urgent, visible_from: Some(begins), ..whole(case, TodoKind::FollowUp, begins) })
}

/// Returns the supervisions 督办 that the addressed units have to acknowledge.
fn supervisions(case: &Case) -> impl Iterator<Item = Todo> {
    let open = case.supervisions.iter().filter(|one| case.supervision_state(one) == SupervisionState::Open);
    open.map(|one| {
        let todo = Todo {
            kind: TodoKind::AcknowledgeSupervision,
            assignment: one.assignment,
            supervision: Some(one.id),
            order: None,
            owner_unit: one.unit,
            owner_post: None,
            deadline: None,
            since: one.at,
            urgent: one.assignment.map_or(case.emergency, |id| case.is_urgent(id)),
            visible_from: None,
        };
        todo.timed(&case.clocks)
    })
}

/// Returns the ratings 评哨 of answers to whistles that are due, and the rulings on them: those whose clocks run.
fn ratings(case: &Case) -> impl Iterator<Item = Todo> {
    case.clocks.iter().filter(|clock| clock.is_open()).filter_map(|clock| {
        let assignment = case.assignment(clock.key.assignment?)?;
        let (kind, since) = match clock.key.kind {
            ClockKind::RateAnswer => (TodoKind::RateAnswer, assignment.accepted_at?),
            ClockKind::RuleOnRating => (TodoKind::RuleOnRating, assignment.rating?.objection?.at),
            _ => return None,
        };
        let todo = Todo {
            kind,
            assignment: Some(assignment.id),
            supervision: None,
            order: None,
            owner_unit: clock.key.owner_unit,
            owner_post: None,
            deadline: None,
            since,
            urgent: false,
            visible_from: None,
        };
        Some(todo.timed(&case.clocks))
    })
}

/// Returns the re-inspections 复查 of the orders that are open.
fn reinspections(case: &Case) -> impl Iterator<Item = Todo> {
    case.enforcement.open_orders().map(|order| {
        let whole = whole(case, TodoKind::Reinspect, order.at);
        let todo = Todo { order: Some(order.id), owner_unit: order.unit, owner_post: None, deadline: None, ..whole };
        todo.timed(&case.clocks)
    })
}

pub(super) fn whole(case: &Case, kind: TodoKind, since: DateTime<Utc>) -> Todo {
    let todo = Todo {
        kind,
        assignment: None,
        supervision: None,
        order: None,
        owner_unit: case.township,
        owner_post: None,
        deadline: None,
        since,
        urgent: case.emergency,
        visible_from: None,
    };
    todo.timed(&case.clocks)
}

/// Returns the next step of an assignment, or `None` if its work has been accepted.
fn next_step(case: &Case, assignment: &Assignment) -> Option<Todo> {
    let unit = assignment.unit;
    let (kind, owner_unit) = match assignment.status {
        AssignmentStatus::Open => (TodoKind::Sign, unit),
        AssignmentStatus::Signed | AssignmentStatus::Rework => (TodoKind::Claim, unit),
        AssignmentStatus::Claimed => (TodoKind::CheckIn, unit),
        AssignmentStatus::OnSite => (TodoKind::Finish, unit),
        AssignmentStatus::Finished => (TodoKind::Accept, case.township),
        AssignmentStatus::SendBackAsked => (decision(assignment), decider(case, assignment)),
        AssignmentStatus::Accepted | AssignmentStatus::SentBack | AssignmentStatus::Cancelled => return None,
    };
    let todo = Todo {
        kind,
        assignment: Some(assignment.id),
        supervision: None,
        order: None,
        owner_unit,
        owner_post: assignment.worker_post.filter(|_| kind.is_the_workers()),
        deadline: None,
        since: assignment.last_step_at.unwrap_or(assignment.dispatched_at),
        urgent: case.is_urgent(assignment.id),
        visible_from: None,
    };
    Some(todo.timed(&case.clocks))
}

/// Returns the decision on a request for more time 延期, which waits beside the next step of the assignment.
fn request(case: &Case, assignment: &Assignment) -> Option<Todo> {
    let asked = assignment.extension?;
    let todo = whole(case, TodoKind::DecideExtension, asked.at);
    let urgent = case.is_urgent(assignment.id);
    Some(Todo { assignment: Some(assignment.id), urgent, deadline: None, owner_post: None, ..todo }.timed(&case.clocks))
}

/// Returns whether the unit that gave the assignment answers its send-back 退单, or whether it awaits a ruling 裁定.
fn decision(assignment: &Assignment) -> TodoKind {
    match assignment.pending_send_back().map(|asked| asked.state) {
        Some(SendBackState::ForRuling) => TodoKind::Rule,
        Some(_) | None => TodoKind::AnswerSendBack,
    }
}

/// Returns the unit that decides on the send-back of an assignment: the one whose clock runs.
fn decider(case: &Case, assignment: &Assignment) -> UnitId {
    let decides = |clock: &&Clock| {
        clock.is_open()
            && clock.key.assignment == Some(assignment.id)
            && matches!(clock.key.kind, ClockKind::AnswerSendBack | ClockKind::Rule)
    };
    case.clocks.iter().find(decides).map_or_else(|| case.giver(assignment), |clock| clock.key.owner_unit)
}

/// Returns since when nobody has been asked to act: since the dispatch clock of this round started. If there is no such
/// clock, the state tells only that it was not after the last event.
fn undispatched_since(case: &Case) -> DateTime<Utc> {
    let is_it = |clock: &&Clock| clock.key.kind == ClockKind::Dispatch && clock.key.round == case.round;
    case.clocks.iter().filter(is_it).map(|clock| clock.start).min().unwrap_or(case.last_at)
}

fn accepted_since(case: &Case) -> DateTime<Utc> {
    case.live().filter_map(|assignment| assignment.accepted_at).max().unwrap_or(case.last_at)
}
