//! Dispatch 派单 and the whistle 吹哨.

use domain::hazard::{Command, Task};
use domain::id::{AssignmentId, HazardId, UnitId, WhistleId};
use domain::limits::LIST_MAX;
use domain::note::NoteKind;
use domain::refusal::Refusal;
use serde::Serialize;
use uuid::Uuid;

use super::command_handler::{CommandHandler, Proposal, StepMeta, Target, note_id};
use crate::app::App;
use crate::caller::Caller;
use crate::error::ApiResult;
use crate::journal::notes;

/// Which units are asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Asking {
    /// Who leads 主责.
    pub lead: UnitId,
    /// Who supports 协办.
    pub supports: Vec<UnitId>,
}

fn tasks(asking: &Asking) -> Result<(Task, Vec<Task>), Refusal> {
    if asking.supports.len() > LIST_MAX {
        return Err(Refusal::invalid(
            "input.supports",
            "协办单位过多，请减少后重新提交。",
            "Too many supporting units are listed. Remove some of them.",
        ));
    }
    let task = |unit: UnitId| Task { id: AssignmentId(Uuid::new_v4()), unit };
    Ok((task(asking.lead), asking.supports.iter().copied().map(task).collect()))
}

/// Asks units without a whistle; a township that names itself keeps the matter 自办.
///
/// # Errors
/// Why it may not be.
pub(crate) async fn dispatch(
    app: &App,
    caller: &Caller,
    step: StepMeta,
    hazard: HazardId,
    asking: Asking,
) -> ApiResult<HazardId> {
    let (lead, supports) = tasks(&asking)?;
    let input = (hazard, &asking);
    CommandHandler { app, caller, step, operation: "dispatchHazard", input: &input }
        .execute(Target::Hazard(hazard), |_| Ok(Proposal::of(Command::Dispatch { lead, supports: supports.clone() })))
        .await
}

/// Blows the whistle for departments.
///
/// # Errors
/// Why it may not be.
pub(crate) async fn blow(
    app: &App,
    caller: &Caller,
    step: StepMeta,
    hazard: HazardId,
    (type_code, asking, reason): (String, Asking, String),
) -> ApiResult<HazardId> {
    let reason = notes::reason(&reason, "input.reason")?;
    let (lead, supports) = tasks(&asking)?;
    let (whistle, note) = (WhistleId(Uuid::new_v4()), note_id());
    let input = (hazard, &type_code, &asking, &reason);
    CommandHandler { app, caller, step, operation: "blowWhistle", input: &input }
        .execute(Target::Hazard(hazard), |_| {
            Ok(Proposal {
                command: Command::Blow {
                    whistle,
                    type_code: type_code.clone(),
                    lead,
                    supports: supports.clone(),
                    note,
                },
                notes: vec![(note, NoteKind::Whistle, reason.clone())],
            })
        })
        .await
}
