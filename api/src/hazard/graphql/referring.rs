//! The GraphQL answer to `referReport` 转办.

use async_graphql::SimpleObject;
use domain::id::{HazardId, ReportId};
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
    /// The id of the hazard to which the report points; null if it points to no hazard, or if the caller can no longer read the
    /// report.
    hazard_id: Option<HazardId>,
    /// The report as it is now; null if the caller can no longer read it, because another unit reviews it.
    report: Option<Report>,
}

impl ReferReportPayload {
    /// Builds the answer from the referral and the report, if the caller may read it.
    pub(super) fn of(id: ReportId, referral: &Referral, report: Option<Report>) -> Self {
        let hazard_id = report.as_ref().and_then(|report| report.0.hazard_id);
        Self { id, status: referral.status, version: referral.version, hazard_id, report }
    }
}
