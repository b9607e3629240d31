//! Applies events to a case. No other file than this one and those below it changes a case or its parts. Long because each
//! match names every event.

mod approving;
mod enforcing;
mod giving;
mod major;
mod merging;
mod rating;
mod sending_back;
mod supervising;
mod suspending;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use self::giving::{Giving, add_assignments, replace};
use super::{
    AskedExtension, Assignment, AssignmentStatus, Case, End, Event, ReopenCause, SendBackState, Whistle, WhistleEnd,
    WhistleStatus,
};
use crate::clock;
use crate::event::DomainEvent;
use crate::id::{AssignmentId, OfficerId, PostId, UnitId, WhistleId};

/// Applies the event to the case. This is infallible, because an event is a fact that was validated when it was
/// decided.
#[expect(clippy::too_many_lines, reason = "one arm for each event")]
pub fn apply(case: &mut Case, event: &Event) {
    case.version += 1;
    case.last_at = case.last_at.max(event.at());
    clock::apply(&mut case.clocks, event.clocks());
    match event {
        Event::Inherited { .. } => inherit(case, event),
        // The first event made the case, and a recount changes only clocks.
        Event::Registered(_) | Event::Recounted { .. } => {}
        Event::Classified { .. } => classify(case, event),
        Event::Dispatched { .. } => dispatch(case, event),
        Event::Blown { .. } => blow(case, event),
        Event::WhistleAsked { .. }
        | Event::WhistleApproved { .. }
        | Event::WhistleRefused { .. }
        | Event::WhistleWithdrawn { .. } => approving::request(case, event),
        Event::Rated { .. }
        | Event::RatingObjected { .. }
        | Event::RatingRuled { .. }
        | Event::WhistleJudged { .. } => {
            rating::rate(case, event);
        }
        Event::TakenBack { .. } => take_back(case, event),
        Event::SendBackAsked { .. }
        | Event::SendBackWithdrawn { .. }
        | Event::SendBackAccepted { .. }
        | Event::SendBackRefused { .. }
        | Event::Ruled { .. }
        | Event::SentBack { .. } => sending_back::send_back(case, event),
        Event::Signed { assignment, .. }
        | Event::Claimed { assignment, .. }
        | Event::Released { assignment, .. }
        | Event::HandedOver { assignment, .. }
        | Event::CheckedIn { assignment, .. }
        | Event::Finished { assignment, .. }
        | Event::Accepted { assignment, .. }
        | Event::Reworked { assignment, .. } => step(case, *assignment, event),
        Event::ExtensionAsked { assignment, .. }
        | Event::Extended { assignment, .. }
        | Event::ExtensionRefused { assignment, .. } => extend(case, *assignment, event),
        Event::Supervised { .. } | Event::SupervisionAcknowledged { .. } => supervising::supervise(case, event),
        Event::Inspected { .. }
        | Event::Ordered { .. }
        | Event::Reinspected { .. }
        | Event::OrderRevoked { .. }
        | Event::Penalised { .. }
        | Event::PenaltyPaid { .. }
        | Event::PenaltyVoided { .. } => enforcing::enforce(case, event),
        Event::Major { .. } => major::step(case, event),
        Event::SuspensionAsked { .. } => case.suspension_request = suspending::asked(event),
        Event::Suspended { .. } => suspending::grant(case, event),
        Event::SuspensionRefused { .. } => case.suspension_request = None,
        Event::Resumed { .. } => case.suspension = None,
        Event::Closed { follow_ups, at, .. } => close(case, follow_ups, *at),
        Event::FollowedUp { recurrence, left, .. } => {
            case.follow_ups.clone_from(left);
            case.recurred_as = *recurrence;
        }
        Event::Reopened { cause, .. } => reopen(case, *cause),
        Event::Joined { .. } => merging::join(case, event),
        Event::Parted { .. } => merging::part(case, event),
        Event::Reinstated { work, .. } => merging::reinstate(case, work),
        Event::Cancelled { .. } => cancel(case, event),
        Event::Transferred { to, .. } => transfer(case, *to),
    }
}

fn transfer(case: &mut Case, to: UnitId) {
    major::inherit(case, case.township, to, true);
    case.township = to;
    approving::lapse(case);
    case.suspension_request = None; // the unit that holds it now has not asked
}

/// A request for a suspension that nobody has decided on lapses.
fn close(case: &mut Case, follow_ups: &[u32], at: DateTime<Utc>) {
    enforcing::lapse(case, at);
    case.end = Some(End::Closed);
    case.closed_at = Some(at);
    case.follow_ups = follow_ups.to_vec();
    case.suspension_request = None;
}

fn reopen(case: &mut Case, why: ReopenCause) {
    case.round += 1;
    case.not_solved += i32::from(why == ReopenCause::Callback);
    case.end = None;
    case.closed_at = None;
    case.follow_ups.clear();
    case.suspended_times = 0;
}

fn cancel(case: &mut Case, event: &Event) {
    let Event::Cancelled { reason, into, work, .. } = event else {
        return;
    };
    merging::leave(case, work.as_ref());
    cancel_parts(case);
    enforcing::lapse(case, event.at());
    case.end = Some(End::Cancelled);
    case.cancel_reason = Some(*reason);
    case.merged_into = *into;
}

/// Lets the successor hold what the unit held. A successor of the township also stands for it as the giver of work, so
/// that it may take back what its predecessor gave.
fn inherit(case: &mut Case, event: &Event) {
    let Event::Inherited { from, to, township, assignments, .. } = event else {
        return;
    };
    if *township {
        case.township = *to;
        approving::inherit(case, *from, *to);
    }
    if *township || !assignments.is_empty() {
        suspending::inherit(case, *from, *to);
    }
    for assignment in &mut case.assignments {
        if assignments.contains(&assignment.id) {
            assignment.unit = *to;
        }
        if *township && assignment.given_by == Some(*from) {
            assignment.given_by = Some(*to);
        }
    }
    supervising::inherit(case);
    enforcing::inherit(case);
    major::inherit(case, *from, *to, *township || assignments.is_empty());
}

/// Keeps a request for more time until somebody decides on it. This is no step of the work: what a worker did offline before
/// counts from when it was done.
fn extend(case: &mut Case, id: AssignmentId, event: &Event) {
    let asked = match event {
        Event::ExtensionAsked { officer, post, until, at, .. } => {
            Some(AskedExtension { until: *until, officer: *officer, post: *post, at: *at })
        }
        _ => None,
    };
    if let Some(assignment) = case.assignments.iter_mut().find(|assignment| assignment.id == id) {
        assignment.extension = asked;
    }
}

fn classify(case: &mut Case, event: &Event) {
    let Event::Classified { level, category, axes, subject, recurrence_of, .. } = event else {
        return;
    };
    case.level = *level;
    case.category.clone_from(category);
    case.axes.clone_from(axes);
    case.subject = *subject;
    case.recurrence_of = *recurrence_of;
}

fn dispatch(case: &mut Case, event: &Event) {
    let Event::Dispatched { unit, post, at, assignments, .. } = event else {
        return;
    };
    add_assignments(case, &Giving { whistle: None, unit: *unit, post: *post, at: *at }, assignments);
}

fn blow(case: &mut Case, event: &Event) {
    let Event::Blown { whistle, type_code, class, post, unit, named_by, named_by_post, at, assignments, .. } = event
    else {
        return;
    };
    case.whistles.push(Whistle {
        id: *whistle,
        type_code: type_code.clone(),
        class: *class,
        round: case.round,
        blown_by_post: *post,
        blown_by_unit: *unit,
        blown_at: *at,
        end: None,
        judgement: None,
    });
    let (giver, giver_post) = (named_by.unwrap_or(*unit), named_by_post.unwrap_or(*post));
    let giving = Giving { whistle: Some(*whistle), unit: Some(giver), post: Some(giver_post), at: *at };
    add_assignments(case, &giving, assignments);
    approving::request(case, event);
}

/// Ends an assignment that was taken back; a send-back of it that awaits a decision lapses.
fn take_back(case: &mut Case, event: &Event) {
    let Event::TakenBack { assignment, unit, post, lead, assignments, at, .. } = event else {
        return;
    };
    step(case, *assignment, event);
    if let Some(taken) = case.assignments.iter_mut().find(|one| one.id == *assignment) {
        sending_back::end(taken, SendBackState::Lapsed, None);
    }
    let whistle = case.assignment(*assignment).and_then(|taken| taken.whistle);
    add_assignments(case, &Giving { whistle, unit: Some(*unit), post: *post, at: *at }, assignments);
    replace(case, whistle, *lead);
}

/// Applies an event of one assignment. The times of signing, of the first claim and of the first check-in are kept.
#[expect(clippy::too_many_lines, reason = "one arm for each event")]
fn step(case: &mut Case, id: AssignmentId, event: &Event) {
    let Some(assignment) = case.assignments.iter_mut().find(|assignment| assignment.id == id) else {
        return;
    };
    assignment.status = status_after(assignment.status, event);
    if matches!(assignment.status, AssignmentStatus::Finished | AssignmentStatus::Cancelled) {
        assignment.extension = None;
    }
    assignment.last_step_at = assignment.last_step_at.max(Some(event.at()));
    match event {
        Event::Signed { at, .. } => assignment.signed_at = Some(*at),
        Event::Claimed { officer, post, at, .. } => {
            assignment.signed_at.get_or_insert(*at);
            assignment.claimed_at.get_or_insert(*at);
            give(assignment, *officer, *post);
        }
        Event::HandedOver { officer, post, .. } => give(assignment, *officer, *post),
        Event::Released { .. } => (assignment.worker, assignment.worker_post) = (None, None),
        Event::CheckedIn { at, .. } => {
            assignment.checked_in_at.get_or_insert(*at);
        }
        Event::Finished { .. } => finish(assignment, event),
        Event::Accepted { officer, at, .. } => {
            assignment.accepted_at = Some(*at);
            assignment.accepted_by = Some(*officer);
        }
        Event::Reworked { at, .. } => rework(assignment, *at),
        Event::TakenBack { .. }
        | Event::Registered(_)
        | Event::SendBackAsked { .. }
        | Event::SendBackWithdrawn { .. }
        | Event::SendBackAccepted { .. }
        | Event::SendBackRefused { .. }
        | Event::Ruled { .. }
        | Event::SentBack { .. }
        | Event::Classified { .. }
        | Event::Dispatched { .. }
        | Event::Blown { .. }
        | Event::WhistleAsked { .. }
        | Event::WhistleApproved { .. }
        | Event::WhistleRefused { .. }
        | Event::WhistleWithdrawn { .. }
        | Event::Rated { .. }
        | Event::RatingObjected { .. }
        | Event::RatingRuled { .. }
        | Event::WhistleJudged { .. }
        | Event::ExtensionAsked { .. }
        | Event::Extended { .. }
        | Event::ExtensionRefused { .. }
        | Event::SuspensionAsked { .. }
        | Event::Suspended { .. }
        | Event::SuspensionRefused { .. }
        | Event::Resumed { .. }
        | Event::Supervised { .. }
        | Event::SupervisionAcknowledged { .. }
        | Event::Inspected { .. }
        | Event::Ordered { .. }
        | Event::Reinspected { .. }
        | Event::OrderRevoked { .. }
        | Event::Penalised { .. }
        | Event::PenaltyPaid { .. }
        | Event::PenaltyVoided { .. }
        | Event::Major { .. }
        | Event::Closed { .. }
        | Event::FollowedUp { .. }
        | Event::Reopened { .. }
        | Event::Inherited { .. }
        | Event::Recounted { .. }
        | Event::Cancelled { .. }
        | Event::Joined { .. }
        | Event::Parted { .. }
        | Event::Reinstated { .. }
        | Event::Transferred { .. } => {}
    }
}

fn finish(assignment: &mut Assignment, event: &Event) {
    let Event::Finished { measure, photos, at, .. } = event else {
        return;
    };
    assignment.finished_at = Some(*at);
    assignment.measure = Some(*measure);
    assignment.after_photos.clone_from(photos);
}

fn give(assignment: &mut Assignment, officer: OfficerId, post: PostId) {
    (assignment.worker, assignment.worker_post) = (Some(officer), Some(post));
    assignment.workers.insert(officer);
}

/// Returns the assignment status after one of its own events. Only a cancellation of the case sets it elsewhere.
#[expect(clippy::too_many_lines, reason = "one arm for each event")]
fn status_after(before: AssignmentStatus, event: &Event) -> AssignmentStatus {
    match event {
        Event::Signed { .. } | Event::Released { .. } => AssignmentStatus::Signed,
        Event::Claimed { .. } => AssignmentStatus::Claimed,
        Event::CheckedIn { .. } => AssignmentStatus::OnSite,
        Event::Finished { .. } => AssignmentStatus::Finished,
        Event::Accepted { .. } => AssignmentStatus::Accepted,
        Event::Reworked { .. } => AssignmentStatus::Rework,
        Event::TakenBack { .. } => AssignmentStatus::Cancelled,
        Event::HandedOver { .. }
        | Event::Registered(_)
        | Event::SendBackAsked { .. }
        | Event::SendBackWithdrawn { .. }
        | Event::SendBackAccepted { .. }
        | Event::SendBackRefused { .. }
        | Event::Ruled { .. }
        | Event::SentBack { .. }
        | Event::Classified { .. }
        | Event::Dispatched { .. }
        | Event::Blown { .. }
        | Event::WhistleAsked { .. }
        | Event::WhistleApproved { .. }
        | Event::WhistleRefused { .. }
        | Event::WhistleWithdrawn { .. }
        | Event::Rated { .. }
        | Event::RatingObjected { .. }
        | Event::RatingRuled { .. }
        | Event::WhistleJudged { .. }
        | Event::ExtensionAsked { .. }
        | Event::Extended { .. }
        | Event::ExtensionRefused { .. }
        | Event::SuspensionAsked { .. }
        | Event::Suspended { .. }
        | Event::SuspensionRefused { .. }
        | Event::Resumed { .. }
        | Event::Supervised { .. }
        | Event::SupervisionAcknowledged { .. }
        | Event::Inspected { .. }
        | Event::Ordered { .. }
        | Event::Reinspected { .. }
        | Event::OrderRevoked { .. }
        | Event::Penalised { .. }
        | Event::PenaltyPaid { .. }
        | Event::PenaltyVoided { .. }
        | Event::Major { .. }
        | Event::Closed { .. }
        | Event::FollowedUp { .. }
        | Event::Reopened { .. }
        | Event::Inherited { .. }
        | Event::Recounted { .. }
        | Event::Cancelled { .. }
        | Event::Joined { .. }
        | Event::Parted { .. }
        | Event::Reinstated { .. }
        | Event::Transferred { .. } => before,
    }
}

/// Resets the assignment for rework: clears the finished work and the worker.
fn rework(assignment: &mut Assignment, at: DateTime<Utc>) {
    assignment.rework_count += 1;
    assignment.reworked_at = Some(at);
    (assignment.worker, assignment.worker_post) = (None, None);
    assignment.finished_at = None;
    assignment.measure = None;
    assignment.after_photos.clear();
}

/// Cancels all whistles that are not completed and all assignments that are not accepted, of every round.
fn cancel_parts(case: &mut Case) {
    let through: BTreeSet<WhistleId> = case
        .whistles
        .iter()
        .filter(|whistle| case.whistle_status(whistle) == WhistleStatus::Completed)
        .map(|whistle| whistle.id)
        .collect();
    for whistle in case.whistles.iter_mut().filter(|whistle| !through.contains(&whistle.id)) {
        whistle.end = Some(WhistleEnd::Cancelled);
    }
    for assignment in &mut case.assignments {
        sending_back::end(assignment, SendBackState::Lapsed, None);
        if !matches!(assignment.status, AssignmentStatus::Accepted | AssignmentStatus::SentBack) {
            assignment.status = AssignmentStatus::Cancelled;
            assignment.extension = None;
        }
    }
}
