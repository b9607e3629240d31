//! GraphQL mutations of whistles 哨 that wait: those that somebody else approves 审核, and those whose units the command centre names 分哨.

use async_graphql::{Context, InputObject, Object, SimpleObject};
use domain::hazard::WhistleFault;
use domain::id::{HazardId, PostId, UnitId, WhistleId};
use uuid::Uuid;

use super::Hazard;
use super::input::step_input;
use super::mutation::stepped;
use super::whistle_request::WhistleRequest;
use crate::context::{app, caller};
use crate::error::ApiError;
use crate::hazard::service::approving::{self, Waiting};
use crate::hazard::service::command_handler::StepMeta;
use crate::hazard::service::step_input::AskedUnits;

step_input! {
    /// The input of `blowWhistleThroughCentre` 分哨.
    BlowWhistleThroughCentreInput {
        /// The id of the hazard.
        hazard_id: HazardId,
        /// The code of the whistle type, from `whistleTypes`.
        type_code: String,
        /// What has to be done, and why the township cannot do it alone: 2 to 500 characters.
        reason: String,
    }
}

step_input! {
    /// The input of `approveWhistle` 吹哨审核.
    ApproveWhistleInput {
        /// The id of the hazard.
        hazard_id: HazardId,
        /// The id of the whistle, from `whistleRequests` of the hazard.
        whistle_id: WhistleId,
        /// The opinion 审核意见, 2 to 500 characters.
        opinion: String,
    }
}

step_input! {
    /// The input of `refuseWhistle` 不同意吹哨.
    RefuseWhistleInput {
        /// The id of the hazard.
        hazard_id: HazardId,
        /// The id of the whistle, from `whistleRequests` of the hazard.
        whistle_id: WhistleId,
        /// The reason, as a code.
        cause: WhistleFault,
        /// The reason in words, 2 to 500 characters.
        reason: String,
    }
}

step_input! {
    /// The input of `withdrawWhistle` 撤回吹哨.
    WithdrawWhistleInput {
        /// The id of the hazard.
        hazard_id: HazardId,
        /// The id of the whistle, from `whistleRequests` of the hazard.
        whistle_id: WhistleId,
    }
}

step_input! {
    /// The input of `nameWhistleUnits` 分哨.
    NameWhistleUnitsInput {
        /// The id of the hazard.
        hazard_id: HazardId,
        /// The id of the whistle, from `whistleRequests` of the hazard.
        whistle_id: WhistleId,
        /// The id of the unit that leads 主责, from `units`.
        lead_unit_id: UnitId,
        /// The ids of the units that support 协办.
        support_unit_ids: Option<Vec<UnitId>>,
    }
}

/// Defines the payload of a mutation: the whistle that was asked for, and its hazard.
macro_rules! payload {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(SimpleObject)]
        pub(crate) struct $name {
            /// The whistle that was asked for.
            whistle_request: Option<WhistleRequest>,
            /// The hazard, with all its whistles.
            hazard: Option<Hazard>,
        }

        impl $name {
            async fn of(ctx: &Context<'_>, of: Waiting) -> Result<Self, ApiError> {
                let hazard = stepped(ctx, of.hazard).await?;
                let mut requests = WhistleRequest::of(&hazard.0).into_iter();
                let whistle_request = requests.find(|one| one.is(of.whistle));
                Ok(Self { whistle_request, hazard: Some(hazard) })
            }
        }
    };
}

payload! {
    /// The result of `blowWhistleThroughCentre`.
    BlowWhistleThroughCentrePayload
}
payload! {
    /// The result of `approveWhistle`.
    ApproveWhistlePayload
}
payload! {
    /// The result of `refuseWhistle`.
    RefuseWhistlePayload
}
payload! {
    /// The result of `withdrawWhistle`.
    WithdrawWhistlePayload
}
payload! {
    /// The result of `nameWhistleUnits`.
    NameWhistleUnitsPayload
}

/// The mutation root for whistles that wait.
#[derive(Debug, Default)]
pub(crate) struct WhistleMutation;

#[Object]
impl WhistleMutation {
    /// Blows a whistle whose units the command centre names 分哨. Only the roles that the whistle type lists in `mayBlow` may do
    /// this, for a type with a time limit in `throughCentre`. If the type asks for an approval of this role, the whistle awaits
    /// that first.
    ///
    /// Refusals: `ILLEGAL_MOVE` (`whistle.names_its_units`, `whistle.emergency_at_once`, `whistle.centre_itself`,
    /// `whistle.one_at_a_time`).
    async fn blow_whistle_through_centre(
        &self,
        ctx: &Context<'_>,
        input: BlowWhistleThroughCentreInput,
    ) -> Result<BlowWhistleThroughCentrePayload, ApiError> {
        let (step, hazard) = (input.step(), input.hazard_id);
        let of = Waiting { hazard, whistle: approving::id_of(step) };
        let (type_code, reason) = (&input.type_code, &input.reason);
        approving::blow_through_centre(app(ctx), caller(ctx), step, hazard, type_code, reason).await?;
        BlowWhistleThroughCentrePayload::of(ctx, of).await
    }

    /// Approves a whistle 吹哨审核. It calls its units at once, and their deadlines begin; or the command centre names them. Only
    /// the roles that the policy names may do this: the township's leader, or the command centre, but not the officer who
    /// asked for the whistle (`NOT_YOUR_OWN`).
    ///
    /// Refusals: `ILLEGAL_MOVE` (`whistle.waits`, `whistle.approved`), `DUTY_EXCLUDED`, `UNIT_BARRED`, and those of
    /// `blowWhistle`.
    async fn approve_whistle(
        &self,
        ctx: &Context<'_>,
        input: ApproveWhistleInput,
    ) -> Result<ApproveWhistlePayload, ApiError> {
        let of = Waiting { hazard: input.hazard_id, whistle: input.whistle_id };
        approving::approve(app(ctx), caller(ctx), input.step(), of, &input.opinion).await?;
        ApproveWhistlePayload::of(ctx, of).await
    }

    /// Refuses a whistle 不同意吹哨 that awaits its approval, or for which the command centre has to name units. The hazard waits
    /// for its dispatch again, with the deadline of before. Only those who could approve it or name its units may do this, but
    /// not the officer who asked for it (`NOT_YOUR_OWN`).
    ///
    /// Refusals: `ILLEGAL_MOVE` (`whistle.waits`).
    async fn refuse_whistle(
        &self,
        ctx: &Context<'_>,
        input: RefuseWhistleInput,
    ) -> Result<RefuseWhistlePayload, ApiError> {
        let of = Waiting { hazard: input.hazard_id, whistle: input.whistle_id };
        approving::refuse(app(ctx), caller(ctx), input.step(), of, input.cause, &input.reason).await?;
        RefuseWhistlePayload::of(ctx, of).await
    }

    /// Withdraws a whistle 撤回吹哨 that has not called anybody. The hazard waits for its dispatch again, with the deadline of
    /// before. Only the unit that asked for it may do this.
    ///
    /// Refusals: `ILLEGAL_MOVE` (`whistle.waits`).
    async fn withdraw_whistle(
        &self,
        ctx: &Context<'_>,
        input: WithdrawWhistleInput,
    ) -> Result<WithdrawWhistlePayload, ApiError> {
        let of = Waiting { hazard: input.hazard_id, whistle: input.whistle_id };
        approving::withdraw(app(ctx), caller(ctx), input.step(), of).await?;
        WithdrawWhistlePayload::of(ctx, of).await
    }

    /// Names the units that a whistle calls 分哨. It calls them at once, and their deadlines begin. Only the command centre may do
    /// this.
    ///
    /// Refusals: `ILLEGAL_MOVE` (`whistle.waits`, `whistle.names_its_units`), `DUTY_EXCLUDED`, `UNIT_BARRED`, and those of
    /// `blowWhistle`.
    async fn name_whistle_units(
        &self,
        ctx: &Context<'_>,
        input: NameWhistleUnitsInput,
    ) -> Result<NameWhistleUnitsPayload, ApiError> {
        let (step, of) = (input.step(), Waiting { hazard: input.hazard_id, whistle: input.whistle_id });
        let asked = AskedUnits { lead: input.lead_unit_id, supports: input.support_unit_ids.unwrap_or_default() };
        approving::name_units(app(ctx), caller(ctx), step, of, asked).await?;
        NameWhistleUnitsPayload::of(ctx, of).await
    }
}
