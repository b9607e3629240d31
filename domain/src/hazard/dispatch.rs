//! Dispatch 派单: creates assignments for units. A whistle uses the same rules.

use std::collections::BTreeSet;

use super::decide::{permit, still_open};
use super::{Case, Context, DutyFacts, Event, NewAssignment, Origin, Part, Task};
use crate::access::Action;
use crate::clock::{self, ClockChange, ClockKey, ClockKind};
use crate::id::UnitId;
use crate::limits::{ASSIGNMENTS_MAX, LIST_MAX};
use crate::policy::AssignmentSpans;
use crate::refusal::{Code, Refusal};
use crate::staff::UnitKind;

/// Dispatches work to units without a whistle. An assignment of the dispatching unit to itself is self-handled 自办 and
/// has the policy's spans for that case.
pub(super) fn dispatch(case: &Case, lead: Task, supports: &[Task], context: &Context<'_>) -> Result<Event, Refusal> {
    let actor = permit(case, Action::Dispatch, context)?;
    still_open(case)?;
    let assignments = assignments(case, lead, supports, Origin::Direct, actor.unit, context)?;
    let spans = |new: &NewAssignment| match new.origin {
        Origin::SelfHandled => &context.policy.self_handled,
        Origin::Direct | Origin::Whistle => &context.policy.direct,
    };
    let clocks = clocks(case, &assignments, spans, context);
    Ok(Event::Dispatched { unit: Some(actor.unit), post: Some(actor.post), at: context.now, assignments, clocks })
}

/// Creates the assignments for one lead unit and its support units. Each unit may have at most one live assignment, and
/// each assignment id must be new in the case. `asker` is the unit that asks. A hazard on which nobody works can always be given to one unit, however many
/// assignments it has had.
pub(super) fn assignments(
    case: &Case,
    lead: Task,
    supports: &[Task],
    origin: Origin,
    asker: UnitId,
    context: &Context<'_>,
) -> Result<Vec<NewAssignment>, Refusal> {
    if supports.len() > LIST_MAX {
        return Err(Refusal::invalid("supports", "协办单位数量超出上限。", "There are too many supporting units."));
    }
    let is_the_only_one = supports.is_empty() && case.live().next().is_none();
    if !is_the_only_one && case.assignments.len() + supports.len() >= ASSIGNMENTS_MAX {
        return Err(Refusal::illegal("assignment.at_most"));
    }
    let parts = std::iter::once((lead, Part::Lead)).chain(supports.iter().map(|task| (*task, Part::Support)));
    let mut units: BTreeSet<UnitId> = case.live().map(|assignment| assignment.unit).collect();
    let mut ids: BTreeSet<_> = case.assignments.iter().map(|assignment| assignment.id).collect();
    let mut added = Vec::new();
    for (task, part) in parts {
        may_take(task.unit, part, context)?;
        if !units.insert(task.unit) {
            return Err(Refusal::illegal("assignment.one_per_unit"));
        }
        if !ids.insert(task.id) {
            return Err(Refusal::illegal("assignment.id_taken"));
        }
        let own = origin == Origin::Direct && task.unit == asker;
        let origin = if own { Origin::SelfHandled } else { origin };
        added.push(NewAssignment { id: task.id, unit: task.unit, part, origin });
    }
    Ok(added)
}

/// Checks that a unit may receive an assignment: it exists and has not ended, it is not recused, and it may lead if it is
/// to lead. A village never leads, and a township does not lead if the duty list excludes it
/// (《北京市接诉即办工作条例》 art. 17).
pub(super) fn may_take(unit: UnitId, part: Part, context: &Context<'_>) -> Result<(), Refusal> {
    let Some(kind) = context.units.get(&unit) else {
        return Err(Code::NotFound.into());
    };
    if context.barred.contains(&unit) {
        return Err(Code::UnitBarred.into());
    }
    may_take_part(*kind, part, context.duty)
}

/// Checks that a unit of this kind may take this part in the work, whether it is asked to or takes over 承接.
///
/// # Errors
/// [`Code::DutyExcluded`] if it may not lead.
pub fn may_take_part(kind: UnitKind, part: Part, duty: Option<DutyFacts>) -> Result<(), Refusal> {
    let township_may_lead = duty.is_none_or(|duty| duty.township_may_lead);
    match (part, kind) {
        (Part::Lead, UnitKind::Village) => Err(Refusal::new(Code::DutyExcluded).with_rule("lead.never_a_village")),
        (Part::Lead, UnitKind::Township) if !township_may_lead => {
            Err(Refusal::new(Code::DutyExcluded).with_rule("lead.duty_list"))
        }
        (Part::Lead | Part::Support, _) => Ok(()),
    }
}

/// Returns the clock changes of a dispatch or whistle: the dispatch clock stops if it is running, and each new
/// assignment starts clocks for signing, checking in and finishing, as far as the spans define them.
pub(super) fn clocks<'s>(
    case: &Case,
    added: &[NewAssignment],
    spans: impl Fn(&NewAssignment) -> &'s AssignmentSpans,
    context: &Context<'_>,
) -> Vec<ClockChange> {
    let dispatch = ClockKey::of(ClockKind::Dispatch, case.round, case.township);
    let mut changes: Vec<_> = clock::stop(&case.clocks, dispatch, context.now).into_iter().collect();
    for new in added {
        let spans = spans(new);
        let timed =
            [(ClockKind::Sign, spans.sign), (ClockKind::CheckIn, spans.check_in), (ClockKind::Finish, spans.finish)];
        changes.extend(timed.into_iter().filter_map(|(kind, span)| {
            let key = ClockKey::of_assignment(kind, case.round, new.unit, new.id);
            Some(ClockChange::Started(context.timing.clock(key, context.now, span?)))
        }));
    }
    changes
}
