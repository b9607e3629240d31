//! GraphQL types, queries and mutations of intake.

mod answer;
mod fields;
pub(crate) mod input;
pub(crate) mod lifted;
mod sent;

use async_graphql::connection::Connection;
use async_graphql::{Context, Object, SimpleObject};
use domain::id::ReportId;
use domain::limits::SUBMIT_MAX;
use domain::refusal::Refusal;
use domain::report::ReportStatus;
use uuid::Uuid;

use self::answer::{Receipt, SubmissionAnswer, SubmitReportPayload, answered};
use self::input::{AmendReportInput, GiveIdentityInput, SubmissionPhotoInput, SubmitReportInput, WithdrawReportInput};
use super::collector::{self, GivenIdentity};
use super::later;
use super::replay;
use super::{photos, status, submit};
use crate::context::{app, caller};
use crate::error::{ApiError, ApiResult};
use crate::page::{self, Cursor, Page};
use crate::photo::graphql::{Photo, UploadPlan};
use crate::report::graphql::mine::MyReport;
use crate::report::reading;

/// The status of a submission.
#[derive(SimpleObject)]
pub(crate) struct SubmissionStatus {
    /// The id of the submission.
    submission_id: Uuid,
    /// Whether the server has the submission. If not, the phone should send it again.
    known: bool,
    /// The receipt of the submission.
    receipt: Option<Receipt>,
    /// The status of the report.
    status: Option<ReportStatus>,
    /// The photos of the submission. Those with the status EXPECTED, RECEIVING or REJECTED still have to be sent.
    photos: Vec<Photo>,
}

/// A photo of a report that can now be sent.
#[derive(SimpleObject)]
pub(crate) struct PreparedReportPhoto {
    /// The photo.
    photo: Photo,
    /// The plan for sending its bytes.
    plan: UploadPlan,
}

/// The query root for intake.
#[derive(Debug, Default)]
pub(crate) struct IntakeQuery;

#[Object]
impl IntakeQuery {
    /// The status of at most 100 submissions, in the order of `ids`. Every client that knows their ids may read them.
    #[graphql(complexity = "ids.len().min(100) * child_complexity + 1")]
    async fn submission_status(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The submission ids, as they were sent.")] ids: Vec<Uuid>,
    ) -> Result<Vec<SubmissionStatus>, ApiError> {
        let found = status::status(app(ctx), &ids).await?;
        found.into_iter().map(submission_status).collect()
    }

    /// The reports that the caller submitted by name or in confidence, newest first. Only members of the public may
    /// read them.
    #[graphql(complexity = "page::cost(first, child_complexity)")]
    async fn my_reports(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The page size, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins: `pageInfo.endCursor` of the previous page.")]
        after: Option<String>,
    ) -> Result<Connection<Cursor, MyReport>, ApiError> {
        let page = Page::of(first, after.as_deref())?;
        let rows = reading::mine(app(ctx), caller(ctx), &page).await?;
        Ok(page.connection(rows, |row| Cursor { at: row.received_at, id: row.id.0 }, MyReport))
    }

    /// One of the caller's own reports, or the one that the token of `openReport` opens. An anonymous report requires that
    /// token.
    async fn my_report(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the report, as in the receipt.")] id: ReportId,
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
        photos: found.photos.into_iter().map(Photo::own).collect(),
    })
}

/// The mutation root for intake.
#[derive(Debug, Default)]
pub(crate) struct IntakeMutation;

#[Object]
impl IntakeMutation {
    /// Submits a report. The server answers only after the report is on its disk. `NAMED` and `CONFIDENTIAL` reports
    /// require a login; for `ANONYMOUS` ones a login is optional. The same submission again returns the same receipt,
    /// even weeks later and under another login.
    ///
    /// Refusals: `INVALID_INPUT`; `UNAUTHENTICATED` for a new report that is not `ANONYMOUS`; `CONTENT_CHANGED` (with
    /// `storedHash`) if the server already has other content under this id: keep the new content and send it by
    /// `amendReport`; `SUBMISSION_ID_TAKEN` instead if that content is another person's; `RATE_LIMITED` (with
    /// `retryAfterSeconds`) for more named reports in 24 hours than the policy allows, and `TRY_LATER`: send exactly the
    /// same submission again later.
    async fn submit_report(
        &self,
        ctx: &Context<'_>,
        input: SubmitReportInput,
    ) -> Result<SubmitReportPayload, ApiError> {
        let submission = sent::submission(&sent::given(ctx, &input))?;
        let answer = submit::submit(app(ctx), ctx.data_unchecked(), caller(ctx), vec![submission]).await?.pop();
        answer.unwrap_or_else(|| Err(ApiError::internal("a submission was not answered"))).map(Into::into)
    }

    /// Submits up to 20 reports that waited on a phone. The server decides on each one separately: a report that is
    /// faulty, even in the form of a value, is refused in its own answer and does not affect the others. The answers
    /// have the order of `inputs`.
    async fn submit_reports(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The reports, at most 20.")] inputs: Vec<SubmitReportInput>,
    ) -> Result<Vec<SubmissionAnswer>, ApiError> {
        let given = sent::given(ctx, &inputs);
        let inputs = sent::items(&given);
        if inputs.len() > SUBMIT_MAX {
            let zh = format!("每次最多提交{SUBMIT_MAX}份报告。");
            let en = format!("At most {SUBMIT_MAX} reports can be submitted at once.");
            return Err(Refusal::invalid("inputs", zh, en).into());
        }
        let parsed: Vec<_> = inputs.iter().map(sent::submission).collect();
        let good = parsed.iter().filter_map(|item| item.as_ref().ok().cloned()).collect();
        let mut answers = submit::submit(app(ctx), ctx.data_unchecked(), caller(ctx), good).await?.into_iter();
        let unanswered = || Err(ApiError::internal("a submission was not answered"));
        let answer = |item: Result<_, Refusal>| match item {
            Ok(_) => answers.next().unwrap_or_else(unanswered),
            Err(refusal) => Err(refusal.into()),
        };
        let answers: Vec<_> = parsed.into_iter().map(answer).collect();
        let language = caller(ctx).language;
        let ids = inputs.iter().map(sent::submission_id);
        Ok(ids.zip(answers).enumerate().map(|(index, (id, answer))| answered(index, id, answer, language)).collect())
    }

    /// Adds a text to a report 补充. The original content does not change. Only the author of the report and the holder
    /// of a token from `openReport` may do this. A report takes at most 20 additions; then the request is refused with
    /// `ILLEGAL_MOVE` (`amendment.enough`).
    async fn amend_report(&self, ctx: &Context<'_>, input: AmendReportInput) -> Result<MyReport, ApiError> {
        let id = later::amend(app(ctx), caller(ctx), input.request_id, input.report_id, input.text).await?;
        Ok(MyReport(reading::author(app(ctx), caller(ctx), id).await?))
    }

    /// Withdraws a report 撤回 that has not been reviewed and for which no unit has been asked to act. Only the author of
    /// the report may do this.
    async fn withdraw_report(&self, ctx: &Context<'_>, input: WithdrawReportInput) -> Result<MyReport, ApiError> {
        let id = later::withdraw(app(ctx), caller(ctx), input.request_id, input.report_id).await?;
        Ok(MyReport(reading::author(app(ctx), caller(ctx), id).await?))
    }

    /// Gives the identity of the person who will collect the award of a report by `collectAward`; the server stores it
    /// encrypted. Only the author of the report may do this, by login or by follow-up code 查询码; for an anonymous
    /// report, if the policy allows it.
    async fn give_identity(&self, ctx: &Context<'_>, input: GiveIdentityInput) -> Result<MyReport, ApiError> {
        let given = GivenIdentity { report: input.report_id, name: input.name, phone: input.phone };
        let id = collector::give_identity(app(ctx), caller(ctx), input.request_id, given).await?;
        Ok(MyReport(reading::author(app(ctx), caller(ctx), id).await?))
    }

    /// Returns the upload plan for a photo of a submission. Every client that knows the submission id may do this, so
    /// that a photo can be sent after the login has expired. The request is refused with `ILLEGAL_MOVE` if the server
    /// already has the photo.
    async fn prepare_photo(
        &self,
        ctx: &Context<'_>,
        input: SubmissionPhotoInput,
    ) -> Result<PreparedReportPhoto, ApiError> {
        let (photo, plan) = photos::prepare(app(ctx), input.submission_id, input.photo_id).await?;
        Ok(PreparedReportPhoto { photo: Photo::own(photo), plan: plan.into() })
    }

    /// Completes the upload of a photo: the server stores the bytes, reads them back, checks them and removes the
    /// metadata. The result is `VERIFIED`, or `REJECTED` with advice. While many photos arrive at once it may be
    /// `STORED`; the phone may then delete its copy only if it asks for the result later, by `submissionStatus` or by
    /// this mutation. Sending the request again has no further effect.
    async fn complete_photo(&self, ctx: &Context<'_>, input: SubmissionPhotoInput) -> Result<Photo, ApiError> {
        Ok(Photo::own(photos::complete(app(ctx), input.submission_id, input.photo_id).await?))
    }
}
