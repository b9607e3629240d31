//! The end of a case: closing 销号, reopening 重开 and cancelling 撤销.

use chrono::{DateTime, TimeDelta, Utc};

use super::decide::{permit, still_open};
use super::register::dispatch_clock;
use super::{AssignmentStatus, CancelReason, Case, Context, End, Event, ReopenCause};
use crate::access::{Action, By};
use crate::clock;
use crate::id::NoteId;
use crate::refusal::{Code, Refusal};
use crate::time::china_day_end;

/// Closes the hazard. The responsible unit's leader may do so if there was work in this round, all of it has been
/// accepted, and the leader has never held any of the case's assignments.
pub(super) fn close(case: &Case, note: NoteId, context: &Context<'_>) -> Result<Event, Refusal> {
    let actor = permit(case, Action::CloseHazard, context)?;
    still_open(case)?;
    if case.assignments.iter().any(|assignment| assignment.workers.contains(&actor.officer)) {
        return Err(Refusal::new(Code::NotYourOwn).with_rule("closing.another_person"));
    }
    let accepted = case.live().all(|assignment| assignment.status == AssignmentStatus::Accepted);
    if !accepted || !case.is_dispatched() {
        return Err(Refusal::illegal("closing.all_accepted"));
    }
    Ok(Event::Closed { note, at: context.now, clocks: clock::cancel_all(&case.clocks, context.now) })
}

/// Reopens a closed hazard within the callback window. The new round has no assignments, so it needs a new dispatch or
/// whistle. For an emergency, a new dispatch clock starts.
pub(super) fn reopen(
    case: &Case,
    why: ReopenCause,
    note: Option<NoteId>,
    context: &Context<'_>,
) -> Result<Event, Refusal> {
    match (why, context.by) {
        (ReopenCause::Callback, By::Reporter | By::System) => {}
        (ReopenCause::Callback, By::Officer(_)) => return Err(Code::Forbidden.into()),
        (ReopenCause::Officer, By::Officer(_) | By::Reporter | By::System) => {
            permit(case, Action::ReopenHazard, context)?;
            said(note)?;
        }
    }
    let (Some(End::Closed), Some(closed_at)) = (case.end, case.closed_at) else {
        return Err(Refusal::illegal("reopening.closed"));
    };
    if !in_window(closed_at, context) {
        return Err(Refusal::illegal("reopening.window"));
    }
    let (next_round, at) = (case.round + 1, context.now);
    let dispatch =
        case.emergency.then(|| dispatch_clock(case.township, next_round, at, context.policy, &context.timing, None));
    Ok(Event::Reopened { cause: why, note, at, clocks: dispatch.into_iter().collect() })
}

/// Cancels a hazard together with its unfinished work, because it is unfounded, a duplicate, out of scope, referred
/// elsewhere or withdrawn. Withdrawing a report cancels its emergency only if no work was ever dispatched for it.
pub(super) fn cancel(
    case: &Case,
    reason: CancelReason,
    note: Option<NoteId>,
    context: &Context<'_>,
) -> Result<Event, Refusal> {
    match (reason, context.by) {
        (CancelReason::Withdrawn, By::Reporter | By::System) => {}
        (CancelReason::Withdrawn, By::Officer(_)) => return Err(Code::Forbidden.into()),
        (
            CancelReason::Unfounded | CancelReason::Duplicate | CancelReason::OutOfScope | CancelReason::Referred,
            By::Officer(_) | By::Reporter | By::System,
        ) => {
            permit(case, Action::CancelHazard, context)?;
            said(note)?;
        }
    }
    still_open(case)?;
    if reason == CancelReason::Withdrawn && !case.assignments.is_empty() {
        return Err(Refusal::illegal("withdrawal.not_dispatched"));
    }
    let at = context.now;
    Ok(Event::Cancelled { reason, note, at, clocks: clock::cancel_all(&case.clocks, at) })
}

fn said(note: Option<NoteId>) -> Result<(), Refusal> {
    match note {
        Some(_) => Ok(()),
        None => Err(Refusal::invalid("note", "请填写原因。", "Please state a reason.")),
    }
}

/// Returns whether the callback window (the policy's number of calendar days after closure, to the end of the last day)
/// is still open at the exact time of the step.
fn in_window(closed_at: DateTime<Utc>, context: &Context<'_>) -> bool {
    let window = TimeDelta::days(i64::from(context.policy.callback_days));
    closed_at.checked_add_signed(window).is_none_or(|end| context.exact <= china_day_end(end))
}
