//! GraphQL types of the answers to submissions.

use async_graphql::{ComplexObject, Context, SimpleObject};
use chrono::{DateTime, Utc};
use domain::id::ReportId;
use domain::refusal::{Language, Refusal};
use uuid::Uuid;

use crate::dataloader::load;
use crate::error::{ApiError, ApiResult};
use crate::intake::replay::Accepted;
use crate::photo::graphql::Photo;
use crate::photo::loader::PhotosOfParent;

/// A receipt: signed proof of what the server received, and when. It never changes, and its signature can be verified
/// with the keys at `/.well-known/jwks.json`.
#[derive(Debug, SimpleObject)]
pub(crate) struct Receipt {
    /// The id of the report.
    pub(super) report_id: ReportId,
    /// The id of the submission.
    pub(super) submission_id: Uuid,
    /// The SHA-256 of the content as it was sent, in hexadecimal digits; the phone can compute it too.
    pub(super) content_hash: String,
    /// The time at which the server received the submission, to the millisecond.
    pub(super) received_at: DateTime<Utc>,
    /// A compact JWS (EdDSA, type `chuishao-receipt`) over the other four fields.
    pub(super) signature: String,
}

/// A submission that the server has accepted.
#[derive(Debug, SimpleObject)]
#[graphql(complex)]
pub(crate) struct SubmitReportPayload {
    /// The receipt, which is the same for every repetition.
    receipt: Receipt,
    /// Whether the server already had the submission.
    replayed: bool,
    /// The sixteen digits of the follow-up code 查询码, with which `openReport` opens the report again without a login.
    /// Anybody who has it can do what the author can, so the reporter should write it down and show it to nobody. It also
    /// helps a reporter who logs in after a long time (`login`). Null if the stored report belongs to another person than
    /// the caller, and for named and confidential reports of early builds.
    follow_up_code: Option<String>,
}

#[ComplexObject]
impl SubmitReportPayload {
    /// The photos of the submission, at most 9. A photo that is `REJECTED` already has a type or a size that the server
    /// does not take, and `whatToDo` says what helps.
    async fn photos(&self, ctx: &Context<'_>) -> Result<Vec<Photo>, ApiError> {
        let rows = load::<PhotosOfParent>(ctx, self.receipt.report_id.0).await?;
        Ok(rows.unwrap_or_default().into_iter().map(Photo::own).collect())
    }
}

impl From<Accepted> for SubmitReportPayload {
    fn from(accepted: Accepted) -> Self {
        let row = accepted.report;
        Self {
            receipt: Receipt {
                report_id: row.id,
                submission_id: accepted.submission,
                content_hash: hex::encode(&row.content_hash),
                received_at: row.received_at,
                signature: accepted.receipt,
            },
            replayed: accepted.replayed,
            follow_up_code: accepted.follow_up,
        }
    }
}

/// The result for one of the submissions of `submitReports`.
#[derive(Debug, SimpleObject)]
pub(crate) struct SubmissionAnswer {
    /// The position of the submission in `inputs`, counted from 0.
    index: usize,
    /// The id of the submission; null if the submission contains no readable one.
    submission_id: Option<Uuid>,
    /// The accepted submission; null if it was refused.
    accepted: Option<SubmitReportPayload>,
    /// The reason for the refusal; null if the submission was accepted.
    refusal: Option<SubmissionRefusal>,
}

/// The refusal of one of the submissions of `submitReports`.
#[derive(Debug, SimpleObject)]
pub(crate) struct SubmissionRefusal {
    /// The code of the refusal.
    code: &'static str,
    /// Whether the same submission may succeed later.
    retryable: bool,
    /// The input at fault, as a path that begins with `input`.
    field: Option<String>,
    /// The rule that does not allow the submission now, such as `submission.a_day`.
    rule: Option<&'static str>,
    /// The number of seconds after which the same submission may succeed, if the server knows it.
    retry_after_seconds: Option<i32>,
    /// The sentence to show to the user, in the language of the request.
    message: String,
}

/// Returns the answer to a submission of `submitReports`. Logs an internal error.
pub(super) fn answered(
    index: usize,
    submission_id: Option<Uuid>,
    answer: ApiResult<Accepted>,
    language: Language,
) -> SubmissionAnswer {
    let (accepted, refusal) = match answer {
        Ok(accepted) => (Some(accepted.into()), None),
        Err(error) => {
            if let ApiError::Internal(cause) = &error {
                tracing::error!(%cause, "a submission failed");
            }
            (None, Some(refused(&error.refusal(), language)))
        }
    };
    SubmissionAnswer { index, submission_id, accepted, refusal }
}

fn refused(refusal: &Refusal, language: Language) -> SubmissionRefusal {
    let after = refusal.detail.as_deref().filter(|(name, _)| *name == "retryAfterSeconds");
    SubmissionRefusal {
        code: refusal.code.as_str(),
        retryable: refusal.code.retryable(),
        field: refusal.path().map(ToOwned::to_owned),
        rule: refusal.rule,
        retry_after_seconds: after.and_then(|(_, seconds)| seconds.parse().ok()),
        message: refusal.text(language).to_owned(),
    }
}
