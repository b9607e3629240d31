//! The assignment 补派 of a report that arrived when no unit could review it.

use super::{Event, Report, ReportStatus};
use crate::clock::{self, ClockKey, ClockKind, Timing};
use crate::id::UnitId;
use crate::policy::HandlingPolicy;
use crate::refusal::Refusal;
use chrono::{DateTime, Utc};

/// Assigns a report to the unit that reviews it from now on. The review clock of the earlier unit is cancelled, and a
/// new one starts now, because nobody could have kept the earlier one.
///
/// # Errors
/// [`crate::Code::IllegalMove`] if the report is reviewed or withdrawn already, or if the unit reviews it already.
pub fn assign(
    report: &Report,
    review_unit: UnitId,
    now: DateTime<Utc>,
    policy: &HandlingPolicy,
    timing: &Timing<'_>,
) -> Result<Event, Refusal> {
    if report.status != ReportStatus::Received {
        return Err(Refusal::illegal("review.once"));
    }
    if report.review_unit == review_unit {
        return Err(Refusal::illegal("assign.another_unit"));
    }
    let span = if report.emergency { policy.review_emergency } else { policy.review };
    let key = ClockKey::of(ClockKind::Review, 1, review_unit);
    let mut clocks = clock::cancel_all(&report.clocks, now);
    clocks.push(clock::run(&report.clocks, timing.clock(key, now, span)));
    Ok(Event::Assigned { review_unit, at: now, clocks })
}
