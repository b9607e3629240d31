//! The hazards on which an outcome of a report depends: the one to which the report points, and the one that a merge
//! names. `domain::report::effect` says what the outcome does to the first.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::Code;
use domain::hazard::Case;
use domain::id::HazardId;
use domain::policy::HandlingPolicy;
use domain::report::{HazardFacts, Report, Sharing};
use sea_orm::DatabaseTransaction;

use crate::app::App;
use crate::caller::OfficerCaller;
use crate::error::ApiResult;
use crate::hazard::rows;
use crate::report;

/// The locked hazards of an outcome.
#[derive(Default)]
pub(crate) struct LockedHazards {
    /// The hazard to which the report points, usually the one that an emergency brought.
    pub(crate) own: Option<Case>,
    /// The hazard that a merge names.
    pub(crate) named: Option<Case>,
}

impl LockedHazards {
    /// Locks the hazard to which a report points.
    pub(crate) async fn own(txn: &DatabaseTransaction, report: &Report) -> ApiResult<Self> {
        let own = match report.hazard {
            Some(id) => rows::load_locked(txn, id).await?.map(|found| found.case),
            None => None,
        };
        Ok(Self { own, named: None })
    }

    /// Locks the hazard to which a report points and the one that a merge names, by ascending id, which prevents
    /// deadlocks.
    ///
    /// # Errors
    /// `NOT_FOUND` if the officer may not see the named hazard.
    pub(crate) async fn both(
        app: &App,
        txn: &DatabaseTransaction,
        officer: &OfficerCaller,
        report: &Report,
        named: Option<HazardId>,
    ) -> ApiResult<Self> {
        let mut locked = Self::default();
        for id in report.hazard.into_iter().chain(named).collect::<BTreeSet<_>>() {
            let found = rows::load_locked(txn, id).await?.ok_or(Code::NotFound)?;
            if Some(id) == named {
                super::reading::sees(app, txn, officer, id).await?;
                locked.named = Some(found.case.clone());
            }
            if Some(id) == report.hazard {
                locked.own = Some(found.case);
            }
        }
        Ok(locked)
    }

    /// Reads the facts that the rules of reports need.
    pub(crate) async fn facts(
        &self,
        txn: &DatabaseTransaction,
        report: &Report,
        policy: &HandlingPolicy,
        now: DateTime<Utc>,
    ) -> ApiResult<HazardFacts> {
        let sharing = match &self.own {
            Some(case) if report::rows::is_joined(txn, case.id, report.id).await? => Sharing::Joined,
            Some(case) if case.township != report.review_unit => Sharing::HeldElsewhere,
            Some(_) | None => Sharing::Alone,
        };
        let after = self.named.as_ref().or(self.own.as_ref());
        Ok(HazardFacts {
            own: self.own.as_ref().map(Case::stage),
            sharing,
            named: self.named.as_ref().map(Case::stage),
            callback_open: after.is_some_and(|case| case.in_callback_window(now, policy)),
            named_suspended: self.named.as_ref().is_some_and(|case| case.suspension.is_some()),
            named_calmer: self
                .named
                .as_ref()
                .zip(self.own.as_ref())
                .is_some_and(|(named, own)| named.is_calmer_than(own)),
        })
    }
}
