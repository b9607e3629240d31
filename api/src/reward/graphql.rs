//! Awards, as the published schema shows them.

pub mod mutation;

use async_graphql::connection::Connection;
use async_graphql::{Context, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::award::{Account, AwardStatus};
use domain::clock::{Clock, ClockKind, ClockState};
use domain::id::{AwardId, EventId, HazardId, UnitId};
use entity::{award, ledger_entry};

use super::fen::Fen;
use super::loader::{ClocksOfAward, LinesOfAward};
use super::reading;
use crate::context::{app, caller};
use crate::dataloader::load;
use crate::error::ApiResult;
use crate::page::{self, Cursor, Page};

/// An award, for the officers who keep, approve and pay it.
#[derive(Debug)]
pub struct Award(pub award::Model);

/// An award 奖励 for the first true report of a hazard, as the officers who keep, approve and pay it see it. It does not
/// tell who gets it, nor for which report.
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
        let clocks = load::<ClocksOfAward>(ctx, self.0.id).await?;
        let now = app(ctx).now();
        Ok(clocks.unwrap_or_default().iter().map(|clock| AwardClock::of(clock, now)).collect())
    }

    /// The lines of the double-entry ledger that it moved, in order: two for each movement, whose sum is 0.
    #[graphql(complexity = "12 * child_complexity + 1")]
    async fn ledger(&self, ctx: &Context<'_>) -> ApiResult<Vec<LedgerLine>> {
        let lines = load::<LinesOfAward>(ctx, self.0.id).await?;
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

/// An award, for the author of the report.
#[derive(Debug)]
pub struct MyAward(pub award::Model);

impl MyAward {
    /// Whether its reporter has been told of it: before that nothing is promised.
    #[must_use]
    pub fn is_told(row: &award::Model) -> bool {
        row.collect_due.is_some()
    }
}

/// The award 奖励 of an own report, as its author sees it.
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
        #[graphql(desc = "The cursor after which the page begins: `pageInfo.endCursor` of the page before.")]
        after: Option<String>,
    ) -> ApiResult<Connection<Cursor, Award>> {
        let page = Page::of(first, after.as_deref())?;
        let rows = reading::awards(app(ctx), caller(ctx), status, &page).await?;
        Ok(page.connection(rows, |row| Cursor { at: row.proposed_at, id: row.id.0 }, Award))
    }

    /// One award. For the same officers as `awards`.
    ///
    /// Refusals: `UNAUTHENTICATED`, `FORBIDDEN` for members of the public, `NOT_FOUND` for what the caller may not see.
    async fn award(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the award.")] id: AwardId,
    ) -> ApiResult<Award> {
        reading::award(app(ctx), caller(ctx), id).await.map(Award)
    }
}
