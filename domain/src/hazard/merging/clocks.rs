//! The clocks 时限 of a merge and of its undoing.

use std::collections::BTreeSet;

use super::Side;
use crate::clock::{self, Clock, ClockChange, ClockKey, ClockKind, ClockState};
use crate::hazard::acceptance::accept_clock;
use crate::hazard::enforcement::OrderHolds;
use crate::hazard::event::Work;
use crate::hazard::register::dispatch_clock;
use crate::hazard::supervising::settled;
use crate::hazard::turn::close_clock;
use crate::hazard::{Assignment, AssignmentStatus, Case, Context, Level, Supervision};
use crate::id::UnitId;

/// Returns the assignment among these to which a clock belongs. Clocks of earlier builds name none.
fn owner<'w>(clock: &Clock, assignments: &'w [Assignment]) -> Option<&'w Assignment> {
    let is_of_work = matches!(clock.key.kind, ClockKind::Sign | ClockKind::CheckIn | ClockKind::Finish);
    assignments.iter().find(|one| match clock.key.assignment {
        Some(assignment) => assignment == one.id,
        None => is_of_work && clock.key.owner_unit == one.unit && clock.key.round == one.round,
    })
}

/// Returns whether a clock moves with the work: it belongs to an assignment, or to a supervision 督办 of one.
fn moves(clock: &Clock, assignments: &[Assignment], supervisions: &[Supervision]) -> bool {
    let is_its = |one: &Supervision| clock.key.supervision == Some(one.id);
    owner(clock, assignments).is_some() || supervisions.iter().any(is_its)
}

/// The clocks of the work that is carried on leave the duplicate; its other open clocks are cancelled.
pub(super) fn clocks_left(case: &Case, work: &Work, context: &Context<'_>) -> Vec<ClockChange> {
    let leaves = |clock: &Clock| {
        clock.key.order.is_some() || work.carried && moves(clock, &work.assignments, &work.supervisions)
    };
    let (leaving, staying): (Vec<Clock>, Vec<Clock>) = case.clocks.iter().cloned().partition(leaves);
    let removed = leaving.iter().map(|clock| ClockChange::Removed { key: clock.key });
    removed.chain(clock::cancel_all(&staying, context.now)).collect()
}

/// Returns the clock changes of the hazard that stands, and the clocks that they replace. The clocks of the work come along
/// with their deadlines, first and in the order in which they left. Nobody gains time by a merge: clocks of the same unit
/// keep the earlier due time.
pub(super) fn clocks_joined(from: &Case, into: Side<'_>, work: &Work) -> (Vec<ClockChange>, Vec<Clock>) {
    let own: Vec<Assignment> =
        work.assignments.iter().map(|one| Assignment { round: from.round, ..one.clone() }).collect();
    let comes = |clock: &&Clock| clock.key.order.is_some() || moves(clock, &own, &work.supervisions);
    let arriving = from.clocks.iter().filter(comes).map(|clock| {
        let assignment = owner(clock, &own).map(|assignment| assignment.id);
        let key = ClockKey { round: into.case.round, assignment, ..clock.key };
        Clock { key, ..clock.clone() }
    });
    let arriving: Vec<Clock> = arriving.collect();
    let mut steps = accepting(from, into, work, &arriving);
    let is_of_holder = |clock: &Clock| match clock.key.kind {
        ClockKind::Extend => true,
        ClockKind::Acknowledge | ClockKind::RateAnswer => clock.key.owner_unit == from.township,
        ClockKind::Reinspect => !takes_part(into.case, work, clock.key.owner_unit),
        _ => false,
    };
    let asked = arriving.iter().filter(|clock| is_of_holder(clock) && clock.is_open());
    let elsewhere = asked.filter(|clock| clock.key.owner_unit != into.case.township);
    steps.extend(elsewhere.flat_map(|clock| clock::hand_to(&arriving, clock, into.case.township, into.context.now)));
    steps.extend(dispatching(from, into, work));
    steps.extend(closing(from, into, work));
    steps.extend(unsupervised(into, &steps));
    let changed: BTreeSet<ClockKey> = steps.iter().map(key_of).collect();
    let replaced = changed.into_iter().filter_map(|key| clock::find(&into.case.clocks, key)).cloned().collect();
    (arriving.into_iter().map(ClockChange::Started).chain(steps).collect(), replaced)
}

/// Returns whether a unit works on the matter after the merge. One that does not can no longer re-inspect its orders 责令.
fn takes_part(into: &Case, work: &Work, unit: UnitId) -> bool {
    let mut all = into.assignments.iter().chain(&work.assignments).filter(|one| !one.status.is_gone());
    all.any(|one| one.unit == unit)
}

pub(super) const fn key_of(change: &ClockChange) -> ClockKey {
    match change {
        ClockChange::Started(clock) => clock.key,
        ClockChange::Stopped { key, .. }
        | ClockChange::Resumed { key, .. }
        | ClockChange::Removed { key }
        | ClockChange::Paused { key, .. }
        | ClockChange::Continued { key, .. }
        | ClockChange::Extended { key, .. } => *key,
        ClockChange::Recounted(recounted) => recounted.key,
    }
}

/// The dispatch clock stops if work arrives. Otherwise, while nobody has been asked to act, it keeps the earlier deadline of
/// the two, and danger that arrives is as urgent as that of an emergency.
fn dispatching(from: &Case, into: Side<'_>, work: &Work) -> Vec<ClockChange> {
    let Side { case, context } = into;
    let key = ClockKey::of(ClockKind::Dispatch, case.round, case.township);
    if work.assignments.iter().any(|one| !one.status.is_gone()) {
        return clock::stop(&case.clocks, key, context.now).into_iter().collect();
    }
    let waits = case.suspension.is_some() || (case.is_whistle_awaited() && !from.emergency);
    if case.is_dispatched() || waits {
        return Vec::new();
    }
    let own = open(case, ClockKind::Dispatch);
    let whole = || dispatch_clock(case.round, case.township, from.emergency || case.emergency, context);
    let danger = from.emergency && !case.emergency;
    let next = theirs(from, key).or_else(|| (danger || own.is_none()).then(whole));
    sooner(case, own, next)
}

/// What the hazard that stands waited for, and waits for no longer, is not supervised 督办 any more.
fn unsupervised(into: Side<'_>, steps: &[ClockChange]) -> Vec<ClockChange> {
    let mut after = into.case.clone();
    clock::apply(&mut after.clocks, steps);
    settled(&after, into.context.now)
}

/// The clock for closing runs if all work is accepted that is there after the merge; otherwise it is cancelled.
fn closing(from: &Case, into: Side<'_>, work: &Work) -> Vec<ClockChange> {
    let Side { case, context } = into;
    if case.suspension.is_some() {
        return Vec::new();
    }
    let own = open(case, ClockKind::Close);
    let live = case.live().chain(work.assignments.iter().filter(|one| !one.status.is_gone()));
    let mut live = live.map(|one| one.status).peekable();
    let is_held = case.enforcement.holds(OrderHolds::Closing) || work.enforcement.holds(OrderHolds::Closing);
    // The acceptance on the spot of a major hazard was about other work, if work arrives.
    let arrives = work.assignments.iter().any(|one| !one.status.is_gone());
    let stays = !is_held && case.may_be_closed() && (case.level != Level::Major || !arrives);
    if !stays || live.peek().is_none() || live.any(|status| status != AssignmentStatus::Accepted) {
        return clock::cancel_where(&case.clocks, context.now, |key| key.kind == ClockKind::Close);
    }
    let key = ClockKey::of(ClockKind::Close, case.round, case.township);
    let next = theirs(from, key).or_else(|| own.is_none().then(|| close_clock(case, context)));
    sooner(case, own, next)
}

/// The acceptance of work that arrives is due at the township of the hazard that stands, when it was due before. An earlier
/// build had one clock for all work of a round.
fn accepting(from: &Case, into: Side<'_>, work: &Work, arriving: &[Clock]) -> Vec<ClockChange> {
    let Side { case, context } = into;
    let finished = work.assignments.iter().filter(|one| one.status == AssignmentStatus::Finished);
    let changes = finished.flat_map(|one| {
        let is_own = |clock: &&Clock| {
            clock.key.kind == ClockKind::Accept && clock.key.assignment == Some(one.id) && clock.is_open()
        };
        match arriving.iter().find(is_own) {
            Some(own) if own.key.owner_unit == case.township => Vec::new(),
            Some(own) => clock::hand_to(arriving, own, case.township, context.now),
            None => {
                let whole = accept_clock(case, one.id, context);
                let shared = ClockKey { assignment: None, ..whole.key };
                let earlier = open(from, ClockKind::Accept).filter(|clock| clock.key.assignment.is_none());
                let earlier = earlier.filter(|clock| clock.key.owner_unit == shared.owner_unit);
                vec![ClockChange::Started(earlier.map_or(whole.clone(), |earlier| as_due(whole.key, earlier)))]
            }
        }
    });
    changes.collect()
}

/// Returns the changes after which this clock runs, unless the one that the case has is due earlier.
fn sooner(case: &Case, own: Option<&Clock>, next: Option<Clock>) -> Vec<ClockChange> {
    match (own, next) {
        (_, None) => Vec::new(),
        (Some(own), Some(next)) if own.due <= next.due => Vec::new(),
        (Some(_) | None, Some(next)) => clock::replace(&case.clocks, next),
    }
}

/// The clock with this key as it was counted for the same step and unit of the other hazard.
fn theirs(from: &Case, key: ClockKey) -> Option<Clock> {
    let clock = open(from, key.kind).filter(|clock| clock.key.owner_unit == key.owner_unit)?;
    Some(as_due(key, clock))
}

/// A clock with the deadline of another one, as it was counted.
fn as_due(key: ClockKey, clock: &Clock) -> Clock {
    Clock { key, owner_post: None, ..clock.clone() }
}

fn open(case: &Case, kind: ClockKind) -> Option<&Clock> {
    case.clocks.iter().find(|clock| clock.key.kind == kind && clock.key.round == case.round && clock.is_open())
}

/// The clocks of the work come back as they left, and those that the merge cancelled go on with their due times.
pub(super) fn clocks_back(from: &Case, left: &[ClockChange], joined: &[ClockChange]) -> Vec<ClockChange> {
    let mut arrived = joined.iter().filter_map(|change| match change {
        ClockChange::Started(clock) => Some(clock),
        ClockChange::Stopped { .. }
        | ClockChange::Resumed { .. }
        | ClockChange::Recounted(_)
        | ClockChange::Removed { .. }
        | ClockChange::Paused { .. }
        | ClockChange::Continued { .. }
        | ClockChange::Extended { .. } => None,
    });
    let back = left.iter().filter_map(|change| match change {
        ClockChange::Removed { key } => {
            let clock = arrived.next()?;
            Some(ClockChange::Started(Clock { key: *key, ..clock.clone() }))
        }
        ClockChange::Stopped { key, state: ClockState::Cancelled, .. } => {
            let Clock { key, due, warn_at, .. } = *clock::find(&from.clocks, *key)?;
            Some(ClockChange::Resumed { key, due, warn_at, counted: None })
        }
        ClockChange::Stopped { .. }
        | ClockChange::Started(_)
        | ClockChange::Resumed { .. }
        | ClockChange::Recounted(_)
        | ClockChange::Paused { .. }
        | ClockChange::Continued { .. }
        | ClockChange::Extended { .. } => None,
    });
    back.collect()
}

/// The clocks that arrived leave, and those that were changed are as they were.
pub(super) fn clocks_as_before(joined: &[ClockChange], replaced: &[Clock]) -> Vec<ClockChange> {
    let changed: BTreeSet<ClockKey> = joined.iter().map(key_of).collect();
    let removed = changed.into_iter().map(|key| ClockChange::Removed { key });
    removed.chain(replaced.iter().cloned().map(ClockChange::Started)).collect()
}
