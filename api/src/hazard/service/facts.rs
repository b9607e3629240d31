//! Loads the facts that a decision on a case needs beyond the case itself: unit kinds, recusals 回避, the duty list
//! entry and verified photos.

use std::collections::{BTreeMap, BTreeSet};

use domain::access::By;
use domain::hazard::{Case, Command, Context, DutyFacts, Event, decide};
use domain::id::{PhotoId, ReportId, UnitId};
use domain::staff::UnitKind;
use domain::time::{Moment, china_day};
use sea_orm::DatabaseTransaction;

use crate::app::App;
use crate::caller::OfficerCaller;
use crate::error::ApiResult;
use crate::photo;
use crate::policy::rulebook::RuleBook;
use crate::report::bars;

/// Who takes a step, and when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Acting {
    /// The party that issues the command.
    pub(super) by: By,
    /// Whether the hazard lies in the area of the acting post, or below it.
    pub(super) in_area: bool,
    /// The moment of the step; a reporter's is told at a boundary of the time veil.
    pub(super) moment: Moment,
}

/// The facts for one decision. Facts that the command does not need stay empty.
pub(super) struct CaseFacts {
    units: BTreeMap<UnitId, UnitKind>,
    barred: BTreeSet<UnitId>,
    duty: Option<DutyFacts>,
    verified: BTreeSet<PhotoId>,
    /// A report that awaits its review. Only the step that closes a hazard asks for it.
    pub(super) unreviewed: Option<ReportId>,
}

impl CaseFacts {
    /// Loads the facts that the command needs, in the transaction that holds the row lock. `officer` is the officer who
    /// issues the command; a bar that they may not know of is not among the facts.
    pub(super) async fn gather(
        app: &App,
        txn: &DatabaseTransaction,
        rules: &RuleBook,
        case: &Case,
        command: &Command,
        officer: Option<&OfficerCaller>,
    ) -> ApiResult<Self> {
        let mut facts = Self {
            units: BTreeMap::new(),
            barred: BTreeSet::new(),
            duty: None,
            verified: BTreeSet::new(),
            unreviewed: None,
        };
        let named: Vec<UnitId> = match command {
            Command::Dispatch { lead, supports } | Command::Blow { lead, supports, .. } => {
                std::iter::once(lead).chain(supports).map(|task| task.unit).collect()
            }
            Command::Accept { assignment, .. } => {
                facts.verified =
                    photo::verified_of(txn, &[assignment.0]).await?.into_values().flatten().map(|row| row.id).collect();
                Vec::new()
            }
            // We match exhaustively, because a new command that names units would be refused until its units are looked
            // up here.
            Command::Classify(_)
            | Command::Sign { .. }
            | Command::Claim { .. }
            | Command::Release { .. }
            | Command::HandOver { .. }
            | Command::CheckIn { .. }
            | Command::Finish { .. }
            | Command::Rework { .. }
            | Command::Close { .. }
            | Command::Reopen { .. }
            | Command::Cancel { .. }
            | Command::Transfer { .. } => Vec::new(),
        };
        let day = china_day(app.now());
        facts.units = named.iter().filter_map(|id| Some((*id, rules.unit(*id)?.kind))).collect();
        if !named.is_empty() {
            if let Some(officer) = officer {
                facts.barred = bars::barred_from(app, txn, rules, officer, case.id, &named).await?;
            }
            facts.duty = rules
                .duty_for(case.area, case.category.as_deref(), day)
                .map(|duty| DutyFacts { township_may_lead: duty.township_may_lead });
        }
        Ok(facts)
    }

    /// Decides on a command, with the policy and the timing rules of the hazard's area.
    pub(super) fn decide(
        &self,
        rules: &RuleBook,
        case: &Case,
        command: Command,
        acting: Acting,
    ) -> ApiResult<Vec<Event>> {
        let now = acting.moment.told;
        let policy = rules.handling(Some(case.area), china_day(now))?;
        let context = Context {
            now,
            exact: acting.moment.exact,
            by: acting.by,
            in_area: acting.in_area,
            policy,
            timing: rules.timing(case.area, now)?,
            units: &self.units,
            barred: &self.barred,
            duty: self.duty,
            verified_photos: &self.verified,
            unreviewed: self.unreviewed,
        };
        Ok(decide(case, command, &context)?)
    }
}
