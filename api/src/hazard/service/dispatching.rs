//! Dispatch 派单, which assigns units directly, the whistle 吹哨, a township's formal call for other departments, and
//! taking an assignment back 收回.

use domain::hazard::{Command, Task};
use domain::id::{AssignmentId, HazardId, UnitId, WhistleId};
use domain::limits::LIST_MAX;
use domain::note::NoteKind;
use domain::refusal::Refusal;
use uuid::Uuid;

use super::command_handler::{CommandHandler, NewNote, Proposal, StepMeta, Target};
use super::step_input::{AskedUnits, StepInput};
use crate::app::App;
use crate::caller::Caller;
use crate::error::ApiResult;

/// Gives each unit the id of its future assignment.
pub(super) fn tasks(asked: &AskedUnits) -> Result<(Task, Vec<Task>), Refusal> {
    if asked.supports.len() > LIST_MAX {
        return Err(Refusal::invalid(
            "input.supports",
            "协办单位过多，请减少后重新提交。",
            "Too many supporting units are listed. Remove some of them.",
        ));
    }
    let task = |unit: UnitId| Task { id: AssignmentId(Uuid::new_v4()), unit };
    Ok((task(asked.lead), asked.supports.iter().copied().map(task).collect()))
}

/// Dispatches a hazard to units without a whistle 派单. A township that names itself as the leading unit handles the
/// hazard itself 自办.
///
/// # Errors
/// `DUTY_EXCLUDED`, `UNIT_BARRED`.
pub(crate) async fn dispatch(
    app: &App,
    caller: &Caller,
    step: StepMeta,
    hazard: HazardId,
    asked: AskedUnits,
) -> ApiResult<HazardId> {
    let (lead, supports) = tasks(&asked)?;
    let input = StepInput::Dispatch(hazard, &asked);
    CommandHandler { app, caller, step, operation: "dispatchHazard", input }
        .execute(Target::Hazard(hazard), |_| Ok(Proposal::of(Command::Dispatch { lead, supports: supports.clone() })))
        .await
}

/// Blows the whistle 吹哨: calls departments and creates an assignment for each of them.
///
/// # Errors
/// `DUTY_EXCLUDED`, `UNIT_BARRED`.
pub(crate) async fn blow(
    app: &App,
    caller: &Caller,
    step: StepMeta,
    hazard: HazardId,
    type_code: &str,
    asked: AskedUnits,
    reason: &str,
) -> ApiResult<HazardId> {
    let note = NewNote::parse(NoteKind::Whistle, reason, "input.reason")?;
    let (lead, supports) = tasks(&asked)?;
    let whistle = WhistleId(Uuid::new_v4());
    let input = StepInput::Blow(hazard, type_code, &asked, &note.text);
    CommandHandler { app, caller, step, operation: "blowWhistle", input }
        .execute(Target::Hazard(hazard), |_| {
            let command = Command::Blow {
                whistle,
                type_code: type_code.to_owned(),
                lead,
                supports: supports.clone(),
                note: note.id,
            };
            Ok(Proposal::explained(command, &note))
        })
        .await
}

/// Takes an assignment back 收回, and lets another unit lead instead if one is named.
///
/// # Errors
/// `FORBIDDEN` for an officer whose unit did not give the assignment, `ILLEGAL_MOVE` for finished work, and if units that
/// support would remain without a lead.
pub(crate) async fn take_back(
    app: &App,
    caller: &Caller,
    step: StepMeta,
    id: AssignmentId,
    new_lead: Option<UnitId>,
    reason: &str,
) -> ApiResult<HazardId> {
    let note = NewNote::parse(NoteKind::TakeBack, reason, "input.reason")?;
    let lead = new_lead.map(|unit| Task { id: AssignmentId(Uuid::new_v4()), unit });
    let input = StepInput::TakeBack(id, new_lead, &note.text);
    CommandHandler { app, caller, step, operation: "takeBackAssignment", input }
        .execute(Target::Assignment(id), |_| {
            let command = Command::TakeBack { assignment: id, new_lead: lead, note: note.id };
            Ok(Proposal::explained(command, &note))
        })
        .await
}
