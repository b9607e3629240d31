//! Inspections 检查, orders 责令 and penalties 行政处罚 in the schema: the mutations.

use async_graphql::{Context, InputObject, Object, SimpleObject};
use chrono::{DateTime, NaiveDate, SubsecRound, Utc};
use domain::hazard::enforcement::{OrderKind, Reinspect};
use domain::id::{HazardId, InspectionId, OrderId, PenaltyId, PhotoId, PostId};
use domain::text::unless_blank;
use domain::time::without_leap_second;
use uuid::Uuid;

use super::Hazard;
use super::input::{SubjectInput, step_input};
use super::mutation::stepped;
use super::records::{CorrectionOrder, Inspection, Penalty, inspections, orders, penalties};
use crate::context::{app, caller};
use crate::error::ApiError;
use crate::hazard::service::command_handler::StepMeta;
use crate::hazard::service::enforcing;
use crate::hazard::service::enforcing::input::{NewInspection, NewOrder, NewPenalty};
use crate::place::PlaceInput;
use crate::reward::fen::Fen;

step_input! {
    /// The input of `recordInspection` 检查记录.
    RecordInspectionInput {
        /// The id of the hazard.
        hazard_id: HazardId,
        /// The time of the inspection: neither before the hazard was registered, nor ahead.
        inspected_at: DateTime<Utc>,
        /// The place of the officer.
        place: PlaceInput,
        /// The number of the certificate of the second officer 执法证号. The policy can require it, and does by default.
        second_officer: Option<String>,
        /// The party that was inspected 责任单位; if omitted, that of the hazard. A party with the same code is found again.
        subject: Option<SubjectInput>,
        /// The ids of photos of the work on the hazard, as `prepareWorkPhoto` returned them. All must have arrived.
        photo_ids: Option<Vec<PhotoId>>,
        /// The id of the record that this one corrects.
        corrects: Option<InspectionId>,
        /// The findings 检查情况, 2 to 500 characters.
        findings: String,
    }
}

step_input! {
    /// The input of `issueOrder` 责令.
    IssueOrderInput {
        /// The id of the inspection on which the order is based, from `inspections` of its hazard.
        inspection_id: InspectionId,
        /// What the order demands.
        kind: OrderKind,
        /// The last day in China on which the party may obey; required unless it has to obey at once, and not allowed then.
        until: Option<NaiveDate>,
        /// What is ordered 责令内容, 2 to 500 characters.
        text: String,
    }
}

step_input! {
    /// The input of `reinspectOrder` 复查.
    ReinspectOrderInput {
        /// The id of the order, from `orders` of its hazard.
        order_id: OrderId,
        /// The id of the record of the inspection, which follows the order and its last re-inspection.
        inspection_id: InspectionId,
        /// Whether the order was met.
        met: bool,
    }
}

step_input! {
    /// The input of `revokeOrder` 撤销责令.
    RevokeOrderInput {
        /// The id of the order, from `orders` of its hazard.
        order_id: OrderId,
        /// The reason, 2 to 500 characters.
        reason: String,
    }
}

step_input! {
    /// The input of `recordPenalty` 行政处罚.
    RecordPenaltyInput {
        /// The id of the inspection on which the penalty is based, from `inspections` of its hazard.
        inspection_id: InspectionId,
        /// The id of the open order that the penalty ends.
        order_id: Option<OrderId>,
        /// The number of the decision 文号.
        document_number: String,
        /// The fine 罚款 in fen; 0 for a penalty without one.
        fine_fen: Fen,
        /// The day of the decision in China.
        decided_on: NaiveDate,
        /// The article and the facts 处罚依据, 2 to 500 characters.
        basis: String,
    }
}

step_input! {
    /// The input of `recordFinePayment` 缴纳罚款.
    RecordFinePaymentInput {
        /// The id of the penalty, from `penalties`.
        penalty_id: PenaltyId,
        /// The day of the payment in China.
        paid_on: NaiveDate,
    }
}

step_input! {
    /// The input of `voidPenalty` 撤销处罚.
    VoidPenaltyInput {
        /// The id of the penalty, from `penalties`.
        penalty_id: PenaltyId,
        /// The reason, 2 to 500 characters.
        reason: String,
    }
}

macro_rules! payloads {
    ($($name:ident of $mutation:literal { $field:ident: $ty:ident, $what:literal }),+ $(,)?) => {$(
        #[doc = concat!("The result of `", $mutation, "`.")]
        #[derive(SimpleObject)]
        pub(crate) struct $name {
            #[doc = $what]
            $field: Option<$ty>,
            /// The hazard, with all its records.
            hazard: Option<Hazard>,
        }
    )+};
}

payloads! {
    RecordInspectionPayload of "recordInspection" { inspection: Inspection, "The record." },
    IssueOrderPayload of "issueOrder" { order: CorrectionOrder, "The order." },
    ReinspectOrderPayload of "reinspectOrder" { order: CorrectionOrder, "The order." },
    RevokeOrderPayload of "revokeOrder" { order: CorrectionOrder, "The order." },
    RecordPenaltyPayload of "recordPenalty" { penalty: Penalty, "The penalty." },
    RecordFinePaymentPayload of "recordFinePayment" { penalty: Penalty, "The penalty." },
    VoidPenaltyPayload of "voidPenalty" { penalty: Penalty, "The penalty." },
}

async fn order(ctx: &Context<'_>, hazard: HazardId, id: OrderId) -> Result<Option<CorrectionOrder>, ApiError> {
    Ok(orders(ctx, hazard).await?.into_iter().find(|one| one.0.id == id))
}

async fn penalty(ctx: &Context<'_>, hazard: HazardId, id: PenaltyId) -> Result<Option<Penalty>, ApiError> {
    Ok(penalties(ctx, hazard).await?.into_iter().find(|one| one.0.id == id))
}

/// The mutation root for enforcement.
#[derive(Debug, Default)]
pub(crate) struct EnforcementMutation;

#[Object]
impl EnforcementMutation {
    /// Records an on-site inspection 检查记录. Only officers of a unit that works on the hazard may do this, or of the one that
    /// holds it. A record never changes: another one that names it in `corrects` corrects it, also after the hazard was closed.
    ///
    /// Refusals: `INVALID_INPUT` (`inspection.time`, `inspection.two_officers`), `EVIDENCE_MISSING` (`inspection.photos`),
    /// `ILLEGAL_MOVE` (`inspection.corrected`).
    async fn record_inspection(
        &self,
        ctx: &Context<'_>,
        input: RecordInspectionInput,
    ) -> Result<RecordInspectionPayload, ApiError> {
        let (step, id) = (input.step(), InspectionId(input.request_id));
        let new = NewInspection {
            // The event and the row tell the same time: PostgreSQL keeps microseconds.
            inspected_at: without_leap_second(input.inspected_at).trunc_subsecs(6),
            second_officer: unless_blank(input.second_officer),
            subject: input.subject.map(SubjectInput::subject),
            photos: input.photo_ids.unwrap_or_default(),
            corrects: input.corrects,
            findings: input.findings,
        };
        let hazard = enforcing::inspect(app(ctx), caller(ctx), step, input.hazard_id, input.place.pin()?, &new).await?;
        Ok(RecordInspectionPayload {
            inspection: inspections(ctx, hazard).await?.into_iter().find(|one| one.0.id == id),
            hazard: Some(stepped(ctx, hazard).await?),
        })
    }

    /// Orders the responsible party to act 责令: at once, within a limit, or to stop. The unit that issues the order has to
    /// re-inspect it, and until it has ended, the hazard cannot be closed, unless the policy says otherwise. Only officers of a
    /// unit that works on the hazard may do this, or of the one that holds it.
    ///
    /// Refusals: `INVALID_INPUT` (`order.until`), `ILLEGAL_MOVE` (`inspection.subject_known`, `inspection.corrected`).
    async fn issue_order(&self, ctx: &Context<'_>, input: IssueOrderInput) -> Result<IssueOrderPayload, ApiError> {
        let (step, id) = (input.step(), OrderId(input.request_id));
        let IssueOrderInput { inspection_id: inspection, kind, until, text, .. } = input;
        let new = NewOrder { inspection, kind, until, text };
        let hazard = enforcing::order(app(ctx), caller(ctx), step, &new).await?;
        Ok(IssueOrderPayload { order: order(ctx, hazard, id).await?, hazard: Some(stepped(ctx, hazard).await?) })
    }

    /// Records the result of a re-inspection 复查 of an order. An order that was met has ended; otherwise the next re-inspection
    /// is due. Only officers of the unit that issued the order may do this, or of the one that holds the hazard.
    ///
    /// Refusals: `ILLEGAL_MOVE` (`order.open`, `order.inspected_since`).
    async fn reinspect_order(
        &self,
        ctx: &Context<'_>,
        input: ReinspectOrderInput,
    ) -> Result<ReinspectOrderPayload, ApiError> {
        let (step, id) = (input.step(), input.order_id);
        let said = Reinspect { order: id, inspection: input.inspection_id, met: input.met };
        let hazard = enforcing::reinspect(app(ctx), caller(ctx), step, said).await?;
        Ok(ReinspectOrderPayload { order: order(ctx, hazard, id).await?, hazard: Some(stepped(ctx, hazard).await?) })
    }

    /// Revokes an order 撤销责令, with a reason. Only clerks and leaders of the unit that issued it may do this, or of the one
    /// that holds the hazard.
    ///
    /// Refusals: `ILLEGAL_MOVE` (`order.open`).
    async fn revoke_order(&self, ctx: &Context<'_>, input: RevokeOrderInput) -> Result<RevokeOrderPayload, ApiError> {
        let (step, id) = (input.step(), input.order_id);
        let hazard = enforcing::revoke(app(ctx), caller(ctx), step, id, &input.reason).await?;
        Ok(RevokeOrderPayload { order: order(ctx, hazard, id).await?, hazard: Some(stepped(ctx, hazard).await?) })
    }

    /// Records a penalty 行政处罚 of the responsible party, which ends the order that it names. Only clerks and leaders of a unit
    /// that works on the hazard may do this, or of the one that holds it, also after the hazard was closed.
    ///
    /// Refusals: `INVALID_INPUT` (`penalty.days`, `penalty.fine`), `ILLEGAL_MOVE` (`penalty.document_once`,
    /// `penalty.hazard_stands`, `inspection.subject_known`, `order.open`).
    async fn record_penalty(
        &self,
        ctx: &Context<'_>,
        input: RecordPenaltyInput,
    ) -> Result<RecordPenaltyPayload, ApiError> {
        let (step, id) = (input.step(), PenaltyId(input.request_id));
        let new = NewPenalty {
            inspection: input.inspection_id,
            order: input.order_id,
            document: input.document_number,
            fine: input.fine_fen.0,
            decided_on: input.decided_on,
            basis: input.basis,
        };
        let hazard = enforcing::penalise(app(ctx), caller(ctx), step, &new).await?;
        Ok(RecordPenaltyPayload { penalty: penalty(ctx, hazard, id).await?, hazard: Some(stepped(ctx, hazard).await?) })
    }

    /// Records that the fine of a penalty was paid 缴纳罚款. If the policy lets awards follow fines, the award of the hazard does,
    /// as long as it is not collected. Only clerks and leaders of the unit that imposed the penalty may do this, or of the one
    /// that holds the hazard.
    ///
    /// Refusals: `INVALID_INPUT` (`penalty.days`), `ILLEGAL_MOVE` (`penalty.unpaid`).
    async fn record_fine_payment(
        &self,
        ctx: &Context<'_>,
        input: RecordFinePaymentInput,
    ) -> Result<RecordFinePaymentPayload, ApiError> {
        let (step, id) = (input.step(), input.penalty_id);
        let hazard = enforcing::pay(app(ctx), caller(ctx), step, id, input.paid_on).await?;
        Ok(RecordFinePaymentPayload {
            penalty: penalty(ctx, hazard, id).await?,
            hazard: Some(stepped(ctx, hazard).await?),
        })
    }

    /// Voids a penalty 撤销处罚, with a reason, whether or not its fine was paid. Only clerks and leaders of the unit that imposed
    /// it may do this, or of the one that holds the hazard.
    ///
    /// Refusals: `ILLEGAL_MOVE` (`penalty.stands`).
    async fn void_penalty(&self, ctx: &Context<'_>, input: VoidPenaltyInput) -> Result<VoidPenaltyPayload, ApiError> {
        let (step, id) = (input.step(), input.penalty_id);
        let hazard = enforcing::void(app(ctx), caller(ctx), step, id, &input.reason).await?;
        Ok(VoidPenaltyPayload { penalty: penalty(ctx, hazard, id).await?, hazard: Some(stepped(ctx, hazard).await?) })
    }
}
