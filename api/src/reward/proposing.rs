//! What the handling of a hazard tells this slice, inside its own transaction and under the hazard's lock: that a report
//! was found to be true, that the hazard was reopened, that it is closed again.

use std::collections::BTreeSet;

use domain::Code;
use domain::award::{AwardStatus, Command, Proposal};
use domain::id::{AreaId, AwardId, HazardId, OfficerId, ReportId, UnitId};
use domain::money::Fen;
use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use super::rows::{self, Loaded, Writing};
use super::walk::{self, Ground};
use crate::app::App;
use crate::error::{ApiError, ApiResult};
use crate::journal::Author;
use crate::policy::rulebook::RuleBook;

/// What is known when a hazard is worth an award. Whether it is time, and whether the author is excluded, has been
/// asked before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The hazard; its row is written, and locked by this transaction.
    pub hazard: HazardId,
    /// The first true report of it, by exact receipt, then by id; never a patrol's.
    pub report: ReportId,
    /// The unit that keeps the award: the one that reviewed that report 谁受理、谁奖励.
    pub unit: UnitId,
    /// The smallest area that contains the hazard.
    pub area: AreaId,
    /// What it is worth by the policy: nothing, or up to [`Fen::MAX`].
    pub amount: Fen,
    /// Whose step makes the policy propose it.
    pub proposed_by: Option<OfficerId>,
    /// Who found that report to be true.
    pub verifiers: BTreeSet<OfficerId>,
    /// The document that it rests on, as people cite it.
    pub basis: String,
}

/// Proposes the one award of a hazard, or lets the one that is there follow the first true report while it is not
/// approved. Asking twice has one effect; an award of nothing is not proposed; a held one follows nobody, so
/// [`resume`] it first.
///
/// # Errors
/// When the database is not answering, or no policy holds.
pub async fn propose(app: &App, txn: &DatabaseTransaction, rules: &RuleBook, facts: Facts) -> ApiResult<()> {
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
    let (award, first) = domain::award::propose(proposal, ground.now, ground.policy()?, &ground.timing()?)?;
    let writing = Writing { at: ground.now, rules: rules.version };
    rows::insert(txn, (&award, &first), &facts.basis, author, writing).await
}

/// Lets the award of a hazard follow the first true report while it is not approved; none is proposed.
///
/// # Errors
/// As [`propose`].
pub async fn follow(app: &App, txn: &DatabaseTransaction, rules: &RuleBook, facts: Facts) -> ApiResult<()> {
    match rows::load_by_hazard(txn, facts.hazard).await? {
        Some(loaded) => reassign(app, txn, rules, &loaded, facts).await,
        None => Ok(()),
    }
}

async fn reassign(
    app: &App,
    txn: &DatabaseTransaction,
    rules: &RuleBook,
    loaded: &Loaded,
    facts: Facts,
) -> ApiResult<()> {
    let follows = matches!(loaded.award.status, AwardStatus::Proposed | AwardStatus::Reviewed);
    if !follows || loaded.award.report == facts.report {
        return Ok(());
    }
    let command = Command::Reassign { report: facts.report, verifiers: facts.verifiers };
    walk::follow(txn, rules, loaded, command, app.now()).await.map(|_| ())
}

/// 暂缓: the hazard was reopened, so its award waits; one that is on its way or over does not.
///
/// # Errors
/// When the database is not answering.
pub async fn hold(app: &App, txn: &DatabaseTransaction, rules: &RuleBook, hazard: HazardId) -> ApiResult<()> {
    if_possible(app, txn, rules, hazard, Command::Hold).await
}

/// The hazard is closed again: its award goes on where it was held, if it was.
///
/// # Errors
/// When the database is not answering.
pub async fn resume(app: &App, txn: &DatabaseTransaction, rules: &RuleBook, hazard: HazardId) -> ApiResult<()> {
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
    match walk::follow(txn, rules, &loaded, command, app.now()).await {
        Ok(_) => Ok(()),
        Err(ApiError::Refused(refusal)) if refusal.code == Code::IllegalMove => Ok(()),
        Err(error) => Err(error),
    }
}
