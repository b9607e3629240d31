//! Awards, as the published schema shows them.

use async_graphql::connection::Connection;
use async_graphql::dataloader::DataLoader;
use async_graphql::{Context, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::award::{Account, AwardStatus};
use domain::clock::{Clock, ClockKind, ClockState};
use domain::id::{AwardId, EventId, HazardId, PostId, ReportId, UnitId};
use entity::{award, ledger_entry};
use uuid::Uuid;

use super::fen::Fen;
use super::loader::{ClocksOfAward, LinesOfAward};
use super::{reading, service};
use crate::error::ApiResult;
use crate::page::{self, Cursor, Page};
use crate::schema::{app, caller};

/// An award 奖励 for the first true report of a hazard, as the officers who keep, approve and pay it see it. It does not
/// tell who gets it, nor for which report.
#[derive(Debug)]
pub struct Award(pub award::Model);

/// One award of the ledger, as its lines and clocks need it.
#[Object]
impl Award {
    /// Its id.
    async fn id(&self) -> AwardId {
        self.0.id
    }

    /// The hazard: one hazard, one award.
    async fn hazard_id(&self) -> HazardId {
        self.0.hazard_id
    }

    /// The unit that keeps it: the one that reviewed the report.
    async fn unit_id(&self) -> UnitId {
        self.0.unit_id
    }

    /// Where it stands.
    async fn status(&self) -> AwardStatus {
        self.0.status
    }

    /// Where it stood when it was held 暂缓, and will go on; null while it is not held.
    async fn held_from(&self) -> Option<AwardStatus> {
        self.0.held_from
    }

    /// What it is worth.
    async fn amount(&self) -> Fen {
        Fen(self.0.amount_fen)
    }

    /// The document that it rests on, as people cite it.
    async fn basis(&self) -> &str {
        &self.0.basis
    }

    /// When it was proposed.
    async fn proposed_at(&self) -> DateTime<Utc> {
        self.0.proposed_at
    }

    /// Until when its reporter can collect it, that moment included; null before the notice.
    async fn collect_due(&self) -> Option<DateTime<Utc>> {
        self.0.collect_due
    }

    /// When it was paid; null before.
    async fn paid_at(&self) -> Option<DateTime<Utc>> {
        self.0.paid_at
    }

    /// Payments started so far, from 0.
    async fn attempts(&self) -> i32 {
        self.0.attempt
    }

    /// Counts its changes, from 1; goes into `expectedVersion`.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// Its clocks 时限, at most one for each of its steps; first started first.
    #[graphql(complexity = "4 * child_complexity + 1")]
    async fn clocks(&self, ctx: &Context<'_>) -> ApiResult<Vec<AwardClock>> {
        let clocks = ctx.data_unchecked::<DataLoader<ClocksOfAward>>().load_one(self.0.id).await?;
        let now = app(ctx).now();
        Ok(clocks.unwrap_or_default().into_iter().map(|clock| AwardClock::of(clock, now)).collect())
    }

    /// The lines of the double-entry ledger that it moved, in order: two for each movement, whose sum is 0.
    #[graphql(complexity = "12 * child_complexity + 1")]
    async fn ledger(&self, ctx: &Context<'_>) -> ApiResult<Vec<LedgerLine>> {
        let lines = ctx.data_unchecked::<DataLoader<LinesOfAward>>().load_one(self.0.id).await?;
        Ok(lines.unwrap_or_default().into_iter().map(LedgerLine::from).collect())
    }
}

/// A clock 时限 of an award: a step and by when it has to be taken.
#[derive(Debug, SimpleObject)]
pub struct AwardClock {
    /// Which step it times.
    kind: ClockKind,
    /// Where it stands.
    state: ClockState,
    /// From when it counts.
    start: DateTime<Utc>,
    /// By when the step has to be taken, that moment included.
    due: DateTime<Utc>,
    /// When its owner is warned.
    warn_at: DateTime<Utc>,
    /// When it stopped; null while it runs.
    stopped_at: Option<DateTime<Utc>>,
    /// Whether it still runs after it was due.
    overdue: bool,
}

impl AwardClock {
    fn of(clock: Clock, now: DateTime<Utc>) -> Self {
        Self {
            overdue: clock.is_overdue(now),
            kind: clock.key.kind,
            state: clock.state,
            start: clock.start,
            due: clock.due,
            warn_at: clock.warn_at,
            stopped_at: clock.stopped_at,
        }
    }
}

/// One line of the double-entry ledger.
#[derive(Debug, SimpleObject)]
pub struct LedgerLine {
    /// The account.
    account: Account,
    /// What the account gains; negative for what it loses.
    amount: Fen,
    /// When.
    at: DateTime<Utc>,
    /// The event that moved it: lines of one event sum to 0.
    event_id: EventId,
}

impl From<ledger_entry::Model> for LedgerLine {
    fn from(row: ledger_entry::Model) -> Self {
        Self { account: row.account, amount: Fen(row.amount_fen), at: row.at, event_id: row.event_id }
    }
}

/// The award 奖励 of an own report, as its author sees it.
#[derive(Debug)]
pub struct MyAward(pub award::Model);

impl MyAward {
    /// Whether its reporter has been told of it: before that nothing is promised.
    #[must_use]
    pub fn is_told(row: &award::Model) -> bool {
        row.collect_due.is_some()
    }
}

/// What an author may know of it.
#[Object]
impl MyAward {
    /// Its id.
    async fn id(&self) -> AwardId {
        self.0.id
    }

    /// Where it stands. It can be collected while `NOTIFIED`.
    async fn status(&self) -> AwardStatus {
        self.0.status
    }

    /// What it is worth.
    async fn amount(&self) -> Fen {
        Fen(self.0.amount_fen)
    }

    /// The document that it rests on, as people cite it.
    async fn basis(&self) -> &str {
        &self.0.basis
    }

    /// Until when it can be collected, that moment included; null before the notice.
    async fn collect_due(&self) -> Option<DateTime<Utc>> {
        self.0.collect_due
    }

    /// When it was paid; null before.
    async fn paid_at(&self) -> Option<DateTime<Utc>> {
        self.0.paid_at
    }
}

/// A step of an officer on an award.
#[derive(Debug, InputObject)]
pub struct AwardStepInput {
    /// The award.
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

impl From<AwardStepInput> for service::Step {
    fn from(input: AwardStepInput) -> Self {
        Self {
            award: input.award_id,
            request_id: input.request_id,
            as_post: input.as_post,
            expected_version: input.expected_version,
        }
    }
}

/// Awards, for those who keep, approve, pay or audit them.
#[derive(Debug, Default)]
pub struct RewardQuery;

/// What can be read of awards.
#[Object]
impl RewardQuery {
    /// Awards of the caller's unit and area, newest proposal first. For reward officers 奖励经办, finance officers 财务 and
    /// auditors 审计, and for the leaders and command centres who approve.
    ///
    /// Refusals: `UNAUTHENTICATED`, `FORBIDDEN` for all others, `INVALID_INPUT` for the page.
    #[graphql(complexity = "page::cost(first, child_complexity)")]
    async fn awards(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Those that stand here; all without it.")] status: Option<AwardStatus>,
        #[graphql(desc = "Rows of the page, 1 to 100; 20 without it.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins.")] after: Option<String>,
    ) -> ApiResult<Connection<Cursor, Award>> {
        let page = Page::of(first, after.as_deref())?;
        let rows = reading::awards(app(ctx), caller(ctx), status, &page).await?;
        Ok(page.connection(rows, |row| Cursor { at: row.proposed_at, id: row.id.0 }, Award))
    }

    /// One award. For the same officers as `awards`.
    ///
    /// Refusals: `UNAUTHENTICATED`, `FORBIDDEN` for members of the public, `NOT_FOUND` for what the caller may not see.
    async fn award(&self, ctx: &Context<'_>, id: AwardId) -> ApiResult<Award> {
        reading::award(app(ctx), caller(ctx), id).await.map(Award)
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
        let step = service::Step {
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
