//! What a report waits for: its review 审核, or a unit that may review it 补派.

use chrono::{DateTime, Utc};

use super::{Todo, TodoKind};
use crate::report::{Report, ReportStatus};

/// What is known of the review of a report beside its state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Review {
    /// When officers see the report: the boundary of the time veil.
    pub visible_from: DateTime<Utc>,
    /// Whether the report waits because no unit may review it 待指定受理单位.
    pub is_unassigned: bool,
}

/// Returns what the report waits for. Once it is reviewed or withdrawn, that is nothing: what follows is the todo of its
/// hazard or its award.
#[must_use]
pub fn of_report(report: &Report, review: Review) -> Vec<Todo> {
    match report.status {
        ReportStatus::Received => vec![waiting(report, review).timed(&report.clocks)],
        ReportStatus::Confirmed
        | ReportStatus::Merged
        | ReportStatus::Unfounded
        | ReportStatus::Referred
        | ReportStatus::OutOfScope
        | ReportStatus::Withdrawn => Vec::new(),
    }
}

const fn waiting(report: &Report, review: Review) -> Todo {
    Todo {
        kind: if review.is_unassigned { TodoKind::Assign } else { TodoKind::Review },
        assignment: None,
        supervision: None,
        order: None,
        owner_unit: report.review_unit,
        owner_post: None,
        deadline: None,
        since: report.shown_at,
        urgent: report.emergency,
        visible_from: Some(review.visible_from),
    }
}
