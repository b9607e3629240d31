//! Merging 合并 of two entries of one matter: a hazard is cancelled as the duplicate of another one, which stands. Its reports
//! move there with their findings or their open reviews, and the award of the first true report of both stands.

use std::collections::BTreeSet;

use domain::Code;
use domain::access::By;
use domain::area::AreaLevel;
use domain::hazard::{Both, CancelReason, Case, Command, OpenWork, Side, Terms, merge};
use domain::id::{HazardId, UnitId};
use domain::note::NoteKind;
use domain::refusal::Refusal;
use domain::time::Moment;
use futures::FutureExt;
use sea_orm::DatabaseTransaction;

use super::command_handler::{NewNote, StepMeta};
use super::facts::{Acting, CaseFacts};
pub(crate) use super::pair::Pair;
use super::pair::{Carrying, LockedPair, Moved, lock_reports};
use super::step_input::StepInput;
use crate::app::App;
use crate::caller::{Caller, OfficerCaller};
use crate::error::ApiResult;
use crate::hazard::rows::Loaded;
use crate::journal::idempotency::IdempotencyKey;
use crate::journal::{Stream, notes};
use crate::policy::rulebook::RuleBook;
use crate::report::{bars, rows};
use crate::retry::retry;

/// Merges a hazard into another one 合并. Its open work goes on there or is cancelled.
///
/// # Errors
/// `NOT_FOUND` for a hazard that the officer may not see, `ILLEGAL_MOVE` (`case.ended`, `merging.target_open`,
/// `merging.one_county`) if the two cannot be merged, `UNIT_BARRED` if a unit would come to a matter in which it is accused.
pub(crate) async fn merge_hazards(
    app: &App,
    caller: &Caller,
    step: StepMeta,
    pair: Pair,
    work: OpenWork,
    reason: &str,
) -> ApiResult<Pair> {
    let officer = caller.officer()?;
    let note = NewNote::parse(NoteKind::Merging, reason, "input.reason")?;
    let input = StepInput::MergeHazards(pair.from, pair.into, work, &note.text);
    let request = IdempotencyKey::new(app, &caller.request_name(), step.request_id, "mergeHazards", &(&input, step))?;
    let merging = Merging { app, officer, step, pair, work, note: &note, field: "input.into" };
    retry(|| merging.attempt(&request).boxed()).await
}

/// Cancels a hazard as a duplicate 重复 of another one: merges it, and cancels its open work.
///
/// # Errors
/// The errors of [`merge_hazards`].
pub(crate) async fn cancel_duplicate(
    app: &App,
    caller: &Caller,
    step: StepMeta,
    pair: Pair,
    reason: &str,
) -> ApiResult<Pair> {
    let officer = caller.officer()?;
    let note = NewNote::parse(NoteKind::Cancellation, reason, "input.reason")?;
    let input = StepInput::Merge(pair.from, pair.into, &note.text);
    let request = IdempotencyKey::new(app, &caller.request_name(), step.request_id, "cancelHazard", &(&input, step))?;
    let (work, field) = (OpenWork::Cancel, "input.duplicateOf");
    let merging = Merging { app, officer, step, pair, work, note: &note, field };
    retry(|| merging.attempt(&request).boxed()).await
}

struct Merging<'a> {
    app: &'a App,
    officer: &'a OfficerCaller,
    step: StepMeta,
    pair: Pair,
    work: OpenWork,
    note: &'a NewNote,
    /// The field of the input that names the hazard that stands.
    field: &'static str,
}

impl Merging<'_> {
    async fn attempt(&self, request: &IdempotencyKey) -> ApiResult<Pair> {
        let txn = self.app.begin_write().await?;
        lock_reports(&txn, rows::standing(&txn, self.pair.from).await?).await?;
        let Some(locked) = self.pair.lock(self.app, &txn, self.officer).await? else {
            let (zh, en) = ("请指明另一条隐患。", "Please name another hazard.");
            return Err(Refusal::invalid(self.field, zh, en).with_rule("cancelling.duplicate_of").into());
        };
        if request.previous_result(&txn).await?.is_some() {
            return Ok(self.pair);
        }
        if self.step.expected_version.is_some_and(|version| version != locked.from.case.version) {
            return Err(Code::ChangedMeanwhile.into());
        }
        let rules = self.app.rules(&txn).await?;
        self.carry_out(&txn, &rules, &locked).await?;
        request.record(&txn, self.pair.from.0, self.app.now()).await?;
        self.app.commit(txn).await?;
        Ok(self.pair)
    }

    async fn carry_out(&self, txn: &DatabaseTransaction, rules: &RuleBook, locked: &LockedPair) -> ApiResult<()> {
        let LockedPair { from, into } = locked;
        let (by, both) = self.decide(txn, rules, locked).await?;
        let carrying = Carrying { app: self.app, txn, rules, by };
        carrying.event(&from.case, both.from).await?;
        let after = carrying.event(&into.case, both.into).await?;
        let to = Moved { hazard: self.pair.into, back: false };
        for id in rows::standing(txn, self.pair.from).await? {
            carrying.follow(id, self.pair.from, to).await?;
        }
        carrying.settle(&[&after]).await
    }

    /// Decides on the merge, and writes its reason.
    async fn decide(&self, txn: &DatabaseTransaction, rules: &RuleBook, locked: &LockedPair) -> ApiResult<(By, Both)> {
        let (app, officer, LockedPair { from, into }) = (self.app, self.officer, locked);
        let moment = Moment::exact(app.now());
        let command = |into| Command::Cancel { reason: CancelReason::Duplicate, note: Some(self.note.id), into };
        let facts = CaseFacts::gather(app, txn, rules, &from.case, &command(Some(into.case.id)), None).await?;
        let of_target = CaseFacts::gather(app, txn, rules, &into.case, &command(None), None).await?;
        let terms = Terms {
            work: self.work,
            note: self.note.id,
            one_county: county(rules, from) == county(rules, into),
            accused: self.is_accused(txn, rules, locked).await?,
        };
        let (post, both) = officer.choose(self.step.as_post, |post| {
            let by = By::Officer(post.actor(officer.id));
            let acting = |loaded: &Loaded| Acting { by, in_area: post.covers(&loaded.row.area_path), moment };
            let context = facts.context(rules, &from.case, acting(from))?;
            let context_of_target = of_target.context(rules, &into.case, acting(into))?;
            let side = Side { case: &from.case, context: &context };
            let target = Side { case: &into.case, context: &context_of_target };
            Ok(merge(side, target, terms)?)
        })?;
        let NewNote { id, kind, text } = self.note.clone();
        let note = notes::Note { id, stream: Stream::Hazard(from.case.id), kind, text, author: post.id };
        notes::write(txn, note, app.now()).await?;
        Ok((By::Officer(post.actor(officer.id)), both))
    }

    /// Returns whether a unit would come to a matter in which every report of one of the hazards accuses it: one that holds
    /// or works on the hazard that stands, or one whose work would be carried on.
    async fn is_accused(&self, txn: &DatabaseTransaction, rules: &RuleBook, locked: &LockedPair) -> ApiResult<bool> {
        let (from, into) = (&locked.from.case, &locked.into.case);
        let at_target: Vec<UnitId> = units_at_work(into).chain([into.township]).collect();
        if !self.barred(txn, rules, from.id, &at_target).await?.is_empty() {
            return Ok(true);
        }
        if self.work == OpenWork::Cancel {
            return Ok(false);
        }
        let carried: Vec<UnitId> = units_at_work(from).collect();
        Ok(!self.barred(txn, rules, into.id, &carried).await?.is_empty())
    }

    async fn barred(
        &self,
        txn: &DatabaseTransaction,
        rules: &RuleBook,
        hazard: HazardId,
        units: &[UnitId],
    ) -> ApiResult<BTreeSet<UnitId>> {
        bars::barred_from(self.app, txn, rules, self.officer, hazard, units).await
    }
}

fn units_at_work(case: &Case) -> impl Iterator<Item = UnitId> {
    case.live().map(|assignment| assignment.unit)
}

fn county(rules: &RuleBook, loaded: &Loaded) -> Option<domain::id::AreaId> {
    rules.areas.at_level(loaded.case.area, AreaLevel::County).map(|node| node.id)
}
