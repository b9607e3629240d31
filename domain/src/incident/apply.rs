//! Applies events to an incident. No other file changes an incident.

use chrono::{DateTime, Utc};

use super::{Acknowledged, Event, Incident, Sent, SituationReport, SituationReportKind};
use crate::clock;
use crate::event::DomainEvent;
use crate::id::SituationReportId;

/// Applies the event to the incident. This is infallible, because an event is a fact that was validated when it was decided.
pub fn apply(incident: &mut Incident, event: &Event) {
    incident.version += 1;
    incident.last_at = incident.last_at.max(event.at());
    clock::apply(&mut incident.clocks, event.clocks());
    match event {
        Event::IncidentOpened(_) => {} // the first event makes the incident
        Event::SituationReportSent { sent, at, .. } => {
            add(incident, sent, None, *at);
            if sent.report_kind == SituationReportKind::Final {
                incident.ended_at = Some(*at);
            }
        }
        Event::SituationReportCorrected { corrects, sent, at, .. } => {
            change(incident, *corrects, |one| one.corrected_by = Some(sent.report));
            add(incident, sent, Some(*corrects), *at);
        }
        Event::SituationReportAcknowledged { report, unit, officer, post, at, .. } => {
            let acknowledged = Acknowledged { unit: *unit, officer: *officer, post: *post, at: *at };
            change(incident, *report, |one| one.acknowledged = Some(acknowledged));
        }
        Event::Inherited { from, to, .. } => {
            for unit in [&mut incident.unit, &mut incident.receiver] {
                if unit == from {
                    *unit = *to;
                }
            }
        }
    }
}

fn add(incident: &mut Incident, sent: &Sent, corrects: Option<SituationReportId>, sent_at: DateTime<Utc>) {
    incident.receiver = sent.receiver;
    let number = incident.reports.last().map_or(1, |last| last.number + 1);
    let sent = sent.clone();
    incident.reports.push(SituationReport { sent, number, sent_at, corrects, corrected_by: None, acknowledged: None });
}

fn change(incident: &mut Incident, id: SituationReportId, how: impl FnOnce(&mut SituationReport)) {
    if let Some(one) = incident.reports.iter_mut().find(|one| one.sent.report == id) {
        how(one);
    }
}
