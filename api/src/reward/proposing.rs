//! What the handling of a hazard tells this slice, inside its own transaction and under the hazard's lock: that a report
//! was found to be true, that the hazard was reopened, that it is closed again, that nobody earns anything by it any more.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::Code;
use domain::award::{AwardStatus, Command, Proposal};
use domain::id::{AreaId, AwardId, HazardId, OfficerId, ReportId, UnitId};
use domain::money::Fen;
use entity::award;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::deciding::{self, Ground};
use super::rows::{self, Loaded, Writing};
use crate::app::App;
use crate::error::{ApiError, ApiResult};
use crate::journal::Author;
use crate::policy::rulebook::RuleBook;

/// What is known when a hazard is worth an award. Whether it is time, and whether the author is excluded, has been
/// asked before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Facts {
    /// The hazard; its row is written, and locked by this transaction.
    pub hazard: HazardId,
    /// The first true report of it, by exact receipt, then by id; never a patrol's.
    pub report: ReportId,
    /// The unit that keeps the award: the one that reviewed that report 谁受理、谁奖励.
    pub unit: UnitId,
    /// The smallest area that contains the hazard.
    pub area: AreaId,
    /// What it is worth by the policy: nothing, or up to [`Fen::MAX`]. Of an award that is there, by the policy of the day
    /// on which it was proposed: see [`standing`].
    pub amount: Fen,
    /// Whose step makes the policy propose it.
    pub proposed_by: Option<OfficerId>,
    /// Who found that report to be true.
    pub verifiers: BTreeSet<OfficerId>,
    /// The document that it rests on, as people cite it.
    pub basis: String,
}

/// The award of a hazard, as far as whoever settles it must know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    /// The report that it belongs to.
    pub report: ReportId,
    /// When it was proposed: the policy of that day says what it is worth.
    pub proposed_at: DateTime<Utc>,
}

/// The award that a hazard has, if it has one.
///
/// # Errors
/// When the database is not answering.
pub(crate) async fn standing(txn: &DatabaseTransaction, hazard: HazardId) -> ApiResult<Option<Standing>> {
    let row = award::Entity::find().filter(award::COLUMN.hazard_id.eq(hazard)).one(txn).await?;
    Ok(row.map(|row| Standing { report: row.report_id, proposed_at: row.proposed_at }))
}

/// Proposes the one award of a hazard, or lets the one that is there follow the first true report, and what the hazard
/// is worth, while it is not approved. Asking twice has one effect; an award of nothing is not proposed, or ends; a held
/// one follows nobody, so [`resume`] it first.
///
/// # Errors
/// When the database is not answering, or no policy holds.
pub(crate) async fn propose(app: &App, txn: &DatabaseTransaction, rules: &RuleBook, facts: Facts) -> ApiResult<()> {
    if let Some(loaded) = rows::load_by_hazard(txn, facts.hazard).await? {
        return reassign(app, txn, rules, &loaded, facts).await;
    }
    if facts.amount <= Fen(0) {
        return Ok(());
    }
    let ground = Ground { rules, area: facts.area, now: app.now() };
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
    let timing = rules.timing(ground.area, ground.now)?;
    let (award, first) = domain::award::propose(proposal, ground.now, ground.policy()?, &timing)?;
    let writing = Writing { at: ground.now, rules: rules.version };
    rows::insert(txn, (&award, &first), &facts.basis, author, writing).await
}

async fn reassign(
    app: &App,
    txn: &DatabaseTransaction,
    rules: &RuleBook,
    loaded: &Loaded,
    facts: Facts,
) -> ApiResult<()> {
    let (award, now) = (&loaded.award, app.now());
    let follows = matches!(award.status, AwardStatus::Proposed | AwardStatus::Reviewed);
    if !follows || (award.report == facts.report && award.amount == facts.amount) {
        return Ok(());
    }
    let command = if facts.amount > Fen(0) {
        Command::Reassign { report: facts.report, verifiers: facts.verifiers, amount: facts.amount }
    } else {
        Command::Void
    };
    deciding::follow(txn, rules, loaded, command, now).await.map(drop)
}

/// 失效: no report of the hazard earns its award any more; one that is approved is frozen, and stays.
///
/// # Errors
/// When the database is not answering.
pub(crate) async fn void(app: &App, txn: &DatabaseTransaction, rules: &RuleBook, hazard: HazardId) -> ApiResult<()> {
    if_possible(app, txn, rules, hazard, Command::Void).await
}

/// 暂缓: the hazard was reopened, so its award waits; one that is on its way or over does not.
///
/// # Errors
/// When the database is not answering.
pub(crate) async fn hold(app: &App, txn: &DatabaseTransaction, rules: &RuleBook, hazard: HazardId) -> ApiResult<()> {
    if_possible(app, txn, rules, hazard, Command::Hold).await
}

/// The hazard is closed again, or struck: its award goes on where it was held, if it was.
///
/// # Errors
/// When the database is not answering.
pub(crate) async fn resume(app: &App, txn: &DatabaseTransaction, rules: &RuleBook, hazard: HazardId) -> ApiResult<()> {
    if_possible(app, txn, rules, hazard, Command::Resume).await
}

async fn if_possible(
    app: &App,
    txn: &DatabaseTransaction,
    rules: &RuleBook,
    hazard: HazardId,
    command: Command,
) -> ApiResult<()> {
    let Some(loaded) = rows::load_by_hazard(txn, hazard).await? else { return Ok(()) };
    match deciding::follow(txn, rules, &loaded, command, app.now()).await {
        Ok(_) => Ok(()),
        Err(ApiError::Refused(refusal)) if refusal.code == Code::IllegalMove => Ok(()),
        Err(error) => Err(error),
    }
}
