//! Closing 销号, reopening, cancelling, and the reporter's callback 回访.

use domain::Code;
use domain::access::By;
use domain::hazard::{CancelReason, Command, ReopenCause};
use domain::id::{HazardId, ReportId};
use domain::note::NoteKind;
use futures::FutureExt;
use sea_orm::DatabaseTransaction;
use uuid::Uuid;

use super::command_handler::{CommandHandler, Proposal, StepMeta, Target, follow, note_id};
use crate::app::App;
use crate::caller::Caller;
use crate::error::{ApiError, ApiResult};
use crate::hazard::rows;
use crate::journal::idempotency::IdempotencyKey;
use crate::journal::notes;
use crate::policy::rulebook::RuleBook;
use crate::report::callbacks::{self, Answer};
use crate::report::reading;
use crate::retry::retry;

/// How a hazard ends or begins again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub(crate) enum Ending {
    /// 销号.
    Close,
    /// Opens it again: it was not solved.
    Reopen,
    /// 撤销.
    Cancel(CancelReason),
}

impl Ending {
    const fn words(self) -> (&'static str, NoteKind) {
        match self {
            Self::Close => ("closeHazard", NoteKind::Closure),
            Self::Reopen => ("reopenHazard", NoteKind::Reopening),
            Self::Cancel(_) => ("cancelHazard", NoteKind::Cancellation),
        }
    }
}

/// Closes, reopens or cancels a hazard. Closing asks its reporters and lets its award go on; reopening holds it.
///
/// # Errors
/// Why it may not be.
pub(crate) async fn end(
    app: &App,
    caller: &Caller,
    step: StepMeta,
    hazard: HazardId,
    (ending, reason): (Ending, String),
) -> ApiResult<HazardId> {
    let reason = notes::reason(&reason, "input.reason")?;
    let (operation, kind) = ending.words();
    let note = note_id();
    let command = match ending {
        Ending::Close => Command::Close { note },
        Ending::Reopen => Command::Reopen { cause: ReopenCause::Officer, note: Some(note) },
        Ending::Cancel(reason) => Command::Cancel { reason, note: Some(note) },
    };
    CommandHandler { app, caller, step, operation, input: &(hazard, ending, &reason) }
        .execute(Target::Hazard(hazard), |_| {
            Ok(Proposal { command: command.clone(), notes: vec![(note, kind, reason.clone())] })
        })
        .await
}

/// Keeps what a reporter says of the result. "Not solved" within the window reopens the hazard, once a round.
///
/// # Errors
/// `NOT_FOUND` for anybody but the author, `ILLEGAL_MOVE` when nobody asked or it was answered.
pub(crate) async fn answer_callback(
    app: &App,
    caller: &Caller,
    request_id: Uuid,
    report: ReportId,
    answer: Answer,
) -> ApiResult<ReportId> {
    reading::author(app, caller, report).await?;
    let request = IdempotencyKey::new(&caller.request_name(), request_id, "answerCallback", &(report, answer))?;
    retry(|| attempt_answer(app, &request, report, answer).boxed()).await
}

async fn attempt_answer(app: &App, request: &IdempotencyKey, report: ReportId, answer: Answer) -> ApiResult<ReportId> {
    let txn = app.begin_write().await?;
    let question = callbacks::newest_locked(&txn, report).await?;
    // After the lock: the same answer at the same moment has either not begun or is done.
    if request.previous_result(&txn).await?.is_some() {
        return Ok(report);
    }
    let rules = app.rules(&txn).await?;
    let question = question.ok_or_else(callbacks::not_asked)?;
    let reopened = !answer.solved && reopen_by_reporter(app, &txn, &rules, &question).await?;
    callbacks::keep(&txn, &question, answer, (reopened, app.now())).await?;
    request.record(&txn, report.0, app.now()).await?;
    app.commit(txn).await?;
    Ok(report)
}

/// Reopens the hazard of a question if that is still possible; an answer that comes too late is only kept.
async fn reopen_by_reporter(
    app: &App,
    txn: &DatabaseTransaction,
    rules: &RuleBook,
    question: &entity::callback::Model,
) -> ApiResult<bool> {
    let loaded = rows::load_locked(txn, question.hazard_id).await?.ok_or(Code::NotFound)?;
    if loaded.case.round != question.round {
        return Ok(false);
    }
    let command = Command::Reopen { cause: ReopenCause::Callback, note: None };
    match follow(app, txn, rules, &loaded.case, command, By::Reporter).await {
        Ok(_) => Ok(true),
        Err(ApiError::Refused(refusal)) if refusal.code == Code::IllegalMove => Ok(false),
        Err(error) => Err(error),
    }
}
