//! Follow-ups 回头看 of closed hazards.

use domain::hazard::{Command, FollowUpResult};
use domain::id::HazardId;
use domain::note::NoteKind;
use domain::place::Pin;
use uuid::Uuid;

use super::command_handler::{CommandHandler, NewNote, Proposal, StepMeta, Target};
use super::step_input::StepInput;
use super::working::distance;
use crate::app::App;
use crate::caller::Caller;
use crate::error::ApiResult;

/// Records what a follow-up found 回头看.
///
/// # Errors
/// `NOT_YOUR_OWN` for an officer who took part in the work.
pub(crate) async fn record(
    app: &App,
    caller: &Caller,
    step: StepMeta,
    id: HazardId,
    result: FollowUpResult,
    reason: &str,
    pin: Option<Pin>,
) -> ApiResult<HazardId> {
    let note = NewNote::parse(NoteKind::FollowUp, reason, "input.reason")?;
    let recurrence = HazardId(Uuid::new_v4());
    let place = pin.as_ref().map(|pin| (pin.lng_e7(), pin.lat_e7()));
    let input = StepInput::FollowUp(id, result, place, &note.text);
    CommandHandler { app, caller, step, operation: "recordFollowUp", input }
        .execute(Target::Hazard(id), |loaded| {
            let distance_metres = pin.as_ref().map(|pin| distance(loaded, pin)).transpose()?;
            let command = Command::FollowUp { result, note: note.id, distance_metres, recurrence };
            Ok(Proposal::explained(command, &note))
        })
        .await
}
