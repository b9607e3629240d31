//! Report review 审核: confirm 属实, merge 合并, unfounded 不属实, refer 转办, out of scope 不予受理.
//!
//! To prevent deadlocks, a review always locks the report row first, then the hazard rows by ascending id, then the
//! award row.

use std::collections::BTreeSet;

use domain::Code;
use domain::access::By;
use domain::hazard::{Command as CaseCommand, Level, MajorCommand};
use domain::id::{HazardId, NoteId, ReportId, UnitId};
use domain::note::NoteKind;
use domain::policy::ProposeAt;
use domain::report::{Context, Effect, Event, Receiver, Report, ReportStatus, decide, effect};
use futures::FutureExt;
use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use super::command_handler::{StepMeta, follow};
use super::findings::Finding;
use super::own_hazard::LockedHazards;
use super::parting;
use super::registering::settle_award;
use crate::app::App;
use crate::caller::{Caller, OfficerCaller, PostHeld};
use crate::error::ApiResult;
use crate::hazard::rows;
use crate::identity::{bars, payee};
use crate::journal::idempotency::IdempotencyKey;
use crate::journal::{Author, Stream, notes};
use crate::policy::rulebook::RuleBook;
use crate::policy::units::is_on;
use crate::report::deadlines::Deadlines;
use crate::report::rows::Loaded;
use crate::report::{self, callbacks, reading};
use crate::retry::retry;
use crate::staff::reviewers::Staffing;
use domain::time::{Moment, china_day};

/// Reviews a report: records the finding, and registers, reclassifies, moves or cancels the hazard accordingly. A referral
/// to a unit of this system moves the review there instead of ending it.
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
        let loaded = report::rows::load_locked(&txn, id).await?.ok_or(Code::NotFound)?;
        // Whoever referred a report to another unit may not read it any more. They still get the same answer again: that it
        // was referred, and nothing of what became of it.
        if request.previous_result(&txn).await?.is_some() {
            return Ok(id);
        }
        reading::check_visible(self.app, &txn, self.officer, &loaded).await?;
        let rules = self.app.rules(&txn).await?;
        let work = Attempt { app: self.app, txn: &txn, rules: &rules, officer: self.officer, step: self.step };
        Box::pin(work.review(&loaded, self.finding, self.new, self.reason)).await?;
        request.record(&txn, id.0, self.app.now()).await?;
        self.app.commit(txn).await?;
        Ok(id)
    }
}

/// One attempt at a review, with its transaction and the rule book read in it.
pub(super) struct Attempt<'a> {
    pub(super) app: &'a App,
    pub(super) txn: &'a DatabaseTransaction,
    pub(super) rules: &'a RuleBook,
    pub(super) officer: &'a OfficerCaller,
    step: StepMeta,
}

/// A decided review: the post that acts, the events of the report, and what they do to the own hazard.
struct Decided<'a> {
    post: &'a PostHeld,
    events: Vec<Event>,
    effect: Effect,
    hazard: HazardId,
}

impl Attempt<'_> {
    async fn review(&self, loaded: &Loaded, finding: &Finding, new: HazardId, reason: &str) -> ApiResult<()> {
        let (app, txn, rules) = (self.app, self.txn, self.rules);
        let id = loaded.report.id;
        if self.step.expected_version.is_some_and(|version| version != loaded.report.version) {
            return Err(Code::ChangedMeanwhile.into());
        }
        let hazards = LockedHazards::both(app, txn, self.officer, &loaded.report, finding.joined()).await?;
        let note = NoteId(Uuid::new_v4());
        let Decided { post, events, effect, hazard } = self.decide(loaded, finding, new, note, &hazards).await?;
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
            let own = hazards.own.as_ref().filter(|_| effect == Effect::Keep);
            self.file(loaded, findings, own, hazard, by).await?;
        }
        let after = report::rows::carry_out(app, txn, rules, &loaded.report, &events, Author::from(by)).await?;
        self.change_own(&hazards, finding, effect, note, by).await?;
        if matches!(finding, Finding::Confirm(findings) if findings.suspected_major) {
            Box::pin(self.suspect(hazard, note, by)).await?;
        }
        self.ask_for_an_opinion(&events, &after, &hazards).await?;
        self.settle_awards(&after, &hazards, effect).await
    }

    async fn decide(
        &self,
        loaded: &Loaded,
        finding: &Finding,
        new: HazardId,
        note: NoteId,
        hazards: &LockedHazards,
    ) -> ApiResult<Decided<'_>> {
        let (now, report) = (self.app.now(), &loaded.report);
        let own_report = payee::same_person(self.txn, &self.app.keys, self.officer.id, report.id).await?;
        let named: Vec<Vec<UnitId>> = finding.receiver().into_iter().map(|unit| self.rules.units.line(unit)).collect();
        let barred: BTreeSet<UnitId> =
            bars::barred_units(self.txn, &self.app.keys, report.id, &named).await?.into_iter().collect();
        let Deadlines { policy, timing } = Deadlines::of(self.rules, &loaded.row, now)?;
        let facts = hazards.facts(self.txn, report, policy, now).await?;
        let receiver = self.receiver(finding, report.id).await?;
        let outcome = finding.command(new, note)?.outcome().ok_or(Code::Forbidden)?;
        let effect = effect(outcome, facts.own, facts.sharing);
        let hazard = report.hazard.filter(|_| effect != Ok(Effect::Register)).unwrap_or(new);
        let command = finding.command(hazard, note)?;
        let (post, events) = self.officer.choose(self.step.as_post, |post| {
            let context = Context {
                now,
                by: By::Officer(post.actor(self.officer.id)),
                in_area: post.covers(&loaded.row.area_path),
                own_report,
                barred: &barred,
                hazards: facts,
                receiver,
                policy,
                timing,
            };
            Ok(decide(report, command, &context)?)
        })?;
        Ok(Decided { post, events, effect: effect?, hazard })
    }

    /// Looks up the unit to which the report is referred, as of today. Somebody there has to be free to review it: an
    /// officer who is recused by another post is not.
    async fn receiver(&self, finding: &Finding, report: ReportId) -> ApiResult<Receiver> {
        let day = china_day(self.app.now());
        let unit = finding.receiver().and_then(|id| self.rules.unit(id)).filter(|unit| is_on(unit, day));
        let Some(unit) = unit else { return Ok(Receiver::Unknown) };
        let units = self.rules.units.iter().map(|unit| unit.id);
        let accused = bars::accused_by(self.txn, &self.app.keys, &[report], units).await?.remove(&report);
        let staffing = Staffing::load(self.txn, &self.rules.units, day).await?;
        let may_review = staffing.may_review(unit.id, &accused.unwrap_or_default());
        Ok(if may_review { Receiver::MayReview } else { Receiver::CannotReview })
    }

    /// Changes the hazard to which the report points, as the finding requires.
    async fn change_own(
        &self,
        hazards: &LockedHazards,
        finding: &Finding,
        effect: Effect,
        note: NoteId,
        by: By,
    ) -> ApiResult<()> {
        let Some(own) = &hazards.own else { return Ok(()) };
        let command = match (effect, finding.receiver()) {
            (Effect::Strike, _) => {
                CaseCommand::Cancel { reason: finding.cancel_reason(), note: Some(note), into: finding.joined() }
            }
            (Effect::Move, Some(to)) => CaseCommand::Transfer { to, note: Some(note) },
            (Effect::Move, None) | (Effect::Keep | Effect::Register, _) => return Ok(()),
        };
        follow(self.app, self.txn, self.rules, own, command, by).await?;
        if effect != Effect::Strike {
            return Ok(());
        }
        let left = report::rows::standing(self.txn, own.id).await?;
        parting::part(self.app, self.txn, self.rules, own, &left, Moment::exact(self.app.now())).await
    }

    /// Lets the responsible department judge 判定 the hazard, because the review suspects that it is a major one. What the review
    /// found is new to a department that refused an earlier suspicion.
    async fn suspect(&self, hazard: HazardId, note: NoteId, by: By) -> ApiResult<()> {
        let Some(found) = rows::load_locked(self.txn, hazard).await? else { return Ok(()) };
        let case = found.case;
        if case.end.is_some() || case.level == Level::Major || case.major.suspicion.is_some() {
            return Ok(());
        }
        let command = CaseCommand::Major(MajorCommand::Suspect { note, new_facts: Some(note), reviewed: true });
        follow(self.app, self.txn, self.rules, &case, command, by).await.map(drop)
    }

    /// Asks the author at once 回访 if the report was found to be true after its hazard had been closed.
    async fn ask_for_an_opinion(&self, events: &[Event], after: &Report, hazards: &LockedHazards) -> ApiResult<()> {
        let asked =
            |event: &Event| matches!(event, Event::Confirmed { asked: true, .. } | Event::Merged { asked: true, .. });
        let closed = hazards.named.as_ref().or(hazards.own.as_ref()).filter(|case| Some(case.id) == after.hazard);
        match closed {
            Some(case) if events.iter().any(asked) => {
                callbacks::ask_one(self.txn, after.id, case.id, case.round, self.app.now()).await
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Settles the awards of the hazard to which the report points now, and of the own one if it stays as it is. A
    /// cancelled hazard has settled its award already.
    async fn settle_awards(&self, after: &Report, hazards: &LockedHazards, effect: Effect) -> ApiResult<()> {
        if after.status == ReportStatus::Received {
            return Ok(());
        }
        let kept = hazards.own.as_ref().map(|case| case.id).filter(|_| effect != Effect::Strike);
        let is_true = matches!(after.status, ReportStatus::Confirmed | ReportStatus::Merged);
        for id in kept.into_iter().chain(after.hazard.filter(|_| is_true)).collect::<BTreeSet<_>>() {
            if let Some(found) = rows::load_locked(self.txn, id).await? {
                let moment = Moment::exact(self.app.now());
                settle_award(self.app, self.txn, self.rules, &found.case, ProposeAt::Verified, moment).await?;
            }
        }
        Ok(())
    }
}
