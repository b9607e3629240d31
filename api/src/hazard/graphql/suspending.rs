//! GraphQL mutations that suspend a hazard, let it come back, and look at closed hazards again.

use async_graphql::{Context, InputObject, Object, SimpleObject};
use chrono::NaiveDate;
use domain::hazard::{FollowUpResult, ResumeCause};
use domain::id::{HazardId, PostId};
use uuid::Uuid;

use super::Hazard;
use super::input::step_input;
use super::mutation::stepped;
use crate::context::{app, caller};
use crate::error::ApiError;
use crate::hazard::service::command_handler::StepMeta;
use crate::hazard::service::suspending::Asked;
use crate::hazard::service::{following_up, suspending};
use crate::place::PlaceInput;

step_input! {
    /// The input of `askSuspension` 申请挂账.
    AskSuspensionInput {
        /// The id of the hazard.
        hazard_id: HazardId,
        /// The reason 挂账理由, 2 to 500 characters.
        reason: String,
        /// How the risk is controlled until the matter continues 临时管控措施, 2 to 500 characters.
        interim_control: String,
        /// The condition under which the matter continues 解除条件, 2 to 500 characters.
        exit_condition: String,
        /// The id of the post of the responsible leader 责任领导: a leader of the unit that leads the work, or of the one that
        /// holds the hazard.
        responsible_post_id: PostId,
        /// The review date 复核日期 in China, later than today. The policy sets the latest one: 90 days ahead by default.
        review_on: NaiveDate,
    }
}

step_input! {
    /// The input of `grantSuspension` 同意挂账 and `refuseSuspension` 不同意挂账.
    DecideSuspensionInput {
        /// The id of the hazard.
        hazard_id: HazardId,
        /// The opinion 审批意见, 2 to 500 characters.
        reason: String,
    }
}

step_input! {
    /// The input of `resumeHazard` 恢复办理.
    ResumeHazardInput {
        /// The id of the hazard.
        hazard_id: HazardId,
        /// Why it comes back: `EXIT_MET` or `RISK_CHANGED`.
        cause: ResumeCause,
        /// The reason in words, 2 to 500 characters.
        reason: String,
    }
}

step_input! {
    /// The input of `recordFollowUp` 回头看.
    RecordFollowUpInput {
        /// The id of the closed hazard.
        hazard_id: HazardId,
        /// What the follow-up found.
        result: FollowUpResult,
        /// The description in words, 2 to 500 characters.
        reason: String,
        /// The place of the officer, if the officer was at the hazard.
        place: Option<PlaceInput>,
    }
}

/// The result of `askSuspension`.
#[derive(SimpleObject)]
pub(crate) struct AskSuspensionPayload {
    /// The hazard, with the request.
    hazard: Option<Hazard>,
}

/// The result of `grantSuspension`.
#[derive(SimpleObject)]
pub(crate) struct GrantSuspensionPayload {
    /// The hazard, with its suspension.
    hazard: Option<Hazard>,
}

/// The result of `refuseSuspension`.
#[derive(SimpleObject)]
pub(crate) struct RefuseSuspensionPayload {
    /// The hazard, without the request.
    hazard: Option<Hazard>,
}

/// The result of `resumeHazard`.
#[derive(SimpleObject)]
pub(crate) struct ResumeHazardPayload {
    /// The hazard, whose deadlines run again.
    hazard: Option<Hazard>,
}

/// The result of `recordFollowUp`.
#[derive(SimpleObject)]
pub(crate) struct RecordFollowUpPayload {
    /// The hazard: closed, or open again.
    hazard: Option<Hazard>,
    /// The hazard that was registered because this one came back too late to be opened again; null otherwise.
    recurrence: Option<Hazard>,
}

/// The mutation root for suspensions and follow-ups.
#[derive(Debug, Default)]
pub(crate) struct SuspensionMutation;

#[Object]
impl SuspensionMutation {
    /// Asks for a suspension 申请挂账 of a hazard that cannot be removed for a long time, or for its renewal. The work and its
    /// deadlines go on until somebody decides. Only leaders of the unit that leads the work and of the one that holds the hazard
    /// may do this, in the roles that the policy names.
    ///
    /// Refusals: `ILLEGAL_MOVE` (`suspension.emergency`, `suspension.unfinished`, `suspension.asked_once`, `suspension.times`,
    /// `send_back.waits`), `INVALID_INPUT` (`suspension.at_most`, `suspension.responsible`), `UNIT_BARRED`.
    async fn ask_suspension(
        &self,
        ctx: &Context<'_>,
        input: AskSuspensionInput,
    ) -> Result<AskSuspensionPayload, ApiError> {
        let said = Asked {
            reason: &input.reason,
            interim_control: &input.interim_control,
            exit_condition: &input.exit_condition,
            responsible: input.responsible_post_id,
            review_on: input.review_on,
        };
        let id = suspending::ask(app(ctx), caller(ctx), input.step(), input.hazard_id, said).await?;
        Ok(AskSuspensionPayload { hazard: Some(stepped(ctx, id).await?) })
    }

    /// Grants a suspension 同意挂账: the hazard is `SUSPENDED`, the deadlines of its work stand still, and it comes back by itself
    /// on the review date. Only the roles that the policy names may do this, by default the command centre, and supervisors; and only
    /// an officer who took no part and all of whose posts are at command centres that are no party.
    ///
    /// Refusals: `FORBIDDEN` (`suspension.decider`), `NOT_YOUR_OWN` (`suspension.independent`), `ILLEGAL_MOVE`
    /// (`suspension.asked`, `suspension.later`, `suspension.emergency`, `suspension.unfinished`, `suspension.responsible` if the work
    /// has moved since).
    async fn grant_suspension(
        &self,
        ctx: &Context<'_>,
        input: DecideSuspensionInput,
    ) -> Result<GrantSuspensionPayload, ApiError> {
        let step = input.step();
        let id = suspending::grant(app(ctx), caller(ctx), step, input.hazard_id, &input.reason).await?;
        Ok(GrantSuspensionPayload { hazard: Some(stepped(ctx, id).await?) })
    }

    /// Refuses a suspension 不同意挂账. No deadline had stood still. Only those who may grant it may do this.
    ///
    /// Refusals: `FORBIDDEN` (`suspension.decider`), `NOT_YOUR_OWN` (`suspension.independent`), `ILLEGAL_MOVE`
    /// (`suspension.asked`).
    async fn refuse_suspension(
        &self,
        ctx: &Context<'_>,
        input: DecideSuspensionInput,
    ) -> Result<RefuseSuspensionPayload, ApiError> {
        let step = input.step();
        let id = suspending::refuse(app(ctx), caller(ctx), step, input.hazard_id, &input.reason).await?;
        Ok(RefuseSuspensionPayload { hazard: Some(stepped(ctx, id).await?) })
    }

    /// Lets a suspended hazard come back 恢复办理 before its review date: its deadlines go on with the time that was left. Only
    /// leaders of the unit of the responsible leader, of those that lead the work, and of the one that holds the hazard, the command
    /// centre and its supervisors may do this.
    ///
    /// Refusals: `ILLEGAL_MOVE` (`suspension.in_force`).
    async fn resume_hazard(
        &self,
        ctx: &Context<'_>,
        input: ResumeHazardInput,
    ) -> Result<ResumeHazardPayload, ApiError> {
        let (step, cause) = (input.step(), input.cause);
        let id = suspending::resume(app(ctx), caller(ctx), step, input.hazard_id, cause, &input.reason).await?;
        Ok(ResumeHazardPayload { hazard: Some(stepped(ctx, id).await?) })
    }

    /// Records a follow-up 回头看 of a closed hazard. If it came back, it is opened again within the reopening window; later, a
    /// hazard is registered that is linked to it 复发. Only the clerk and the leader of the township, the command centre and
    /// supervisors may do this, and nobody who took part in the work (`NOT_YOUR_OWN`).
    ///
    /// Refusals: `ILLEGAL_MOVE` (`follow_up.closed`, `follow_up.outstanding`, `follow_up.not_yet`).
    async fn record_follow_up(
        &self,
        ctx: &Context<'_>,
        input: RecordFollowUpInput,
    ) -> Result<RecordFollowUpPayload, ApiError> {
        let (step, id, result) = (input.step(), input.hazard_id, input.result);
        let pin = input.place.as_ref().map(PlaceInput::pin).transpose()?;
        following_up::record(app(ctx), caller(ctx), step, id, result, &input.reason, pin).await?;
        let hazard = stepped(ctx, id).await?;
        let recurrence = match hazard.0.recurred_as {
            Some(id) => Some(stepped(ctx, id).await?),
            None => None,
        };
        Ok(RecordFollowUpPayload { hazard: Some(hazard), recurrence })
    }
}
