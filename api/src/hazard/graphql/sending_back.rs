//! GraphQL mutations that send an assignment back, and that decide on it.

use async_graphql::{Context, InputObject, Object, SimpleObject};
use domain::hazard::{RulingOutcome, SendBackReason};
use domain::id::{AssignmentId, HazardId, PostId, UnitId};
use uuid::Uuid;

use super::Hazard;
use super::input::{AssignmentInput, ReasonedAssignmentInput, step_input};
use super::mutation::{assigned, stepped};
use super::parts::Assignment;
use crate::context::{app, caller};
use crate::error::ApiError;
use crate::hazard::service::command_handler::StepMeta;
use crate::hazard::service::sending_back::{self, Objection, UnitsInstead};

step_input! {
    /// The input of `sendBackAssignment` 退单.
    SendBackAssignmentInput {
        /// The id of the assignment, from `assignments` of its hazard.
        assignment_id: AssignmentId,
        /// The reason, as a code.
        cause: SendBackReason,
        /// The basis 依据, such as an article of a law or an entry of the duty list, 2 to 500 characters.
        basis: String,
        /// The id of the unit that should do the work instead, from `units`, if the unit knows one.
        proposed_unit_id: Option<UnitId>,
    }
}

step_input! {
    /// The input of `acceptSendBack` 同意退单.
    AcceptSendBackInput {
        /// The id of the assignment, from `assignments` of its hazard.
        assignment_id: AssignmentId,
        /// The id of the unit that leads 主责 instead. It is required if units that support 协办 would remain without a
        /// lead. It can be one of them, or a unit that takes no part in the hazard yet.
        new_lead_unit_id: Option<UnitId>,
        /// The ids of further units that support 协办.
        support_unit_ids: Option<Vec<UnitId>>,
        /// The reason, 2 to 500 characters.
        reason: String,
    }
}

step_input! {
    /// The input of `ruleOnSendBack` 裁定.
    RuleOnSendBackInput {
        /// The id of the assignment, from `assignments` of its hazard.
        assignment_id: AssignmentId,
        /// Whether the assignment stays with the unit or the work moves.
        outcome: RulingOutcome,
        /// The id of the unit that leads 主责 instead, as in `acceptSendBack`. Not allowed with `STAYS`.
        new_lead_unit_id: Option<UnitId>,
        /// The ids of further units that support 协办. Not allowed with `STAYS`.
        support_unit_ids: Option<Vec<UnitId>>,
        /// The reason of the ruling 裁定理由, 2 to 500 characters.
        reason: String,
    }
}

/// Defines the payload of a mutation: the assignment and its hazard.
macro_rules! payload {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(SimpleObject)]
        pub(crate) struct $name {
            /// The assignment.
            assignment: Option<Assignment>,
            /// The hazard, with all its assignments and send-backs.
            hazard: Option<Hazard>,
        }

        impl $name {
            async fn of(ctx: &Context<'_>, assignment: AssignmentId, hazard: HazardId) -> Result<Self, ApiError> {
                let assignment = Some(assigned(ctx, assignment).await?);
                Ok(Self { assignment, hazard: Some(stepped(ctx, hazard).await?) })
            }
        }
    };
}

payload! {
    /// The result of `sendBackAssignment`.
    SendBackAssignmentPayload
}
payload! {
    /// The result of `withdrawSendBack`.
    WithdrawSendBackPayload
}
payload! {
    /// The result of `acceptSendBack`.
    AcceptSendBackPayload
}
payload! {
    /// The result of `refuseSendBack`.
    RefuseSendBackPayload
}
payload! {
    /// The result of `ruleOnSendBack`.
    RuleOnSendBackPayload
}

/// The mutation root for send-backs and rulings.
#[derive(Debug, Default)]
pub(crate) struct SendBackMutation;

#[Object]
impl SendBackMutation {
    /// Asks to send an assignment back 退单, because it is not the duty of the unit. The unit that gave the assignment answers;
    /// if the unit has asked before in this round, or the work has been sent back before, a ruling 裁定 decides. No clock
    /// stops, and nobody works on the assignment until the send-back is decided or withdrawn. Only the clerk and the
    /// leader of the unit may do this, before anybody has checked in and within the window of the policy.
    ///
    /// Refusals: `ILLEGAL_MOVE` (`send_back.before_check_in`, `send_back.window`, `send_back.own`, `send_back.once`,
    /// `send_back.twice`, `send_back.ruled`, `send_back.another_unit`), `DUTY_EXCLUDED`, `UNIT_BARRED`.
    async fn send_back_assignment(
        &self,
        ctx: &Context<'_>,
        input: SendBackAssignmentInput,
    ) -> Result<SendBackAssignmentPayload, ApiError> {
        let (step, id) = (input.step(), input.assignment_id);
        let said = Objection { reason: input.cause, proposed: input.proposed_unit_id, basis: &input.basis };
        let hazard = sending_back::send_back(app(ctx), caller(ctx), step, id, said).await?;
        SendBackAssignmentPayload::of(ctx, id, hazard).await
    }

    /// Withdraws a send-back 撤回退单 that awaits a decision. The assignment is as it was before. Only the clerk and the leader
    /// of the unit may do this.
    ///
    /// Refusals: `ILLEGAL_MOVE` (`send_back.asked`).
    async fn withdraw_send_back(
        &self,
        ctx: &Context<'_>,
        input: AssignmentInput,
    ) -> Result<WithdrawSendBackPayload, ApiError> {
        let id = input.assignment_id;
        let hazard = sending_back::withdraw(app(ctx), caller(ctx), input.step(), id).await?;
        WithdrawSendBackPayload::of(ctx, id, hazard).await
    }

    /// Accepts a send-back 同意退单: the assignment ends, and the named units do the work instead, with clocks of their own.
    /// Only the unit that gave the assignment and the command centre above it may do this.
    ///
    /// Refusals: `ILLEGAL_MOVE` (`send_back.asked`, `send_back.for_ruling`, `send_back.new_lead`, `send_back.another_unit`),
    /// `NOT_YOUR_OWN` (`send_back.not_party`), `DUTY_EXCLUDED`, `UNIT_BARRED`.
    async fn accept_send_back(
        &self,
        ctx: &Context<'_>,
        input: AcceptSendBackInput,
    ) -> Result<AcceptSendBackPayload, ApiError> {
        let (step, id) = (input.step(), input.assignment_id);
        let units = UnitsInstead { lead: input.new_lead_unit_id, supports: input.support_unit_ids.unwrap_or_default() };
        let hazard = sending_back::accept(app(ctx), caller(ctx), step, id, &units, &input.reason).await?;
        AcceptSendBackPayload::of(ctx, id, hazard).await
    }

    /// Refuses a send-back 不同意退单: the assignment is as it was before. The unit can contest that with another
    /// `sendBackAssignment`, which needs a ruling. Only the unit that gave the assignment and the command centre above it may
    /// do this.
    ///
    /// Refusals: `ILLEGAL_MOVE` (`send_back.asked`, `send_back.for_ruling`), `NOT_YOUR_OWN` (`send_back.not_party`).
    async fn refuse_send_back(
        &self,
        ctx: &Context<'_>,
        input: ReasonedAssignmentInput,
    ) -> Result<RefuseSendBackPayload, ApiError> {
        let id = input.assignment_id;
        let hazard = sending_back::refuse(app(ctx), caller(ctx), input.step(), id, &input.reason).await?;
        RefuseSendBackPayload::of(ctx, id, hazard).await
    }

    /// Rules on a send-back 裁定 that needs a ruling. The ruling is binding: it names who does the work instead, or lets the
    /// assignment stay, and the units that it concerns cannot send it back again in this round. Only the roles that the policy
    /// names may do this, by default the command centre, and nobody who is a party; if the command centre is a party, a
    /// supervisor or the command centre above may do it.
    ///
    /// Refusals: `FORBIDDEN` (`send_back.ruler`), `NOT_YOUR_OWN` (`send_back.not_party`), `ILLEGAL_MOVE` (`send_back.asked`,
    /// `send_back.for_giver`, `send_back.new_lead`, `send_back.another_unit`), `DUTY_EXCLUDED`, `UNIT_BARRED`.
    async fn rule_on_send_back(
        &self,
        ctx: &Context<'_>,
        input: RuleOnSendBackInput,
    ) -> Result<RuleOnSendBackPayload, ApiError> {
        let (step, id, outcome) = (input.step(), input.assignment_id, input.outcome);
        let units = UnitsInstead { lead: input.new_lead_unit_id, supports: input.support_unit_ids.unwrap_or_default() };
        let hazard = sending_back::rule(app(ctx), caller(ctx), step, id, outcome, &units, &input.reason).await?;
        RuleOnSendBackPayload::of(ctx, id, hazard).await
    }
}
