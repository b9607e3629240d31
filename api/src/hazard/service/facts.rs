//! What is known around a case when something is asked of it: units, bars, the duty list, verified photos.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use domain::access::By;
use domain::hazard::{Case, Command, Context, DutyFacts, Event, decide};
use domain::id::{PhotoId, UnitId};
use domain::staff::UnitKind;
use domain::time::ceil_to_hour;
use sea_orm::DatabaseTransaction;

use crate::app::App;
use crate::error::ApiResult;
use crate::photo;
use crate::policy::rulebook::RuleBook;
use domain::time::china_day;

/// The time of a step: of a reporter's, the end of its hour, since the exact time would tell on them.
fn moment(app: &App, by: By) -> DateTime<Utc> {
    match by {
        By::Officer(_) | By::System => app.now(),
        By::Reporter => ceil_to_hour(app.now()),
    }
}

/// What is known around a case when something is asked of it.
pub(super) struct Facts {
    units: BTreeMap<UnitId, UnitKind>,
    barred: BTreeSet<UnitId>,
    duty: Option<DutyFacts>,
    verified: BTreeSet<PhotoId>,
}

impl Facts {
    pub(super) async fn gather(
        app: &App,
        txn: &DatabaseTransaction,
        rules: &RuleBook,
        case: &Case,
        command: &Command,
    ) -> ApiResult<Self> {
        let mut facts = Self { units: BTreeMap::new(), barred: BTreeSet::new(), duty: None, verified: BTreeSet::new() };
        let named: Vec<UnitId> = match command {
            Command::Dispatch { lead, supports } | Command::Blow { lead, supports, .. } => {
                std::iter::once(lead).chain(supports).map(|task| task.unit).collect()
            }
            Command::Accept { assignment, .. } => {
                facts.verified =
                    photo::verified_of(txn, &[assignment.0]).await?.into_values().flatten().map(|row| row.id).collect();
                Vec::new()
            }
            // Every command is named here, because one that names units is refused as long as they are not looked up.
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
            | Command::Cancel { .. } => Vec::new(),
        };
        let day = china_day(app.now());
        facts.units = named.iter().filter_map(|id| Some((*id, rules.unit(*id)?.kind))).collect();
        if !named.is_empty() {
            facts.barred = crate::report::bars::accused(app, txn, case.id, &named).await?;
            facts.duty = rules
                .duty_for(case.area, case.category.as_deref(), day)
                .map(|duty| DutyFacts { township_may_lead: duty.township_may_lead });
        }
        Ok(facts)
    }

    pub(super) fn decide(
        &self,
        app: &App,
        rules: &RuleBook,
        case: &Case,
        command: Command,
        (by, in_area): (By, bool),
    ) -> ApiResult<Vec<Event>> {
        let now = moment(app, by);
        let policy = rules.handling(Some(case.area), china_day(now))?;
        let context = Context {
            now,
            by,
            in_area,
            policy,
            timing: rules.timing(case.area, now)?,
            units: &self.units,
            barred: &self.barred,
            duty: self.duty,
            verified_photos: &self.verified,
        };
        Ok(decide(case, command, &context)?)
    }
}
