//! What the handling of a hazard tells this slice, inside its own transaction and under the hazard's lock: that a report
//! was found to be true, that the hazard was reopened, that it is closed again.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::Code;
use domain::award::{Award, AwardStatus, Command, Proposal};
use domain::hazard::Level;
use domain::id::{AwardId, HazardId, OfficerId, ReportId, UnitId};
use domain::money::Fen;
use domain::policy::ProposeAt;
use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use super::rows::{self, Loaded, Writing};
use super::walk::{self, Ground};
use crate::app::App;
use crate::error::{ApiError, ApiResult};
use crate::journal::Author;
use crate::policy::rulebook::{RuleBook, china_day};

/// What is known when a hazard may be worth an award.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// The hazard; its row is written, and locked by this transaction.
    pub hazard: HazardId,
    /// How grave it is.
    pub level: Level,
    /// The first true report of it, by exact receipt, then by id; never a patrol's.
    pub first_true: ReportId,
    /// The unit that keeps the award: the one that reviewed that report 谁受理、谁奖励.
    pub unit: UnitId,
    /// Who found that report to be true.
    pub verifiers: BTreeSet<OfficerId>,
    /// Whose step makes the policy propose it.
    pub author: Author,
    /// Which step that is.
    pub moment: ProposeAt,
    /// Whether the matter lies in the duty area of that report's author, as `identity` answers.
    pub own_duty: bool,
}

/// What became of a proposal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proposed {
    /// There is a new award.
    New(AwardId),
    /// The award follows the first true report, and is reviewed anew.
    Reassigned(AwardId),
    /// The award stays as it is: it belongs to that report already, or is frozen.
    Unchanged(AwardId),
    /// There is none. Why is not said: one of the reasons would tell who the author is.
    None,
}

/// Proposes the one award of a hazard, or lets the one that is there follow the first true report while it can. Asking
/// twice has one effect. Where the hazard was held, ask [`resume`] first: a held award follows nobody.
///
/// # Errors
/// When the database is not answering, or no policy holds.
pub async fn propose(app: &App, txn: &DatabaseTransaction, rules: &RuleBook, facts: Facts) -> ApiResult<Proposed> {
    let now = app.now();
    if let Some(loaded) = rows::load_by_hazard(txn, facts.hazard).await? {
        return reassign(txn, rules, &loaded, facts, now).await;
    }
    let site = rows::site(txn, facts.hazard).await?;
    let ground = Ground { rules, site: &site, now };
    let policy = rules.award(Some(site.area), china_day(now))?;
    let amount = policy.amount(facts.level);
    if policy.propose_at != facts.moment || amount <= Fen(0) || (policy.exclude_own_duty && facts.own_duty) {
        return Ok(Proposed::None);
    }
    let proposal = Proposal {
        id: AwardId(Uuid::new_v4()),
        hazard: facts.hazard,
        report: facts.first_true,
        unit: facts.unit,
        amount,
        proposed_by: facts.author.officer,
        verifiers: facts.verifiers,
    };
    let (award, first) = domain::award::propose(proposal, now, policy, &ground.timing()?)?;
    let writing = Writing { at: now, rules: rules.version };
    rows::insert(txn, (&award, &first), &policy.basis, facts.author, writing).await?;
    Ok(Proposed::New(award.id))
}

/// An award never passes to an author whom the policy excludes: it stays, and its reviewer decides.
async fn reassign(
    txn: &DatabaseTransaction,
    rules: &RuleBook,
    loaded: &Loaded,
    facts: Facts,
    now: DateTime<Utc>,
) -> ApiResult<Proposed> {
    let award = &loaded.award;
    let follows = matches!(award.status, AwardStatus::Proposed | AwardStatus::Reviewed);
    let policy = rules.award(Some(loaded.site.area), china_day(now))?;
    let excluded = policy.exclude_own_duty && facts.own_duty;
    if !follows || excluded || award.report == facts.first_true {
        return Ok(Proposed::Unchanged(award.id));
    }
    let command = Command::Reassign { report: facts.first_true, verifiers: facts.verifiers };
    walk::follow(txn, rules, loaded, command, now).await?;
    Ok(Proposed::Reassigned(award.id))
}

/// 暂缓: the hazard was reopened, so its award waits. What is on its way or over does not; `None` where nothing waits.
///
/// # Errors
/// When the database is not answering.
pub async fn hold(
    app: &App,
    txn: &DatabaseTransaction,
    rules: &RuleBook,
    hazard: HazardId,
) -> ApiResult<Option<AwardId>> {
    if_possible(app, txn, rules, hazard, Command::Hold).await
}

/// The hazard is closed again: its award goes on where it was held. `None` where nothing waited.
///
/// # Errors
/// When the database is not answering.
pub async fn resume(
    app: &App,
    txn: &DatabaseTransaction,
    rules: &RuleBook,
    hazard: HazardId,
) -> ApiResult<Option<AwardId>> {
    if_possible(app, txn, rules, hazard, Command::Resume).await
}

async fn if_possible(
    app: &App,
    txn: &DatabaseTransaction,
    rules: &RuleBook,
    hazard: HazardId,
    command: Command,
) -> ApiResult<Option<AwardId>> {
    let Some(loaded) = rows::load_by_hazard(txn, hazard).await? else { return Ok(None) };
    match walk::follow(txn, rules, &loaded, command, app.now()).await {
        Ok(Award { id, .. }) => Ok(Some(id)),
        Err(ApiError::Refused(refusal)) if refusal.code == Code::IllegalMove => Ok(None),
        Err(error) => Err(error),
    }
}
