//! The steps of awards, as the published schema has them.

use async_graphql::{Context, InputObject, Object};
use domain::id::{AwardId, PostId, ReportId};
use uuid::Uuid;

use super::{Award, MyAward};
use crate::context::{app, caller};
use crate::error::ApiResult;
use crate::reward::service;

/// A step of an officer on an award.
#[derive(Debug, InputObject)]
pub struct AwardStepInput {
    /// The award: from `awards`, or `award` of its hazard.
    award_id: AwardId,
    /// Made by the client, a new one for each step: the same id twice has one effect and the same answer, for ever.
    request_id: Uuid,
    /// By which of the own posts; without it, by the first that may.
    as_post: Option<PostId>,
    /// The version that the form was filled in on: another is refused with `CHANGED_MEANWHILE`.
    expected_version: Option<i64>,
}

/// Not awarding what was proposed.
#[derive(Debug, InputObject)]
pub struct RejectAwardInput {
    /// The award.
    award_id: AwardId,
    /// Why: 2 to 500 characters.
    reason: String,
    /// Made by the client, a new one for each step: the same id twice has one effect and the same answer, for ever.
    request_id: Uuid,
    /// By which of the own posts; without it, by the first that may.
    as_post: Option<PostId>,
    /// The version that the form was filled in on: another is refused with `CHANGED_MEANWHILE`.
    expected_version: Option<i64>,
}

/// Collecting the award of an own report.
#[derive(Debug, InputObject)]
pub struct CollectAwardInput {
    /// The report.
    report_id: ReportId,
    /// Made by the client: the same id twice has one effect and the same answer, for ever.
    request_id: Uuid,
}

impl From<AwardStepInput> for service::StepMeta {
    fn from(input: AwardStepInput) -> Self {
        Self {
            award: input.award_id,
            request_id: input.request_id,
            as_post: input.as_post,
            expected_version: input.expected_version,
        }
    }
}

/// The steps of awards.
#[derive(Debug, Default)]
pub struct RewardMutation;

/// What can be done to awards.
#[Object]
impl RewardMutation {
    /// 审核: confirms that the facts and the amount of a proposed award are right. For reward officers 奖励经办; never by who
    /// proposed it or wrote the report.
    ///
    /// Refusals: `UNAUTHENTICATED`, `NOT_FOUND`, `FORBIDDEN`, `NOT_YOUR_OWN`, `ILLEGAL_MOVE`, `CHANGED_MEANWHILE`,
    /// `REQUEST_ID_TAKEN`.
    async fn review_award(&self, ctx: &Context<'_>, input: AwardStepInput) -> ApiResult<Award> {
        service::review(app(ctx), caller(ctx), input.into()).await.map(Award)
    }

    /// 审批: approves a reviewed award. Its amount is committed in the ledger and its reporter is told at once, and from then
    /// has the policy's days (60 by default) to collect it. For reward officers, department leaders and command centres; never
    /// by who proposed or reviewed it, found the report true, or wrote it.
    ///
    /// Refusals: as `reviewAward`.
    async fn approve_award(&self, ctx: &Context<'_>, input: AwardStepInput) -> ApiResult<Award> {
        service::approve(app(ctx), caller(ctx), input.into()).await.map(Award)
    }

    /// 不予奖励: ends an award that is proposed or reviewed, with a reason. A proposed one by who may review it, a reviewed one
    /// by who may approve it, and never by who reviewed it or wrote the report.
    ///
    /// Refusals: as `reviewAward`, and `INVALID_INPUT` for the reason.
    async fn reject_award(&self, ctx: &Context<'_>, input: RejectAwardInput) -> ApiResult<Award> {
        let step = service::StepMeta {
            award: input.award_id,
            request_id: input.request_id,
            as_post: input.as_post,
            expected_version: input.expected_version,
        };
        service::reject(app(ctx), caller(ctx), step, &input.reason).await.map(Award)
    }

    /// 发放: pays an award that was collected, or one whose last payment failed. For finance officers 财务 who neither reviewed
    /// nor approved it, nor wrote the report. The answer shows what is known: `PAID`, `FAILED` (may be started again), or
    /// `UNKNOWN` and `PAYING`, which the server settles by itself under the same order: nothing is paid twice.
    ///
    /// Refusals: as `reviewAward`.
    async fn pay_award(&self, ctx: &Context<'_>, input: AwardStepInput) -> ApiResult<Award> {
        service::pay(app(ctx), caller(ctx), input.into()).await.map(Award)
    }

    /// 领取: collects the award of an own report while it is `NOTIFIED`. For its author, by login or by follow-up code 查询码,
    /// with a verified identity. It is paid afterwards.
    ///
    /// Refusals: `NOT_FOUND` for a report of others or without an award; `EVIDENCE_MISSING` where the identity has to be
    /// given first; `ILLEGAL_MOVE` before the notice, after the last day, or where it can never be collected;
    /// `REQUEST_ID_TAKEN`.
    async fn collect_award(&self, ctx: &Context<'_>, input: CollectAwardInput) -> ApiResult<MyAward> {
        service::collect(app(ctx), caller(ctx), input.report_id, input.request_id).await.map(MyAward)
    }
}
