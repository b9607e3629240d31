//! What an incident 突发事件 waits for: the acknowledgement of its reports, and the next report until the final one.

use super::{Todo, TodoKind};
use crate::id::UnitId;
use crate::incident::Incident;

/// Returns what the incident waits for. However many reports await their acknowledgement 签收, there is one todo, which is due with the
/// first of them.
#[must_use]
pub fn of_incident(incident: &Incident) -> Vec<Todo> {
    let todo = |kind, owner_unit: UnitId, since, urgent| {
        let todo = Todo {
            kind,
            assignment: None,
            supervision: None,
            order: None,
            owner_unit,
            owner_post: None,
            deadline: None,
            since,
            urgent,
            visible_from: None,
        };
        todo.timed(&incident.clocks)
    };
    let awaiting = incident.reports.iter().find(|one| one.awaits());
    let awaiting = awaiting.map(|one| todo(TodoKind::AcknowledgeSituationReport, incident.receiver, one.sent_at, true));
    let last = incident.originals().last().filter(|_| incident.ended_at.is_none());
    let next = last.map(|one| todo(TodoKind::SendSituationReport, incident.unit, one.sent_at, false));
    awaiting.into_iter().chain(next).collect()
}
