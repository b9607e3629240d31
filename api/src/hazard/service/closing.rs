//! The steps that end or begin a round: close 销号, reopen 重开, cancel 撤销, and the reporter's answer to the callback
//! 回访, which asks for an opinion after closure.

use domain::Code;
use domain::hazard::{CancelReason, Command, ReopenCause};
use domain::id::{HazardId, ReportId};
use domain::note::NoteKind;
use domain::time::{Moment, Veil};
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
use crate::report::{reading, rows as reports};
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
    id: ReportId,
    answer: CallbackAnswer,
) -> ApiResult<ReportId> {
    let txn = app.begin_write().await?;
    let loaded = reports::load_locked(&txn, id).await?.ok_or(Code::NotFound)?;
    // We look up an earlier result only while holding the row lock: a concurrent duplicate of this request has then
    // either committed or not started.
    if request.previous_result(&txn).await?.is_some() {
        return Ok(id);
    }
    let question = callbacks::newest_locked(&txn, id).await?.ok_or_else(callbacks::not_asked)?;
    let rules = app.rules(&txn).await?;
    let now = app.now();
    let veil = rules.veil_of(&loaded.row, now)?;
    let moment = Moment::of_reporter(now, veil).not_before(loaded.row.shown_at);
    let reopened = !answer.solved && Box::pin(reopen_by_reporter(app, &txn, &rules, &question, moment)).await?;
    let answered = callbacks::store_answer(&txn, question, answer, reopened, moment).await?;
    if veil.is_at_once() {
        callbacks::publish_answer(app, &txn, &rules, &loaded.report, &answered).await?;
    }
    request.record(&txn, id.0, now).await?;
    app.commit(txn).await?;
    Ok(id)
}

/// Reopens the hazard of a callback if the round is still the same and the transition is legal, and returns whether it
/// did. An answer after the reopening window is stored without reopening the hazard. An emergency is told to the minute.
async fn reopen_by_reporter(
    app: &App,
    txn: &DatabaseTransaction,
    rules: &RuleBook,
    question: &entity::callback::Model,
    moment: Moment,
) -> ApiResult<bool> {
    let loaded = rows::load_locked(txn, question.hazard_id).await?.ok_or(Code::NotFound)?;
    if loaded.case.round != question.round {
        return Ok(false);
    }
    let command = Command::Reopen { cause: ReopenCause::Callback, note: None };
    let hasty = Moment::of_reporter(moment.exact, Veil::AT_ONCE);
    let moment = if loaded.case.emergency { hasty } else { moment };
    match follow_reporter(app, txn, rules, &loaded.case, command, moment).await {
        Ok(_) => Ok(true),
        Err(ApiError::Refused(refusal)) if refusal.code == Code::IllegalMove => Ok(false),
        Err(error) => Err(error),
    }
}
