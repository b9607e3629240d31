//! The operations that the `hazard` slice calls in its own transaction, while it holds the hazard row lock: a report
//! was confirmed or merged, the hazard was reopened or closed again, or no report earns the award any more.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::award::{AwardStatus, Command, HazardNow, Proposal};
use domain::id::{AreaId, AwardId, HazardId, OfficerId, ReportId, UnitId};
use domain::money::Fen;
use domain::time::Moment;
use entity::award;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::deciding::{self, DecisionContext};
use super::matter::{Matter, if_possible};
use super::rows::{self, Loaded, Writing};
use crate::error::ApiResult;
use crate::journal::Author;
use crate::policy::rulebook::RuleBook;

/// The facts from which an award is proposed. The caller has already checked that the award policy sets the proposal at
/// this moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AwardFacts {
    /// The hazard, whose row exists and is locked by this transaction.
    pub hazard: HazardId,
    /// The first true report of the hazard, by exact time of receipt, then by id.
    pub report: ReportId,
    /// The unit that manages the award: the unit that reviewed the report 谁受理、谁奖励.
    pub unit: UnitId,
    /// The smallest area that contains the hazard, which selects the award policy.
    pub area: AreaId,
    /// The amount set by the award policy, from 0 to [`Fen::MAX`]. For an existing award, the policy of the day of its
    /// proposal applies; see [`standing`].
    pub amount: Fen,
    /// Whether the hazard has penalties 行政处罚, so that the amount also of an approved award follows them until it is collected.
    pub follows_fines: bool,
    /// The officer who reviewed the report, recorded as the proposer.
    pub proposed_by: Option<OfficerId>,
    /// The officers who confirmed or merged the report, and who therefore may not approve its award.
    pub verifiers: BTreeSet<OfficerId>,
    /// The citation of the regulation on which the award is based.
    pub basis: String,
}

/// The columns of an existing award that the caller of [`propose`] needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    /// The report that currently earns the award.
    pub report: ReportId,
    /// The unit that manages the award, which may have taken it over from one that has ended.
    pub unit: UnitId,
    /// When the award was proposed; the award policy of that day sets the amount.
    pub proposed_at: DateTime<Utc>,
}

/// Reads the award of a hazard without locking it; `None` if the hazard has no award.
pub(crate) async fn standing(txn: &DatabaseTransaction, hazard: HazardId) -> ApiResult<Option<Standing>> {
    let row = award::Entity::find().filter(award::COLUMN.hazard_id.eq(hazard)).one(txn).await?;
    Ok(row.map(|row| Standing { report: row.report_id, unit: row.unit_id, proposed_at: row.proposed_at }))
}

/// Checks whether a report earns the award of another hazard, which was approved before the report moved here.
pub(crate) async fn earns_elsewhere(txn: &DatabaseTransaction, report: ReportId, hazard: HazardId) -> ApiResult<bool> {
    let over = [AwardStatus::Rejected, AwardStatus::Forfeited];
    let of_report = award::Entity::find().filter(award::COLUMN.report_id.eq(report));
    let elsewhere = of_report.filter(award::COLUMN.hazard_id.ne(hazard)).filter(award::COLUMN.status.is_not_in(over));
    Ok(elsewhere.one(txn).await?.is_some())
}

/// Proposes the award of a hazard, which has at most one. An existing award that is not approved yet is reassigned to
/// the given report, unit and amount, and a voided award is proposed again; a repeated call with the same facts has no
/// effect. An amount of 0 proposes nothing and voids an existing award. An award on hold is not updated, so call
/// [`resume`] first. While the hazard is open again, the award is put on hold at once.
pub(crate) async fn propose(
    txn: &DatabaseTransaction,
    rules: &RuleBook,
    facts: AwardFacts,
    moment: Moment,
) -> ApiResult<()> {
    let hazard = facts.hazard;
    propose_or_reassign(txn, rules, facts, moment).await?;
    match rows::load_by_hazard(txn, hazard).await? {
        Some(loaded) if loaded.site.now == HazardNow::Reopened => hold(txn, rules, hazard, moment).await,
        Some(_) | None => Ok(()),
    }
}

async fn propose_or_reassign(
    txn: &DatabaseTransaction,
    rules: &RuleBook,
    facts: AwardFacts,
    moment: Moment,
) -> ApiResult<()> {
    if let Some(loaded) = rows::load_by_hazard(txn, facts.hazard).await? {
        return reassign(txn, rules, &loaded, facts, moment).await;
    }
    if facts.amount <= Fen(0) {
        return Ok(());
    }
    let context = DecisionContext { rules, area: facts.area, moment };
    let author = Author { officer: facts.proposed_by, post: None };
    let proposal = Proposal {
        id: AwardId(Uuid::new_v4()),
        hazard: facts.hazard,
        report: facts.report,
        unit: facts.unit,
        amount: facts.amount,
        proposed_by: facts.proposed_by,
        verifiers: facts.verifiers,
    };
    let timing = rules.timing(context.area, moment.told)?;
    let (award, first) = domain::award::propose(proposal, moment.told, context.policy()?, &timing)?;
    let writing = Writing { at: moment.told, rules: rules.version };
    rows::insert(txn, &award, &first, &facts.basis, author, writing).await
}

async fn reassign(
    txn: &DatabaseTransaction,
    rules: &RuleBook,
    loaded: &Loaded,
    facts: AwardFacts,
    moment: Moment,
) -> ApiResult<()> {
    let award = &loaded.award;
    if matches!(award.status, AwardStatus::Approved | AwardStatus::Notified) {
        return rebase(txn, rules, loaded, &facts, moment).await;
    }
    let follows = matches!(award.status, AwardStatus::Proposed | AwardStatus::Reviewed);
    let is_same = award.report == facts.report && award.unit == facts.unit && award.amount == facts.amount;
    let is_worth_something = facts.amount > Fen(0);
    let changes = if follows { !is_same } else { award.voided && is_worth_something };
    if !changes {
        return Ok(());
    }
    if !is_worth_something {
        return deciding::follow(txn, rules, loaded, Command::Void, moment).await.map(drop);
    }
    let AwardFacts { report, unit, proposed_by, verifiers, amount, basis, .. } = facts;
    let command = Command::Reassign { report, unit, proposed_by, verifiers, amount };
    deciding::follow(txn, rules, loaded, command, moment).await?;
    rows::set_basis(txn, award.id, basis).await
}

/// Changes the amount of an approved award because fines were paid or voided, unless its report no longer earns it or another
/// award is double of it.
async fn rebase(
    txn: &DatabaseTransaction,
    rules: &RuleBook,
    loaded: &Loaded,
    facts: &AwardFacts,
    moment: Moment,
) -> ApiResult<()> {
    let AwardFacts { hazard, report, amount, follows_fines, .. } = *facts;
    let changes = follows_fines && report == loaded.award.report && amount != loaded.award.amount && amount > Fen(0);
    if !changes || !Matter::load(txn, hazard).await?.follows_fines(loaded.award.id) {
        return Ok(());
    }
    if_possible(txn, rules, loaded, Command::Rebase { amount }, moment).await
}

/// Voids the award of a hazard 失效, because no report earns it any more. An approved award is not affected.
pub(crate) async fn void(
    txn: &DatabaseTransaction,
    rules: &RuleBook,
    hazard: HazardId,
    moment: Moment,
) -> ApiResult<()> {
    let Some(loaded) = rows::load_by_hazard(txn, hazard).await? else { return Ok(()) };
    if_possible(txn, rules, &loaded, Command::Void, moment).await
}

/// Puts the awards of a reopened hazard, and of those merged into it, on hold 暂缓, unless their payment is in progress or
/// their status is final.
pub(crate) async fn hold(
    txn: &DatabaseTransaction,
    rules: &RuleBook,
    hazard: HazardId,
    moment: Moment,
) -> ApiResult<()> {
    Matter::load(txn, hazard).await?.each(txn, rules, &Command::Hold, moment).await
}

/// Resumes the awards 恢复 of a hazard that was closed again or cancelled, and of those merged into it, if they were on hold
/// because it was open.
pub(crate) async fn resume(
    txn: &DatabaseTransaction,
    rules: &RuleBook,
    hazard: HazardId,
    moment: Moment,
) -> ApiResult<()> {
    Matter::load(txn, hazard).await?.each(txn, rules, &Command::Resume, moment).await
}
