//! Decides on the steps of an award from its locked state.

use chrono::{DateTime, Utc};
use domain::access::By;
use domain::award::{Award, AwardStatus, Command, Context, Event, HazardNow, apply, decide};
use domain::id::AreaId;
use domain::policy::AwardPolicy;
use sea_orm::DatabaseTransaction;

use super::rows::{self, Loaded, Writing};
use crate::error::ApiResult;
use crate::journal::Author;
use crate::policy::rulebook::RuleBook;
use domain::time::china_day;

/// The party that asks for a step, and the facts about it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asker {
    /// The party that asks.
    pub(super) by: By,
    /// Whether the hazard lies in the area of the post that asks.
    pub(super) in_area: bool,
    /// Whether the officer who asks wrote the report.
    pub(super) own_report: bool,
    /// Whether the identity of the payee has been verified.
    pub(super) payee_verified: bool,
}

impl Asker {
    /// The system: a timer, or a step that follows from another step.
    pub(super) const SYSTEM: Self = Self { by: By::System, in_area: false, own_report: false, payee_verified: false };
}

/// The rules, the area and the time under which a step is decided.
#[derive(Debug, Clone, Copy)]
pub(super) struct DecisionContext<'a> {
    /// The rules in force.
    pub(super) rules: &'a RuleBook,
    /// The area of the hazard.
    pub(super) area: AreaId,
    /// The time at which the step counts as taken.
    pub(super) now: DateTime<Utc>,
}

impl<'a> DecisionContext<'a> {
    /// Returns the award policy of the area at this time.
    pub(super) fn policy(&self) -> ApiResult<&'a AwardPolicy> {
        self.rules.award(Some(self.area), china_day(self.now))
    }

    /// Returns the events of a command, and of what follows from it: the reporter of an approved award is notified at
    /// once.
    pub(super) fn decide(&self, loaded: &Loaded, command: Command, asker: Asker) -> ApiResult<Vec<(Author, Event)>> {
        let hazard = loaded.site.now;
        let mut steps = self.decide_one(&loaded.award, hazard, command, asker)?;
        let mut after = loaded.award.clone();
        for (_, event) in &steps {
            apply(&mut after, event);
        }
        if after.status == AwardStatus::Approved {
            steps.extend(self.decide_one(&after, hazard, Command::Notify, Asker::SYSTEM)?);
        }
        Ok(steps)
    }

    fn decide_one(
        &self,
        award: &Award,
        hazard: HazardNow,
        command: Command,
        asker: Asker,
    ) -> ApiResult<Vec<(Author, Event)>> {
        let context = Context {
            now: self.now,
            by: asker.by,
            in_area: asker.in_area,
            own_report: asker.own_report,
            payee_verified: asker.payee_verified,
            hazard,
            policy: self.policy()?,
            timing: self.rules.timing(self.area, self.now)?,
        };
        let events = decide(award, command, &context)?;
        Ok(events.into_iter().map(|event| (Author::from(asker.by), event)).collect())
    }
}

/// Decides on and writes a step that no officer asked for under a post, in an open transaction. Returns the award after
/// the step.
///
/// # Errors
/// The refusals of [`domain::award::decide`].
pub(super) async fn follow(
    txn: &DatabaseTransaction,
    rules: &RuleBook,
    loaded: &Loaded,
    command: Command,
    now: DateTime<Utc>,
) -> ApiResult<Award> {
    let context = DecisionContext { rules, area: loaded.site.area, now };
    let steps = context.decide(loaded, command, Asker::SYSTEM)?;
    rows::save(txn, &loaded.award, &steps, Writing { at: now, rules: rules.version }).await
}
