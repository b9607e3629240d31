//! Suspension 挂账: asking for it, deciding on it, and letting a suspended hazard come back 恢复办理, by hand or on its review date.

use chrono::NaiveDate;
use domain::Code;
use domain::access::By;
use domain::hazard::{Command, ResumeCause, SuspensionTerms};
use domain::id::{HazardId, PostId};
use domain::note::NoteKind;
use entity::hazard;
use futures::FutureExt;
use sea_orm::{EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::command_handler::{CommandHandler, NewNote, Proposal, StepMeta, Target, follow};
use super::staffing::holder_of;
use super::step_input::StepInput;
use crate::app::App;
use crate::caller::Caller;
use crate::error::{ApiError, ApiResult};
use crate::hazard::rows;
use crate::retry::retry;

/// The maximum number of hazards that come back in one round of the background worker.
const RESUME_BATCH: u64 = 100;

/// What an officer says who asks for a suspension.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    /// The reason 挂账理由.
    pub reason: &'a str,
    /// How the risk is controlled meanwhile 临时管控措施.
    pub interim_control: &'a str,
    /// Under which condition the matter goes on 解除条件.
    pub exit_condition: &'a str,
    /// The post of the responsible leader 责任领导.
    pub responsible: PostId,
    /// The review date 复核日期.
    pub review_on: NaiveDate,
}

/// Asks for a suspension 申请挂账, or for its renewal.
///
/// # Errors
/// `INVALID_INPUT` if no active officer holds the post of the responsible leader today.
pub(crate) async fn ask(
    app: &App,
    caller: &Caller,
    step: StepMeta,
    id: HazardId,
    said: Asked<'_>,
) -> ApiResult<HazardId> {
    let note = NewNote::parse(NoteKind::SuspensionRequest, said.reason, "input.reason")?;
    let control = NewNote::parse(NoteKind::InterimControl, said.interim_control, "input.interimControl")?;
    let exit = NewNote::parse(NoteKind::ExitCondition, said.exit_condition, "input.exitCondition")?;
    // A repeated request gets its earlier answer even if the post has ended since, so nothing is refused before that.
    let responsible = holder_of(app, said.responsible).await?;
    let texts = [note.text.as_str(), control.text.as_str(), exit.text.as_str()];
    let input = StepInput::AskSuspension(id, said.responsible, said.review_on, texts);
    let terms = SuspensionTerms {
        note: note.id,
        interim_control: control.id,
        exit_condition: exit.id,
        responsible,
        review_on: said.review_on,
    };
    CommandHandler { app, caller, step, operation: "askSuspension", input }
        .execute(Target::Hazard(id), |_| {
            let notes = vec![note.clone(), control.clone(), exit.clone()];
            Ok(Proposal { notes, ..Proposal::of(Command::AskSuspension(terms)) })
        })
        .await
}

/// Grants what was asked for 同意挂账.
pub(crate) async fn grant(
    app: &App,
    caller: &Caller,
    step: StepMeta,
    id: HazardId,
    reason: &str,
) -> ApiResult<HazardId> {
    let note = NewNote::parse(NoteKind::SuspensionDecision, reason, "input.reason")?;
    let input = StepInput::ReasonedHazard(id, &note.text);
    CommandHandler { app, caller, step, operation: "grantSuspension", input }
        .execute(Target::Hazard(id), |_| Ok(Proposal::explained(Command::GrantSuspension { note: note.id }, &note)))
        .await
}

/// Refuses what was asked for 不同意挂账.
pub(crate) async fn refuse(
    app: &App,
    caller: &Caller,
    step: StepMeta,
    id: HazardId,
    reason: &str,
) -> ApiResult<HazardId> {
    let note = NewNote::parse(NoteKind::SuspensionDecision, reason, "input.reason")?;
    let input = StepInput::ReasonedHazard(id, &note.text);
    CommandHandler { app, caller, step, operation: "refuseSuspension", input }
        .execute(Target::Hazard(id), |_| Ok(Proposal::explained(Command::RefuseSuspension { note: note.id }, &note)))
        .await
}

/// Lets a suspended hazard come back 恢复办理 before its review date.
pub(crate) async fn resume(
    app: &App,
    caller: &Caller,
    step: StepMeta,
    id: HazardId,
    cause: ResumeCause,
    reason: &str,
) -> ApiResult<HazardId> {
    let note = NewNote::parse(NoteKind::Resumption, reason, "input.reason")?;
    let input = StepInput::Resume(id, cause, &note.text);
    CommandHandler { app, caller, step, operation: "resumeHazard", input }
        .execute(Target::Hazard(id), |_| Ok(Proposal::explained(Command::Resume { cause, note: Some(note.id) }, &note)))
        .await
}

/// Lets the suspended hazards come back whose review date has come, each in its own transaction, and returns their number. The
/// background worker polls this, possibly in several processes concurrently.
pub(crate) async fn resume_due(app: &App) -> ApiResult<u64> {
    let due: Vec<HazardId> = hazard::Entity::find()
        .filter(hazard::to_resume(app.now()))
        .order_by_asc(hazard::COLUMN.resumes_at)
        .limit(RESUME_BATCH)
        .select_only()
        .column(hazard::Column::Id)
        .into_tuple()
        .all(app.db())
        .await?;
    let mut resumed = 0;
    for id in due {
        match retry(|| resume_one(app, id).boxed()).await {
            Ok(()) => resumed += 1,
            // A concurrent transaction let it come back, renewed its suspension or cancelled it after the query.
            Err(ApiError::Refused(refusal)) if refusal.code == Code::IllegalMove => {}
            Err(error) => tracing::warn!(cause = ?error, hazard = %id, "a suspended hazard did not come back"),
        }
    }
    Ok(resumed)
}

async fn resume_one(app: &App, id: HazardId) -> ApiResult<()> {
    let txn = app.begin_write().await?;
    let loaded = rows::load_locked(&txn, id).await?.ok_or(Code::NotFound)?;
    let rules = app.rules(&txn).await?;
    let command = Command::Resume { cause: ResumeCause::ReviewDate, note: None };
    follow(app, &txn, &rules, &loaded.case, command, By::System).await?;
    app.commit(txn).await
}
