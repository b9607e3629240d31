//! What a hazard waits for because it is a major one 重大事故隐患, or suspected to be one.

use chrono::{DateTime, Utc};

use super::case::whole;
use super::{Todo, TodoKind};
use crate::clock::{Clock, ClockKind};
use crate::hazard::{Case, InterimMeasure, Level};
use crate::id::UnitId;

/// Returns these todos, at least one if the work is accepted and the hazard may not be closed yet.
pub(super) fn of_major(case: &Case) -> Vec<Todo> {
    let mut todos = Vec::new();
    if let Some(suspicion) = case.major.suspicion {
        todos.push(todo(case, TodoKind::JudgeMajor, ClockKind::JudgeMajor, case.township, suspicion.by.at));
    }
    todos.extend(next(case));
    if let Some(listing) = case.listing() {
        todos.push(todo(case, TodoKind::Delist, ClockKind::Delist, listing.by.unit, listing.by.at));
    }
    let waiting = InterimMeasure::ALL.iter().filter_map(|measure| case.measure(*measure)).filter(|one| one.waits());
    todos.extend(waiting.map(|one| {
        let (kind, clock) = (TodoKind::of_measure(one.measure), one.measure.clock());
        Todo { urgent: true, ..todo(case, kind, clock, one.unit_to_act, one.by.at) }
    }));
    todos
}

/// Returns the next step on the way of a major hazard: the plan, the acceptance on the spot, or the consent to close.
fn next(case: &Case) -> Option<Todo> {
    if case.level != Level::Major {
        return None;
    }
    let confirmed = case.major.judgements.last().map_or(case.last_at, |last| last.by.at);
    let department = case.major.department.unwrap_or(case.township);
    if case.needs_plan() {
        return Some(todo(case, TodoKind::PlanMajor, ClockKind::PlanMajor, case.planner()?, confirmed));
    }
    if !case.awaits_closure() {
        return None;
    }
    let Some(accepted) = case.accepted_on_site() else {
        let since = case.live().filter_map(|one| one.accepted_at).max().unwrap_or(case.last_at);
        return Some(todo(case, TodoKind::AcceptMajor, ClockKind::AcceptMajor, department, since));
    };
    let consents = case.consent_to_close().is_none();
    let kind = (TodoKind::ConsentMajor, ClockKind::ConsentMajor);
    consents.then(|| todo(case, kind.0, kind.1, department, accepted.by.at))
}

/// Returns a todo of the unit whose clock runs.
fn todo(case: &Case, kind: TodoKind, clock: ClockKind, unit: UnitId, since: DateTime<Utc>) -> Todo {
    let runs = |one: &&Clock| one.key.kind == clock && one.is_open();
    let owner_unit = case.clocks.iter().find(runs).map_or(unit, |one| one.key.owner_unit);
    let todo = whole(case, kind, since);
    Todo { owner_unit, deadline: None, owner_post: None, ..todo }.timed(&case.clocks)
}
