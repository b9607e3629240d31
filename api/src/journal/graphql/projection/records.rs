//! What the history shows of inspections, orders and penalties 行政执法.

use domain::hazard::Event as E;

use super::changes;
use crate::journal::graphql::details::EventDetails;

/// Returns the details of an event of enforcement.
#[expect(clippy::too_many_lines, reason = "one arm for each event")]
pub(super) fn of_record(event: E) -> EventDetails {
    let none = EventDetails::default();
    match event {
        E::Inspected {
            inspection,
            unit,
            officer: _,
            post: _,
            second_officer: _,
            subject: _,
            inspected_at,
            distance_metres,
            photos,
            corrects,
            note: _,
            at: _,
        } => EventDetails {
            inspection_id: Some(inspection),
            corrected_inspection_id: corrects,
            inspected_at: Some(inspected_at),
            by_unit_id: Some(unit),
            distance_metres: Some(distance_metres),
            photo_ids: photos,
            ..none
        },
        E::Ordered { order, inspection, order_kind, unit, officer: _, until, holds: _, note: _, at: _, clocks } => {
            EventDetails {
                order_id: Some(order),
                inspection_id: Some(inspection),
                order_kind: Some(order_kind),
                order_until: Some(until),
                by_unit_id: Some(unit),
                deadlines: changes(&clocks),
                ..none
            }
        }
        E::Reinspected { order, inspection, met, officer: _, at: _, clocks } => EventDetails {
            order_id: Some(order),
            inspection_id: Some(inspection),
            order_met: Some(met),
            deadlines: changes(&clocks),
            ..none
        },
        E::OrderRevoked { order, officer: _, note: _, at: _, clocks } => {
            EventDetails { order_id: Some(order), deadlines: changes(&clocks), ..none }
        }
        E::Penalised {
            penalty,
            inspection,
            order,
            subject: _,
            unit,
            officer: _,
            document,
            fine,
            decided_on,
            note: _,
            at: _,
            clocks,
        } => EventDetails {
            penalty_id: Some(penalty),
            inspection_id: Some(inspection),
            order_id: order,
            by_unit_id: Some(unit),
            document_number: Some(document.into()),
            fine_fen: Some(fine.0),
            decided_on: Some(decided_on),
            deadlines: changes(&clocks),
            ..none
        },
        E::PenaltyPaid { penalty, paid_on, officer: _, at: _ } => {
            EventDetails { penalty_id: Some(penalty), paid_on: Some(paid_on), ..none }
        }
        E::PenaltyVoided { penalty, officer: _, note: _, at: _ } => EventDetails { penalty_id: Some(penalty), ..none },
        // The caller names the events of enforcement, and does not compile until each new event is named.
        _ => none,
    }
}
