//! The two hazards of a merge or of its undoing, and what both steps do with their reports and awards.
//!
//! To prevent deadlocks, the reports are locked first, by ascending id, then both hazards by ascending id, then the awards.

use std::collections::BTreeSet;

use domain::Code;
use domain::access::By;
use domain::hazard::{Case, Event};
use domain::id::{HazardId, ReportId};
use domain::policy::ProposeAt;
use domain::time::Moment;
use sea_orm::DatabaseTransaction;

use super::command_handler::carry_out;
use super::registering::settle_award;
use super::target::{Target, load_visible};
use crate::app::App;
use crate::caller::OfficerCaller;
use crate::error::ApiResult;
use crate::hazard::rows::Loaded;
use crate::journal::Author;
use crate::policy::rulebook::RuleBook;
use crate::report::following::{Following, follow};
use crate::report::rows;
use crate::reward;

/// The ids of two hazards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pair {
    /// The duplicate.
    pub from: HazardId,
    /// The hazard that stands.
    pub into: HazardId,
}

/// The two locked hazards.
pub(super) struct LockedPair {
    pub(super) from: Loaded,
    pub(super) into: Loaded,
}

/// To which hazard reports move.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moved {
    pub(super) hazard: HazardId,
    /// Whether they go back, because the merge is undone.
    pub(super) back: bool,
}

/// What both steps need to be carried out.
#[derive(Clone, Copy)]
pub(super) struct Carrying<'a> {
    pub(super) app: &'a App,
    pub(super) txn: &'a DatabaseTransaction,
    pub(super) rules: &'a RuleBook,
    pub(super) by: By,
}

impl Pair {
    /// Locks both hazards by ascending id, and checks that the officer may see both. Returns `None` if they are the same.
    pub(super) async fn lock(
        self,
        app: &App,
        txn: &DatabaseTransaction,
        officer: &OfficerCaller,
    ) -> ApiResult<Option<LockedPair>> {
        let mut locked = Vec::new();
        for id in BTreeSet::from([self.from, self.into]) {
            locked.push(load_visible(app, txn, officer, Target::Hazard(id)).await?);
        }
        let mut take = |id| locked.iter().position(|found| found.case.id == id).map(|slot| locked.swap_remove(slot));
        Ok(take(self.from).zip(take(self.into)).map(|(from, into)| LockedPair { from, into }))
    }
}

/// Locks reports by ascending id.
pub(super) async fn lock_reports(txn: &DatabaseTransaction, reports: Vec<ReportId>) -> ApiResult<()> {
    for report in reports {
        rows::load_locked(txn, report).await?;
    }
    Ok(())
}

impl Carrying<'_> {
    /// Applies one event to a case, saves it and appends the event.
    pub(super) async fn event(&self, case: &Case, event: Event) -> ApiResult<Case> {
        carry_out(self.app, self.txn, self.rules, case, &[event], Author::from(self.by)).await
    }

    /// Points a report to another hazard if it stands and points to `left`; otherwise it stays as it is. The report is
    /// locked here if it joined after the first look.
    pub(super) async fn follow(&self, id: ReportId, left: HazardId, to: Moved) -> ApiResult<()> {
        let loaded = rows::load_locked(self.txn, id).await?.ok_or(Code::NotFound)?;
        if loaded.report.hazard != Some(left) || !rows::STANDS.contains(&loaded.report.status) {
            return Ok(());
        }
        let Moved { hazard, back } = to;
        let following = Following { hazard, back, by: self.by, at: self.app.now() };
        follow(self.app, self.txn, self.rules, &loaded, following).await
    }

    /// Settles the awards of these hazards, and of those merged into them. An award is on hold exactly while its hazard is
    /// open again, or while it is double.
    pub(super) async fn settle(&self, cases: &[&Case]) -> ApiResult<()> {
        let Self { app, txn, rules, .. } = *self;
        let moment = Moment::exact(app.now());
        let is_reopened = |case: &Case| case.round > 1 && case.end.is_none();
        for case in cases.iter().filter(|case| !is_reopened(case)) {
            reward::service::resume(txn, rules, case.id, moment).await?;
        }
        for case in cases {
            settle_award(app, txn, rules, case, ProposeAt::Verified, moment).await?;
        }
        for case in cases.iter().filter(|case| is_reopened(case)) {
            reward::service::hold(txn, rules, case.id, moment).await?;
        }
        Ok(())
    }
}
