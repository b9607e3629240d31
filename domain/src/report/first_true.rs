//! Selects the one report of a hazard that is rewarded 首位如实报告.

use chrono::{DateTime, Utc};

use crate::id::ReportId;

/// Returns the first of a hazard's true reports, ordered by the exact time of receipt and then by id. Returns `None`
/// for an empty list. (《安全生产领域举报奖励办法》 art. 12: of several reports of one matter, only the first accepted one is
/// rewarded.)
///
/// ```
/// # use chrono::{DateTime, TimeDelta};
/// # use domain::{id::ReportId, report::first_true};
/// # use uuid::Uuid;
/// let (noon, a, b) = (DateTime::UNIX_EPOCH, ReportId(Uuid::from_u128(1)), ReportId(Uuid::from_u128(2)));
/// assert_eq!(first_true([(noon + TimeDelta::seconds(1), a), (noon, b)]), Some(b));
/// assert_eq!(first_true([(noon, b), (noon, a)]), Some(a));
/// ```
#[must_use]
pub fn first_true(reports: impl IntoIterator<Item = (DateTime<Utc>, ReportId)>) -> Option<ReportId> {
    reports.into_iter().min().map(|(_, id)| id)
}
