//! The receipt of a report: creates a report and rebuilds one from its events.

use chrono::{DateTime, Utc};

use super::{Event, Received, Report, ReportSource, ReportStatus};
use crate::clock::{self, ClockChange, ClockKey, ClockKind, Timing};
use crate::id::{HazardId, ReportId, UnitId};
use crate::policy::HandlingPolicy;
use crate::time::Veiled;

/// The input for creating a report when a submission arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reception {
    /// The id of the report, which is random.
    pub id: ReportId,
    /// Whether a member of the public or an officer on patrol sent the report.
    pub source: ReportSource,
    /// The hazard that is registered in the same transaction for an emergency; `None` for other reports.
    pub emergency: Option<HazardId>,
    /// The unit that reviews the report: the township, or the command centre if there is no township or it is recused.
    pub review_unit: UnitId,
    /// The exact time of receipt.
    pub received_at: DateTime<Utc>,
    /// Whether the report accuses a unit 回避. Then no post owns the review clock: the officer on duty may be recused by another
    /// post of theirs.
    pub is_accusing: bool,
    /// How many boundaries later than the first one the report becomes visible: 0 for a report that was sent alone, and
    /// drawn at random for those that a phone sends together, so that they do not appear together.
    pub later: u8,
}

impl Reception {
    /// Returns the time that handlers read, and the time from which they can see the report. The report of a patrol
    /// and an emergency are visible at once.
    #[must_use]
    pub fn veiled(&self, policy: &HandlingPolicy) -> Veiled {
        match self.source {
            ReportSource::Public => policy.veil(self.emergency.is_some()).over(self.received_at, self.later),
            ReportSource::Patrol => Veiled { shown_at: self.received_at, visible_from: self.received_at },
        }
    }
}

/// Creates a report and starts its review clock. That of an emergency belongs to whoever is on duty 值班. The clock starts at the time that handlers read, so that it does not
/// reveal the exact one.
#[must_use]
pub fn receive(reception: &Reception, policy: &HandlingPolicy, timing: &Timing<'_>) -> (Report, Event) {
    let emergency = reception.emergency.is_some();
    let at = reception.veiled(policy).shown_at;
    let span = if emergency { policy.review_emergency } else { policy.review };
    let key = ClockKey::of(ClockKind::Review, 1, reception.review_unit);
    let clock = timing.clock(key, at, span);
    let falls_to_duty = emergency && !reception.is_accusing;
    let clock = if falls_to_duty { timing.for_duty(clock, at) } else { clock };
    let received = Received {
        report: reception.id,
        source: reception.source,
        emergency,
        hazard: reception.emergency,
        review_unit: reception.review_unit,
        at,
        clocks: vec![ClockChange::Started(clock)],
    };
    (Report::begin(&received), Event::Received(received))
}

impl Report {
    /// Creates the report from its first event.
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
            amendments: 0,
            clocks,
        }
    }

    /// Rebuilds the report from its whole event stream. Returns `None` if the first event is not the receipt.
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
