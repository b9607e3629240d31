//! What can be done with reports, hazards and assignments: translate, call, wrap.

use async_graphql::{Context, Object, SimpleObject};
use domain::id::{AssignmentId, HazardId, PhotoId, ReportId};

use super::Hazard;
use super::evidence_input::{AnswerCallbackInput, PrepareWorkPhotoInput};
use super::input::{
    AssignmentInput, BlowWhistleInput, CancelHazardInput, CheckInInput, ConfirmReportInput, DeclareOutOfScopeInput,
    DispatchHazardInput, EndHazardInput, FindUnfoundedInput, FinishAssignmentInput, HandOverInput, MergeReportInput,
    ReasonedAssignmentInput, ReferReportInput,
};
use super::parts::Assignment;
use crate::context::{app, caller};
use crate::error::ApiError;
use crate::hazard::service::closing::{self, Ending};
use crate::hazard::service::dispatching::{self, Asking};
use crate::hazard::service::findings::Finding;
use crate::hazard::service::review::review;
use crate::hazard::service::working::{self, Done, OnTheSpot, Plain, Reasoned};
use crate::hazard::service::{evidence, reading};
use crate::photo::graphql::{Photo, UploadPlan};
use crate::report::callbacks::Answer;
use crate::report::graphql::Report;
use crate::report::graphql::mine::MyReport;
use crate::report::reading as reports;

/// What can be done with reports, hazards and assignments.
#[derive(Debug, Default)]
pub struct HazardMutation;

/// A photo that can now be sent.
#[derive(SimpleObject)]
pub struct PreparedPhoto {
    /// The photo: its `id` goes into `completeWorkPhoto` and `finishAssignment`.
    photo: Photo,
    /// How to send its bytes.
    plan: UploadPlan,
}

#[Object]
impl HazardMutation {
    /// 属实: the report is true; a hazard enters the ledger as it was found. An emergency's own is kept, and filed anew
    /// where the findings say so. For the clerk or leader of the unit that reviews it, never for its author.
    async fn confirm_report(&self, ctx: &Context<'_>, input: ConfirmReportInput) -> Result<Report, ApiError> {
        let (step, id, reason) = (input.step(), input.report_id, input.reason.clone());
        let finding = Finding::Confirm(Box::new(input.findings()));
        reviewed(ctx, review(app(ctx), caller(ctx), step, id, (finding, reason)).await?).await
    }

    /// 合并: the report joins a hazard that is known. For the unit that reviews it.
    async fn merge_report(&self, ctx: &Context<'_>, input: MergeReportInput) -> Result<Report, ApiError> {
        let step = input.step();
        let finding = Finding::Merge(input.hazard_id);
        reviewed(ctx, review(app(ctx), caller(ctx), step, input.report_id, (finding, input.reason)).await?).await
    }

    /// 不属实: there is no hazard; the hazard that came with an emergency is cancelled. For the unit that reviews it.
    async fn find_unfounded(&self, ctx: &Context<'_>, input: FindUnfoundedInput) -> Result<Report, ApiError> {
        let step = input.step();
        let said = (Finding::Unfounded, input.reason);
        reviewed(ctx, review(app(ctx), caller(ctx), step, input.report_id, said).await?).await
    }

    /// 转办: another body has it. For the unit that reviews it.
    async fn refer_report(&self, ctx: &Context<'_>, input: ReferReportInput) -> Result<Report, ApiError> {
        let step = input.step();
        let finding = Finding::Refer { to: input.to_unit_id, channel: input.channel };
        reviewed(ctx, review(app(ctx), caller(ctx), step, input.report_id, (finding, input.reason)).await?).await
    }

    /// 不予受理: no matter of this system; its author is told the channel that is right. For the unit that reviews it.
    async fn declare_out_of_scope(&self, ctx: &Context<'_>, input: DeclareOutOfScopeInput) -> Result<Report, ApiError> {
        let step = input.step();
        let said = (Finding::OutOfScope(input.channel), input.reason);
        reviewed(ctx, review(app(ctx), caller(ctx), step, input.report_id, said).await?).await
    }

    /// 派单: asks units without a whistle; a township that names itself keeps the matter 自办. For the township or the
    /// command centre. `DUTY_EXCLUDED`, `UNIT_BARRED`.
    async fn dispatch_hazard(&self, ctx: &Context<'_>, input: DispatchHazardInput) -> Result<Hazard, ApiError> {
        let asking = Asking { lead: input.lead_unit_id, supports: input.support_unit_ids.clone().unwrap_or_default() };
        let done = dispatching::dispatch(app(ctx), caller(ctx), input.step(), input.hazard_id, asking).await?;
        stepped(ctx, done).await
    }

    /// 吹哨: calls departments; each gets an assignment. For the roles that the type of whistle names in `mayBlow`.
    /// `DUTY_EXCLUDED`, `UNIT_BARRED`.
    async fn blow_whistle(&self, ctx: &Context<'_>, input: BlowWhistleInput) -> Result<Hazard, ApiError> {
        let step = input.step();
        let asking = Asking { lead: input.lead_unit_id, supports: input.support_unit_ids.unwrap_or_default() };
        let said = (input.type_code, asking, input.reason);
        stepped(ctx, dispatching::blow(app(ctx), caller(ctx), step, input.hazard_id, said).await?).await
    }

    /// 签收: the unit takes note. For its clerk, leader or workers.
    async fn sign_assignment(&self, ctx: &Context<'_>, input: AssignmentInput) -> Result<Assignment, ApiError> {
        let id = input.assignment_id;
        working::plain(app(ctx), caller(ctx), input.step(), id, Plain::Sign).await?;
        assigned(ctx, id).await
    }

    /// 认领: takes the assignment for the unit, and signs it too where nobody has. For its workers. Exactly one wins; the
    /// others get `ALREADY_CLAIMED`.
    async fn claim_assignment(&self, ctx: &Context<'_>, input: AssignmentInput) -> Result<Assignment, ApiError> {
        let id = input.assignment_id;
        working::plain(app(ctx), caller(ctx), input.step(), id, Plain::Claim).await?;
        assigned(ctx, id).await
    }

    /// Gives a claimed assignment back to the unit. For who holds it, and for the unit's clerk and leader.
    async fn release_assignment(
        &self,
        ctx: &Context<'_>,
        input: ReasonedAssignmentInput,
    ) -> Result<Assignment, ApiError> {
        reasoned(ctx, input, Reasoned::Release).await
    }

    /// Hands a claimed assignment to another post of the unit; its status stays.
    async fn hand_over_assignment(&self, ctx: &Context<'_>, input: HandOverInput) -> Result<Assignment, ApiError> {
        let (step, id) = (input.step(), input.assignment_id);
        working::hand_over(app(ctx), caller(ctx), step, id, (input.to_post_id, input.reason)).await?;
        assigned(ctx, id).await
    }

    /// 报到: the worker is on the spot. For who holds the assignment. `TOO_FAR` without a reason when the place is not near
    /// the hazard.
    async fn check_in(&self, ctx: &Context<'_>, input: CheckInInput) -> Result<Assignment, ApiError> {
        let (step, id) = (input.step(), input.assignment_id);
        let spot = OnTheSpot { pin: input.place.pin()?, occurred_at: input.occurred_at };
        working::check_in(app(ctx), caller(ctx), step, id, (spot, input.far_reason)).await?;
        assigned(ctx, id).await
    }

    /// 办结: the work is finished. Names the photos after it; accepting needs them VERIFIED. For who holds the assignment.
    /// `EVIDENCE_MISSING`.
    async fn finish_assignment(&self, ctx: &Context<'_>, input: FinishAssignmentInput) -> Result<Assignment, ApiError> {
        let (step, id) = (input.step(), input.assignment_id);
        let spot = OnTheSpot { pin: input.place.pin()?, occurred_at: input.occurred_at };
        let done = Done { measure: input.measure, photos: input.photo_ids, remark: input.remark };
        working::finish(app(ctx), caller(ctx), step, id, (spot, done)).await?;
        assigned(ctx, id).await
    }

    /// 验收: finished work is good. For the township or the command centre, never for who did the work
    /// (`NOT_YOUR_OWN`). `EVIDENCE_MISSING` while a named photo is not VERIFIED.
    async fn accept_work(&self, ctx: &Context<'_>, input: ReasonedAssignmentInput) -> Result<Assignment, ApiError> {
        reasoned(ctx, input, Reasoned::Accept).await
    }

    /// 返工: finished work is not good yet. For the township or the command centre.
    async fn send_to_rework(&self, ctx: &Context<'_>, input: ReasonedAssignmentInput) -> Result<Assignment, ApiError> {
        reasoned(ctx, input, Reasoned::Rework).await
    }

    /// 销号: all work is accepted, the hazard leaves the ledger, its reporters are asked. For the township's leader who
    /// took no part in the work (`NOT_YOUR_OWN`).
    async fn close_hazard(&self, ctx: &Context<'_>, input: EndHazardInput) -> Result<Hazard, ApiError> {
        let step = input.step();
        stepped(ctx, closing::end(app(ctx), caller(ctx), step, input.hazard_id, (Ending::Close, input.reason)).await?)
            .await
    }

    /// Opens a closed hazard again within the window: a new round. For the township's leader, the command centre, a
    /// supervisor.
    async fn reopen_hazard(&self, ctx: &Context<'_>, input: EndHazardInput) -> Result<Hazard, ApiError> {
        let step = input.step();
        stepped(ctx, closing::end(app(ctx), caller(ctx), step, input.hazard_id, (Ending::Reopen, input.reason)).await?)
            .await
    }

    /// 撤销: strikes a hazard that is none, with its open work. For the township or the command centre.
    async fn cancel_hazard(&self, ctx: &Context<'_>, input: CancelHazardInput) -> Result<Hazard, ApiError> {
        let step = input.step();
        let ending = (Ending::Cancel(input.cause), input.reason);
        stepped(ctx, closing::end(app(ctx), caller(ctx), step, input.hazard_id, ending).await?).await
    }

    /// 回访: what the reporter says of the result. For the author of the report, or the holder of its follow-up code.
    async fn answer_callback(&self, ctx: &Context<'_>, input: AnswerCallbackInput) -> Result<MyReport, ApiError> {
        let answer = Answer { contacted: input.contacted, solved: input.solved, satisfaction: input.satisfaction };
        closing::answer_callback(app(ctx), caller(ctx), input.request_id, input.report_id, answer).await?;
        Ok(MyReport(reports::author(app(ctx), caller(ctx), input.report_id).await?))
    }

    /// Announces a photo of the work and tells how to send it. For the unit that has the assignment. The same
    /// `clientId` again gives a new plan for the same photo.
    async fn prepare_work_photo(
        &self,
        ctx: &Context<'_>,
        input: PrepareWorkPhotoInput,
    ) -> Result<PreparedPhoto, ApiError> {
        let (photo, plan) = evidence::prepare(app(ctx), caller(ctx), input.into()).await?;
        Ok(PreparedPhoto { photo: Photo(photo), plan: plan.into() })
    }

    /// The bytes of a photo of the work have been sent: the server reads them back, checks and cleans them. For the
    /// unit that has the assignment. Answers VERIFIED, or REJECTED with what to do; STORED while many photos come at
    /// once: ask again later what came of it.
    async fn complete_work_photo(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The `id` that `prepareWorkPhoto` answered.")] photo_id: PhotoId,
    ) -> Result<Photo, ApiError> {
        Ok(Photo(evidence::complete(app(ctx), caller(ctx), photo_id).await?))
    }
}

async fn stepped(ctx: &Context<'_>, id: HazardId) -> Result<Hazard, ApiError> {
    Ok(Hazard(reading::one(app(ctx), caller(ctx), id).await?))
}

async fn assigned(ctx: &Context<'_>, id: AssignmentId) -> Result<Assignment, ApiError> {
    Ok(Assignment(reading::assignment(app(ctx), caller(ctx), id).await?))
}

async fn reviewed(ctx: &Context<'_>, id: ReportId) -> Result<Report, ApiError> {
    Ok(Report(reports::one(app(ctx), caller(ctx), id).await?))
}

async fn reasoned(ctx: &Context<'_>, input: ReasonedAssignmentInput, what: Reasoned) -> Result<Assignment, ApiError> {
    let (step, id) = (input.step(), input.assignment_id);
    working::reasoned(app(ctx), caller(ctx), step, id, (what, input.reason)).await?;
    assigned(ctx, id).await
}
