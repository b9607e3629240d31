//! The clocks 时限 of a merge and of its undoing.

use std::collections::BTreeSet;

use super::Side;
use crate::clock::{self, Clock, ClockChange, ClockKey, ClockKind, ClockState, Counted};
use crate::hazard::acceptance::wait;
use crate::hazard::event::Work;
use crate::hazard::register::dispatch_clock;
use crate::hazard::{Assignment, AssignmentStatus, Case, Context};

/// Returns the assignment among these to which a clock belongs. Clocks of earlier builds name none.
fn owner<'w>(clock: &Clock, assignments: &'w [Assignment]) -> Option<&'w Assignment> {
    let is_of_work = matches!(clock.key.kind, ClockKind::Sign | ClockKind::CheckIn | ClockKind::Finish);
    assignments.iter().find(|one| match clock.key.assignment {
        Some(assignment) => assignment == one.id,
        None => is_of_work && clock.key.owner_unit == one.unit && clock.key.round == one.round,
    })
}

/// The clocks of the work that is carried on leave the duplicate; its other running clocks are cancelled.
pub(super) fn clocks_left(case: &Case, work: &Work, context: &Context<'_>) -> Vec<ClockChange> {
    let leaves = |clock: &Clock| work.carried && owner(clock, &work.assignments).is_some();
    let (leaving, staying): (Vec<Clock>, Vec<Clock>) = case.clocks.iter().cloned().partition(leaves);
    let removed = leaving.iter().map(|clock| ClockChange::Removed { key: clock.key });
    removed.chain(clock::cancel_all(&staying, context.now)).collect()
}

/// Returns the clock changes of the hazard that stands, and the clocks that they replace. The clocks of the work come along
/// with their due times. Nobody gains time by a merge: clocks of the same unit keep the due time of the duplicate.
pub(super) fn clocks_joined(from: &Case, into: Side<'_>, work: &Work) -> (Vec<ClockChange>, Vec<Clock>) {
    let mut changes: Vec<ClockChange> = Vec::new();
    let own: Vec<Assignment> =
        work.assignments.iter().map(|one| Assignment { round: from.round, ..one.clone() }).collect();
    for (clock, assignment) in from.clocks.iter().filter_map(|clock| Some((clock, owner(clock, &own)?))) {
        let key = ClockKey { round: into.case.round, assignment: Some(assignment.id), ..clock.key };
        changes.push(ClockChange::Started(Clock { key, ..clock.clone() }));
    }
    let steps = [dispatching(from, into, work), accepting(from, into, work)];
    let replaced = steps.iter().flatten().filter_map(|change| clock::find(&into.case.clocks, key_of(change)));
    let replaced = replaced.cloned().collect();
    changes.extend(steps.into_iter().flatten());
    (changes, replaced)
}

const fn key_of(change: &ClockChange) -> ClockKey {
    match change {
        ClockChange::Started(clock) => clock.key,
        ClockChange::Stopped { key, .. } | ClockChange::Resumed { key, .. } | ClockChange::Removed { key } => *key,
        ClockChange::Recounted(recounted) => recounted.key,
    }
}

/// The dispatch clock stops if work arrives. It starts if the danger arrives, and nobody has been asked to act.
fn dispatching(from: &Case, into: Side<'_>, work: &Work) -> Option<ClockChange> {
    let Side { case, context } = into;
    let key = ClockKey::of(ClockKind::Dispatch, case.round, case.township);
    if work.assignments.iter().any(|one| !one.status.is_gone()) {
        return clock::stop(&case.clocks, key, context.now);
    }
    if case.is_dispatched() || !from.emergency || clock::find(&case.clocks, key).is_some() {
        return None;
    }
    let started = dispatch_clock(case.township, case.round, context.now, context.policy, &context.timing);
    let earlier = running(from, ClockKind::Dispatch).filter(|clock| clock.key.owner_unit == case.township);
    Some(ClockChange::Started(match earlier {
        Some(earlier) => as_due(&started, earlier),
        None => started,
    }))
}

/// The township's acceptance clock runs if finished work arrives.
fn accepting(from: &Case, into: Side<'_>, work: &Work) -> Option<ClockChange> {
    let finished = work.assignments.iter().any(|one| one.status == AssignmentStatus::Finished);
    let waiting = wait(into.case, into.context).filter(|_| finished)?;
    let earlier = running(from, ClockKind::Accept).filter(|clock| clock.key.owner_unit == into.case.township);
    let Some(earlier) = earlier else { return Some(waiting) };
    Some(match waiting {
        ClockChange::Started(clock) => ClockChange::Started(as_due(&clock, earlier)),
        ClockChange::Resumed { key, .. } => {
            let counted = Some(Counted { from: earlier.counted_from(), rule_version: earlier.rule_version });
            ClockChange::Resumed { key, due: earlier.due, warn_at: earlier.warn_at, counted }
        }
        other @ (ClockChange::Stopped { .. } | ClockChange::Recounted(_) | ClockChange::Removed { .. }) => other,
    })
}

/// The clock with the deadline of an earlier one, as it was counted.
fn as_due(clock: &Clock, earlier: &Clock) -> Clock {
    Clock { key: clock.key, owner_post: clock.owner_post, ..earlier.clone() }
}

fn running(case: &Case, kind: ClockKind) -> Option<&Clock> {
    case.clocks.iter().find(|clock| clock.key.kind == kind && clock.is_running())
}

/// The clocks of the work come back, and those that the merge cancelled run again with their due times.
pub(super) fn clocks_back(from: &Case, left: &[ClockChange], into: &Case, arrived: &Work) -> Vec<ClockChange> {
    let of_work = into.clocks.iter().filter(|clock| owner(clock, &arrived.assignments).is_some());
    let back = of_work.map(|clock| {
        let key = ClockKey { round: from.round, ..clock.key };
        ClockChange::Started(Clock { key, ..clock.clone() })
    });
    let cancelled = left.iter().filter_map(|change| match change {
        ClockChange::Stopped { key, state: ClockState::Cancelled, .. } => clock::find(&from.clocks, *key),
        ClockChange::Stopped { .. }
        | ClockChange::Started(_)
        | ClockChange::Resumed { .. }
        | ClockChange::Recounted(_)
        | ClockChange::Removed { .. } => None,
    });
    let resumed = cancelled.map(|clock| {
        let Clock { key, due, warn_at, .. } = *clock;
        ClockChange::Resumed { key, due, warn_at, counted: None }
    });
    back.chain(resumed).collect()
}

/// The clocks that arrived leave, and those that were changed are as they were.
pub(super) fn clocks_as_before(joined: &[ClockChange], replaced: &[Clock]) -> Vec<ClockChange> {
    let changed: BTreeSet<ClockKey> = joined.iter().map(key_of).collect();
    let removed = changed.into_iter().map(|key| ClockChange::Removed { key });
    removed.chain(replaced.iter().cloned().map(ClockChange::Started)).collect()
}
