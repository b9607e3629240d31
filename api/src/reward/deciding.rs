//! Decides on award steps, given the locked state of the award.

use domain::access::By;
use domain::award::{Award, AwardStatus, Command, Context, Event, HazardNow, apply, decide};
use domain::id::AreaId;
use domain::policy::AwardPolicy;
use sea_orm::DatabaseTransaction;

use super::rows::{self, Loaded, Writing};
use crate::error::ApiResult;
use crate::journal::Author;
use crate::policy::rulebook::RuleBook;
use domain::time::{Moment, china_day};

/// The actor that requests a step, and the facts about the actor that the decision needs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asker {
    /// The requesting actor: an officer under a post, the reporter, or the system.
    pub(super) by: By,
    /// Whether the hazard lies in the area of the acting post.
    pub(super) in_area: bool,
    /// Whether the requesting officer is the author of the report.
    pub(super) own_report: bool,
    /// Whether the identity of the payee is verified; only collection requires it.
    pub(super) payee_verified: bool,
}

impl Asker {
    /// The system: a timer, or a step triggered by another step.
    pub(super) const SYSTEM: Self = Self { by: By::System, in_area: false, own_report: false, payee_verified: false };
}

/// The rule book, the area and the time that apply to a decision.
#[derive(Debug, Clone, Copy)]
pub(super) struct DecisionContext<'a> {
    /// The rule book in force.
    pub(super) rules: &'a RuleBook,
    /// The area of the hazard, which selects the award policy.
    pub(super) area: AreaId,
    /// The moment of the step. Its clocks run from the told time.
    pub(super) moment: Moment,
}

impl<'a> DecisionContext<'a> {
    /// Looks up the award policy of the area on the day of the step.
    pub(super) fn policy(&self) -> ApiResult<&'a AwardPolicy> {
        self.rules.award(Some(self.area), china_day(self.moment.told))
    }

    /// Decides on a command and returns its events. An approved award is notified immediately, so the events of the
    /// `Notify` command, which the system issues, follow those of `Approve`.
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
            now: self.moment.told,
            exact: self.moment.exact,
            by: asker.by,
            in_area: asker.in_area,
            own_report: asker.own_report,
            payee_verified: asker.payee_verified,
            hazard,
            policy: self.policy()?,
            timing: self.rules.timing(self.area, self.moment.told)?,
        };
        let events = decide(award, command, &context)?;
        Ok(events.into_iter().map(|event| (Author::from(asker.by), event)).collect())
    }
}

/// Decides on and saves a step by the system inside an open transaction, and returns the new award.
///
/// # Errors
/// The refusals of [`domain::award::decide`].
pub(super) async fn follow(
    txn: &DatabaseTransaction,
    rules: &RuleBook,
    loaded: &Loaded,
    command: Command,
    moment: Moment,
) -> ApiResult<Award> {
    let context = DecisionContext { rules, area: loaded.site.area, moment };
    let steps = context.decide(loaded, command, Asker::SYSTEM)?;
    rows::save(txn, &loaded.award, &steps, Writing { at: moment.told, rules: rules.version }).await
}
