//! How a report begins.

use chrono::{DateTime, Utc};

use super::{Event, Received, Report, ReportSource, ReportStatus};
use crate::clock::{self, ClockChange, ClockKey, ClockKind, Timing};
use crate::id::{HazardId, ReportId, UnitId};
use crate::policy::HandlingPolicy;
use crate::time::{ceil_to_hour, ceil_to_minute};

/// What is known of a report when it comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reception {
    /// Its id, random.
    pub id: ReportId,
    /// Whose act it is.
    pub source: ReportSource,
    /// An emergency comes with its own hazard, registered in the same step; nothing else comes with one.
    pub emergency: Option<HazardId>,
    /// The unit that reviews it: its township, or the command centre where there is none or it must stand aside.
    pub review_unit: UnitId,
    /// When it came, exactly.
    pub received_at: DateTime<Utc>,
}

/// The time of an author's act, as people may see it: the end of its hour, of its minute for an emergency.
#[must_use]
pub fn shown_at(exact: DateTime<Utc>, emergency: bool) -> DateTime<Utc> {
    if emergency { ceil_to_minute(exact) } else { ceil_to_hour(exact) }
}

/// Begins a report. Its review clock starts at the time that people may see.
#[must_use]
pub fn receive(reception: &Reception, policy: &HandlingPolicy, timing: &Timing<'_>) -> (Report, Event) {
    let emergency = reception.emergency.is_some();
    let at = shown_at(reception.received_at, emergency);
    let span = if emergency { policy.review_emergency } else { policy.review };
    let key = ClockKey { kind: ClockKind::Review, round: 1, owner_unit: reception.review_unit };
    let received = Received {
        report: reception.id,
        source: reception.source,
        emergency,
        hazard: reception.emergency,
        review_unit: reception.review_unit,
        at,
        clocks: vec![ClockChange::Started(timing.clock(key, at, span))],
    };
    (Report::begin(&received), Event::Received(received))
}

impl Report {
    /// The report after its first event.
    #[must_use]
    pub fn begin(received: &Received) -> Self {
        let mut clocks = Vec::new();
        clock::apply(&mut clocks, &received.clocks);
        Self {
            id: received.report,
            version: 1,
            status: ReportStatus::Received,
            source: received.source,
            emergency: received.emergency,
            hazard: received.hazard,
            review_unit: received.review_unit,
            shown_at: received.at,
            reviewed_by: None,
            clocks,
        }
    }

    /// The report after all its events; nothing if the first is not its reception.
    pub fn replay<'a>(events: impl IntoIterator<Item = &'a Event>) -> Option<Self> {
        let mut events = events.into_iter();
        let Some(Event::Received(first)) = events.next() else {
            return None;
        };
        let mut report = Self::begin(first);
        events.for_each(|event| super::apply(&mut report, event));
        Some(report)
    }
}
