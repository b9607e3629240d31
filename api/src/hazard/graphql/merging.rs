//! GraphQL payload of `mergeReports`.

use async_graphql::SimpleObject;
use domain::id::ReportId;
use domain::refusal::Language;

use super::Hazard;
use crate::error::ApiError;
use crate::hazard::service::merging::Merged;
use crate::report::graphql::Report;

/// What `mergeReports` changed.
#[derive(SimpleObject)]
pub(crate) struct MergeReportsPayload {
    /// The hazard that the reports joined.
    pub(super) hazard: Option<Hazard>,
    /// The result for each of the reports, by id.
    pub(super) results: Vec<MergedReport>,
}

/// The result for one of the reports of `mergeReports`.
#[derive(SimpleObject)]
pub(crate) struct MergedReport {
    /// The id of the report.
    report_id: ReportId,
    /// The merged report; null if it was refused.
    report: Option<Report>,
    /// The reason for the refusal; null if the report was merged.
    refusal: Option<StepRefusal>,
}

/// The refusal of one part of a request.
#[derive(SimpleObject)]
pub(crate) struct StepRefusal {
    /// The code of the refusal.
    code: &'static str,
    /// The violated rule.
    rule: Option<&'static str>,
    /// Whether the same request may succeed later.
    retryable: bool,
    /// The input at fault.
    field: Option<&'static str>,
    /// The sentence to show to the user, in the language of the request.
    message: String,
}

impl MergedReport {
    /// Wraps the result for one report. `report` is the merged report as the caller sees it.
    pub(super) fn of(merged: &Merged, report: Option<Report>, language: Language) -> Self {
        let refusal = merged.done.as_ref().err().map(|error| StepRefusal::of(error, language));
        Self { report_id: merged.report, report, refusal }
    }
}

impl StepRefusal {
    fn of(error: &ApiError, language: Language) -> Self {
        if let ApiError::Internal(cause) = error {
            tracing::error!(%cause, "a part of a request failed");
        }
        let refusal = error.refusal();
        Self {
            code: refusal.code.as_str(),
            rule: refusal.rule,
            retryable: refusal.code.retryable(),
            field: refusal.field,
            message: refusal.text(language).to_owned(),
        }
    }
}
