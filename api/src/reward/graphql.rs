//! GraphQL types and queries of awards.

pub(crate) mod mutation;

use async_graphql::connection::Connection;
use async_graphql::{Context, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::award::{Account, AwardStatus};
use domain::clock::{Clock, ClockKind, ClockState};
use domain::id::{AwardId, EventId, HazardId, UnitId};
use entity::{award, ledger_entry};

use super::fen::Fen;
use super::loader::{AwardById, ClocksOfAward, LinesOfAward};
use super::reading::{self, Filter};
use crate::context::{app, caller};
use crate::dataloader::load;
use crate::error::ApiResult;
use crate::page::{self, Cursor, Page};

/// The GraphQL object for officers that wraps a row of table `award`.
#[derive(Debug)]
pub(crate) struct Award(pub award::Model);

/// An award 奖励 for the first true report of a hazard, as seen by the officers who manage, approve and pay it. It
/// reveals neither the recipient nor the report.
#[Object]
impl Award {
    /// The id of the award.
    async fn id(&self) -> AwardId {
        self.0.id
    }

    /// The id of the hazard. A hazard has at most one award.
    async fn hazard_id(&self) -> HazardId {
        self.0.hazard_id
    }

    /// The id of the unit that manages the award: the unit that reviewed the report.
    async fn unit_id(&self) -> UnitId {
        self.0.unit_id
    }

    /// The status of the award.
    async fn status(&self) -> AwardStatus {
        self.0.status
    }

    /// The status from which the award was put on hold 暂缓 and to which it returns; null while it is not on hold.
    async fn held_from(&self) -> Option<AwardStatus> {
        self.0.held_from
    }

    /// The award that stands for the same matter, since the hazards of both were merged 合并; this one is double 重复. Null for
    /// almost all awards, and if the caller may not see that award. A double award is on hold until a reward officer rejects
    /// it or the merge is undone. One whose money is on its way or paid out stands, and the reward officer decides what to
    /// do about it.
    async fn double_of(&self, ctx: &Context<'_>) -> ApiResult<Option<Self>> {
        let Some(id) = self.0.double_of else { return Ok(None) };
        Ok(load::<AwardById>(ctx, id).await?.map(Award))
    }

    /// The amount of the award, in fen 分.
    async fn amount(&self) -> Fen {
        Fen(self.0.amount_fen)
    }

    /// The document on which the award is based, as people cite it.
    async fn basis(&self) -> &str {
        &self.0.basis
    }

    /// The time at which the award was proposed.
    async fn proposed_at(&self) -> DateTime<Utc> {
        self.0.proposed_at
    }

    /// The last moment, inclusive, at which the reporter can collect the award; null before the reporter is notified.
    async fn collect_due(&self) -> Option<DateTime<Utc>> {
        self.0.collect_due
    }

    /// The time at which the award was paid; null until then.
    async fn paid_at(&self) -> Option<DateTime<Utc>> {
        self.0.paid_at
    }

    /// The number of payments started so far, starting at 0.
    async fn attempts(&self) -> i32 {
        self.0.attempt
    }

    /// The version of the award, starting at 1. It increases with every change; pass it as `expectedVersion`.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// The clocks 时限 of the award, at most one for each of its steps, in the order in which they started.
    #[graphql(complexity = "4 * child_complexity + 1")]
    async fn clocks(&self, ctx: &Context<'_>) -> ApiResult<Vec<AwardClock>> {
        let clocks = load::<ClocksOfAward>(ctx, self.0.id).await?;
        let now = app(ctx).now();
        Ok(clocks.unwrap_or_default().iter().map(|clock| AwardClock::of(clock, now)).collect())
    }

    /// The lines of the double-entry ledger that belong to the award, in order. Each movement has two lines, whose sum
    /// is 0.
    #[graphql(complexity = "12 * child_complexity + 1")]
    async fn ledger(&self, ctx: &Context<'_>) -> ApiResult<Vec<LedgerLine>> {
        let lines = load::<LinesOfAward>(ctx, self.0.id).await?;
        Ok(lines.unwrap_or_default().into_iter().map(LedgerLine::from).collect())
    }
}

/// A clock 时限 of an award: a step, and the time by which it must be taken.
#[derive(Debug, SimpleObject)]
pub(crate) struct AwardClock {
    /// The step that the clock times.
    kind: ClockKind,
    /// The state of the clock.
    state: ClockState,
    /// The time from which the clock counts.
    start: DateTime<Utc>,
    /// The last moment, inclusive, at which the step is on time.
    due: DateTime<Utc>,
    /// The time at which the owner of the step is warned.
    warn_at: DateTime<Utc>,
    /// The time at which the clock stopped; null while it is running.
    stopped_at: Option<DateTime<Utc>>,
    /// Whether the clock is still running after it was due.
    overdue: bool,
}

impl AwardClock {
    fn of(clock: &Clock, now: DateTime<Utc>) -> Self {
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

/// A line of the double-entry ledger.
#[derive(Debug, SimpleObject)]
pub(crate) struct LedgerLine {
    /// The account.
    account: Account,
    /// The change of the account, in fen 分; negative for a decrease.
    amount: Fen,
    /// The time of the movement.
    at: DateTime<Utc>,
    /// The id of the event that caused the movement. The lines of one event sum to 0.
    event_id: EventId,
}

impl From<ledger_entry::Model> for LedgerLine {
    fn from(row: ledger_entry::Model) -> Self {
        Self { account: row.account, amount: Fen(row.amount_fen), at: row.at, event_id: row.event_id }
    }
}

/// The GraphQL object for the author that wraps a row of table `award`.
#[derive(Debug)]
pub(crate) struct MyAward(pub award::Model);

impl MyAward {
    /// Checks whether the reporter has been notified. Until then the award is not promised and stays hidden from the
    /// author.
    #[must_use]
    pub(crate) fn is_notified(row: &award::Model) -> bool {
        row.collect_due.is_some()
    }
}

/// The award 奖励 of the caller's own report, as its author sees it.
#[Object]
impl MyAward {
    /// The id of the award.
    async fn id(&self) -> AwardId {
        self.0.id
    }

    /// The status of the award. It can be collected while the status is `NOTIFIED`.
    async fn status(&self) -> AwardStatus {
        self.0.status
    }

    /// The amount of the award, in fen 分.
    async fn amount(&self) -> Fen {
        Fen(self.0.amount_fen)
    }

    /// The document on which the award is based, as people cite it.
    async fn basis(&self) -> &str {
        &self.0.basis
    }

    /// The last moment, inclusive, at which the award can be collected; null before the notice.
    async fn collect_due(&self) -> Option<DateTime<Utc>> {
        self.0.collect_due
    }

    /// The time at which the award was paid; null until then.
    async fn paid_at(&self) -> Option<DateTime<Utc>> {
        self.0.paid_at
    }
}

/// The query root for awards.
#[derive(Debug, Default)]
pub(crate) struct RewardQuery;

/// The queries of awards.
#[Object]
impl RewardQuery {
    /// The awards of the caller's unit and area, latest proposal first. Only reward officers 奖励经办, finance officers 财务,
    /// auditors 审计, and the leaders and command centres that approve awards may read them.
    ///
    /// Refusals: `UNAUTHENTICATED`, `FORBIDDEN` for all other callers, `INVALID_INPUT` (`first`, `after`).
    #[graphql(complexity = "page::cost(first, child_complexity)")]
    async fn awards(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Restricts the list to awards with this status; if omitted, all are listed.")] status: Option<
            AwardStatus,
        >,
        #[graphql(
            desc = "Restricts the list to awards that are double 重复 since a merge of hazards, and were not rejected \
                          (true), or to all others (false); if omitted, all are listed."
        )]
        double: Option<bool>,
        #[graphql(desc = "The page size, 1 to 100; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins: `pageInfo.endCursor` of the previous page.")]
        after: Option<String>,
    ) -> ApiResult<Connection<Cursor, Award>> {
        let page = Page::of(first, after.as_deref())?;
        let rows = reading::awards(app(ctx), caller(ctx), Filter { status, double }, &page).await?;
        Ok(page.connection(rows, |row| Cursor { at: row.proposed_at, id: row.id.0 }, Award))
    }

    /// One award. The same officers as for `awards` may read it.
    ///
    /// Refusals: `UNAUTHENTICATED`, `FORBIDDEN` for members of the public, `NOT_FOUND` for an award that the caller may
    /// not see.
    async fn award(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the award.")] id: AwardId,
    ) -> ApiResult<Award> {
        reading::award(app(ctx), caller(ctx), id).await.map(Award)
    }
}
