//! Whistles 哨 that wait: those that somebody else approves 审核, and those whose units the command centre names 分哨.

use domain::hazard::{Command, WhistleFault};
use domain::id::{HazardId, WhistleId};
use domain::note::NoteKind;

use super::command_handler::{CommandHandler, NewNote, Proposal, StepMeta, Target};
use super::dispatching::tasks;
use super::step_input::{AskedUnits, StepInput};
use crate::app::App;
use crate::caller::Caller;
use crate::error::ApiResult;

/// A whistle that waits, and its hazard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Waiting {
    /// The hazard.
    pub hazard: HazardId,
    /// The whistle.
    pub whistle: WhistleId,
}

/// Returns the id of the whistle that a request blows through the command centre.
#[must_use]
pub(crate) const fn id_of(step: StepMeta) -> WhistleId {
    WhistleId(step.request_id)
}

/// Blows a whistle whose units the command centre names 分哨.
///
/// # Errors
/// `ILLEGAL_MOVE` for a type whose units the township names, in an emergency, and while another whistle waits.
pub(crate) async fn blow_through_centre(
    app: &App,
    caller: &Caller,
    step: StepMeta,
    hazard: HazardId,
    type_code: &str,
    reason: &str,
) -> ApiResult<HazardId> {
    let note = NewNote::parse(NoteKind::Whistle, reason, "input.reason")?;
    let input = StepInput::BlowThroughCentre(hazard, type_code, &note.text);
    CommandHandler { app, caller, step, operation: "blowWhistleThroughCentre", input }
        .execute(Target::Hazard(hazard), |_| {
            let (whistle, type_code) = (id_of(step), type_code.to_owned());
            Ok(Proposal::explained(Command::BlowThroughCentre { whistle, type_code, note: note.id }, &note))
        })
        .await
}

/// Approves a whistle 吹哨审核.
///
/// # Errors
/// `NOT_YOUR_OWN` for the officer who asked for it, and the errors of a whistle that calls these units.
pub(crate) async fn approve(
    app: &App,
    caller: &Caller,
    step: StepMeta,
    of: Waiting,
    opinion: &str,
) -> ApiResult<HazardId> {
    let note = NewNote::parse(NoteKind::WhistleDecision, opinion, "input.opinion")?;
    let input = StepInput::DecideWhistle(of.hazard, of.whistle, &note.text);
    CommandHandler { app, caller, step, operation: "approveWhistle", input }
        .execute(Target::Hazard(of.hazard), |_| {
            Ok(Proposal::explained(Command::ApproveWhistle { whistle: of.whistle, note: note.id }, &note))
        })
        .await
}

/// Refuses a whistle 不同意吹哨.
///
/// # Errors
/// `NOT_YOUR_OWN` for the officer who asked for it.
pub(crate) async fn refuse(
    app: &App,
    caller: &Caller,
    step: StepMeta,
    of: Waiting,
    cause: WhistleFault,
    reason: &str,
) -> ApiResult<HazardId> {
    let note = NewNote::parse(NoteKind::WhistleDecision, reason, "input.reason")?;
    let input = StepInput::RefuseWhistle(of.hazard, of.whistle, cause, &note.text);
    CommandHandler { app, caller, step, operation: "refuseWhistle", input }
        .execute(Target::Hazard(of.hazard), |_| {
            let command = Command::RefuseWhistle { whistle: of.whistle, reason: cause, note: note.id };
            Ok(Proposal::explained(command, &note))
        })
        .await
}

/// Withdraws a whistle 撤回吹哨.
///
/// # Errors
/// `FORBIDDEN` for an officer of another unit than the one that asked for it.
pub(crate) async fn withdraw(app: &App, caller: &Caller, step: StepMeta, of: Waiting) -> ApiResult<HazardId> {
    let input = StepInput::WithdrawWhistle(of.hazard, of.whistle);
    CommandHandler { app, caller, step, operation: "withdrawWhistle", input }
        .execute(Target::Hazard(of.hazard), |_| Ok(Proposal::of(Command::WithdrawWhistle { whistle: of.whistle })))
        .await
}

/// Names the units of a whistle 分哨, which calls them.
///
/// # Errors
/// `DUTY_EXCLUDED`, `UNIT_BARRED`.
pub(crate) async fn name_units(
    app: &App,
    caller: &Caller,
    step: StepMeta,
    of: Waiting,
    asked: AskedUnits,
) -> ApiResult<HazardId> {
    let (lead, supports) = tasks(&asked)?;
    let input = StepInput::NameUnits(of.hazard, of.whistle, &asked);
    CommandHandler { app, caller, step, operation: "nameWhistleUnits", input }
        .execute(Target::Hazard(of.hazard), |_| {
            Ok(Proposal::of(Command::NameUnits { whistle: of.whistle, lead, supports: supports.clone() }))
        })
        .await
}
