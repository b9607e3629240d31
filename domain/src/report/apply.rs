//! Applies events to a report. No other file changes a report.

use super::{Event, Report, ReportStatus};
use crate::clock;
use crate::event::DomainEvent;

/// Applies the event to the report. This is infallible, because an event is a fact that was validated when it was
/// decided.
pub fn apply(report: &mut Report, event: &Event) {
    report.version += 1;
    clock::apply(&mut report.clocks, event.clocks());
    report.status = match event {
        Event::Received(_)
        | Event::Assigned { .. }
        | Event::Amended { .. }
        | Event::Forwarded { .. }
        | Event::Moved { .. }
        | Event::CallbackAnswered { .. }
        | Event::Inherited { .. }
        | Event::Recounted { .. } => report.status,
        Event::Withdrawn { .. } => ReportStatus::Withdrawn,
        Event::Confirmed { .. } => ReportStatus::Confirmed,
        Event::Merged { .. } => ReportStatus::Merged,
        Event::Unfounded { .. } => ReportStatus::Unfounded,
        Event::Referred { .. } => ReportStatus::Referred,
        Event::OutOfScope { .. } => ReportStatus::OutOfScope,
    };
    match event {
        Event::Received(_) | Event::Withdrawn { .. } | Event::Recounted { .. } | Event::CallbackAnswered { .. } => {}
        Event::Amended { .. } => report.amendments += 1,
        Event::Inherited { to, .. } | Event::Assigned { review_unit: to, .. } | Event::Forwarded { to, .. } => {
            report.review_unit = *to;
        }
        Event::Moved { hazard, .. } => report.hazard = Some(*hazard),
        Event::Confirmed { hazard, officer, .. } | Event::Merged { hazard, officer, .. } => {
            report.hazard = Some(*hazard);
            report.reviewed_by = Some(*officer);
        }
        Event::Unfounded { officer, .. } | Event::Referred { officer, .. } | Event::OutOfScope { officer, .. } => {
            report.reviewed_by = Some(*officer);
        }
    }
}
