//! The report, as it stands.

use chrono::{DateTime, Utc};

use super::{ReportSource, ReportStatus};
use crate::clock::Clock;
use crate::id::{HazardId, OfficerId, ReportId, UnitId};

/// What is decided on of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Its id.
    pub id: ReportId,
    /// The stream version of its last event, from 1.
    pub version: i64,
    /// Where it stands.
    pub status: ReportStatus,
    /// Whose act it is.
    pub source: ReportSource,
    /// Whether people are in danger now.
    pub emergency: bool,
    /// The hazard it points to: an emergency's own from the start, else the one it was confirmed as or merged into.
    pub hazard: Option<HazardId>,
    /// The unit that reviews it.
    pub review_unit: UnitId,
    /// When it came, as people may see it: the end of its hour, of its minute for an emergency. The exact time stays in
    /// the receipt.
    pub shown_at: DateTime<Utc>,
    /// Who reviewed it.
    pub reviewed_by: Option<OfficerId>,
    /// Its clocks.
    pub clocks: Vec<Clock>,
}
