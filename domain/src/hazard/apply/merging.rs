//! What a merge 合并 and its undoing do to the two cases.

use super::{enforcing, supervising};
use crate::hazard::event::{Filed, Work};
use crate::hazard::{Case, Event};

/// Takes the work that goes on elsewhere out of the case.
pub(super) fn leave(case: &mut Case, work: Option<&Work>) {
    if let Some(work) = work {
        enforcing::leave(case, &work.enforcement);
    }
    let Some(work) = work.filter(|work| work.carried) else { return };
    case.whistles.retain(|whistle| work.whistles.iter().all(|left| left.id != whistle.id));
    case.assignments.retain(|assignment| work.assignments.iter().all(|left| left.id != assignment.id));
    case.supervisions.retain(|one| work.supervisions.iter().all(|left| left.id != one.id));
}

/// Takes the work of the other case in.
pub(super) fn join(case: &mut Case, event: &Event) {
    let Event::Joined { filed, workers, work, .. } = event else { return };
    file(case, filed);
    case.past_workers.extend(workers);
    take_in(case, work);
    supervising::inherit(case);
    enforcing::inherit(case);
}

/// Gives the work of the other case back.
pub(super) fn part(case: &mut Case, event: &Event) {
    let Event::Parted { filed, workers, whistles, assignments, enforcement, .. } = event else { return };
    enforcing::leave(case, enforcement);
    file(case, filed);
    case.past_workers.retain(|worker| !workers.contains(worker));
    case.whistles.retain(|whistle| !whistles.contains(&whistle.id));
    case.assignments.retain(|assignment| !assignments.contains(&assignment.id));
    case.supervisions.retain(|one| one.assignment.is_none_or(|id| !assignments.contains(&id)));
}

/// Opens the case again, with its work as it was.
pub(super) fn reinstate(case: &mut Case, work: &Work) {
    case.end = None;
    case.cancel_reason = None;
    case.merged_into = None;
    case.whistles.retain(|whistle| work.whistles.iter().all(|back| back.id != whistle.id));
    case.assignments.retain(|assignment| work.assignments.iter().all(|back| back.id != assignment.id));
    case.supervisions.retain(|one| work.supervisions.iter().all(|back| back.id != one.id));
    enforcing::leave(case, &work.enforcement);
    take_in(case, work);
}

const fn file(case: &mut Case, filed: &Filed) {
    case.level = filed.level;
    case.emergency = filed.emergency;
    case.recurrence_of = filed.recurrence_of;
}

/// Adds whistles and assignments, each list in order of creation.
fn take_in(case: &mut Case, work: &Work) {
    case.whistles.extend(work.whistles.iter().cloned());
    case.whistles.sort_by_key(|whistle| (whistle.blown_at, whistle.id));
    case.assignments.extend(work.assignments.iter().cloned());
    case.assignments.sort_by_key(|assignment| (assignment.dispatched_at, assignment.id));
    case.supervisions.extend(work.supervisions.iter().cloned());
    case.supervisions.sort_by_key(|one| (one.at, one.id));
    enforcing::take_in(case, &work.enforcement);
}
