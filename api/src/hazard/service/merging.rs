//! Merging 合并 of many reports into one hazard at once.

use std::collections::BTreeSet;

use domain::Code;
use domain::id::{HazardId, ReportId};
use domain::refusal::Refusal;
use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use super::command_handler::StepMeta;
use super::findings::Finding;
use super::reading;
use super::review::review;
use crate::app::App;
use crate::caller::Caller;
use crate::error::ApiResult;
use crate::journal::notes;

/// The maximum number of reports that one request merges.
pub(crate) const MERGE_MAX: usize = 100;

/// One report of a group, and whether it was merged.
pub(crate) struct Merged {
    /// The report.
    pub report: ReportId,
    /// The refusal, if it was not merged.
    pub done: ApiResult<()>,
}

/// Merges reports into a hazard 合并, each decided alone and in a transaction of its own: what is refused for one changes
/// nothing for the others. A repeated request goes on where the first one stopped.
///
/// # Errors
/// `INVALID_INPUT` for no report or more than [`MERGE_MAX`], `NOT_FOUND` for a hazard that the officer may not see,
/// `CHANGED_MEANWHILE` if it has another version than expected.
pub(crate) async fn merge_reports(
    app: &App,
    caller: &Caller,
    step: StepMeta,
    hazard: HazardId,
    reports: &[ReportId],
    reason: &str,
) -> ApiResult<Vec<Merged>> {
    caller.officer()?;
    notes::reason(reason, "input.reason")?;
    if reports.is_empty() || reports.len() > MERGE_MAX {
        let zh = format!("请选择1至{MERGE_MAX}份报告。");
        let en = format!("Please choose 1 to {MERGE_MAX} reports.");
        return Err(Refusal::invalid("input.reportIds", zh, en).into());
    }
    let row = reading::one(app, caller, hazard).await?;
    if step.expected_version.is_some_and(|version| version != row.version) {
        return Err(Code::ChangedMeanwhile.into());
    }
    let mut merged = Vec::new();
    for report in reports.iter().copied().collect::<BTreeSet<_>>() {
        let step = StepMeta { request_id: part_of(step.request_id, report), expected_version: None, ..step };
        let done = review(app, caller, step, report, Finding::Merge(hazard), reason).await.map(drop);
        merged.push(Merged { report, done });
    }
    Ok(merged)
}

/// Derives the id of the part of a request that is about one report: a version 8 UUID from the first 128 bits of their
/// SHA-256.
fn part_of(request: Uuid, report: ReportId) -> Uuid {
    let sum: [u8; 32] =
        Sha256::new().chain_update(request.as_bytes()).chain_update(report.0.as_bytes()).finalize().into();
    let mut first = [0; 16];
    first.iter_mut().zip(sum).for_each(|(to, from)| *to = from);
    Builder::from_custom_bytes(first).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_report_of_a_request_has_a_part_of_its_own_that_never_changes() {
        let [one, two] = [1, 2].map(|number| part_of(Uuid::from_u128(9), ReportId(Uuid::from_u128(number))));
        assert_eq!(one.to_string(), "e1f03e77-544c-8bf0-9d36-b6c16cca4cf1");
        assert_ne!(one, two);
        assert_eq!(one.get_version_num(), 8);
    }
}
