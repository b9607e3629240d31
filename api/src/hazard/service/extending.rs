//! Extension 延期: a unit asks for more time, and another person grants or refuses it.

use chrono::NaiveDate;
use domain::hazard::Command;
use domain::id::{AssignmentId, HazardId};
use domain::note::NoteKind;

use super::command_handler::{CommandHandler, NewNote, Proposal, StepMeta, Target};
use super::step_input::StepInput;
use crate::app::App;
use crate::caller::Caller;
use crate::error::ApiResult;

/// Asks for more time to finish an assignment 申请延期, until the end of a day.
pub(crate) async fn ask(
    app: &App,
    caller: &Caller,
    step: StepMeta,
    id: AssignmentId,
    until: NaiveDate,
    reason: &str,
) -> ApiResult<HazardId> {
    let note = NewNote::parse(NoteKind::ExtensionRequest, reason, "input.reason")?;
    let input = StepInput::AskExtension(id, until, &note.text);
    CommandHandler { app, caller, step, operation: "askExtension", input }
        .execute(Target::Assignment(id), |_| {
            Ok(Proposal::explained(Command::AskExtension { assignment: id, until, note: note.id }, &note))
        })
        .await
}

/// Grants the time that was asked for 同意延期.
pub(crate) async fn grant(
    app: &App,
    caller: &Caller,
    step: StepMeta,
    id: AssignmentId,
    reason: &str,
) -> ApiResult<HazardId> {
    let note = NewNote::parse(NoteKind::ExtensionDecision, reason, "input.reason")?;
    let input = StepInput::ReasonedAssignment(id, &note.text);
    CommandHandler { app, caller, step, operation: "grantExtension", input }
        .execute(Target::Assignment(id), |_| {
            Ok(Proposal::explained(Command::GrantExtension { assignment: id, note: note.id }, &note))
        })
        .await
}

/// Refuses the time that was asked for 不同意延期.
pub(crate) async fn refuse(
    app: &App,
    caller: &Caller,
    step: StepMeta,
    id: AssignmentId,
    reason: &str,
) -> ApiResult<HazardId> {
    let note = NewNote::parse(NoteKind::ExtensionDecision, reason, "input.reason")?;
    let input = StepInput::ReasonedAssignment(id, &note.text);
    CommandHandler { app, caller, step, operation: "refuseExtension", input }
        .execute(Target::Assignment(id), |_| {
            Ok(Proposal::explained(Command::RefuseExtension { assignment: id, note: note.id }, &note))
        })
        .await
}
