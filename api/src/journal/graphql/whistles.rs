//! What the events of whistles 哨 say beside their kind and their time.

use domain::hazard::{self, Event as E};

use super::deadlines::changes;
use super::details::{EventDetails, RatingGrades};

/// Returns the details of an event of a whistle, or `None` for other events.
#[expect(clippy::too_many_lines, reason = "one arm for each event")]
pub(super) fn of_whistle(event: E) -> Option<EventDetails> {
    let none = EventDetails::default();
    Some(match event {
        E::Blown {
            whistle,
            type_code,
            class,
            post: _,
            unit,
            note: _,
            named_by,
            named_by_post: _,
            at: _,
            assignments,
            clocks,
        } => EventDetails {
            whistle_id: Some(whistle),
            whistle_type: Some(type_code),
            whistle_class: Some(class),
            by_unit_id: Some(unit),
            named_by_unit_id: named_by,
            assignment_ids: assignments.iter().map(|new| new.id).collect(),
            to_unit_ids: assignments.iter().map(|new| new.unit).collect(),
            deadlines: changes(&clocks),
            ..none
        },
        E::WhistleAsked {
            whistle,
            type_code,
            class,
            post: _,
            unit,
            officer: _,
            asked,
            for_approval,
            note: _,
            at: _,
            clocks,
        } => EventDetails {
            whistle_id: Some(whistle),
            whistle_type: Some(type_code),
            whistle_class: Some(class),
            by_unit_id: Some(unit),
            for_approval: Some(for_approval),
            to_unit_ids: asked.iter().map(|new| new.unit).collect(),
            deadlines: changes(&clocks),
            ..none
        },
        E::WhistleApproved { whistle, unit, role: _, officer: _, note: _, at: _, clocks }
        | E::WhistleWithdrawn { whistle, unit, at: _, clocks } => {
            EventDetails { whistle_id: Some(whistle), by_unit_id: Some(unit), deadlines: changes(&clocks), ..none }
        }
        E::WhistleRefused { whistle, reason, unit, role: _, officer: _, note: _, at: _, clocks } => EventDetails {
            whistle_id: Some(whistle),
            whistle_cause: Some(reason),
            by_unit_id: Some(unit),
            deadlines: changes(&clocks),
            ..none
        },
        E::Rated { assignment, unit, post: _, officer: _, grades, note: _, at: _, clocks } => {
            let hazard::Grades { on_time, in_place, effective } = grades;
            EventDetails {
                assignment_ids: vec![assignment],
                by_unit_id: Some(unit),
                grades: Some(RatingGrades { on_time, in_place, effective }),
                deadlines: changes(&clocks),
                ..none
            }
        }
        E::RatingObjected { assignment, unit, officer: _, note: _, at: _, clocks } => EventDetails {
            assignment_ids: vec![assignment],
            by_unit_id: Some(unit),
            deadlines: changes(&clocks),
            ..none
        },
        E::RatingRuled { assignment, outcome, unit, role: _, officer: _, note: _, at: _, clocks } => EventDetails {
            assignment_ids: vec![assignment],
            by_unit_id: Some(unit),
            objection_outcome: Some(outcome),
            deadlines: changes(&clocks),
            ..none
        },
        E::WhistleJudged { whistle, fault, unit, officer: _, note: _, at: _ } => {
            EventDetails { whistle_id: Some(whistle), whistle_cause: Some(fault), by_unit_id: Some(unit), ..none }
        }
        _ => return None,
    })
}
