//! The report after an event: the only place where it changes.

use super::{Event, Report, ReportStatus};
use crate::clock;
use crate::event::DomainEvent;

/// The report after the event. Never fails: what happened, happened.
pub fn apply(report: &mut Report, event: &Event) {
    report.version += 1;
    clock::apply(&mut report.clocks, event.clocks());
    report.status = match event {
        Event::Received(_) | Event::Amended { .. } => report.status,
        Event::Withdrawn { .. } => ReportStatus::Withdrawn,
        Event::Confirmed { .. } => ReportStatus::Confirmed,
        Event::Merged { .. } => ReportStatus::Merged,
        Event::Unfounded { .. } => ReportStatus::Unfounded,
        Event::Referred { .. } => ReportStatus::Referred,
        Event::OutOfScope { .. } => ReportStatus::OutOfScope,
    };
    match event {
        Event::Received(_) | Event::Amended { .. } | Event::Withdrawn { .. } => {}
        Event::Confirmed { hazard, officer, .. } | Event::Merged { hazard, officer, .. } => {
            report.hazard = Some(*hazard);
            report.reviewed_by = Some(*officer);
        }
        Event::Unfounded { officer, .. } | Event::Referred { officer, .. } | Event::OutOfScope { officer, .. } => {
            report.reviewed_by = Some(*officer);
        }
    }
}
