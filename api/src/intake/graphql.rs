//! Intake, as the published schema shows it.

pub mod input;

use async_graphql::connection::Connection;
use async_graphql::{Context, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::id::ReportId;
use domain::limits::SUBMIT_MAX;
use domain::refusal::Refusal;
use domain::report::ReportStatus;
use uuid::Uuid;

use self::input::{AmendReportInput, GiveIdentityInput, SubmissionPhotoInput, SubmitReportInput, WithdrawReportInput};
use super::later::{self, GivenIdentity};
use super::replay::{self, Accepted};
use super::{photos, status, submit};
use crate::context::{app, caller};
use crate::error::{ApiError, ApiResult};
use crate::page::{self, Cursor, Page};
use crate::photo::graphql::{Photo, UploadPlan};
use crate::report::graphql::mine::MyReport;
use crate::report::reading;

/// A receipt: what was received and when, signed. It never changes, and its signature can be checked with the keys of
/// `/.well-known/jwks.json`.
#[derive(Debug, SimpleObject)]
pub struct Receipt {
    /// The report.
    report_id: ReportId,
    /// The submission.
    submission_id: Uuid,
    /// SHA-256 of the content as it was sent; the phone can count it too.
    content_hash: String,
    /// When it was received, to the millisecond.
    received_at: DateTime<Utc>,
    /// A compact JWS (EdDSA, type `chuishao-receipt`) over the four facts above.
    signature: String,
}

/// A submission that is kept.
#[derive(Debug, SimpleObject)]
pub struct SubmitReportPayload {
    /// The receipt: the same for every replay.
    receipt: Receipt,
    /// Whether the submission was here before.
    replayed: bool,
    /// Sixteen digits that open an anonymous report again (`openReport`). Write them down; null for others.
    follow_up_code: Option<String>,
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

/// What became of one of many submissions.
#[derive(Debug, SimpleObject)]
pub struct SubmissionAnswer {
    /// The submission.
    submission_id: Uuid,
    /// What is kept; null where it was refused.
    accepted: Option<SubmitReportPayload>,
    /// Why it was refused; null where it is kept.
    refusal: Option<SubmissionRefusal>,
}

/// Why one of many submissions was refused.
#[derive(Debug, SimpleObject)]
pub struct SubmissionRefusal {
    /// The code.
    code: &'static str,
    /// Whether the same may succeed later.
    retryable: bool,
    /// The input that is to blame.
    field: Option<&'static str>,
    /// The sentence for people.
    message: String,
}

/// What became of a submission.
#[derive(SimpleObject)]
pub struct SubmissionStatus {
    /// The submission.
    submission_id: Uuid,
    /// Whether it is kept; where not, send it again.
    known: bool,
    /// Its receipt.
    receipt: Option<Receipt>,
    /// Where the report stands.
    status: Option<ReportStatus>,
    /// Its photos: those that are EXPECTED, RECEIVING or REJECTED still have to be sent.
    photos: Vec<Photo>,
}

/// A photo that can now be sent.
#[derive(SimpleObject)]
pub struct PreparedReportPhoto {
    /// The photo.
    photo: Photo,
    /// How to send its bytes.
    plan: UploadPlan,
}

/// Reading what one has handed in.
#[derive(Debug, Default)]
pub struct IntakeQuery;

#[Object]
impl IntakeQuery {
    /// What became of submissions, at most 100, in the order in which they are asked. For whoever knows their ids.
    #[graphql(complexity = "ids.len().min(100) * child_complexity + 1")]
    async fn submission_status(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Each `submissionId`, as it was sent.")] ids: Vec<Uuid>,
    ) -> Result<Vec<SubmissionStatus>, ApiError> {
        let found = status::status(app(ctx), &ids).await?;
        found.into_iter().map(submission_status).collect()
    }

    /// The reports that you handed in by name or in confidence, newest first. For members of the public.
    #[graphql(complexity = "page::cost(first, child_complexity)")]
    async fn my_reports(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Rows of the page, 1 to 100; 20 without it.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins: `pageInfo.endCursor` of the page before.")]
        after: Option<String>,
    ) -> Result<Connection<Cursor, MyReport>, ApiError> {
        let page = Page::of(first, after.as_deref())?;
        let rows = reading::mine(app(ctx), caller(ctx), &page).await?;
        Ok(page.connection(rows, |row| Cursor { at: row.received_at, id: row.id.0 }, MyReport))
    }

    /// One report of yours; for an anonymous one, with the token of `openReport`.
    async fn my_report(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "`reportId` of the receipt.")] id: ReportId,
    ) -> Result<MyReport, ApiError> {
        Ok(MyReport(reading::author(app(ctx), caller(ctx), id).await?))
    }
}

fn submission_status(found: status::Status) -> ApiResult<SubmissionStatus> {
    let receipt = match &found.report {
        Some(row) => Some(Receipt {
            report_id: row.id,
            submission_id: found.submission,
            content_hash: hex::encode(&row.content_hash),
            received_at: row.received_at,
            signature: replay::receipt_of(row, found.submission)?,
        }),
        None => None,
    };
    Ok(SubmissionStatus {
        submission_id: found.submission,
        known: found.report.is_some(),
        status: found.report.map(|row| row.status),
        receipt,
        photos: found.photos.into_iter().map(Photo).collect(),
    })
}

/// Handing in.
#[derive(Debug, Default)]
pub struct IntakeMutation;

#[Object]
impl IntakeMutation {
    /// Hands in a report. Answered only after it is on the disk. With a login for `NAMED` and `CONFIDENTIAL`, with or
    /// without for `ANONYMOUS`. The same submission again, weeks later and by whatever login, gives the same receipt.
    ///
    /// Refusals: `INVALID_INPUT`, `TOO_LARGE`, `UNSUPPORTED_MEDIA`; `UNAUTHENTICATED` for what is new and not `ANONYMOUS`;
    /// `CONTENT_CHANGED` (with `storedHash`) when the id is known with other content: keep yours and send it by
    /// `amendReport`; `SUBMISSION_ID_TAKEN` instead when the other content is another person's; `TRY_LATER`: send the very
    /// same again.
    async fn submit_report(
        &self,
        ctx: &Context<'_>,
        input: SubmitReportInput,
    ) -> Result<SubmitReportPayload, ApiError> {
        let submission = input.submission()?;
        let answer = submit::submit(app(ctx), ctx.data_unchecked(), caller(ctx), vec![submission]).await?.pop();
        answer.unwrap_or_else(|| Err(ApiError::internal("a submission was not answered"))).map(Into::into)
    }

    /// Hands in up to 20 reports that waited in a phone. Each is decided alone: what is wrong with one does not harm its
    /// neighbours.
    async fn submit_reports(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The reports, at most 20.")] inputs: Vec<SubmitReportInput>,
    ) -> Result<Vec<SubmissionAnswer>, ApiError> {
        if inputs.len() > SUBMIT_MAX {
            let zh = format!("每次最多提交{SUBMIT_MAX}份。");
            return Err(Refusal::invalid("inputs", zh, format!("Send {SUBMIT_MAX} at most.")).into());
        }
        let ids: Vec<Uuid> = inputs.iter().map(|input| input.submission_id).collect();
        let parsed: Vec<ApiResult<_>> = inputs.into_iter().map(SubmitReportInput::submission).collect();
        let good = parsed.iter().filter_map(|item| item.as_ref().ok().cloned()).collect();
        let mut answers = submit::submit(app(ctx), ctx.data_unchecked(), caller(ctx), good).await?.into_iter();
        let language = caller(ctx).language;
        Ok(ids
            .into_iter()
            .zip(parsed)
            .map(|(id, item)| {
                let answer = item.and_then(|_| {
                    answers.next().unwrap_or_else(|| Err(ApiError::internal("a submission was not answered")))
                });
                answered(id, answer, language)
            })
            .collect())
    }

    /// Adds to a report 补充; its content stays as it was. For its author, or with the token of `openReport`.
    async fn amend_report(&self, ctx: &Context<'_>, input: AmendReportInput) -> Result<MyReport, ApiError> {
        let said = (input.report_id, input.text);
        let id = later::amend(app(ctx), caller(ctx), input.request_id, said).await?;
        Ok(MyReport(reading::author(app(ctx), caller(ctx), id).await?))
    }

    /// Takes a report back 撤回, while nobody has reviewed it and nobody was asked to work on it. For its author.
    async fn withdraw_report(&self, ctx: &Context<'_>, input: WithdrawReportInput) -> Result<MyReport, ApiError> {
        let id = later::withdraw(app(ctx), caller(ctx), input.request_id, input.report_id).await?;
        Ok(MyReport(reading::author(app(ctx), caller(ctx), id).await?))
    }

    /// Gives the identity of who collects the award of a report; kept sealed. For the author of a named or confidential
    /// report, and for the holder of the follow-up code of an anonymous one where the policy allows it. Then
    /// `collectAward`.
    async fn give_identity(&self, ctx: &Context<'_>, input: GiveIdentityInput) -> Result<MyReport, ApiError> {
        let given = GivenIdentity { report: input.report_id, name: input.name, phone: input.phone };
        let id = later::give_identity(app(ctx), caller(ctx), input.request_id, given).await?;
        Ok(MyReport(reading::author(app(ctx), caller(ctx), id).await?))
    }

    /// How to send a photo of a submission. For whoever knows the submission's id, so that a photo gets through when the
    /// login has ended. `ILLEGAL_MOVE` when it is here already.
    async fn prepare_photo(
        &self,
        ctx: &Context<'_>,
        input: SubmissionPhotoInput,
    ) -> Result<PreparedReportPhoto, ApiError> {
        let (photo, plan) = photos::prepare(app(ctx), input.submission_id, input.photo_id).await?;
        Ok(PreparedReportPhoto { photo: Photo(photo), plan: plan.into() })
    }

    /// The bytes of a photo have been sent: the server keeps them, reads them back, checks and cleans them. Answers
    /// VERIFIED, or REJECTED with what to do; STORED while many photos come at once: the phone may forget the photo's
    /// bytes then only if it asks later, by `submissionStatus` or here, what came of it. Sending it again changes nothing.
    async fn complete_photo(&self, ctx: &Context<'_>, input: SubmissionPhotoInput) -> Result<Photo, ApiError> {
        Ok(Photo(photos::complete(app(ctx), input.submission_id, input.photo_id).await?))
    }
}

fn answered(submission_id: Uuid, answer: ApiResult<Accepted>, language: domain::refusal::Language) -> SubmissionAnswer {
    match answer {
        Ok(accepted) => SubmissionAnswer { submission_id, accepted: Some(accepted.into()), refusal: None },
        Err(error) => {
            if let ApiError::Internal(cause) = &error {
                tracing::error!(%cause, "a submission failed");
            }
            let refusal = error.refusal();
            SubmissionAnswer {
                submission_id,
                accepted: None,
                refusal: Some(SubmissionRefusal {
                    code: refusal.code.as_str(),
                    retryable: refusal.code.retryable(),
                    field: refusal.field,
                    message: refusal.text(language).to_owned(),
                }),
            }
        }
    }
}
