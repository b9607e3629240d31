//! The steps of the assigned unit and its worker: sign 签收 (the unit acknowledges receipt), claim 认领 (one worker
//! takes the assignment), release 退回, hand over 移交, check in 报到 (on site) and finish 办结.

use domain::hazard::Command;
use domain::id::{AssignmentId, HazardId, PostId};
use domain::limits::PHOTOS_MAX;
use domain::note::NoteKind;
use domain::place::{Pin, distance_metres};
use domain::refusal::{Code, Refusal};

use super::command_handler::{CommandHandler, NewNote, Proposal, StepMeta, Target};
use super::staffing::holder_of;
use super::step_input::{FinishedWork, OnTheSpot, StepInput};
use crate::app::App;
use crate::caller::Caller;
use crate::error::ApiResult;
use crate::hazard::rows::Loaded;

/// Signs for an assignment 签收, by which the unit acknowledges its receipt.
pub(crate) async fn sign(app: &App, caller: &Caller, step: StepMeta, id: AssignmentId) -> ApiResult<HazardId> {
    let input = StepInput::Assignment(id);
    CommandHandler { app, caller, step, operation: "signAssignment", input }
        .execute(Target::Assignment(id), |_| Ok(Proposal::of(Command::Sign { assignment: id })))
        .await
}

/// Claims an assignment 认领 for the calling worker, and signs for it if the unit has not done so yet.
///
/// # Errors
/// `ALREADY_CLAIMED` if another worker has claimed the assignment.
pub(crate) async fn claim(app: &App, caller: &Caller, step: StepMeta, id: AssignmentId) -> ApiResult<HazardId> {
    let input = StepInput::Assignment(id);
    CommandHandler { app, caller, step, operation: "claimAssignment", input }
        .execute(Target::Assignment(id), |_| Ok(Proposal::of(Command::Claim { assignment: id })))
        .await
}

/// Releases a claimed assignment 退回, so that another worker of the unit can claim it.
pub(crate) async fn release(
    app: &App,
    caller: &Caller,
    step: StepMeta,
    id: AssignmentId,
    reason: &str,
) -> ApiResult<HazardId> {
    let note = NewNote::parse(NoteKind::Release, reason, "input.reason")?;
    let input = StepInput::ReasonedAssignment(id, &note.text);
    CommandHandler { app, caller, step, operation: "releaseAssignment", input }
        .execute(Target::Assignment(id), |_| {
            Ok(Proposal::explained(Command::Release { assignment: id, note: note.id }, &note))
        })
        .await
}

/// Hands a claimed assignment over to another post of the same unit 移交.
///
/// # Errors
/// `INVALID_INPUT` if no active officer holds the post today.
pub(crate) async fn hand_over(
    app: &App,
    caller: &Caller,
    step: StepMeta,
    id: AssignmentId,
    to: PostId,
    reason: &str,
) -> ApiResult<HazardId> {
    let note = NewNote::parse(NoteKind::HandOver, reason, "input.reason")?;
    // A repeated request gets its earlier answer even if the post has ended since, so nothing is refused before that.
    let actor = holder_of(app, to).await?;
    let input = StepInput::HandOver(id, to, &note.text);
    CommandHandler { app, caller, step, operation: "handOverAssignment", input }
        .execute(Target::Assignment(id), |_| {
            Ok(Proposal::explained(Command::HandOver { assignment: id, to: actor, note: note.id }, &note))
        })
        .await
}

/// Returns the distance of a place from the hazard, in metres.
pub(super) fn distance(loaded: &Loaded, pin: &Pin) -> ApiResult<f64> {
    let row = &loaded.row;
    let site = crate::report::rows::point_of(row.lng_e7, row.lat_e7)?;
    Ok(distance_metres(site, pin.point()))
}

/// Checks in on site 报到. A position too far from the hazard requires a reason, which is recorded.
///
/// # Errors
/// `TOO_FAR` if the position is too far from the hazard and no reason is given.
pub(crate) async fn check_in(
    app: &App,
    caller: &Caller,
    step: StepMeta,
    id: AssignmentId,
    spot: OnTheSpot,
    far_reason: Option<&str>,
) -> ApiResult<HazardId> {
    let note = far_reason.map(|text| NewNote::parse(NoteKind::FarReason, text, "input.farReason")).transpose()?;
    let input = StepInput::check_in(id, &spot, note.as_ref().map(|note| note.text.as_str()));
    CommandHandler { app, caller, step, operation: "checkIn", input }
        .execute(Target::Assignment(id), |loaded| {
            let command = Command::CheckIn {
                assignment: id,
                distance_metres: distance(loaded, &spot.pin)?,
                far_reason: note.as_ref().map(|note| note.id),
                occurred_at: spot.occurred_at,
            };
            Ok(Proposal { notes: note.clone().into_iter().collect(), ..Proposal::of(command) })
        })
        .await
}

/// Finishes an assignment 办结 with its measure and evidence photos.
///
/// # Errors
/// `EVIDENCE_MISSING` for too few photos, for a photo that does not belong to the assignment or was not taken after the
/// work, and after a rework for no new one; `TOO_LARGE` for too many
/// photos, `TOO_FAR` for a position too far from the hazard.
pub(crate) async fn finish(
    app: &App,
    caller: &Caller,
    step: StepMeta,
    id: AssignmentId,
    spot: OnTheSpot,
    work: FinishedWork,
) -> ApiResult<HazardId> {
    if work.photos.len() > PHOTOS_MAX {
        return Err(Refusal::new(Code::TooLarge).with_field("input.photos").into());
    }
    let note = work.remark.as_deref().map(|text| NewNote::parse(NoteKind::Remark, text, "input.remark")).transpose()?;
    CommandHandler { app, caller, step, operation: "finishAssignment", input: StepInput::finish(id, &spot, &work) }
        .execute(Target::Assignment(id), |loaded| {
            let command = Command::Finish {
                assignment: id,
                distance_metres: distance(loaded, &spot.pin)?,
                measure: work.measure,
                photos: work.photos.clone(),
                note: note.as_ref().map(|note| note.id),
                occurred_at: spot.occurred_at,
            };
            Ok(Proposal { notes: note.clone().into_iter().collect(), ..Proposal::of(command) })
        })
        .await
}
