//! The clocks 时限 of the case as a whole: nobody has been asked to act, so the township must dispatch 派单; or all work has
//! been accepted, so it must close 销号. They follow from the status of the case after each step, whichever step it was.
//! [`docs/clocks.md`](../../../docs/clocks.md) says whose turn it is in every status.

use super::register::dispatch_clock;
use super::supervising::settled;
use super::{Case, Context, Event, HazardStatus, apply, major};
use crate::clock::{self, Clock, ClockChange, ClockKey, ClockKind};
use crate::event::DomainEvent;

/// Adds the changes to the event after which the clocks of the case as a whole are those of its status. An event that
/// cannot change clocks changes no status either.
pub(super) fn keep_time(case: &Case, event: &mut Event, context: &Context<'_>) {
    let mut after = case.clone();
    apply(&mut after, event);
    if let Some(clocks) = event.clocks_mut() {
        clocks.extend(changes(&after, context));
    }
}

/// Returns the changes after which these clocks are those of the status. Dispatching itself stops its clock.
fn changes(case: &Case, context: &Context<'_>) -> Vec<ClockChange> {
    let status = case.status();
    // A request for more time 延期 that nobody has to decide on any more, because the work is finished.
    let asked = |id| case.assignment(id).is_some_and(|one| one.extension.is_some());
    let is_moot = |key: ClockKey| key.kind == ClockKind::Extend && !key.assignment.is_some_and(asked);
    let mut changes = clock::cancel_where(&case.clocks, context.now, is_moot);
    changes.extend(settled(case, context.now));
    changes.extend(major::clocks(case, context));
    if case.end.is_none() && (status != HazardStatus::AwaitingClosure || !case.may_be_closed()) {
        changes.extend(clock::cancel_where(&case.clocks, context.now, |key| key.kind == ClockKind::Close));
    }
    match status {
        HazardStatus::Registered if !waits(case, ClockKind::Dispatch) && !case.is_whistle_awaited() => {
            let next = dispatch_clock(case.round, case.township, case.emergency, context);
            // What was dispatched and taken back 收回 is due when it was due, so that taking back gains no time.
            let again = clock::proceed(&case.clocks, next.key);
            changes.push(again.unwrap_or(ClockChange::Started(next)));
        }
        HazardStatus::AwaitingClosure if case.may_be_closed() && !waits(case, ClockKind::Close) => {
            changes.push(clock::run(&case.clocks, close_clock(case, context)));
        }
        HazardStatus::Registered
        | HazardStatus::Assigned
        | HazardStatus::InProgress
        | HazardStatus::AwaitingAcceptance
        | HazardStatus::AwaitingClosure
        | HazardStatus::Suspended
        | HazardStatus::Closed
        | HazardStatus::Cancelled => {}
    }
    changes
}

/// Returns a clock for closing, with a whole span: nobody is late for what could not be closed earlier.
pub(super) fn close_clock(case: &Case, context: &Context<'_>) -> Clock {
    let key = ClockKey::of(ClockKind::Close, case.round, case.township);
    context.timing.clock(key, context.now, context.policy.close)
}

fn waits(case: &Case, kind: ClockKind) -> bool {
    case.clocks.iter().any(|clock| clock.key.kind == kind && clock.key.round == case.round && clock.is_open())
}
