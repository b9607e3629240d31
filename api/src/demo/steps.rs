//! The mutations of the story, with their input types and the selected result fields.

/// Why a mutation can safely be sent twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeat {
    /// The input has a `requestId` as idempotency key.
    ByRequest,
    /// The mutation is naturally idempotent, or its input contains another id that the client generates.
    ByItself,
}

/// A mutation.
#[derive(Debug, Clone, Copy)]
pub(super) struct StepDefinition {
    /// The name of the mutation.
    pub(super) name: &'static str,
    /// The GraphQL type of the input.
    pub(super) input: &'static str,
    /// The selected result fields.
    pub(super) answer: &'static str,
    /// Why it can safely be sent twice.
    pub(super) repeat: Repeat,
}

const fn step(name: &'static str, input: &'static str, answer: &'static str) -> StepDefinition {
    StepDefinition { name, input, answer, repeat: Repeat::ByRequest }
}

const fn own(name: &'static str, input: &'static str, answer: &'static str) -> StepDefinition {
    StepDefinition { name, input, answer, repeat: Repeat::ByItself }
}

const REPORT: &str = "status hazardId";
const ASSIGNMENT: &str = "status";
const OF_ASSIGNMENT: &str = "assignment { status }";
const HAZARD: &str = "id status";
const AWARD: &str = "id status version";
const PLAN: &str = "photo { id status } plan { url fields { name value } fileField }";
const PHOTO: &str = "id status width height displayUrl whatToDo";
const SENT: &str = "receipt { reportId submissionId contentHash receivedAt signature } replayed followUpCode";

pub(super) const REQUEST_CODE: StepDefinition = own("requestCode", "RequestCodeInput", "requestId");
pub(super) const LOGIN: StepDefinition = own("login", "LoginInput", "accessToken");
pub(super) const SUBMIT: StepDefinition = own("submitReport", "SubmitReportInput", SENT);
pub(super) const PREPARE_PHOTO: StepDefinition = own("preparePhoto", "SubmissionPhotoInput", PLAN);
pub(super) const COMPLETE_PHOTO: StepDefinition = own("completePhoto", "SubmissionPhotoInput", PHOTO);
pub(super) const OPEN_REPORT: StepDefinition = own("openReport", "OpenReportInput", "accessToken");
pub(super) const AMEND: StepDefinition =
    step("amendReport", "AmendReportInput", "status amendments { nodes { text } }");
pub(super) const CONFIRM: StepDefinition = step("confirmReport", "ConfirmReportInput", REPORT);
pub(super) const MERGE: StepDefinition = step("mergeReport", "MergeReportInput", REPORT);
pub(super) const UNFOUNDED: StepDefinition = step("findUnfounded", "FindUnfoundedInput", REPORT);
pub(super) const OUT_OF_SCOPE: StepDefinition = step("declareOutOfScope", "DeclareOutOfScopeInput", REPORT);
pub(super) const DISPATCH: StepDefinition = step("dispatchHazard", "DispatchHazardInput", HAZARD);
pub(super) const BLOW: StepDefinition = step("blowWhistle", "BlowWhistleInput", HAZARD);
pub(super) const SEND_BACK: StepDefinition = step("sendBackAssignment", "SendBackAssignmentInput", OF_ASSIGNMENT);
pub(super) const REFUSE_SEND_BACK: StepDefinition = step("refuseSendBack", "ReasonedAssignmentInput", OF_ASSIGNMENT);
pub(super) const RULE: StepDefinition = step("ruleOnSendBack", "RuleOnSendBackInput", OF_ASSIGNMENT);
pub(super) const SIGN: StepDefinition = step("signAssignment", "AssignmentInput", ASSIGNMENT);
pub(super) const CLAIM: StepDefinition = step("claimAssignment", "AssignmentInput", ASSIGNMENT);
pub(super) const CHECK_IN: StepDefinition = step("checkIn", "CheckInInput", ASSIGNMENT);
pub(super) const PREPARE_WORK_PHOTO: StepDefinition = own("prepareWorkPhoto", "PrepareWorkPhotoInput", PLAN);
pub(super) const FINISH: StepDefinition = step("finishAssignment", "FinishAssignmentInput", ASSIGNMENT);
pub(super) const ACCEPT: StepDefinition = step("acceptWork", "ReasonedAssignmentInput", ASSIGNMENT);
pub(super) const REWORK: StepDefinition = step("sendToRework", "ReasonedAssignmentInput", ASSIGNMENT);
pub(super) const CONFIRM_MAJOR: StepDefinition = step("confirmMajor", "ConfirmMajorInput", "hazard { level }");
pub(super) const SET_PLAN: StepDefinition = step("setMajorPlan", "SetMajorPlanInput", "hazard { id }");
pub(super) const ACCEPT_ON_SITE: StepDefinition = step("acceptMajorOnSite", "AcceptMajorOnSiteInput", "hazard { id }");
pub(super) const CONSENT: StepDefinition = step("consentToClose", "ConsentToCloseInput", "hazard { id }");
pub(super) const CLOSE: StepDefinition = step("closeHazard", "EndHazardInput", HAZARD);
pub(super) const ACKNOWLEDGE: StepDefinition =
    step("acknowledgeSupervision", "AcknowledgeSupervisionInput", "supervision { state }");
pub(super) const CALLBACK: StepDefinition =
    step("answerCallback", "AnswerCallbackInput", "callback { solved satisfaction reopened }");
pub(super) const REVIEW_AWARD: StepDefinition = step("reviewAward", "AwardStepInput", AWARD);
pub(super) const APPROVE_AWARD: StepDefinition = step("approveAward", "AwardStepInput", AWARD);
pub(super) const PAY_AWARD: StepDefinition = step("payAward", "AwardStepInput", "id status ledger { account amount }");
pub(super) const GIVE_IDENTITY: StepDefinition = step("giveIdentity", "GiveIdentityInput", "id");
pub(super) const COLLECT: StepDefinition = step("collectAward", "CollectAwardInput", "status amount");

#[cfg(test)]
mod tests;
