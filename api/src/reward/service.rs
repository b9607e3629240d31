//! Use cases of an award: what officers do to it. Those of its reporter, of payments and of time stand beside.

use domain::Code;
use domain::access::By;
use domain::award::Command;
use domain::id::{AwardId, NoteId, PostId};
use domain::note::NoteKind;
use entity::award;
use futures::FutureExt;
use sea_orm::{DatabaseTransaction, EntityTrait, QueryFilter};
use serde::Serialize;
use uuid::Uuid;

pub(crate) use super::collecting::{collect, forfeit_overdue};
use super::deciding::{Asker, Ground};
pub(crate) use super::payment::settle_open;
pub(crate) use super::proposing::{Facts, Standing, hold, propose, resume, standing, void};
use super::rows::{self, Loaded, Writing};
use super::{payment, reading};
use crate::app::App;
use crate::caller::{Caller, OfficerCaller};
use crate::error::ApiResult;
use crate::identity::payee;
use crate::journal::idempotency::IdempotencyKey;
use crate::journal::{Stream, notes};
use crate::retry::retry;

/// What comes with every step of an officer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct StepMeta {
    /// The award.
    pub award: AwardId,
    /// The same id twice has one effect.
    #[serde(skip)]
    pub request_id: Uuid,
    /// The post that acts, where the officer has several and says which.
    pub as_post: Option<PostId>,
    /// The version of the award that the officer saw, where the form names it.
    #[serde(skip)]
    pub expected_version: Option<i64>,
}

/// A command with the free text that it names.
#[derive(Debug)]
struct Proposal {
    command: Command,
    reason: Option<(NoteId, String)>,
}

impl Proposal {
    const fn of(command: Command) -> Self {
        Self { command, reason: None }
    }
}

/// 审核: the facts and the amount are right.
///
/// # Errors
/// `NOT_FOUND`, `FORBIDDEN`, `NOT_YOUR_OWN`, `ILLEGAL_MOVE`, `CHANGED_MEANWHILE`, `REQUEST_ID_TAKEN`.
pub(crate) async fn review(app: &App, caller: &Caller, step: StepMeta) -> ApiResult<award::Model> {
    take(app, caller, "reviewAward", step, Proposal::of(Command::Review)).await?;
    reading::row(app, step.award).await
}

/// 审批: the budget is committed, and the reporter is told.
///
/// # Errors
/// As [`review`].
pub(crate) async fn approve(app: &App, caller: &Caller, step: StepMeta) -> ApiResult<award::Model> {
    take(app, caller, "approveAward", step, Proposal::of(Command::Approve)).await?;
    reading::row(app, step.award).await
}

/// 不予奖励, with a reason of 2 to 500 characters.
///
/// # Errors
/// As [`review`], and `INVALID_INPUT` for the reason.
pub(crate) async fn reject(app: &App, caller: &Caller, step: StepMeta, reason: &str) -> ApiResult<award::Model> {
    caller.officer()?;
    let reason = notes::reason(reason, "input.reason")?;
    let note = NoteId(Uuid::new_v4());
    let draft = Proposal { command: Command::Reject { note }, reason: Some((note, reason)) };
    take(app, caller, "rejectAward", step, draft).await?;
    reading::row(app, step.award).await
}

/// 发放: writes the order to pay, then asks the payer, then writes down what came of it. If nobody knows, or the program
/// ends in between, the order stays open and [`settle_open`] asks again under the same key.
///
/// # Errors
/// As [`review`].
pub(crate) async fn pay(app: &App, caller: &Caller, step: StepMeta) -> ApiResult<award::Model> {
    take(app, caller, "payAward", step, Proposal::of(Command::StartPayment)).await?;
    if let Err(error) = payment::settle(app, step.award).await {
        tracing::warn!(cause = ?error, award = %step.award, "a payment stays open and will be asked for again");
    }
    reading::row(app, step.award).await
}

/// One step of an officer: see the award, lock it, decide on fresh state, save, commit.
async fn take(app: &App, caller: &Caller, operation: &'static str, step: StepMeta, draft: Proposal) -> ApiResult<()> {
    let officer = caller.officer()?;
    let reason = draft.reason.as_ref().map(|(_, text)| text);
    let request = IdempotencyKey::new(&caller.request_name(), step.request_id, operation, &(step, reason))?;
    retry(|| attempt(app, officer, &request, step, &draft).boxed()).await
}

async fn attempt(
    app: &App,
    officer: &OfficerCaller,
    request: &IdempotencyKey,
    step: StepMeta,
    draft: &Proposal,
) -> ApiResult<()> {
    let txn = app.begin_write().await?;
    let loaded = seen_locked(app, &txn, officer, step.award).await?;
    // IdempotencyKey under the lock: of two same requests at once, the second finds what the first has done.
    if request.previous_result(&txn).await?.is_some() {
        return Ok(());
    }
    if step.expected_version.is_some_and(|version| version != loaded.award.version) {
        return Err(Code::ChangedMeanwhile.into());
    }
    decide_and_save(app, &txn, (officer, step.as_post), &loaded, draft).await?;
    request.record(&txn, step.award.0, app.now()).await?;
    app.commit(txn).await
}

async fn seen_locked(app: &App, txn: &DatabaseTransaction, officer: &OfficerCaller, id: AwardId) -> ApiResult<Loaded> {
    let visible = award::Entity::find_by_id(id).filter(reading::visible(app, officer)).one(txn).await?;
    visible.ok_or(Code::NotFound)?;
    Ok(rows::load_locked(txn, id).await?.ok_or(Code::NotFound)?)
}

async fn decide_and_save(
    app: &App,
    txn: &DatabaseTransaction,
    (officer, as_post): (&OfficerCaller, Option<PostId>),
    loaded: &Loaded,
    draft: &Proposal,
) -> ApiResult<()> {
    let rules = app.rules(txn).await?;
    let ground = Ground { rules: &rules, area: loaded.site.area, now: app.now() };
    let own_report = payee::same_person(txn, &app.keys, officer.id, loaded.award.report).await?;
    let (post, steps) = officer.choose(as_post, |post| {
        let by = By::Officer(post.actor(officer.id));
        let in_area = post.covers(&loaded.site.path);
        let asker = Asker { by, in_area, own_report, payee_verified: false };
        ground.decide(loaded, draft.command.clone(), asker)
    })?;
    if let Some((id, text)) = draft.reason.clone() {
        let stream = Stream::Award(loaded.award.id);
        let note = notes::Note { id, stream, kind: NoteKind::AwardRejection, text, author: post.id };
        notes::write(txn, note, ground.now).await?;
    }
    rows::save(txn, &loaded.award, &steps, Writing { at: ground.now, rules: rules.version }).await?;
    Ok(())
}
