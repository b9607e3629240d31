//! The calls from the handling of a hazard, inside its transaction and under the hazard's lock: a report was found to
//! be true, the hazard was reopened or closed again, or no report earns the award any more.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::Code;
use domain::award::{AwardStatus, Command, Proposal};
use domain::id::{AreaId, AwardId, HazardId, OfficerId, ReportId, UnitId};
use domain::money::Fen;
use entity::award;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::deciding::{self, DecisionContext};
use super::rows::{self, Loaded, Writing};
use crate::app::App;
use crate::error::{ApiError, ApiResult};
use crate::journal::Author;
use crate::policy::rulebook::RuleBook;

/// The facts about a hazard that is worth an award. The caller has already checked that it is time to propose the award
/// and that the author is not excluded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AwardFacts {
    /// The hazard. Its row is already written and is locked by this transaction.
    pub hazard: HazardId,
    /// The first true report of the hazard, by exact time of receipt, then by id. A patrol's report never counts.
    pub report: ReportId,
    /// The unit that manages the award: the unit that reviewed the report 谁受理、谁奖励.
    pub unit: UnitId,
    /// The smallest area that contains the hazard.
    pub area: AreaId,
    /// The amount by the policy: from 0 to [`Fen::MAX`]. The amount of an existing award follows the policy of the day
    /// on which it was proposed, see [`standing`].
    pub amount: Fen,
    /// The officer whose step makes the policy propose the award.
    pub proposed_by: Option<OfficerId>,
    /// The officers who found the report to be true.
    pub verifiers: BTreeSet<OfficerId>,
    /// The document on which the award is based, as people cite it.
    pub basis: String,
}

/// The values of an existing award that its settlement needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    /// The report to which the award belongs.
    pub report: ReportId,
    /// The time of the proposal. The policy of that day sets the amount.
    pub proposed_at: DateTime<Utc>,
}

/// Returns the award of a hazard. Returns `None` if the hazard has no award.
pub(crate) async fn standing(txn: &DatabaseTransaction, hazard: HazardId) -> ApiResult<Option<Standing>> {
    let row = award::Entity::find().filter(award::COLUMN.hazard_id.eq(hazard)).one(txn).await?;
    Ok(row.map(|row| Standing { report: row.report_id, proposed_at: row.proposed_at }))
}

/// Proposes the one award of a hazard. An existing award that is not yet approved follows the first true report and the
/// amount. A second call with the same facts has no effect. An award of 0 is not proposed, and an existing one ends. An
/// award on hold does not follow, so call [`resume`] first.
pub(crate) async fn propose(
    app: &App,
    txn: &DatabaseTransaction,
    rules: &RuleBook,
    facts: AwardFacts,
) -> ApiResult<()> {
    if let Some(loaded) = rows::load_by_hazard(txn, facts.hazard).await? {
        return reassign(app, txn, rules, &loaded, facts).await;
    }
    if facts.amount <= Fen(0) {
        return Ok(());
    }
    let context = DecisionContext { rules, area: facts.area, now: app.now() };
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
    let timing = rules.timing(context.area, context.now)?;
    let (award, first) = domain::award::propose(proposal, context.now, context.policy()?, &timing)?;
    let writing = Writing { at: context.now, rules: rules.version };
    rows::insert(txn, &award, &first, &facts.basis, author, writing).await
}

async fn reassign(
    app: &App,
    txn: &DatabaseTransaction,
    rules: &RuleBook,
    loaded: &Loaded,
    facts: AwardFacts,
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

/// Ends the award of a hazard 失效, because no report earns it any more. An approved award stays as it is.
pub(crate) async fn void(app: &App, txn: &DatabaseTransaction, rules: &RuleBook, hazard: HazardId) -> ApiResult<()> {
    if_possible(app, txn, rules, hazard, Command::Void).await
}

/// Puts the award of a reopened hazard on hold 暂缓, unless its payment is in progress or it is over.
pub(crate) async fn hold(app: &App, txn: &DatabaseTransaction, rules: &RuleBook, hazard: HazardId) -> ApiResult<()> {
    if_possible(app, txn, rules, hazard, Command::Hold).await
}

/// Resumes the award 恢复 of a hazard that was closed again or cancelled, if the award was on hold.
pub(crate) async fn resume(app: &App, txn: &DatabaseTransaction, rules: &RuleBook, hazard: HazardId) -> ApiResult<()> {
    if_possible(app, txn, rules, hazard, Command::Resume).await
}

/// Runs a command on the award of a hazard. Has no effect if there is no award or if its status does not allow the
/// command.
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
