//! Acceptance 验收: an officer who did not do the work accepts it or sends it back for rework 返工.

use super::decide::{find, permit, still_open};
use super::rating::awaited;
use super::{Assignment, AssignmentStatus, Case, Context, Event};
use crate::access::{Action, Actor};
use crate::clock::{self, Clock, ClockChange, ClockKey, ClockKind};
use crate::id::{AssignmentId, NoteId};
use crate::refusal::{Code, Refusal};

/// Accepts finished work. All its photos must have been verified. If a whistle called for it, the time for its rating 评哨 begins.
pub(super) fn accept(case: &Case, id: AssignmentId, note: NoteId, context: &Context<'_>) -> Result<Event, Refusal> {
    let (assignment, actor) = judged(case, id, context)?;
    let is_verified = |photo| context.photos.get(photo).is_some_and(|photo| photo.is_verified);
    if !assignment.after_photos.iter().all(is_verified) {
        return Err(Refusal::new(Code::EvidenceMissing).with_rule("acceptance.photos_verified"));
    }
    let clocks = decided(case, id, context).into_iter().chain(awaited(case, assignment, context)).collect();
    Ok(Event::Accepted { assignment: id, officer: actor.officer, note, at: context.now, clocks })
}

/// Sends finished work back for rework 返工. The unit's finishing clock resumes with its old due time, so that bad work
/// gains no extra time.
pub(super) fn rework(case: &Case, id: AssignmentId, note: NoteId, context: &Context<'_>) -> Result<Event, Refusal> {
    let (assignment, _) = judged(case, id, context)?;
    let key = ClockKey::of_assignment(ClockKind::Finish, assignment.round, assignment.unit, assignment.id);
    let clocks = clock::proceed(&case.clocks, key).into_iter().chain(decided(case, id, context)).collect();
    Ok(Event::Reworked { assignment: id, note, at: context.now, clocks })
}

/// Returns the finished assignment and the acting officer, who decides on its acceptance. The officer must never have
/// held the assignment. For work called by a whistle, and for all work if the policy requires it, the officer must also
/// belong to another unit, unless nobody of another unit may accept the work.
fn judged<'c>(case: &'c Case, id: AssignmentId, context: &Context<'_>) -> Result<(&'c Assignment, Actor), Refusal> {
    let assignment = find(case, id)?;
    let actor = permit(case, Action::Accept, context)?;
    still_open(case)?;
    if assignment.status != AssignmentStatus::Finished {
        return Err(Refusal::illegal("acceptance.finished"));
    }
    if assignment.workers.contains(&actor.officer) {
        return Err(Refusal::new(Code::NotYourOwn).with_rule("acceptance.another_person"));
    }
    let other_unit = assignment.whistle.is_some() || context.policy.accept_by_other_unit;
    if other_unit && context.other_unit_accepts && actor.unit == assignment.unit {
        return Err(Refusal::new(Code::NotYourOwn).with_rule("acceptance.another_unit"));
    }
    Ok((assignment, actor))
}

/// Returns the change after which the township's acceptance clock of this assignment runs, because its work is finished. If
/// it ran before, for work that was sent back, it is counted from now, so that the township is not late for work that it
/// could not have accepted earlier.
pub(super) fn wait(case: &Case, id: AssignmentId, context: &Context<'_>) -> ClockChange {
    clock::run(&case.clocks, accept_clock(case, id, context))
}

/// Returns an acceptance clock for this assignment, with a whole span.
pub(super) fn accept_clock(case: &Case, id: AssignmentId, context: &Context<'_>) -> Clock {
    context.timing.clock(accept_key(case, id), context.now, context.policy.accept)
}

/// Returns the changes that stop the acceptance clock of this assignment. Earlier builds had one for the round: it stops
/// when nothing for which it runs awaits acceptance any more.
fn decided(case: &Case, id: AssignmentId, context: &Context<'_>) -> Vec<ClockChange> {
    let own = clock::stop(&case.clocks, accept_key(case, id), context.now);
    let has_own =
        |other: &Assignment| clock::find(&case.clocks, accept_key(case, other.id)).is_some_and(Clock::is_open);
    let mut others = case.live().filter(|other| other.id != id && other.status == AssignmentStatus::Finished);
    let shared = ClockKey::of(ClockKind::Accept, case.round, case.township);
    let shared = if others.all(has_own) { clock::stop(&case.clocks, shared, context.now) } else { None };
    own.into_iter().chain(shared).collect()
}

const fn accept_key(case: &Case, id: AssignmentId) -> ClockKey {
    ClockKey::of_assignment(ClockKind::Accept, case.round, case.township, id)
}
