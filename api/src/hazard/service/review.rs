//! Report review 审核: confirm 属实, merge 合并, unfounded 不属实, refer 转办, out of scope 不予受理.
//!
//! To prevent deadlocks, a review always locks the report row first, then the hazard rows by ascending id, then the
//! award row.

use std::collections::BTreeSet;

use domain::Code;
use domain::access::{Action, By};
use domain::hazard::{Case, Command as CaseCommand, End};
use domain::id::{HazardId, NoteId, ReportId, UnitId};
use domain::note::NoteKind;
use domain::policy::ProposeAt;
use domain::refusal::Refusal;
use domain::report::{Context, Event, HazardFacts, decide};
use entity::hazard;
use futures::FutureExt;
use sea_orm::{DatabaseTransaction, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::command_handler::{StepMeta, follow};
use super::findings::{Finding, ReviewFindings, classification_before_review, classification_of};
use super::registering::{HazardOrigin, enter, settle_award};
use crate::app::App;
use crate::caller::{Caller, OfficerCaller, PostHeld};
use crate::error::ApiResult;
use crate::hazard::rows;
use crate::hazard::{scope, subjects};
use crate::identity::{bars, payee};
use crate::journal::idempotency::IdempotencyKey;
use crate::journal::{Author, Stream, notes};
use crate::policy::rulebook::RuleBook;
use crate::report::rows::Loaded;
use crate::report::{self, reading};
use crate::retry::retry;
use domain::time::{Moment, china_day};

/// Reviews a report: records the finding, and registers, reclassifies or cancels the hazard accordingly.
///
/// # Errors
/// `NOT_YOUR_OWN` for the author of the report, `NOT_FOUND` for a report or hazard that the caller may not see.
pub(crate) async fn review(
    app: &App,
    caller: &Caller,
    step: StepMeta,
    id: ReportId,
    finding: Finding,
    reason: &str,
) -> ApiResult<ReportId> {
    let officer = caller.officer()?;
    let reason = notes::reason(reason, "input.reason")?;
    let request = IdempotencyKey::new(
        app,
        &caller.request_name(),
        step.request_id,
        finding.operation(),
        &(id, &finding, &reason, step),
    )?;
    let new = HazardId(Uuid::new_v4());
    let work = Review { app, officer, step, finding: &finding, reason: &reason, new };
    retry(|| work.attempt(&request, id).boxed()).await
}

/// A review request, constant across retries. `new` is the id of the hazard that the review may register.
struct Review<'a> {
    app: &'a App,
    officer: &'a OfficerCaller,
    step: StepMeta,
    finding: &'a Finding,
    reason: &'a str,
    new: HazardId,
}

impl Review<'_> {
    async fn attempt(&self, request: &IdempotencyKey, id: ReportId) -> ApiResult<ReportId> {
        let txn = self.app.begin_write().await?;
        let loaded = reading::load_visible(self.app, &txn, self.officer, id).await?;
        if request.previous_result(&txn).await?.is_some() {
            return Ok(id);
        }
        let rules = self.app.rules(&txn).await?;
        let work = Attempt { app: self.app, txn: &txn, rules: &rules, officer: self.officer, step: self.step };
        work.review(&loaded, self.finding, self.new, self.reason).await?;
        request.record(&txn, id.0, self.app.now()).await?;
        self.app.commit(txn).await?;
        Ok(id)
    }
}

/// One attempt at a review, with its transaction and the rule book read in it.
struct Attempt<'a> {
    app: &'a App,
    txn: &'a DatabaseTransaction,
    rules: &'a RuleBook,
    officer: &'a OfficerCaller,
    step: StepMeta,
}

impl Attempt<'_> {
    async fn review(&self, loaded: &Loaded, finding: &Finding, new: HazardId, reason: &str) -> ApiResult<()> {
        let (app, txn, rules) = (self.app, self.txn, self.rules);
        let id = loaded.report.id;
        if self.step.expected_version.is_some_and(|version| version != loaded.report.version) {
            return Err(Code::ChangedMeanwhile.into());
        }
        let hazard = loaded.report.hazard.unwrap_or(new);
        let hazards = self.lock_hazards(loaded, finding).await?;
        let note = NoteId(Uuid::new_v4());
        let (post, events) = self.decide(loaded, finding, hazard, note, &hazards).await?;
        let by = By::Officer(post.actor(self.officer.id));
        let text = notes::Note {
            id: note,
            stream: Stream::Report(id),
            kind: NoteKind::Review,
            text: reason.to_owned(),
            author: post.id,
        };
        notes::write(txn, text, app.now()).await?;
        if let Finding::Confirm(findings) = finding {
            self.file(loaded, findings, hazards.own.as_ref(), hazard, by).await?;
        }
        let after = report::rows::carry_out(app, txn, rules, &loaded.report, &events, Author::from(by)).await?;
        if let (Some(own), Some(reason)) = (&hazards.own, finding.cancel_reason()) {
            let cancel = CaseCommand::Cancel { reason, note: Some(note) };
            follow(app, txn, rules, own, cancel, by).await?;
        }
        let Some(hazard) = after.hazard.filter(|_| after.status != domain::report::ReportStatus::Unfounded) else {
            return Ok(());
        };
        match rows::load_locked(txn, hazard).await? {
            Some(case) => {
                settle_award(app, txn, rules, &case.case, ProposeAt::Verified, Moment::exact(app.now())).await
            }
            None => Ok(()),
        }
    }

    /// Locks the affected hazards by ascending id, which prevents deadlocks.
    async fn lock_hazards(&self, loaded: &Loaded, finding: &Finding) -> ApiResult<LockedHazards> {
        let target = if let Finding::Merge(target) = finding { Some(*target) } else { None };
        let wanted: BTreeSet<HazardId> = loaded.report.hazard.into_iter().chain(target).collect();
        let mut locked = LockedHazards::default();
        for id in wanted {
            let found = rows::load_locked(self.txn, id).await?.ok_or(Code::NotFound)?;
            if Some(id) == loaded.report.hazard {
                locked.own = Some(found.case.clone());
            }
            if Some(id) == target {
                super::reading::sees(self.app, self.txn, self.officer, id).await?;
                locked.named = Some(found.case);
            }
        }
        Ok(locked)
    }

    async fn decide(
        &self,
        loaded: &Loaded,
        finding: &Finding,
        hazard: HazardId,
        note: NoteId,
        hazards: &LockedHazards,
    ) -> ApiResult<(&PostHeld, Vec<Event>)> {
        let own_report = payee::same_person(self.txn, &self.app.keys, self.officer.id, loaded.report.id).await?;
        let named: Vec<Vec<UnitId>> = match finding {
            Finding::Refer { to: Some(unit), .. } => vec![self.rules.units.line(*unit)],
            Finding::Refer { to: None, .. }
            | Finding::Confirm(_)
            | Finding::Merge(_)
            | Finding::Unfounded
            | Finding::OutOfScope(_) => Vec::new(),
        };
        let barred: BTreeSet<UnitId> =
            bars::barred_units(self.txn, &self.app.keys, loaded.report.id, &named).await?.into_iter().collect();
        let named_case = hazards.named.as_ref().or(hazards.own.as_ref());
        let facts = HazardFacts {
            own_dispatched: hazards.own.as_ref().is_some_and(Case::is_dispatched),
            named_cancelled: named_case.is_some_and(|case| case.end == Some(End::Cancelled)),
        };
        self.officer.choose(self.step.as_post, |post| {
            let context = Context {
                now: self.app.now(),
                by: By::Officer(post.actor(self.officer.id)),
                in_area: post.covers(&loaded.row.area_path),
                own_report,
                barred: &barred,
                hazards: facts,
            };
            Ok(decide(&loaded.report, finding.command(hazard, note), &context)?)
        })
    }

    /// Applies the findings of a confirmed report. A report without a hazard registers a new one; the hazard of an
    /// emergency, which was registered before the review, is reclassified if the findings differ.
    async fn file(
        &self,
        loaded: &Loaded,
        findings: &ReviewFindings,
        own: Option<&Case>,
        id: HazardId,
        by: By,
    ) -> ApiResult<()> {
        let (app, txn, rules) = (self.app, self.txn, self.rules);
        self.check_recurrence(findings.recurrence_of).await?;
        let day = china_day(app.now());
        let before = own.map_or_else(
            || classification_before_review(rules, loaded.row.category.as_deref(), day),
            classification_of,
        );
        let subject = match &findings.subject {
            Some(subject) => Some(subjects::write(app, txn, subject).await?),
            None => None,
        };
        let filed = findings.classify(before.clone(), subject, rules, day)?;
        let Some(own) = own else {
            let origin = HazardOrigin { report: &loaded.row, filed };
            return enter(app, txn, rules, origin, id, Author::from(by)).await.map(drop);
        };
        if filed == before {
            return Ok(());
        }
        follow(app, txn, rules, own, CaseCommand::Classify(filed), by).await.map(drop)
    }

    /// Checks that the recurring hazard exists, is visible to the officer and is closed.
    async fn check_recurrence(&self, hazard: Option<HazardId>) -> ApiResult<()> {
        let Some(id) = hazard else { return Ok(()) };
        let visible = scope::visible(self.app, self.officer, Action::ReadHazard);
        let row = hazard::Entity::find_by_id(id).filter(visible).one(self.txn).await?;
        let row = row.ok_or_else(|| Refusal::new(Code::NotFound).with_field("input.recurrenceOf"))?;
        if row.end_kind == Some(End::Closed) {
            return Ok(());
        }
        Err(Refusal::illegal("recurrence.closed").with_field("input.recurrenceOf").into())
    }
}

/// The locked hazards of a review.
#[derive(Default)]
struct LockedHazards {
    /// The hazard that the report already references, which an emergency registered before the review.
    own: Option<Case>,
    /// The target hazard of a merge.
    named: Option<Case>,
}
