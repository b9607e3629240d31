//! The awards of one matter 一事一奖: those of a hazard and of the hazards that were merged into it. The rules say which one
//! stands ([`domain::award::fates`]).

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::Code;
use domain::award::{Command, Fate, Rival, Slot, fates, follows_fines, slot};
use domain::id::{AwardId, HazardId, ReportId};
use domain::time::Moment;
use entity::{hazard, report};
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect};

use super::deciding;
use super::rows::{self, Loaded};
use crate::error::{ApiError, ApiResult};
use crate::policy::rulebook::RuleBook;

/// The locked awards of a matter, by id.
pub(super) struct Matter {
    standing: HazardId,
    awards: Vec<Loaded>,
    received: HashMap<ReportId, DateTime<Utc>>,
}

impl Matter {
    /// Locks and loads the awards of a hazard and of those that were merged into it.
    pub(super) async fn load(txn: &DatabaseTransaction, standing: HazardId) -> ApiResult<Self> {
        let awards = rows::load_of_hazards(txn, &merged_into(txn, standing).await?).await?;
        let mut received = HashMap::new();
        if awards.len() > 1 {
            let ids = awards.iter().map(|loaded| loaded.award.report);
            let rows = report::Entity::find().filter(report::COLUMN.id.is_in(ids)).all(txn).await?;
            received.extend(rows.into_iter().map(|row| (row.id, row.received_at)));
        }
        Ok(Self { standing, awards, received })
    }

    fn rivals(&self) -> Vec<Rival<'_>> {
        let received = |report: &ReportId| self.received.get(report).copied().unwrap_or(DateTime::<Utc>::MAX_UTC);
        let awards = self.awards.iter().map(|loaded| &loaded.award);
        awards.map(|award| Rival { award, received_at: received(&award.report) }).collect()
    }

    /// Returns where the award of the first true report belongs.
    pub(super) fn slot(&self) -> Slot {
        slot(self.standing, &self.rivals())
    }

    /// Returns whether an approved award may follow the fines of the matter.
    pub(super) fn follows_fines(&self, award: AwardId) -> bool {
        follows_fines(award, &self.rivals())
    }

    /// Voids and marks the awards beside the one that stands, and clears the mark of those that are double no longer.
    pub(super) async fn settle(&self, txn: &DatabaseTransaction, rules: &RuleBook, moment: Moment) -> ApiResult<()> {
        for (loaded, fate) in self.awards.iter().zip(fates(self.standing, &self.rivals())) {
            let command = match (fate, loaded.award.double_of) {
                (Fate::Void, _) => Command::Void,
                (Fate::Double(of), marked) if marked != Some(of) => Command::MarkDouble { of },
                (Fate::Stands, Some(_)) => Command::ClearDouble,
                (Fate::Stands | Fate::Double(_), _) => continue,
            };
            if_possible(txn, rules, loaded, command, moment).await?;
        }
        Ok(())
    }

    /// Executes a command on all awards of which the status permits it.
    pub(super) async fn each(
        &self,
        txn: &DatabaseTransaction,
        rules: &RuleBook,
        command: &Command,
        moment: Moment,
    ) -> ApiResult<()> {
        for loaded in &self.awards {
            if_possible(txn, rules, loaded, command.clone(), moment).await?;
        }
        Ok(())
    }

    /// Returns whether an approved award of this matter is that of a report which points to another hazard.
    async fn is_for(&self, txn: &DatabaseTransaction, other: HazardId) -> ApiResult<bool> {
        let frozen: Vec<ReportId> =
            self.awards.iter().filter(|loaded| loaded.award.is_frozen()).map(|loaded| loaded.award.report).collect();
        if frozen.is_empty() {
            return Ok(false);
        }
        let there = report::Entity::find().filter(report::COLUMN.id.is_in(frozen));
        Ok(there.filter(report::COLUMN.hazard_id.eq(other)).count(txn).await? > 0)
    }
}

/// Settles which awards of a matter stand, and returns where the award of its first true report belongs.
pub(crate) async fn settle_rivals(
    txn: &DatabaseTransaction,
    rules: &RuleBook,
    standing: HazardId,
    moment: Moment,
) -> ApiResult<Slot> {
    let matter = Matter::load(txn, standing).await?;
    matter.settle(txn, rules, moment).await?;
    Ok(matter.slot())
}

/// Returns whether two matters that are parted would keep an award of each other's report.
pub(crate) async fn share_an_award(txn: &DatabaseTransaction, one: HazardId, other: HazardId) -> ApiResult<bool> {
    Ok(Matter::load(txn, one).await?.is_for(txn, other).await?
        || Matter::load(txn, other).await?.is_for(txn, one).await?)
}

/// Returns a hazard together with those that were merged into it, directly or one after the other.
async fn merged_into(txn: &DatabaseTransaction, standing: HazardId) -> ApiResult<Vec<HazardId>> {
    let mut all = vec![standing];
    let mut last = vec![standing];
    while !last.is_empty() {
        let rows = hazard::Entity::find().filter(hazard::COLUMN.merged_into.is_in(last)).select_only();
        last = rows.column(hazard::Column::Id).into_tuple().all(txn).await?;
        all.extend(&last);
    }
    Ok(all)
}

/// Executes a command on an award. It has no effect if the status of the award does not permit it (`ILLEGAL_MOVE`).
pub(super) async fn if_possible(
    txn: &DatabaseTransaction,
    rules: &RuleBook,
    loaded: &Loaded,
    command: Command,
    moment: Moment,
) -> ApiResult<()> {
    match deciding::follow(txn, rules, loaded, command, moment).await {
        Ok(_) => Ok(()),
        Err(ApiError::Refused(refusal)) if refusal.code == Code::IllegalMove => Ok(()),
        Err(error) => Err(error),
    }
}
