//! The GraphQL mutations of major hazards 重大事故隐患.

use async_graphql::{Context, Object};
use domain::id::HazardId;

use super::governing_input::{
    AcceptMajorOnSiteInput, AcceptMajorOnSitePayload, ConfirmMajorInput, ConfirmMajorPayload, ConsentToCloseInput,
    ConsentToClosePayload, DelistMajorInput, DelistMajorPayload, LiftInterimMeasureInput, LiftInterimMeasurePayload,
    ListMajorInput, ListMajorPayload, OrderInterimMeasureInput, OrderInterimMeasurePayload, RefuseMajorInput,
    RefuseMajorPayload, SetMajorPlanInput, SetMajorPlanPayload, SuspectMajorInput, SuspectMajorPayload,
    TakeInterimMeasureInput, TakeInterimMeasurePayload, WithdrawMajorSuspicionInput, WithdrawMajorSuspicionPayload,
};
use super::mutation::stepped;
use crate::context::{app, caller};
use crate::error::ApiError;
use crate::hazard::service::command_handler::StepMeta;
use crate::hazard::service::major::Step;
use crate::place::PlaceInput;

/// The mutation root for major hazards.
#[derive(Debug, Default)]
pub(crate) struct MajorMutation;

fn step<'a>(ctx: &'a Context<'_>, meta: StepMeta, hazard: HazardId) -> Step<'a> {
    Step { app: app(ctx), caller: caller(ctx), meta, hazard }
}

#[Object]
impl MajorMutation {
    /// Suspects a major hazard 疑似重大. The responsible department then has to judge it. Only the unit that holds the hazard, the units
    /// that work on it, and the command centre may do this.
    ///
    /// Refusals: `ILLEGAL_MOVE` (`major.suspected_once`, `major.confirmed`), `INVALID_INPUT` (`major.new_facts`).
    async fn suspect_major(
        &self,
        ctx: &Context<'_>,
        input: SuspectMajorInput,
    ) -> Result<SuspectMajorPayload, ApiError> {
        let id = step(ctx, input.step(), input.hazard_id).suspect(&input.reason, input.new_facts.as_deref()).await?;
        Ok(SuspectMajorPayload { hazard: Some(stepped(ctx, id).await?) })
    }

    /// Withdraws a suspicion 撤回疑似重大 that nobody has judged. Only the officer who suspected may do this.
    ///
    /// Refusals: `FORBIDDEN` (`major.suspecter`), `ILLEGAL_MOVE` (`major.suspected`).
    async fn withdraw_major_suspicion(
        &self,
        ctx: &Context<'_>,
        input: WithdrawMajorSuspicionInput,
    ) -> Result<WithdrawMajorSuspicionPayload, ApiError> {
        let id = step(ctx, input.step(), input.hazard_id).withdraw(&input.reason).await?;
        Ok(WithdrawMajorSuspicionPayload { hazard: Some(stepped(ctx, id).await?) })
    }

    /// Confirms a major hazard 判定为重大隐患 under a published standard. Only the responsible department may do this, in the roles that the
    /// policy names; the command centre, if nobody there can.
    ///
    /// Refusals: `FORBIDDEN` (`major.judge`), `ILLEGAL_MOVE` (`major.suspected`), `INVALID_INPUT` (`major.standard`).
    async fn confirm_major(
        &self,
        ctx: &Context<'_>,
        input: ConfirmMajorInput,
    ) -> Result<ConfirmMajorPayload, ApiError> {
        let id =
            step(ctx, input.step(), input.hazard_id).confirm(&input.standard, &input.clause, &input.reason).await?;
        Ok(ConfirmMajorPayload { hazard: Some(stepped(ctx, id).await?) })
    }

    /// Refuses a suspicion 不构成重大隐患: the hazard is an ordinary one. Only those who may confirm it may do this.
    ///
    /// Refusals: `FORBIDDEN` (`major.judge`), `ILLEGAL_MOVE` (`major.suspected`).
    async fn refuse_major(&self, ctx: &Context<'_>, input: RefuseMajorInput) -> Result<RefuseMajorPayload, ApiError> {
        let id = step(ctx, input.step(), input.hazard_id).refuse(&input.reason).await?;
        Ok(RefuseMajorPayload { hazard: Some(stepped(ctx, id).await?) })
    }

    /// Sets the five elements 五落实 and the plan 治理方案 of a major hazard, or a new version of them. Until then, its work is neither
    /// finished nor closed. Only the unit that leads the work and the one that holds the hazard may do this.
    ///
    /// Refusals: `FORBIDDEN` (`major.planner`), `ILLEGAL_MOVE` (`major.confirmed_first`, `major.lead`), `INVALID_INPUT`
    /// (`major.plan_limit`).
    async fn set_major_plan(
        &self,
        ctx: &Context<'_>,
        input: SetMajorPlanInput,
    ) -> Result<SetMajorPlanPayload, ApiError> {
        let id = step(ctx, input.step(), input.hazard_id).set_plan(&input.said(), &input.reason).await?;
        Ok(SetMajorPlanPayload { hazard: Some(stepped(ctx, id).await?) })
    }

    /// Puts a major hazard under listed supervision 挂牌督办. Only the command centre and the responsible department may do this, in the
    /// roles that the policy names.
    ///
    /// Refusals: `FORBIDDEN` (`major.lister`), `ILLEGAL_MOVE` (`major.confirmed_first`, `major.listed_once`), `INVALID_INPUT`
    /// (`major.publish`, `major.listed_at_most`).
    async fn list_major(&self, ctx: &Context<'_>, input: ListMajorInput) -> Result<ListMajorPayload, ApiError> {
        let id = step(ctx, input.step(), input.hazard_id).list(input.published_on, input.until, &input.reason).await?;
        Ok(ListMajorPayload { hazard: Some(stepped(ctx, id).await?) })
    }

    /// Accepts the work on a major hazard on the spot 现场验收, after all of it was accepted. Only the roles that the policy names may do
    /// this, and nobody who worked on the hazard.
    ///
    /// Refusals: `FORBIDDEN` (`major.acceptor`), `NOT_YOUR_OWN` (`major.another_person`), `TOO_FAR`, `ILLEGAL_MOVE`
    /// (`major.confirmed_first`, `major.plan_first`, `major.all_accepted`, `major.accepted_once`).
    async fn accept_major_on_site(
        &self,
        ctx: &Context<'_>,
        input: AcceptMajorOnSiteInput,
    ) -> Result<AcceptMajorOnSitePayload, ApiError> {
        let id = step(ctx, input.step(), input.hazard_id)
            .accept_on_site(PlaceInput::pin(&input.place)?, input.far_reason.as_deref(), &input.reason)
            .await?;
        Ok(AcceptMajorOnSitePayload { hazard: Some(stepped(ctx, id).await?) })
    }

    /// Consents to the closure of a major hazard 同意销号, after the acceptance on the spot. Only the responsible department may do this,
    /// in the roles that the policy names, and nobody who worked on the hazard; the command centre, if nobody there can.
    ///
    /// Refusals: `FORBIDDEN` (`major.judge`), `NOT_YOUR_OWN` (`major.another_person`), `ILLEGAL_MOVE` (`major.accepted_first`,
    /// `major.consented_once`).
    async fn consent_to_close(
        &self,
        ctx: &Context<'_>,
        input: ConsentToCloseInput,
    ) -> Result<ConsentToClosePayload, ApiError> {
        let id = step(ctx, input.step(), input.hazard_id).consent(&input.reason).await?;
        Ok(ConsentToClosePayload { hazard: Some(stepped(ctx, id).await?) })
    }

    /// Takes a hazard off the list 摘牌, after the acceptance on the spot and with the consent of the department. Only the listing unit
    /// and the command centre may do this, in the roles that the policy names.
    ///
    /// Refusals: `FORBIDDEN` (`major.lister`), `ILLEGAL_MOVE` (`major.listed`, `major.accepted_first`, `major.consent_first`),
    /// `INVALID_INPUT` (`major.publish`).
    async fn delist_major(&self, ctx: &Context<'_>, input: DelistMajorInput) -> Result<DelistMajorPayload, ApiError> {
        let id = step(ctx, input.step(), input.hazard_id).delist(input.published_on, &input.reason).await?;
        Ok(DelistMajorPayload { hazard: Some(stepped(ctx, id).await?) })
    }

    /// Orders an interim measure 责令临时措施 for a hazard that is a major one or suspected to be one. Only leaders of the responsible
    /// department and of the unit that holds the hazard, and the command centre may do this.
    ///
    /// Refusals: `ILLEGAL_MOVE` (`major.suspected_first`, `major.measure_once`).
    async fn order_interim_measure(
        &self,
        ctx: &Context<'_>,
        input: OrderInterimMeasureInput,
    ) -> Result<OrderInterimMeasurePayload, ApiError> {
        let id = step(ctx, input.step(), input.hazard_id).order(input.measure, input.at_once, &input.reason).await?;
        Ok(OrderInterimMeasurePayload { hazard: Some(stepped(ctx, id).await?) })
    }

    /// Reports that an interim measure was carried out 落实临时措施. Only the units that work on the hazard and the one that holds it may do
    /// this. Power is cut only after the notice.
    ///
    /// Refusals: `ILLEGAL_MOVE` (`major.measure_waits`, `major.power_notice`).
    async fn take_interim_measure(
        &self,
        ctx: &Context<'_>,
        input: TakeInterimMeasureInput,
    ) -> Result<TakeInterimMeasurePayload, ApiError> {
        let id = step(ctx, input.step(), input.hazard_id).carry_out(input.measure, &input.reason).await?;
        Ok(TakeInterimMeasurePayload { hazard: Some(stepped(ctx, id).await?) })
    }

    /// Lifts an interim measure 解除临时措施, carried out or not. Only those who may order it may do this, also after the closure.
    ///
    /// Refusals: `ILLEGAL_MOVE` (`major.measure_stands`).
    async fn lift_interim_measure(
        &self,
        ctx: &Context<'_>,
        input: LiftInterimMeasureInput,
    ) -> Result<LiftInterimMeasurePayload, ApiError> {
        let id = step(ctx, input.step(), input.hazard_id).lift(input.measure, &input.reason).await?;
        Ok(LiftInterimMeasurePayload { hazard: Some(stepped(ctx, id).await?) })
    }
}
