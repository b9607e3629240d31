//! The decision on finished work: acceptance 验收, or rework 返工, which returns the assignment to the unit to be
//! improved.

use domain::hazard::Command;
use domain::id::{AssignmentId, HazardId};
use domain::note::NoteKind;

use super::command_handler::{CommandHandler, NewNote, Proposal, StepMeta, Target};
use super::step_input::StepInput;
use crate::app::App;
use crate::caller::Caller;
use crate::error::ApiResult;

/// Accepts the finished work of an assignment 验收.
///
/// # Errors
/// `NOT_YOUR_OWN` for an officer who did the work, `EVIDENCE_MISSING` if a photo named by the finished work is not
/// verified yet.
pub(crate) async fn accept(
    app: &App,
    caller: &Caller,
    step: StepMeta,
    id: AssignmentId,
    reason: &str,
) -> ApiResult<HazardId> {
    let note = NewNote::parse(NoteKind::Acceptance, reason, "input.reason")?;
    let input = StepInput::ReasonedAssignment(id, &note.text);
    CommandHandler { app, caller, step, operation: "acceptWork", input }
        .execute(Target::Assignment(id), |_| {
            Ok(Proposal::explained(Command::Accept { assignment: id, note: note.id }, &note))
        })
        .await
}

/// Rejects finished work and sends the assignment back for rework 返工, with a reason.
pub(crate) async fn send_to_rework(
    app: &App,
    caller: &Caller,
    step: StepMeta,
    id: AssignmentId,
    reason: &str,
) -> ApiResult<HazardId> {
    let note = NewNote::parse(NoteKind::Rework, reason, "input.reason")?;
    let input = StepInput::ReasonedAssignment(id, &note.text);
    CommandHandler { app, caller, step, operation: "sendToRework", input }
        .execute(Target::Assignment(id), |_| {
            Ok(Proposal::explained(Command::Rework { assignment: id, note: note.id }, &note))
        })
        .await
}
