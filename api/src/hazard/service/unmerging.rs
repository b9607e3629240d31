//! Undoing a merge of hazards 撤回合并, as long as nothing else has happened to either of them.

use domain::Code;
use domain::access::By;
use domain::hazard::{Both, Command, Event, LastEvents, Side, undo_merge};
use domain::id::{HazardId, ReportId};
use domain::note::NoteKind;
use domain::refusal::Refusal;
use domain::time::Moment;
use entity::hazard;
use futures::FutureExt;
use sea_orm::{DatabaseTransaction, EntityTrait};

use super::command_handler::{NewNote, StepMeta};
use super::facts::{Acting, CaseFacts};
use super::pair::{Carrying, LockedPair, Moved, Pair, lock_reports};
use super::step_input::StepInput;
use super::target::{Target, load_visible};
use crate::app::App;
use crate::caller::{Caller, OfficerCaller};
use crate::error::ApiResult;
use crate::hazard::rows::Loaded;
use crate::journal::events::event_at;
use crate::journal::idempotency::IdempotencyKey;
use crate::journal::{Stream, notes};
use crate::policy::rulebook::RuleBook;
use crate::report::rows;
use crate::retry::retry;
use crate::reward;

/// Undoes the merge of a hazard into another one: work, reports and awards are where they were before.
///
/// # Errors
/// `NOT_FOUND` for a hazard that the officer may not see, `ILLEGAL_MOVE` (`merging.undo`) if it was not merged or if
/// something has happened since, `ILLEGAL_MOVE` (`merging.award_stands`) if an award was approved that belongs to both.
pub(crate) async fn undo_hazard_merge(
    app: &App,
    caller: &Caller,
    step: StepMeta,
    from: HazardId,
    reason: &str,
) -> ApiResult<Pair> {
    let officer = caller.officer()?;
    let note = NewNote::parse(NoteKind::Unmerging, reason, "input.reason")?;
    let input = StepInput::Unmerge(from, &note.text);
    let name = caller.request_name();
    let request = IdempotencyKey::new(app, &name, step.request_id, "undoHazardMerge", &(&input, step))?;
    let undoing = Undoing { app, officer, step, from, note: &note };
    retry(|| undoing.attempt(&request).boxed()).await
}

struct Undoing<'a> {
    app: &'a App,
    officer: &'a OfficerCaller,
    step: StepMeta,
    from: HazardId,
    note: &'a NewNote,
}

impl Undoing<'_> {
    async fn attempt(&self, request: &IdempotencyKey) -> ApiResult<Pair> {
        let (txn, from) = (self.app.begin_write().await?, self.from);
        let merged_into = hazard::Entity::find_by_id(from).one(&txn).await?.and_then(|row| row.merged_into);
        let moved = rows::moved_from(&txn, from).await?;
        lock_reports(&txn, moved.clone()).await?;
        let locked = match merged_into {
            Some(into) => Pair { from, into }.lock(self.app, &txn, self.officer).await?,
            None => load_visible(self.app, &txn, self.officer, Target::Hazard(from)).await.map(|_| None)?,
        };
        if let Some(into) = request.previous_result(&txn).await? {
            return Ok(Pair { from, into: HazardId(into) });
        }
        let locked = locked.ok_or_else(|| Refusal::illegal("merging.undo"))?;
        if self.step.expected_version.is_some_and(|version| version != locked.from.case.version) {
            return Err(Code::ChangedMeanwhile.into());
        }
        let rules = self.app.rules(&txn).await?;
        Box::pin(self.carry_out(&txn, &rules, &locked, &moved)).await?;
        let into = locked.into.case.id;
        request.record(&txn, into.0, self.app.now()).await?;
        self.app.commit(txn).await?;
        Ok(Pair { from, into })
    }

    async fn carry_out(
        &self,
        txn: &DatabaseTransaction,
        rules: &RuleBook,
        locked: &LockedPair,
        moved: &[ReportId],
    ) -> ApiResult<()> {
        let LockedPair { from, into } = locked;
        let (by, both) = self.decide(txn, rules, locked).await?;
        let carrying = Carrying { app: self.app, txn, rules, by };
        let parted = carrying.event(&into.case, both.into).await?;
        let reinstated = carrying.event(&from.case, both.from).await?;
        let to = Moved { hazard: from.case.id, back: true };
        for id in moved {
            carrying.follow(*id, into.case.id, to).await?;
        }
        if reward::service::share_an_award(txn, from.case.id, into.case.id).await? {
            let zh = "合并后奖励已经批准，不能撤回合并。";
            let en = "An award has been approved since the merge, so the merge cannot be undone.";
            return Err(Refusal::illegal("merging.award_stands").with_text(zh, en).into());
        }
        carrying.settle(&[&reinstated, &parted]).await
    }

    /// Decides on the undoing, and writes its reason.
    async fn decide(&self, txn: &DatabaseTransaction, rules: &RuleBook, locked: &LockedPair) -> ApiResult<(By, Both)> {
        let (app, officer, LockedPair { from, into }) = (self.app, self.officer, locked);
        let moment = Moment::exact(app.now());
        // The facts of a step that names neither units nor photos.
        let command = Command::Close { note: self.note.id };
        let facts = CaseFacts::gather(app, txn, rules, &from.case, &command, None).await?;
        let of_target = CaseFacts::gather(app, txn, rules, &into.case, &command, None).await?;
        let [last_of_from, last_of_into] = [last(txn, from).await?, last(txn, into).await?];
        let last = LastEvents { from: &last_of_from, into: &last_of_into };
        let (post, both) = officer.choose(self.step.as_post, |post| {
            let by = By::Officer(post.actor(officer.id));
            let acting = |loaded: &Loaded| Acting { by, in_area: post.covers(&loaded.row.area_path), moment };
            let context = facts.context(rules, &from.case, acting(from))?;
            let context_of_target = of_target.context(rules, &into.case, acting(into))?;
            let side = Side { case: &from.case, context: &context };
            let target = Side { case: &into.case, context: &context_of_target };
            Ok(undo_merge(side, target, last, self.note.id)?)
        })?;
        let NewNote { id, kind, text } = self.note.clone();
        let note = notes::Note { id, stream: Stream::Hazard(from.case.id), kind, text, author: post.id };
        notes::write(txn, note, app.now()).await?;
        Ok((By::Officer(post.actor(officer.id)), both))
    }
}

async fn last(txn: &DatabaseTransaction, loaded: &Loaded) -> ApiResult<Event> {
    event_at(txn, Stream::Hazard(loaded.case.id), loaded.case.version).await
}
