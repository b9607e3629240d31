//! GraphQL mutations of awards. Each resolver converts the input, calls the service and wraps the result.

use async_graphql::{Context, InputObject, Object};
use domain::id::{AwardId, PostId, ReportId};
use uuid::Uuid;

use super::{Award, MyAward};
use crate::context::{app, caller};
use crate::error::ApiResult;
use crate::reward::service;

/// The input of an officer's step on an award.
#[derive(Debug, InputObject)]
pub(crate) struct AwardStepInput {
    /// The id of the award, from `awards` or from `award` of its hazard.
    award_id: AwardId,
    /// The idempotency key: a UUID that the client creates for each action. A repeated request takes effect only once.
    request_id: Uuid,
    /// The id of the post 岗位 under which the caller acts. If omitted, the server uses the caller's first post that may
    /// act.
    as_post: Option<PostId>,
    /// The version that the caller last saw. If it is no longer current, the request is refused with
    /// `CHANGED_MEANWHILE`.
    expected_version: Option<i64>,
}

/// The input of `rejectAward` 不予奖励.
#[derive(Debug, InputObject)]
pub(crate) struct RejectAwardInput {
    /// The id of the award, from `awards` or from `award` of its hazard.
    award_id: AwardId,
    /// The reason, 2 to 500 characters.
    reason: String,
    /// The idempotency key: a UUID that the client creates for each action. A repeated request takes effect only once.
    request_id: Uuid,
    /// The id of the post 岗位 under which the caller acts. If omitted, the server uses the caller's first post that may
    /// act.
    as_post: Option<PostId>,
    /// The version that the caller last saw. If it is no longer current, the request is refused with
    /// `CHANGED_MEANWHILE`.
    expected_version: Option<i64>,
}

/// The input of `collectAward` 领取.
#[derive(Debug, InputObject)]
pub(crate) struct CollectAwardInput {
    /// The id of the report.
    report_id: ReportId,
    /// The idempotency key: a UUID that the client creates for each action. A repeated request takes effect only once.
    request_id: Uuid,
}

impl From<AwardStepInput> for service::AwardStep {
    fn from(input: AwardStepInput) -> Self {
        Self {
            award: input.award_id,
            request_id: input.request_id,
            as_post: input.as_post,
            expected_version: input.expected_version,
        }
    }
}

/// The mutations of awards.
#[derive(Debug, Default)]
pub(crate) struct RewardMutation;

/// The mutations of awards.
#[Object]
impl RewardMutation {
    /// Confirms that the facts and the amount of a proposed award are right 审核. Only reward officers 奖励经办 may do this,
    /// but not the officers who proposed the award, confirmed the report or wrote it.
    ///
    /// Refusals: `UNAUTHENTICATED`, `NOT_FOUND`, `FORBIDDEN`, `NOT_YOUR_OWN`, `ILLEGAL_MOVE`, `CHANGED_MEANWHILE`,
    /// `REQUEST_ID_TAKEN`.
    async fn review_award(&self, ctx: &Context<'_>, input: AwardStepInput) -> ApiResult<Award> {
        service::review(app(ctx), caller(ctx), input.into()).await.map(Award)
    }

    /// Approves a reviewed award 审批. The ledger commits the amount, and the reporter is notified at once and can then
    /// collect the award within the number of days that the policy sets (60 by default). Only reward officers,
    /// department leaders and command centres may do this, but not the officer who proposed or reviewed the award,
    /// confirmed the report or wrote it.
    ///
    /// Refusals: the same as for `reviewAward`.
    async fn approve_award(&self, ctx: &Context<'_>, input: AwardStepInput) -> ApiResult<Award> {
        service::approve(app(ctx), caller(ctx), input.into()).await.map(Award)
    }

    /// Rejects an award that is proposed or reviewed 不予奖励, with a reason. A proposed award may be rejected by an
    /// officer who may review it, and a reviewed one by an officer who may approve it, but never by the officer who
    /// reviewed the award or wrote the report.
    ///
    /// Refusals: the same as for `reviewAward`, and `INVALID_INPUT` for the reason.
    async fn reject_award(&self, ctx: &Context<'_>, input: RejectAwardInput) -> ApiResult<Award> {
        let step = service::AwardStep {
            award: input.award_id,
            request_id: input.request_id,
            as_post: input.as_post,
            expected_version: input.expected_version,
        };
        service::reject(app(ctx), caller(ctx), step, &input.reason).await.map(Award)
    }

    /// Pays an award 发放 that has been collected, or whose last payment failed. The result shows the known state:
    /// `PAID`, `FAILED` (the payment can be started again), or `UNKNOWN` or `PAYING`, which the server settles by
    /// itself under the same order, so that no award is paid twice. Only finance officers 财务 who neither proposed,
    /// reviewed nor approved the award, nor confirmed or wrote the report, may do this.
    ///
    /// Refusals: the same as for `reviewAward`.
    async fn pay_award(&self, ctx: &Context<'_>, input: AwardStepInput) -> ApiResult<Award> {
        service::pay(app(ctx), caller(ctx), input.into()).await.map(Award)
    }

    /// Collects the award of the caller's own report 领取 while its status is `NOTIFIED`. The payment follows later. Only
    /// the author of the report may do this, by login or by follow-up code 查询码, with a verified identity.
    ///
    /// Refusals: `NOT_FOUND` for another person's report or a report without an award; `EVIDENCE_MISSING` if the
    /// identity has to be given first; `ILLEGAL_MOVE` before the notice, after the last day, or if the award can never
    /// be collected; `REQUEST_ID_TAKEN`.
    async fn collect_award(&self, ctx: &Context<'_>, input: CollectAwardInput) -> ApiResult<MyAward> {
        service::collect(app(ctx), caller(ctx), input.report_id, input.request_id).await.map(MyAward)
    }
}
