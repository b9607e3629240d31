//! GraphQL mutations of reports, hazards and assignments. Each resolver converts the input, calls the service and wraps
//! the result. Long because one object has all mutations of the slice.

use async_graphql::{Context, Object, SimpleObject};
use domain::hazard::CancelReason;
use domain::id::{AssignmentId, HazardId, PhotoId, ReportId};
use domain::text::unless_blank;

use super::Hazard;
use super::evidence_input::{AnswerCallbackInput, PrepareWorkPhotoInput};
use super::extending::{AskExtensionPayload, GrantExtensionPayload, RefuseExtensionPayload};
use super::input::{
    AskExtensionInput, AssignmentInput, BlowWhistleInput, CancelHazardInput, CheckInInput, ConfirmReportInput,
    DeclareOutOfScopeInput, DispatchHazardInput, EndHazardInput, FindUnfoundedInput, FinishAssignmentInput,
    HandOverInput, MergeReportInput, MergeReportsInput, ReasonedAssignmentInput, ReferReportInput,
    TakeBackAssignmentInput,
};
use super::merging::{MergeReportsPayload, MergedReport};
use super::parts::Assignment;
use super::referring::ReferReportPayload;
use super::taking_back::TakeBackAssignmentPayload;
use crate::context::{app, caller};
use crate::error::ApiError;
use crate::hazard::service::findings::Finding;
use crate::hazard::service::merging_hazards::{self, Pair};
use crate::hazard::service::review::review;
use crate::hazard::service::step_input::{AskedUnits, FinishedWork, OnTheSpot};
use crate::hazard::service::{accepting, closing, dispatching, evidence, extending, merging, reading, working};
use crate::photo::graphql::{Photo, UploadPlan};
use crate::report::callbacks::CallbackAnswer;
use crate::report::graphql::Report;
use crate::report::graphql::mine::MyReport;
use crate::report::{reading as reports, referrals};

/// The mutation root for reports, hazards and assignments.
#[derive(Debug, Default)]
pub(crate) struct HazardMutation;

/// A photo of the work that can now be sent.
#[derive(SimpleObject)]
pub(crate) struct PreparedPhoto {
    /// The photo. `completeWorkPhoto` and `finishAssignment` take its `id`.
    photo: Photo,
    /// The plan for sending its bytes.
    plan: UploadPlan,
}

#[Object]
impl HazardMutation {
    /// Confirms a report 属实 and registers a hazard in the ledger according to the findings. An emergency already has a
    /// hazard: the server keeps it, and reclassifies it if the findings differ. Only the clerk and the leader of the
    /// unit that reviews the report may do this, but not its author.
    async fn confirm_report(&self, ctx: &Context<'_>, input: ConfirmReportInput) -> Result<Report, ApiError> {
        let (step, id, reason) = (input.step(), input.report_id, input.reason.clone());
        let finding = Finding::Confirm(Box::new(input.findings()));
        reviewed(ctx, review(app(ctx), caller(ctx), step, id, finding, &reason).await?).await
    }

    /// Merges a report into a registered hazard 合并. Only the unit that reviews the report may do this. A closed hazard is
    /// refused with `ILLEGAL_MOVE` (`merging.closed`) after its reopening window: confirm the report and name the hazard as
    /// `recurrenceOf`. Within the window, the author is asked for an opinion as the other reporters are. If only reports that
    /// accuse a unit 回避 point to the hazard, that unit sees all of it from then on, including what it was not meant to read.
    async fn merge_report(&self, ctx: &Context<'_>, input: MergeReportInput) -> Result<Report, ApiError> {
        let step = input.step();
        let finding = Finding::Merge(input.hazard_id);
        reviewed(ctx, review(app(ctx), caller(ctx), step, input.report_id, finding, &input.reason).await?).await
    }

    /// Merges up to 100 reports into one registered hazard 合并. The server decides on each one separately, as `mergeReport`
    /// does: what is refused for one report does not affect the others.
    async fn merge_reports(
        &self,
        ctx: &Context<'_>,
        input: MergeReportsInput,
    ) -> Result<MergeReportsPayload, ApiError> {
        let (step, id, reports) = (input.step(), input.hazard_id, &input.report_ids);
        let merged = merging::merge_reports(app(ctx), caller(ctx), step, id, reports, &input.reason).await?;
        let mut results = Vec::with_capacity(merged.len());
        for one in &merged {
            let is_merged = one.done.is_ok();
            let report = if is_merged { reports::readable(app(ctx), caller(ctx), one.report).await? } else { None };
            results.push(MergedReport::of(one, report.map(Report), caller(ctx).language));
        }
        Ok(MergeReportsPayload { hazard: Some(stepped(ctx, id).await?), results })
    }

    /// Finds a report unfounded 不属实. A hazard that was registered with an emergency is cancelled, unless it is closed or
    /// other reports joined it. Only the unit that reviews the report may do this.
    async fn find_unfounded(&self, ctx: &Context<'_>, input: FindUnfoundedInput) -> Result<Report, ApiError> {
        let step = input.step();
        let finding = Finding::Unfounded;
        reviewed(ctx, review(app(ctx), caller(ctx), step, input.report_id, finding, &input.reason).await?).await
    }

    /// Refers a report 转办. A unit of this system continues the review: the report stays `RECEIVED`, a new review clock
    /// starts there, and the hazard of an emergency goes along if nobody has been asked to act. A channel outside this system
    /// ends the report as `REFERRED`. Only the unit that reviews the report may do this; only the command centre may refer a
    /// report a second time 改派, and never to a unit that has had it.
    ///
    /// Refusals: `UNIT_BARRED`.
    async fn refer_report(&self, ctx: &Context<'_>, input: ReferReportInput) -> Result<ReferReportPayload, ApiError> {
        let (step, to) = (input.step(), input.to_unit_id);
        let finding = Finding::Refer { to, channel: input.channel };
        let id = review(app(ctx), caller(ctx), step, input.report_id, finding, &input.reason).await?;
        let report = reports::readable(app(ctx), caller(ctx), id).await?.map(Report);
        Ok(ReferReportPayload::of(id, &referrals::of(app(ctx), id, to).await?, report))
    }

    /// Declares that the matter of a report does not belong in this system 不予受理, and informs the author of the right
    /// channel. Only the unit that reviews the report may do this.
    async fn declare_out_of_scope(&self, ctx: &Context<'_>, input: DeclareOutOfScopeInput) -> Result<Report, ApiError> {
        let step = input.step();
        let finding = Finding::OutOfScope(input.channel);
        reviewed(ctx, review(app(ctx), caller(ctx), step, input.report_id, finding, &input.reason).await?).await
    }

    /// Dispatches a hazard to units without a whistle 派单. A township that names itself handles the matter itself 自办.
    /// Only the township and the command centre may do this.
    ///
    /// Refusals: `DUTY_EXCLUDED`, `UNIT_BARRED`.
    async fn dispatch_hazard(&self, ctx: &Context<'_>, input: DispatchHazardInput) -> Result<Hazard, ApiError> {
        let asked =
            AskedUnits { lead: input.lead_unit_id, supports: input.support_unit_ids.clone().unwrap_or_default() };
        let done = dispatching::dispatch(app(ctx), caller(ctx), input.step(), input.hazard_id, asked).await?;
        stepped(ctx, done).await
    }

    /// Blows the whistle 吹哨: calls departments and creates an assignment for each. Only the roles that the whistle type
    /// lists in `mayBlow` may do this. If the type lists the role in `approvalOf`, nobody is called yet: the whistle awaits its
    /// approval 审核 in `whistleRequests`. An emergency never waits.
    ///
    /// Refusals: `DUTY_EXCLUDED`, `UNIT_BARRED`.
    async fn blow_whistle(&self, ctx: &Context<'_>, input: BlowWhistleInput) -> Result<Hazard, ApiError> {
        let step = input.step();
        let asked = AskedUnits { lead: input.lead_unit_id, supports: input.support_unit_ids.unwrap_or_default() };
        let (hazard, type_code) = (input.hazard_id, &input.type_code);
        stepped(ctx, dispatching::blow(app(ctx), caller(ctx), step, hazard, type_code, asked, &input.reason).await?)
            .await
    }

    /// Takes an assignment back 收回 that is not finished: its clocks are cancelled, and its unit sees the step in the
    /// history. Only the unit that gave the assignment and the command centre above it may do this.
    ///
    /// Refusals: `DUTY_EXCLUDED`, `UNIT_BARRED`.
    async fn take_back_assignment(
        &self,
        ctx: &Context<'_>,
        input: TakeBackAssignmentInput,
    ) -> Result<TakeBackAssignmentPayload, ApiError> {
        let (step, id, lead) = (input.step(), input.assignment_id, input.new_lead_unit_id);
        let hazard = dispatching::take_back(app(ctx), caller(ctx), step, id, lead, &input.reason).await?;
        let (assignment, hazard) = (Some(assigned(ctx, id).await?), Some(stepped(ctx, hazard).await?));
        Ok(TakeBackAssignmentPayload { assignment, hazard })
    }

    /// Signs for an assignment on behalf of the unit 签收. Only the unit's clerk, leader and workers may do this.
    async fn sign_assignment(&self, ctx: &Context<'_>, input: AssignmentInput) -> Result<Assignment, ApiError> {
        let id = input.assignment_id;
        working::sign(app(ctx), caller(ctx), input.step(), id).await?;
        assigned(ctx, id).await
    }

    /// Claims an assignment for a worker of the unit 认领, and signs for it if the unit has not done so yet. Only the
    /// unit's workers may do this. Exactly one of them succeeds; the others receive `ALREADY_CLAIMED`. A worker can take
    /// over from a holder who no longer has a post in the unit or can no longer log in.
    async fn claim_assignment(&self, ctx: &Context<'_>, input: AssignmentInput) -> Result<Assignment, ApiError> {
        let id = input.assignment_id;
        working::claim(app(ctx), caller(ctx), input.step(), id).await?;
        assigned(ctx, id).await
    }

    /// Returns a claimed assignment to the unit. Only the holder of the assignment and the unit's clerk and leader may
    /// do this. If the holder no longer has a post in the unit or can no longer log in, all workers of the unit and the
    /// unit that gave the assignment may do it too.
    async fn release_assignment(
        &self,
        ctx: &Context<'_>,
        input: ReasonedAssignmentInput,
    ) -> Result<Assignment, ApiError> {
        let id = input.assignment_id;
        working::release(app(ctx), caller(ctx), input.step(), id, &input.reason).await?;
        assigned(ctx, id).await
    }

    /// Passes a claimed assignment to another post of the unit. The status does not change.
    async fn hand_over_assignment(&self, ctx: &Context<'_>, input: HandOverInput) -> Result<Assignment, ApiError> {
        let (step, id) = (input.step(), input.assignment_id);
        working::hand_over(app(ctx), caller(ctx), step, id, input.to_post_id, &input.reason).await?;
        assigned(ctx, id).await
    }

    /// Records that the worker is on site 报到. Only the holder of the assignment may do this. If the place is not near
    /// the hazard, the request is refused with `TOO_FAR` unless it gives a reason.
    async fn check_in(&self, ctx: &Context<'_>, input: CheckInInput) -> Result<Assignment, ApiError> {
        let (step, id) = (input.step(), input.assignment_id);
        let spot = OnTheSpot::new(input.place.pin()?, input.occurred_at);
        working::check_in(app(ctx), caller(ctx), step, id, spot, unless_blank(input.far_reason.as_deref())).await?;
        assigned(ctx, id).await
    }

    /// Finishes the work 办结 and names the photos that show it; they must be `VERIFIED` before the work can be accepted.
    /// All must be of stage `AFTER`, and after a rework 返工 at least one must have been announced since. Only the holder of
    /// the assignment may do this.
    ///
    /// Refusals: `EVIDENCE_MISSING`.
    async fn finish_assignment(&self, ctx: &Context<'_>, input: FinishAssignmentInput) -> Result<Assignment, ApiError> {
        let (step, id) = (input.step(), input.assignment_id);
        let spot = OnTheSpot::new(input.place.pin()?, input.occurred_at);
        let work = FinishedWork { measure: input.measure, photos: input.photo_ids, remark: unless_blank(input.remark) };
        working::finish(app(ctx), caller(ctx), step, id, spot, work).await?;
        assigned(ctx, id).await
    }

    /// Asks for more time to finish an assignment 申请延期, before its deadline. Only the roles of the unit that the policy names
    /// may do this. The deadline stays as it is until somebody decides. Refusals: `ILLEGAL_MOVE` with the rule
    /// `extension.before_due`, `extension.asked_once` or `extension.times`.
    async fn ask_extension(
        &self,
        ctx: &Context<'_>,
        input: AskExtensionInput,
    ) -> Result<AskExtensionPayload, ApiError> {
        let (step, id) = (input.step(), input.assignment_id);
        let hazard = extending::ask(app(ctx), caller(ctx), step, id, input.until, &input.reason).await?;
        let (assignment, hazard) = (Some(assigned(ctx, id).await?), Some(stepped(ctx, hazard).await?));
        Ok(AskExtensionPayload { assignment, hazard })
    }

    /// Grants the time that a unit asked for 同意延期: the deadline moves, and its clock keeps the one before. Only the roles that
    /// the policy names may do this, in the township or above it, but neither who asked nor who has held the assignment
    /// (`NOT_YOUR_OWN`).
    async fn grant_extension(
        &self,
        ctx: &Context<'_>,
        input: ReasonedAssignmentInput,
    ) -> Result<GrantExtensionPayload, ApiError> {
        let (step, id) = (input.step(), input.assignment_id);
        let hazard = extending::grant(app(ctx), caller(ctx), step, id, &input.reason).await?;
        let (assignment, hazard) = (Some(assigned(ctx, id).await?), Some(stepped(ctx, hazard).await?));
        Ok(GrantExtensionPayload { assignment, hazard })
    }

    /// Refuses the time that a unit asked for 不同意延期: the deadline was never stopped. The same officers may do this as
    /// `grantExtension`.
    async fn refuse_extension(
        &self,
        ctx: &Context<'_>,
        input: ReasonedAssignmentInput,
    ) -> Result<RefuseExtensionPayload, ApiError> {
        let (step, id) = (input.step(), input.assignment_id);
        let hazard = extending::refuse(app(ctx), caller(ctx), step, id, &input.reason).await?;
        let (assignment, hazard) = (Some(assigned(ctx, id).await?), Some(stepped(ctx, hazard).await?));
        Ok(RefuseExtensionPayload { assignment, hazard })
    }

    /// Accepts finished work 验收. Only the township and the command centre may do this, but not officers who did the
    /// work (`NOT_YOUR_OWN`). Work for a whistle is accepted by another unit if another one may accept it. The request is refused with `EVIDENCE_MISSING` while a named photo is not `VERIFIED`.
    async fn accept_work(&self, ctx: &Context<'_>, input: ReasonedAssignmentInput) -> Result<Assignment, ApiError> {
        let id = input.assignment_id;
        accepting::accept(app(ctx), caller(ctx), input.step(), id, &input.reason).await?;
        assigned(ctx, id).await
    }

    /// Sends finished work back to be improved 返工. Only the township and the command centre may do this.
    async fn send_to_rework(&self, ctx: &Context<'_>, input: ReasonedAssignmentInput) -> Result<Assignment, ApiError> {
        let id = input.assignment_id;
        accepting::send_to_rework(app(ctx), caller(ctx), input.step(), id, &input.reason).await?;
        assigned(ctx, id).await
    }

    /// Closes a hazard whose work has all been accepted 销号, removes it from the ledger and asks its reporters for their
    /// opinion. Only a leader of the township who took no part in the work may do this (`NOT_YOUR_OWN`). While a report of
    /// the hazard awaits its review, the request is refused with `ILLEGAL_MOVE` (`closing.reports_reviewed`, `reportId`).
    async fn close_hazard(&self, ctx: &Context<'_>, input: EndHazardInput) -> Result<Hazard, ApiError> {
        let step = input.step();
        stepped(ctx, closing::close(app(ctx), caller(ctx), step, input.hazard_id, &input.reason).await?).await
    }

    /// Reopens a closed hazard within the reopening window, which starts a new round. Only the township's leader, the
    /// command centre and supervisors may do this.
    async fn reopen_hazard(&self, ctx: &Context<'_>, input: EndHazardInput) -> Result<Hazard, ApiError> {
        let step = input.step();
        stepped(ctx, closing::reopen(app(ctx), caller(ctx), step, input.hazard_id, &input.reason).await?).await
    }

    /// Cancels a hazard that turned out not to be one 撤销, together with its open assignments. A `DUPLICATE` names the hazard
    /// that stands: this is `mergeHazards` with `openWork: CANCEL`. Only the township and the command centre may do this.
    async fn cancel_hazard(&self, ctx: &Context<'_>, input: CancelHazardInput) -> Result<Hazard, ApiError> {
        let (step, id) = (input.step(), input.hazard_id);
        let reason = &input.reason;
        let done = match (input.cause, input.duplicate_of) {
            (CancelReason::Duplicate, Some(into)) => {
                merging_hazards::cancel_duplicate(app(ctx), caller(ctx), step, Pair { from: id, into }, reason)
                    .await?
                    .from
            }
            (cause, duplicate_of) => {
                closing::cancel(app(ctx), caller(ctx), step, id, cause, duplicate_of, reason).await?
            }
        };
        stepped(ctx, done).await
    }

    /// Answers the callback 回访 with the reporter's opinion of the result. Only the author of the report and the holder
    /// of its follow-up code may do this.
    async fn answer_callback(&self, ctx: &Context<'_>, input: AnswerCallbackInput) -> Result<MyReport, ApiError> {
        let answer =
            CallbackAnswer { contacted: input.contacted, solved: input.solved, satisfaction: input.satisfaction };
        closing::answer_callback(app(ctx), caller(ctx), input.request_id, input.report_id, answer).await?;
        Ok(MyReport(reports::author(app(ctx), caller(ctx), input.report_id).await?))
    }

    /// Announces a photo of the work and returns its upload plan. The same `clientId` again returns a new plan for the
    /// same photo. Only the unit that has the assignment may do this.
    async fn prepare_work_photo(
        &self,
        ctx: &Context<'_>,
        input: PrepareWorkPhotoInput,
    ) -> Result<PreparedPhoto, ApiError> {
        let (photo, plan) = evidence::prepare(app(ctx), caller(ctx), input.into()).await?;
        Ok(PreparedPhoto { photo: Photo::own(photo), plan: plan.into() })
    }

    /// Completes the upload of a photo of the work: the server reads the bytes back, checks them and removes the
    /// metadata. The result is `VERIFIED`, or `REJECTED` with advice. While many photos arrive at once it may be
    /// `STORED`; the client asks for the result again later. Only the unit that has the assignment may do this.
    async fn complete_work_photo(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the photo, as `prepareWorkPhoto` returned it in `photo.id`.")] photo_id: PhotoId,
    ) -> Result<Photo, ApiError> {
        Ok(Photo::own(evidence::complete(app(ctx), caller(ctx), photo_id).await?))
    }
}

pub(super) async fn stepped(ctx: &Context<'_>, id: HazardId) -> Result<Hazard, ApiError> {
    Ok(Hazard(reading::one(app(ctx), caller(ctx), id).await?))
}

pub(super) async fn assigned(ctx: &Context<'_>, id: AssignmentId) -> Result<Assignment, ApiError> {
    Ok(Assignment(reading::assignment(app(ctx), caller(ctx), id).await?))
}

async fn reviewed(ctx: &Context<'_>, id: ReportId) -> Result<Report, ApiError> {
    Ok(Report(reports::one(app(ctx), caller(ctx), id).await?))
}
