//! The walk that every step of an award takes: decide on the locked state, save the difference with its events.

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

/// Who asks, and what is known of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asker {
    /// Who asks.
    pub(super) by: By,
    /// Whether the hazard lies in the area of the post that asks.
    pub(super) in_area: bool,
    /// Whether the officer who asks wrote the report.
    pub(super) own_report: bool,
    /// Whether the identity of who collects has been verified.
    pub(super) payee_verified: bool,
}

impl Asker {
    /// Nobody: a timer, or a step that follows from another.
    pub(super) const SYSTEM: Self = Self { by: By::System, in_area: false, own_report: false, payee_verified: false };

    /// As whose act the journal keeps it; a reporter is never named there.
    const fn author(self) -> Author {
        match self.by {
            By::Officer(actor) => Author { officer: Some(actor.officer), post: Some(actor.post) },
            By::Reporter | By::System => Author { officer: None, post: None },
        }
    }
}

/// The time and the rules under which something is decided, where a hazard lies.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ground<'a> {
    /// The rules in force.
    pub(super) rules: &'a RuleBook,
    /// The area of the hazard.
    pub(super) area: AreaId,
    /// The time of arrival, as it counts.
    pub(super) now: DateTime<Utc>,
}

impl<'a> Ground<'a> {
    /// What awards are worth here, and on what terms.
    pub(super) fn policy(&self) -> ApiResult<&'a AwardPolicy> {
        self.rules.award(Some(self.area), china_day(self.now))
    }

    /// What happens if this is asked for now, and what follows by itself: an approved award is notified at once.
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
        Ok(events.into_iter().map(|event| (asker.author(), event)).collect())
    }
}

/// Takes a step that nobody's post takes, in an open transaction; the award after it.
///
/// # Errors
/// Why it may not be.
pub(super) async fn follow(
    txn: &DatabaseTransaction,
    rules: &RuleBook,
    loaded: &Loaded,
    command: Command,
    now: DateTime<Utc>,
) -> ApiResult<Award> {
    let ground = Ground { rules, area: loaded.site.area, now };
    let steps = ground.decide(loaded, command, Asker::SYSTEM)?;
    rows::save(txn, &loaded.award, &steps, Writing { at: now, rules: rules.version }).await
}
