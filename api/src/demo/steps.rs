//! The mutations that the story uses, with the types of their inputs and what is read of their answers.

/// What makes sending a step twice harmless.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeat {
    /// A `requestId` in its input.
    ByRequest,
    /// The step itself: sending it again changes nothing, or its input has an id of its own.
    ByItself,
}

/// One mutation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    /// Its name.
    pub(super) name: &'static str,
    /// The type of its input.
    pub(super) input: &'static str,
    /// What is read of its answer.
    pub(super) answer: &'static str,
    /// What makes sending it twice harmless.
    pub(super) repeat: Repeat,
}

const fn step(name: &'static str, input: &'static str, answer: &'static str) -> Step {
    Step { name, input, answer, repeat: Repeat::ByRequest }
}

const fn own(name: &'static str, input: &'static str, answer: &'static str) -> Step {
    Step { name, input, answer, repeat: Repeat::ByItself }
}

const REPORT: &str = "status hazardId";
const ASSIGNMENT: &str = "status";
const HAZARD: &str = "id status";
const AWARD: &str = "id status version";
const PLAN: &str = "photo { id status } plan { url fields { name value } fileField }";
const PHOTO: &str = "id status width height displayUrl whatToDo";
const SENT: &str = "receipt { reportId submissionId contentHash receivedAt signature } replayed followUpCode";

pub(super) const REQUEST_CODE: Step = own("requestCode", "RequestCodeInput", "requestId");
pub(super) const LOGIN: Step = own("login", "LoginInput", "accessToken");
pub(super) const SUBMIT: Step = own("submitReport", "SubmitReportInput", SENT);
pub(super) const PREPARE_PHOTO: Step = own("preparePhoto", "SubmissionPhotoInput", PLAN);
pub(super) const COMPLETE_PHOTO: Step = own("completePhoto", "SubmissionPhotoInput", PHOTO);
pub(super) const OPEN_REPORT: Step = own("openReport", "OpenReportInput", "accessToken");
pub(super) const AMEND: Step = step("amendReport", "AmendReportInput", "status amendments { text }");
pub(super) const CONFIRM: Step = step("confirmReport", "ConfirmReportInput", REPORT);
pub(super) const MERGE: Step = step("mergeReport", "MergeReportInput", REPORT);
pub(super) const UNFOUNDED: Step = step("findUnfounded", "FindUnfoundedInput", REPORT);
pub(super) const OUT_OF_SCOPE: Step = step("declareOutOfScope", "DeclareOutOfScopeInput", REPORT);
pub(super) const DISPATCH: Step = step("dispatchHazard", "DispatchHazardInput", HAZARD);
pub(super) const BLOW: Step = step("blowWhistle", "BlowWhistleInput", HAZARD);
pub(super) const SIGN: Step = step("signAssignment", "AssignmentInput", ASSIGNMENT);
pub(super) const CLAIM: Step = step("claimAssignment", "AssignmentInput", ASSIGNMENT);
pub(super) const CHECK_IN: Step = step("checkIn", "CheckInInput", ASSIGNMENT);
pub(super) const PREPARE_WORK_PHOTO: Step = own("prepareWorkPhoto", "PrepareWorkPhotoInput", PLAN);
pub(super) const FINISH: Step = step("finishAssignment", "FinishAssignmentInput", ASSIGNMENT);
pub(super) const ACCEPT: Step = step("acceptWork", "ReasonedAssignmentInput", ASSIGNMENT);
pub(super) const REWORK: Step = step("sendToRework", "ReasonedAssignmentInput", ASSIGNMENT);
pub(super) const CLOSE: Step = step("closeHazard", "EndHazardInput", HAZARD);
pub(super) const CALLBACK: Step =
    step("answerCallback", "AnswerCallbackInput", "callback { solved satisfaction reopened }");
pub(super) const REVIEW_AWARD: Step = step("reviewAward", "AwardStepInput", AWARD);
pub(super) const APPROVE_AWARD: Step = step("approveAward", "AwardStepInput", AWARD);
pub(super) const PAY_AWARD: Step = step("payAward", "AwardStepInput", "id status ledger { account amount }");
pub(super) const GIVE_IDENTITY: Step = step("giveIdentity", "GiveIdentityInput", "id");
pub(super) const COLLECT: Step = step("collectAward", "CollectAwardInput", "status amount");

#[cfg(test)]
mod tests;
