//! The GraphQL answer to `referReport` 转办.

use async_graphql::SimpleObject;
use domain::id::ReportId;
use domain::report::ReportStatus;

use crate::report::graphql::Report;
use crate::report::referrals::Referral;

/// The result of `referReport` 转办.
#[derive(SimpleObject)]
pub(crate) struct ReferReportPayload {
    /// The id of the report.
    id: ReportId,
    /// The status right after the referral: `RECEIVED` if a unit of this system continues the review, `REFERRED` if a channel
    /// outside took the matter.
    status: ReportStatus,
    /// The version of the report right after the referral.
    version: i64,
    /// The report as it is now; null if the caller can no longer read it, because another unit reviews it.
    report: Option<Report>,
}

impl ReferReportPayload {
    /// Builds the answer from the referral and the report, if the caller may read it.
    pub(super) const fn of(id: ReportId, referral: &Referral, report: Option<Report>) -> Self {
        Self { id, status: referral.status, version: referral.version, report }
    }
}
