//! Officers' award steps. The steps of the reporter, of payments and of timers are in the sibling modules and
//! re-exported here.

use domain::Code;
use domain::access::By;
use domain::award::{Award, Command};
use domain::id::{AwardId, NoteId, PostId};
use domain::note::NoteKind;
use domain::time::Moment;
use entity::award;
use futures::FutureExt;
use sea_orm::{DatabaseTransaction, EntityTrait, QueryFilter};
use serde::Serialize;
use uuid::Uuid;

pub(crate) use super::collecting::{collect, forfeit_overdue, is_payee_frozen};
use super::deciding::{Asker, DecisionContext};
pub(crate) use super::matter::{settle_rivals, share_an_award};
pub(crate) use super::payment::settle_open;
pub(crate) use super::proposing::{AwardFacts, Standing, earns_elsewhere, hold, propose, resume, standing, void};
use super::rows::{self, Loaded, Writing};
use super::{payment, reading};
use crate::app::App;
use crate::caller::{Caller, OfficerCaller};
use crate::error::ApiResult;
use crate::identity::payee;
use crate::journal::idempotency::IdempotencyKey;
use crate::journal::{Stream, notes};
use crate::retry::retry;

/// The award id and the request metadata of an officer's step. The idempotency key hashes `award` and `as_post`; the
/// skipped fields are not part of the hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct AwardStep {
    /// The award to act on.
    pub award: AwardId,
    /// The idempotency key from the client: a repeated request takes effect only once.
    #[serde(skip)]
    pub request_id: Uuid,
    /// The post under which the officer acts. With `None`, the server uses the officer's first post that may act.
    pub as_post: Option<PostId>,
    /// The optimistic lock: the version that the officer last saw. `None` skips the check.
    #[serde(skip)]
    pub expected_version: Option<i64>,
}

/// The step that an officer asks for.
#[derive(Debug, Clone, Copy)]
enum OfficerStep {
    Review,
    Approve,
    Reject { note: NoteId },
    Pay,
}

impl OfficerStep {
    /// Returns the command for the locked award. A payment names the digest of its payee, who no longer changes once the
    /// award is collected.
    async fn command(self, app: &App, txn: &DatabaseTransaction, award: &Award) -> ApiResult<Command> {
        Ok(match self {
            Self::Review => Command::Review,
            Self::Approve => Command::Approve,
            Self::Reject { note } => Command::Reject { note },
            Self::Pay => Command::StartPayment { payee: payee::payee_digest(txn, &app.keys, award.report).await? },
        })
    }
}

/// A step together with the reason that it references by note id.
#[derive(Debug)]
struct AwardCommand {
    step: OfficerStep,
    reason: Option<(NoteId, String)>,
}

impl AwardCommand {
    const fn of(step: OfficerStep) -> Self {
        Self { step, reason: None }
    }
}

/// Reviews an award 审核: confirms that its facts and its amount are correct.
///
/// # Errors
/// `NOT_FOUND`, `FORBIDDEN`, `NOT_YOUR_OWN`, `ILLEGAL_MOVE`, `CHANGED_MEANWHILE`, `REQUEST_ID_TAKEN`.
pub(crate) async fn review(app: &App, caller: &Caller, step: AwardStep) -> ApiResult<award::Model> {
    take(app, caller, "reviewAward", step, AwardCommand::of(OfficerStep::Review)).await?;
    reading::row(app, step.award).await
}

/// Approves an award 审批: commits the amount in the ledger and notifies the reporter. The errors are those of
/// [`review`].
pub(crate) async fn approve(app: &App, caller: &Caller, step: AwardStep) -> ApiResult<award::Model> {
    take(app, caller, "approveAward", step, AwardCommand::of(OfficerStep::Approve)).await?;
    reading::row(app, step.award).await
}

/// Rejects an award 不予奖励.
///
/// # Errors
/// `INVALID_INPUT` for a reason with fewer than 2 or more than 500 characters, and the errors of [`review`].
pub(crate) async fn reject(app: &App, caller: &Caller, step: AwardStep, reason: &str) -> ApiResult<award::Model> {
    caller.officer()?;
    let reason = notes::reason(reason, "input.reason")?;
    let note = NoteId(Uuid::new_v4());
    let asked = AwardCommand { step: OfficerStep::Reject { note }, reason: Some((note, reason)) };
    take(app, caller, "rejectAward", step, asked).await?;
    reading::row(app, step.award).await
}

/// Pays an award 发放: commits the order, calls the payment provider, and stores the outcome. If the outcome is unknown
/// or the process crashes in between, the order stays open and [`settle_open`] retries it under the same key.
pub(crate) async fn pay(app: &App, caller: &Caller, step: AwardStep) -> ApiResult<award::Model> {
    take(app, caller, "payAward", step, AwardCommand::of(OfficerStep::Pay)).await?;
    if let Err(error) = payment::settle(app, step.award).await {
        tracing::warn!(cause = ?error, award = %step.award, "a payment stays open and will be asked for again");
    }
    reading::row(app, step.award).await
}

/// Executes one officer's step: checks access, locks the award, decides on the locked state, saves and commits.
async fn take(
    app: &App,
    caller: &Caller,
    operation: &'static str,
    step: AwardStep,
    asked: AwardCommand,
) -> ApiResult<()> {
    let officer = caller.officer()?;
    let reason = asked.reason.as_ref().map(|(_, text)| text);
    let request = IdempotencyKey::new(app, &caller.request_name(), step.request_id, operation, &(step, reason))?;
    retry(|| attempt(app, officer, &request, step, &asked).boxed()).await
}

async fn attempt(
    app: &App,
    officer: &OfficerCaller,
    request: &IdempotencyKey,
    step: AwardStep,
    asked: &AwardCommand,
) -> ApiResult<()> {
    let txn = app.begin_write().await?;
    let loaded = load_visible(app, &txn, officer, step.award).await?;
    // We look up an earlier result only while holding the row lock, so that the second of two concurrent duplicates
    // finds the result of the first.
    if request.previous_result(&txn).await?.is_some() {
        return Ok(());
    }
    if step.expected_version.is_some_and(|version| version != loaded.award.version) {
        return Err(Code::ChangedMeanwhile.into());
    }
    decide_and_save(app, &txn, officer, step.as_post, &loaded, asked).await?;
    request.record(&txn, step.award.0, app.now()).await?;
    app.commit(txn).await
}

async fn load_visible(app: &App, txn: &DatabaseTransaction, officer: &OfficerCaller, id: AwardId) -> ApiResult<Loaded> {
    let visible = award::Entity::find_by_id(id).filter(reading::visible(app, officer)).one(txn).await?;
    visible.ok_or(Code::NotFound)?;
    Ok(rows::load_locked(txn, id).await?.ok_or(Code::NotFound)?)
}

async fn decide_and_save(
    app: &App,
    txn: &DatabaseTransaction,
    officer: &OfficerCaller,
    as_post: Option<PostId>,
    loaded: &Loaded,
    award_command: &AwardCommand,
) -> ApiResult<()> {
    let rules = app.rules(txn).await?;
    let context = DecisionContext { rules: &rules, area: loaded.site.area, moment: Moment::exact(app.now()) };
    let own_report = payee::same_person(txn, &app.keys, officer.id, loaded.award.report).await?;
    let command = award_command.step.command(app, txn, &loaded.award).await?;
    let (post, steps) = officer.choose(as_post, |post| {
        let by = By::Officer(post.actor(officer.id));
        let in_area = post.covers(&loaded.site.path);
        let asker = Asker { by, in_area, own_report, payee_verified: false };
        context.decide(loaded, command.clone(), asker)
    })?;
    if let Some((id, text)) = award_command.reason.clone() {
        let stream = Stream::Award(loaded.award.id);
        let note = notes::Note { id, stream, kind: NoteKind::AwardRejection, text, author: post.id };
        notes::write(txn, note, context.moment.told).await?;
    }
    rows::save(txn, &loaded.award, &steps, Writing { at: context.moment.told, rules: rules.version }).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hashed_form_of_an_award_step_never_changes() {
        let id = Uuid::from_u128(1);
        let step = AwardStep { award: AwardId(id), request_id: id, as_post: None, expected_version: Some(3) };
        let expected = r#"[{"as_post":null,"award":"00000000-0000-0000-0000-000000000001"},"理由"]"#;
        assert_eq!(serde_json_canonicalizer::to_string(&(step, Some("理由"))).unwrap(), expected);
    }
}
