//! Ratings 评哨 of the answers to whistles, objections to them, rulings, and whistles without need 乱吹哨.

use domain::hazard::{Command, Grades, ObjectionOutcome, WhistleFault};
use domain::id::{AssignmentId, HazardId};
use domain::note::NoteKind;

use super::approving::Waiting;
use super::command_handler::{CommandHandler, NewNote, Proposal, StepMeta, Target};
use super::step_input::StepInput;
use crate::app::App;
use crate::caller::Caller;
use crate::error::ApiResult;

/// Rates the answer of a unit 评哨.
///
/// # Errors
/// `INVALID_INPUT` for a low grade without a reason, `NOT_YOUR_OWN` for somebody who did the work.
pub(crate) async fn rate(
    app: &App,
    caller: &Caller,
    step: StepMeta,
    id: AssignmentId,
    grades: Grades,
    reason: Option<&str>,
) -> ApiResult<HazardId> {
    let note = reason.map(|reason| NewNote::parse(NoteKind::Rating, reason, "input.reason")).transpose()?;
    let input = StepInput::Rate(id, grades, note.as_ref().map(|note| note.text.as_str()));
    CommandHandler { app, caller, step, operation: "rateAnswer", input }
        .execute(Target::Assignment(id), |_| {
            let command = Command::RateAnswer { assignment: id, grades, note: note.as_ref().map(|note| note.id) };
            Ok(Proposal { notes: note.clone().into_iter().collect(), ..Proposal::of(command) })
        })
        .await
}

/// Objects to a rating 评哨异议.
///
/// # Errors
/// `ILLEGAL_MOVE` after the window of the policy, and the second time.
pub(crate) async fn object(
    app: &App,
    caller: &Caller,
    step: StepMeta,
    id: AssignmentId,
    reason: &str,
) -> ApiResult<HazardId> {
    let note = NewNote::parse(NoteKind::RatingObjection, reason, "input.reason")?;
    let input = StepInput::ReasonedAssignment(id, &note.text);
    CommandHandler { app, caller, step, operation: "objectToRating", input }
        .execute(Target::Assignment(id), |_| {
            Ok(Proposal::explained(Command::ObjectToRating { assignment: id, note: note.id }, &note))
        })
        .await
}

/// Rules on an objection 评哨裁定.
///
/// # Errors
/// `FORBIDDEN` for a role that the policy does not name, `NOT_YOUR_OWN` for a party.
pub(crate) async fn rule(
    app: &App,
    caller: &Caller,
    step: StepMeta,
    id: AssignmentId,
    outcome: ObjectionOutcome,
    reason: &str,
) -> ApiResult<HazardId> {
    let note = NewNote::parse(NoteKind::RatingRuling, reason, "input.reason")?;
    let input = StepInput::RuleOnRating(id, outcome, &note.text);
    CommandHandler { app, caller, step, operation: "ruleOnRating", input }
        .execute(Target::Assignment(id), |_| {
            Ok(Proposal::explained(Command::RuleOnRating { assignment: id, outcome, note: note.id }, &note))
        })
        .await
}

/// Judges that a whistle was without need 认定乱吹哨.
///
/// # Errors
/// `NOT_YOUR_OWN` for an officer of the unit that blew it, `ILLEGAL_MOVE` the second time.
pub(crate) async fn judge_whistle(
    app: &App,
    caller: &Caller,
    step: StepMeta,
    of: Waiting,
    cause: WhistleFault,
    reason: &str,
) -> ApiResult<HazardId> {
    let note = NewNote::parse(NoteKind::WhistleJudgement, reason, "input.reason")?;
    let input = StepInput::RefuseWhistle(of.hazard, of.whistle, cause, &note.text);
    CommandHandler { app, caller, step, operation: "judgeWhistle", input }
        .execute(Target::Hazard(of.hazard), |_| {
            let command = Command::JudgeWhistle { whistle: of.whistle, fault: cause, note: note.id };
            Ok(Proposal::explained(command, &note))
        })
        .await
}
