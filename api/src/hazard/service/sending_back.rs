//! Sending an assignment back 退单, the answer of the unit that gave it, and rulings 裁定.

use domain::hazard::{Command, Instead, RulingOutcome, SendBackReason, Task};
use domain::id::{AssignmentId, HazardId, UnitId};
use domain::limits::LIST_MAX;
use domain::note::NoteKind;
use domain::refusal::Refusal;
use uuid::Uuid;

use super::command_handler::{CommandHandler, NewNote, Proposal, StepMeta, Target};
use super::step_input::StepInput;
use crate::app::App;
use crate::caller::Caller;
use crate::error::ApiResult;

/// What a unit says that sends an assignment back.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Objection<'a> {
    /// The reason, as a code.
    pub reason: SendBackReason,
    /// The unit that should do the work instead.
    pub proposed: Option<UnitId>,
    /// The basis 依据.
    pub basis: &'a str,
}

/// The units that do the work of an assignment that is sent back.
#[derive(Debug, Clone, Default)]
pub(crate) struct UnitsInstead {
    /// The unit that leads instead.
    pub lead: Option<UnitId>,
    /// Further units that support.
    pub supports: Vec<UnitId>,
}

impl UnitsInstead {
    /// Gives each unit the id of its future assignment.
    fn tasks(&self) -> Result<Instead, Refusal> {
        if self.supports.len() > LIST_MAX {
            let zh = "协办单位过多，请减少后重新提交。";
            let en = "Too many supporting units are listed. Remove some of them.";
            return Err(Refusal::invalid("input.supportUnitIds", zh, en));
        }
        let task = |unit: UnitId| Task { id: AssignmentId(Uuid::new_v4()), unit };
        Ok(Instead { new_lead: self.lead.map(task), supports: self.supports.iter().copied().map(task).collect() })
    }
}

/// Asks to send an assignment back 退单.
///
/// # Errors
/// `ILLEGAL_MOVE` once somebody has checked in, after the window of the policy, and after a ruling.
pub(crate) async fn send_back(
    app: &App,
    caller: &Caller,
    step: StepMeta,
    id: AssignmentId,
    said: Objection<'_>,
) -> ApiResult<HazardId> {
    let note = NewNote::parse(NoteKind::SendBack, said.basis, "input.basis")?;
    let Objection { reason, proposed, .. } = said;
    let input = StepInput::SendBack(id, reason, proposed, &note.text);
    CommandHandler { app, caller, step, operation: "sendBackAssignment", input }
        .execute(Target::Assignment(id), |_| {
            let command = Command::AskSendBack { assignment: id, reason, proposed, note: note.id };
            Ok(Proposal::explained(command, &note))
        })
        .await
}

/// Withdraws a send-back 撤回退单 that nobody has decided.
///
/// # Errors
/// `ILLEGAL_MOVE` if none awaits a decision.
pub(crate) async fn withdraw(app: &App, caller: &Caller, step: StepMeta, id: AssignmentId) -> ApiResult<HazardId> {
    let input = StepInput::Assignment(id);
    CommandHandler { app, caller, step, operation: "withdrawSendBack", input }
        .execute(Target::Assignment(id), |_| Ok(Proposal::of(Command::WithdrawSendBack { assignment: id })))
        .await
}

/// Accepts a send-back 同意退单, and lets others do the work instead.
///
/// # Errors
/// `FORBIDDEN` for an officer whose unit did not give the assignment, `NOT_YOUR_OWN` for one of the unit that asks,
/// `ILLEGAL_MOVE` if a ruling is needed, and if units that support would remain without a lead.
pub(crate) async fn accept(
    app: &App,
    caller: &Caller,
    step: StepMeta,
    id: AssignmentId,
    units: &UnitsInstead,
    reason: &str,
) -> ApiResult<HazardId> {
    let note = NewNote::parse(NoteKind::SendBackAnswer, reason, "input.reason")?;
    let instead = units.tasks()?;
    let input = StepInput::AcceptSendBack(id, units.lead, &units.supports, &note.text);
    CommandHandler { app, caller, step, operation: "acceptSendBack", input }
        .execute(Target::Assignment(id), |_| {
            let command = Command::AcceptSendBack { assignment: id, instead: instead.clone(), note: note.id };
            Ok(Proposal::explained(command, &note))
        })
        .await
}

/// Refuses a send-back 不同意退单: the assignment stays as it was.
///
/// # Errors
/// The errors of [`accept`].
pub(crate) async fn refuse(
    app: &App,
    caller: &Caller,
    step: StepMeta,
    id: AssignmentId,
    reason: &str,
) -> ApiResult<HazardId> {
    let note = NewNote::parse(NoteKind::SendBackAnswer, reason, "input.reason")?;
    let input = StepInput::ReasonedAssignment(id, &note.text);
    CommandHandler { app, caller, step, operation: "refuseSendBack", input }
        .execute(Target::Assignment(id), |_| {
            Ok(Proposal::explained(Command::RefuseSendBack { assignment: id, note: note.id }, &note))
        })
        .await
}

/// Rules on a send-back 裁定.
///
/// # Errors
/// `FORBIDDEN` for a role that the policy does not name, `NOT_YOUR_OWN` for a party, `ILLEGAL_MOVE` while the unit that gave
/// the assignment has to answer, and if units that support would remain without a lead.
pub(crate) async fn rule(
    app: &App,
    caller: &Caller,
    step: StepMeta,
    id: AssignmentId,
    outcome: RulingOutcome,
    units: &UnitsInstead,
    reason: &str,
) -> ApiResult<HazardId> {
    let note = NewNote::parse(NoteKind::Ruling, reason, "input.reason")?;
    let instead = units.tasks()?;
    let input = StepInput::Rule(id, outcome, units.lead, &units.supports, &note.text);
    CommandHandler { app, caller, step, operation: "ruleOnSendBack", input }
        .execute(Target::Assignment(id), |_| {
            let command = Command::Rule { assignment: id, outcome, instead: instead.clone(), note: note.id };
            Ok(Proposal::explained(command, &note))
        })
        .await
}
