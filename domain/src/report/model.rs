//! The current state of a report.

use chrono::{DateTime, Utc};

use super::{ReportSource, ReportStatus};
use crate::clock::Clock;
use crate::id::{HazardId, OfficerId, ReportId, UnitId};

/// The part of a report on which decisions depend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The id of the report.
    pub id: ReportId,
    /// The stream version of the last event, counted from 1.
    pub version: i64,
    /// The status.
    pub status: ReportStatus,
    /// Whether the public or a patrol sent it.
    pub source: ReportSource,
    /// Whether people are in danger now.
    pub emergency: bool,
    /// The hazard of the report: the one that an emergency brought, or the one that it was confirmed as or merged into.
    pub hazard: Option<HazardId>,
    /// The unit that reviews it.
    pub review_unit: UnitId,
    /// The time of receipt, as people may see it: the end of its hour, or of its minute for an emergency. The exact
    /// time stays in the receipt.
    pub shown_at: DateTime<Utc>,
    /// The officer who reviewed it.
    pub reviewed_by: Option<OfficerId>,
    /// The clocks.
    pub clocks: Vec<Clock>,
}
