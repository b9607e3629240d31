//! What the history shows of incidents 突发事件. The reports themselves are rows that never change, so that it names them by id.

use domain::incident::{Event as E, IncidentOpened, Sent};

use super::deadlines::changes;
use super::details::EventDetails;

/// Returns the details of an event of an incident.
pub(super) fn of_incident(event: E) -> EventDetails {
    match event {
        E::IncidentOpened(IncidentOpened { incident: _, hazard, area, rule_version: _, sent, at: _, clocks }) => {
            let area_id = Some(area);
            EventDetails { hazard_id: hazard, area_id, deadlines: changes(&clocks), ..of_sent(&sent) }
        }
        E::SituationReportSent { sent, at: _, clocks } => {
            EventDetails { deadlines: changes(&clocks), ..of_sent(&sent) }
        }
        E::SituationReportCorrected { corrects, note: _, sent, at: _, clocks } => EventDetails {
            corrected_situation_report_id: Some(corrects),
            deadlines: changes(&clocks),
            ..of_sent(&sent)
        },
        E::SituationReportAcknowledged { report, unit, officer: _, post: _, at: _, clocks } => EventDetails {
            situation_report_id: Some(report),
            by_unit_id: Some(unit),
            deadlines: changes(&clocks),
            ..EventDetails::default()
        },
        E::Inherited { from, to, at: _, clocks } => EventDetails {
            from_unit_id: Some(from),
            to_unit_ids: vec![to],
            deadlines: changes(&clocks),
            ..EventDetails::default()
        },
    }
}

/// Returns what is shown of a report. Its codes, times, numbers and texts are those of the report with this id.
fn of_sent(sent: &Sent) -> EventDetails {
    let Sent {
        report,
        report_kind: _,
        grade: _,
        incident_type: _,
        source: _,
        channel: _,
        happened_at: _,
        learned_at: _,
        phoned_at: _,
        due: _,
        late: _,
        dead: _,
        missing: _,
        injured: _,
        place_note: _,
        facts_note: _,
        impact_note: _,
        measures_note: _,
        unit,
        receiver,
        officer: _,
        post: _,
        signer: _,
        signer_post: _,
    } = sent;
    EventDetails {
        situation_report_id: Some(*report),
        by_unit_id: Some(*unit),
        to_unit_ids: vec![*receiver],
        ..EventDetails::default()
    }
}
