//! The steps that end or begin a round: close 销号, reopen 重开, cancel 撤销, and the reporter's answer to the callback
//! 回访, which asks for an opinion after closure.

use chrono::{DateTime, Utc};
use domain::Code;
use domain::hazard::{CancelReason, Command, ReopenCause};
use domain::id::{HazardId, ReportId};
use domain::note::NoteKind;
use domain::time::{Moment, china_day};
use futures::FutureExt;
use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use super::command_handler::{CommandHandler, NewNote, Proposal, StepMeta, Target, follow_reporter};
use super::step_input::{Ending, StepInput};
use crate::app::App;
use crate::caller::Caller;
use crate::error::{ApiError, ApiResult};
use crate::hazard::rows;
use crate::journal::idempotency::IdempotencyKey;
use crate::policy::rulebook::RuleBook;
use crate::report::callbacks::{self, CallbackAnswer};
use crate::report::reading;
use crate::retry::retry;

/// Closes a hazard 销号. Creates a callback for each of its reporters, and resumes and settles its award.
///
/// # Errors
/// `NOT_YOUR_OWN` for an officer who took part in the work.
pub(crate) async fn close(
    app: &App,
    caller: &Caller,
    step: StepMeta,
    hazard: HazardId,
    reason: &str,
) -> ApiResult<HazardId> {
    let note = NewNote::parse(NoteKind::Closure, reason, "input.reason")?;
    let input = StepInput::End(hazard, Ending::Close, &note.text);
    CommandHandler { app, caller, step, operation: "closeHazard", input }
        .execute(Target::Hazard(hazard), |_| Ok(Proposal::explained(Command::Close { note: note.id }, &note)))
        .await
}

/// Reopens a closed hazard 重开, which starts a new round and puts its award on hold.
pub(crate) async fn reopen(
    app: &App,
    caller: &Caller,
    step: StepMeta,
    hazard: HazardId,
    reason: &str,
) -> ApiResult<HazardId> {
    let note = NewNote::parse(NoteKind::Reopening, reason, "input.reason")?;
    let input = StepInput::End(hazard, Ending::Reopen, &note.text);
    CommandHandler { app, caller, step, operation: "reopenHazard", input }
        .execute(Target::Hazard(hazard), |_| {
            let command = Command::Reopen { cause: ReopenCause::Officer, note: Some(note.id) };
            Ok(Proposal::explained(command, &note))
        })
        .await
}

/// Cancels a hazard 撤销 together with its open assignments. A duplicate is merged instead ([`super::merging`]).
pub(crate) async fn cancel(
    app: &App,
    caller: &Caller,
    step: StepMeta,
    hazard: HazardId,
    cause: CancelReason,
    into: Option<HazardId>,
    reason: &str,
) -> ApiResult<HazardId> {
    let note = NewNote::parse(NoteKind::Cancellation, reason, "input.reason")?;
    let input = StepInput::End(hazard, Ending::Cancel(cause), &note.text);
    CommandHandler { app, caller, step, operation: "cancelHazard", input }
        .execute(Target::Hazard(hazard), |_| {
            Ok(Proposal::explained(Command::Cancel { reason: cause, note: Some(note.id), into }, &note))
        })
        .await
}

/// Stores the reporter's answer to the callback 回访. The answer `solved: false` within the reopening window reopens
/// the hazard, once in each round.
///
/// # Errors
/// `NOT_FOUND` for everyone but the author, `ILLEGAL_MOVE` if there is no callback or it is already answered.
pub(crate) async fn answer_callback(
    app: &App,
    caller: &Caller,
    request_id: Uuid,
    report: ReportId,
    answer: CallbackAnswer,
) -> ApiResult<ReportId> {
    reading::author(app, caller, report).await?;
    let request = IdempotencyKey::new(app, &caller.request_name(), request_id, "answerCallback", &(report, answer))?;
    retry(|| attempt_answer(app, &request, report, answer).boxed()).await
}

async fn attempt_answer(
    app: &App,
    request: &IdempotencyKey,
    report: ReportId,
    answer: CallbackAnswer,
) -> ApiResult<ReportId> {
    let txn = app.begin_write().await?;
    let question = callbacks::newest_locked(&txn, report).await?;
    // We look up an earlier result only while holding the row lock: a concurrent duplicate of this request has then
    // either committed or not started.
    if request.previous_result(&txn).await?.is_some() {
        return Ok(report);
    }
    let rules = app.rules(&txn).await?;
    let question = question.ok_or_else(callbacks::not_asked)?;
    let now = app.now();
    let reopened = !answer.solved && reopen_by_reporter(app, &txn, &rules, &question, now).await?;
    callbacks::store_answer(&txn, &question, answer, reopened, now).await?;
    request.record(&txn, report.0, now).await?;
    app.commit(txn).await?;
    Ok(report)
}

/// Reopens the hazard of a callback if the round is still the same and the transition is legal, and returns whether it
/// did. An answer after the reopening window is stored without reopening the hazard.
async fn reopen_by_reporter(
    app: &App,
    txn: &DatabaseTransaction,
    rules: &RuleBook,
    question: &entity::callback::Model,
    now: DateTime<Utc>,
) -> ApiResult<bool> {
    let loaded = rows::load_locked(txn, question.hazard_id).await?.ok_or(Code::NotFound)?;
    if loaded.case.round != question.round {
        return Ok(false);
    }
    let command = Command::Reopen { cause: ReopenCause::Callback, note: None };
    let veil = rules.handling(Some(loaded.case.area), china_day(now))?.veil(loaded.case.emergency);
    let moment = Moment::of_reporter(now, veil);
    match follow_reporter(app, txn, rules, &loaded.case, command, moment).await {
        Ok(_) => Ok(true),
        Err(ApiError::Refused(refusal)) if refusal.code == Code::IllegalMove => Ok(false),
        Err(error) => Err(error),
    }
}
