//! The current state of a report.

use chrono::{DateTime, Utc};

use super::{ReportSource, ReportStatus};
use crate::clock::Clock;
use crate::id::{HazardId, OfficerId, ReportId, UnitId};

/// The report aggregate: the part of a report on which decisions depend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The id of the report.
    pub id: ReportId,
    /// The stream version of the last event, counted from 1.
    pub version: i64,
    /// The current status.
    pub status: ReportStatus,
    /// Whether a member of the public or an officer on patrol sent the report.
    pub source: ReportSource,
    /// Whether people are in danger now.
    pub emergency: bool,
    /// The hazard for which the report was confirmed or into which it was merged, or which the emergency brought.
    pub hazard: Option<HazardId>,
    /// The unit that reviews the report.
    pub review_unit: UnitId,
    /// The time of receipt as officers see it: a boundary of the veil ([`crate::time::Veil`]). The receipt contains the
    /// exact time.
    pub shown_at: DateTime<Utc>,
    /// The officer who reviewed the report; `None` before the review.
    pub reviewed_by: Option<OfficerId>,
    /// The number of amendments 补充 that the author has added.
    pub amendments: u32,
    /// The clocks of the report: the review clock.
    pub clocks: Vec<Clock>,
}
