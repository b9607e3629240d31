//! Merging 合并: many reports into one hazard at once, and one hazard into another one of which it is a duplicate.
//!
//! To prevent deadlocks, a merge locks the reports by ascending id, then both hazards by ascending id, then the awards.

use std::collections::BTreeSet;

use domain::Code;
use domain::access::By;
use domain::area::AreaLevel;
use domain::hazard::{CancelReason, Command, Stage};
use domain::id::{HazardId, ReportId};
use domain::note::NoteKind;
use domain::policy::ProposeAt;
use domain::refusal::Refusal;
use domain::report::{self, HazardFacts, Receiver};
use domain::time::Moment;
use futures::FutureExt;
use sea_orm::DatabaseTransaction;
use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use super::command_handler::{NewNote, StepMeta, Target, carry_out, load_visible};
use super::consequences::{Change, consequences};
use super::facts::{Acting, CaseFacts};
use super::findings::Finding;
use super::reading;
use super::registering::settle_award;
use super::review::review;
use super::step_input::StepInput;
use crate::app::App;
use crate::caller::{Caller, OfficerCaller};
use crate::error::ApiResult;
use crate::hazard::rows::Loaded;
use crate::journal::idempotency::IdempotencyKey;
use crate::journal::{Author, Stream, notes};
use crate::policy::rulebook::RuleBook;
use crate::report::deadlines::Deadlines;
use crate::report::{bars, rows};
use crate::retry::retry;
use crate::reward;

/// The maximum number of reports that one request merges.
pub(crate) const MERGE_MAX: usize = 100;

/// One report of a group, and whether it was merged.
pub(crate) struct Merged {
    /// The report.
    pub report: ReportId,
    /// The refusal, if it was not merged.
    pub done: ApiResult<()>,
}

/// Merges reports into a hazard 合并, each decided alone and in a transaction of its own: what is refused for one changes
/// nothing for the others. A repeated request goes on where the first one stopped.
///
/// # Errors
/// `INVALID_INPUT` for no report or more than [`MERGE_MAX`], `NOT_FOUND` for a hazard that the officer may not see,
/// `CHANGED_MEANWHILE` if it has another version than expected.
pub(crate) async fn merge_reports(
    app: &App,
    caller: &Caller,
    step: StepMeta,
    hazard: HazardId,
    reports: &[ReportId],
    reason: &str,
) -> ApiResult<Vec<Merged>> {
    caller.officer()?;
    notes::reason(reason, "input.reason")?;
    if reports.is_empty() || reports.len() > MERGE_MAX {
        let zh = format!("请选择1至{MERGE_MAX}份报告。");
        let en = format!("Please choose 1 to {MERGE_MAX} reports.");
        return Err(Refusal::invalid("input.reportIds", zh, en).into());
    }
    let row = reading::one(app, caller, hazard).await?;
    if step.expected_version.is_some_and(|version| version != row.version) {
        return Err(Code::ChangedMeanwhile.into());
    }
    let mut merged = Vec::new();
    for report in reports.iter().copied().collect::<BTreeSet<_>>() {
        let step = StepMeta { request_id: part_of(step.request_id, report), expected_version: None, ..step };
        let done = review(app, caller, step, report, Finding::Merge(hazard), reason).await.map(drop);
        merged.push(Merged { report, done });
    }
    Ok(merged)
}

/// Derives the id of the part of a request that is about one report: a version 8 UUID from the first 128 bits of their
/// SHA-256.
fn part_of(request: Uuid, report: ReportId) -> Uuid {
    let sum: [u8; 32] =
        Sha256::new().chain_update(request.as_bytes()).chain_update(report.0.as_bytes()).finalize().into();
    let mut first = [0; 16];
    first.iter_mut().zip(sum).for_each(|(to, from)| *to = from);
    Builder::from_custom_bytes(first).into_uuid()
}

/// Cancels a hazard as a duplicate 重复 of another one. Its reports move to the hazard that stands, with their findings or
/// their open reviews, and the award goes to the first true report of both.
///
/// # Errors
/// `NOT_FOUND` for a hazard that the officer may not see, `ILLEGAL_MOVE` (`merging.target_open`, `merging.one_county`,
/// `merging.award_stands`) if the two cannot be merged in this direction.
pub(crate) async fn cancel_duplicate(
    app: &App,
    caller: &Caller,
    step: StepMeta,
    merge: Merge,
    reason: &str,
) -> ApiResult<HazardId> {
    let officer = caller.officer()?;
    let note = NewNote::parse(NoteKind::Cancellation, reason, "input.reason")?;
    let input = StepInput::Merge(merge.from, merge.into, &note.text);
    let request = IdempotencyKey::new(app, &caller.request_name(), step.request_id, "cancelHazard", &(&input, step))?;
    let work = Merging { app, officer, step, merge, note: &note };
    retry(|| work.attempt(&request).boxed()).await
}

/// The two hazards of a merge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Merge {
    /// The duplicate, which is cancelled.
    pub from: HazardId,
    /// The hazard that stands.
    pub into: HazardId,
}

struct Merging<'a> {
    app: &'a App,
    officer: &'a OfficerCaller,
    step: StepMeta,
    merge: Merge,
    note: &'a NewNote,
}

impl Merging<'_> {
    async fn attempt(&self, request: &IdempotencyKey) -> ApiResult<HazardId> {
        let txn = self.app.begin_write().await?;
        for report in rows::standing(&txn, self.merge.from).await? {
            rows::load_locked(&txn, report).await?;
        }
        let (from, into) = self.lock(&txn).await?;
        if request.previous_result(&txn).await?.is_some() {
            return Ok(from.case.id);
        }
        if self.step.expected_version.is_some_and(|version| version != from.case.version) {
            return Err(Code::ChangedMeanwhile.into());
        }
        let rules = self.app.rules(&txn).await?;
        self.check_target(&txn, &rules, &from, &into).await?;
        self.cancel(&txn, &rules, &from).await?;
        let moment = Moment::exact(self.app.now());
        settle_award(self.app, &txn, &rules, &into.case, ProposeAt::Verified, moment).await?;
        request.record(&txn, from.case.id.0, self.app.now()).await?;
        self.app.commit(txn).await?;
        Ok(from.case.id)
    }

    /// Locks both hazards by ascending id, and checks that the officer may see both.
    async fn lock(&self, txn: &DatabaseTransaction) -> ApiResult<(Loaded, Loaded)> {
        let Merge { from, into } = self.merge;
        let mut locked = Vec::new();
        for id in BTreeSet::from([from, into]) {
            locked.push(load_visible(self.app, txn, self.officer, Target::Hazard(id)).await?);
        }
        let mut take = |id| locked.iter().position(|found| found.case.id == id).map(|slot| locked.swap_remove(slot));
        if let (Some(from), Some(into)) = (take(from), take(into)) {
            return Ok((from, into));
        }
        let (zh, en) = ("请指明另一条隐患。", "Please name another hazard.");
        Err(Refusal::invalid("input.duplicateOf", zh, en).with_rule("cancelling.duplicate_of").into())
    }

    /// Checks that the other hazard is open and of the same county, that its unit is not accused by the reports that
    /// would move, and that no approved award would be left behind.
    async fn check_target(
        &self,
        txn: &DatabaseTransaction,
        rules: &RuleBook,
        from: &Loaded,
        into: &Loaded,
    ) -> ApiResult<()> {
        if matches!(into.case.stage(), Stage::Closed | Stage::Cancelled) {
            let (zh, en) = ("另一条隐患已办结，不能并入。", "The other hazard has ended, so nothing can join it.");
            return Err(Refusal::illegal("merging.target_open").with_text(zh, en).into());
        }
        let county = |loaded: &Loaded| rules.areas.at_level(loaded.case.area, AreaLevel::County).map(|node| node.id);
        if county(from) != county(into) {
            let (zh, en) = ("两条隐患不在同一县（区）。", "The two hazards are not in the same county.");
            return Err(Refusal::illegal("merging.one_county").with_text(zh, en).into());
        }
        if reward::service::is_frozen(txn, from.case.id).await? {
            let zh = "此条的奖励已经批准。请反过来，将另一条作为重复并入此条。";
            let en = "The award of this hazard is approved. Please cancel the other hazard as a duplicate of this one.";
            return Err(Refusal::illegal("merging.award_stands").with_text(zh, en).into());
        }
        let township = into.case.township;
        let barred = bars::barred_from(self.app, txn, rules, self.officer, from.case.id, &[township]).await?;
        if barred.contains(&township) {
            return Err(Code::UnitBarred.into());
        }
        Ok(())
    }

    async fn cancel(&self, txn: &DatabaseTransaction, rules: &RuleBook, from: &Loaded) -> ApiResult<()> {
        let (app, moment) = (self.app, Moment::exact(self.app.now()));
        let command =
            Command::Cancel { reason: CancelReason::Duplicate, note: Some(self.note.id), into: Some(self.merge.into) };
        let facts = CaseFacts::gather(app, txn, rules, &from.case, &command, Some(self.officer)).await?;
        let (post, events) = self.officer.choose(self.step.as_post, |post| {
            let by = By::Officer(post.actor(self.officer.id));
            let acting = Acting { by, in_area: post.covers(&from.row.area_path), moment };
            facts.decide(rules, &from.case, command.clone(), acting)
        })?;
        let by = By::Officer(post.actor(self.officer.id));
        let NewNote { id, kind, text } = self.note.clone();
        let note = notes::Note { id, stream: Stream::Hazard(from.case.id), kind, text, author: post.id };
        notes::write(txn, note, app.now()).await?;
        let after = carry_out(app, txn, rules, &from.case, &events, Author::from(by)).await?;
        self.move_reports(txn, rules, by).await?;
        consequences(app, txn, rules, Change { before: &from.case, after: &after }, moment).await
    }

    /// Moves the reports that stand. One that joined after the first look is locked here.
    async fn move_reports(&self, txn: &DatabaseTransaction, rules: &RuleBook, by: By) -> ApiResult<()> {
        let now = self.app.now();
        for id in rows::standing(txn, self.merge.from).await? {
            let loaded = rows::load_locked(txn, id).await?.ok_or(Code::NotFound)?;
            let Deadlines { policy, timing } = Deadlines::of(rules, &loaded.row, now)?;
            let context = report::Context {
                now,
                by,
                in_area: false,
                own_report: false,
                barred: &BTreeSet::new(),
                hazards: HazardFacts::default(),
                receiver: Receiver::Unknown,
                policy,
                timing,
            };
            let command = report::Command::Follow { hazard: self.merge.into };
            let events = report::decide(&loaded.report, command, &context)?;
            rows::carry_out(self.app, txn, rules, &loaded.report, &events, Author::from(by)).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_report_of_a_request_has_a_part_of_its_own_that_never_changes() {
        let [one, two] = [1, 2].map(|number| part_of(Uuid::from_u128(9), ReportId(Uuid::from_u128(number))));
        assert_eq!(one.to_string(), "e1f03e77-544c-8bf0-9d36-b6c16cca4cf1");
        assert_ne!(one, two);
        assert_eq!(one.get_version_num(), 8);
    }
}
