//! The mutations that tests call by name, with the input type and the result fields of each.

/// A mutation.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    /// The name of the mutation.
    pub mutation: &'static str,
    /// The GraphQL type of its only argument, `input`.
    pub input: &'static str,
    /// The result fields that tests select.
    pub answer: &'static str,
}

const fn step(mutation: &'static str, input: &'static str, answer: &'static str) -> Step {
    Step { mutation, input, answer }
}

const REPORT: &str = "id status version hazardId";
const HAZARD: &str = "id status version round assignments { id part status unit { code } }";
const ASSIGNMENT: &str = "id status hazardId workerId";
const WHISTLE_ASKED: &str = "whistleRequest { id state cause decidedAs units { code } } \
                             hazard { id status version assignments { id part status unit { code } } }";
const RATED: &str = "assignment { id rating { onTime inPlace effective counts outcome } } hazard { id status version }";
const TAKEN_BACK: &str =
    "assignment { id status } hazard { id status version assignments { id part status unit { code } } }";
const EXTENDED: &str = "assignment { id status extensionRequest { until askedAt askedByPostId } } \
                        hazard { id status version clocks { kind state due originalDue assignmentId } }";
const MAJOR: &str = "hazard { id status version level major { plans { by { at } until } judgements { confirmed standard } listings { publishedOn until delisted { at } } measures { measure notBefore taken { at } lifted { at } } } }";
const RESTING: &str = "hazard { id status version round outstandingFollowUps suspension { resumesAt } \
                       suspensionRequest { reviewOn } }";
const LOOKED_AT: &str = "hazard { id status version round outstandingFollowUps } recurrence { id status }";
const SUPERVISED: &str = "supervision { id rung state } hazard { id status version }";
const INSPECTED: &str = "inspection { id corrects } hazard { id status version }";
const ORDERED: &str = "order { id state } hazard { id status version }";
const PENALISED: &str = "penalty { id state } hazard { id status version }";
const MERGED: &str = "hazard { id status version mergedInto } \
                      into { id status version reportCount assignments { id part status unit { code } } }";
const PARTED: &str = "hazard { id status version mergedInto } from { id status version }";
const SHIFT: &str = "shift { id version startsAt endsAt takenBackAt post { id staffNo } deputy { id staffNo } }";
const INFORMED: &str = "incident { id status version unit { code } receiver { code } } situationReport { id number }";
const AWARD: &str = "id status version";
const PLAN: &str = "plan { url fileField fields { name value } }";

/// All mutations that tests call by name. One test compares the list with the schema, and another one compares it with
/// the steps of the demonstration.
pub const STEPS: &[Step] = &[
    step("requestCode", "RequestCodeInput", "requestId"),
    step("login", "LoginInput", "accessToken refreshToken"),
    step("openReport", "OpenReportInput", "accessToken"),
    step("submitReport", "SubmitReportInput", "replayed"),
    step("preparePhoto", "SubmissionPhotoInput", PLAN),
    step("completePhoto", "SubmissionPhotoInput", "id status"),
    step("prepareWorkPhoto", "PrepareWorkPhotoInput", PLAN),
    step("amendReport", "AmendReportInput", "id status"),
    step("withdrawReport", "WithdrawReportInput", "id status"),
    step("giveIdentity", "GiveIdentityInput", "id status"),
    step("confirmReport", "ConfirmReportInput", REPORT),
    step("mergeReport", "MergeReportInput", REPORT),
    step(
        "mergeReports",
        "MergeReportsInput",
        "hazard { id reportCount } results { reportId report { id status hazardId } refusal { code rule field } }",
    ),
    step("findUnfounded", "FindUnfoundedInput", REPORT),
    step("referReport", "ReferReportInput", "id status version report { id status }"),
    step("declareOutOfScope", "DeclareOutOfScopeInput", "id status version"),
    step("dispatchHazard", "DispatchHazardInput", HAZARD),
    step("blowWhistle", "BlowWhistleInput", HAZARD),
    step("blowWhistleThroughCentre", "BlowWhistleThroughCentreInput", WHISTLE_ASKED),
    step("approveWhistle", "ApproveWhistleInput", WHISTLE_ASKED),
    step("refuseWhistle", "RefuseWhistleInput", WHISTLE_ASKED),
    step("withdrawWhistle", "WithdrawWhistleInput", WHISTLE_ASKED),
    step("nameWhistleUnits", "NameWhistleUnitsInput", WHISTLE_ASKED),
    step("rateAnswer", "RateAnswerInput", RATED),
    step("objectToRating", "ReasonedAssignmentInput", RATED),
    step("ruleOnRating", "RuleOnRatingInput", RATED),
    step("judgeWhistle", "JudgeWhistleInput", "whistle { id judgement { cause } } hazard { id status version }"),
    step("takeBackAssignment", "TakeBackAssignmentInput", TAKEN_BACK),
    step("sendBackAssignment", "SendBackAssignmentInput", TAKEN_BACK),
    step("withdrawSendBack", "AssignmentInput", TAKEN_BACK),
    step("acceptSendBack", "AcceptSendBackInput", TAKEN_BACK),
    step("refuseSendBack", "ReasonedAssignmentInput", TAKEN_BACK),
    step("ruleOnSendBack", "RuleOnSendBackInput", TAKEN_BACK),
    step("signAssignment", "AssignmentInput", ASSIGNMENT),
    step("claimAssignment", "AssignmentInput", ASSIGNMENT),
    step("releaseAssignment", "ReasonedAssignmentInput", ASSIGNMENT),
    step("handOverAssignment", "HandOverInput", ASSIGNMENT),
    step("suspectMajor", "SuspectMajorInput", MAJOR),
    step("withdrawMajorSuspicion", "WithdrawMajorSuspicionInput", MAJOR),
    step("confirmMajor", "ConfirmMajorInput", MAJOR),
    step("refuseMajor", "RefuseMajorInput", MAJOR),
    step("setMajorPlan", "SetMajorPlanInput", MAJOR),
    step("listMajor", "ListMajorInput", MAJOR),
    step("acceptMajorOnSite", "AcceptMajorOnSiteInput", MAJOR),
    step("consentToClose", "ConsentToCloseInput", MAJOR),
    step("delistMajor", "DelistMajorInput", MAJOR),
    step("orderInterimMeasure", "OrderInterimMeasureInput", MAJOR),
    step("takeInterimMeasure", "TakeInterimMeasureInput", MAJOR),
    step("liftInterimMeasure", "LiftInterimMeasureInput", MAJOR),
    step("superviseHazard", "SuperviseHazardInput", SUPERVISED),
    step("acknowledgeSupervision", "AcknowledgeSupervisionInput", SUPERVISED),
    step("askExtension", "AskExtensionInput", EXTENDED),
    step("grantExtension", "ReasonedAssignmentInput", EXTENDED),
    step("refuseExtension", "ReasonedAssignmentInput", EXTENDED),
    step("recordInspection", "RecordInspectionInput", INSPECTED),
    step("issueOrder", "IssueOrderInput", ORDERED),
    step("reinspectOrder", "ReinspectOrderInput", ORDERED),
    step("revokeOrder", "RevokeOrderInput", ORDERED),
    step("recordPenalty", "RecordPenaltyInput", PENALISED),
    step("recordFinePayment", "RecordFinePaymentInput", PENALISED),
    step("voidPenalty", "VoidPenaltyInput", PENALISED),
    step("askSuspension", "AskSuspensionInput", RESTING),
    step("grantSuspension", "DecideSuspensionInput", RESTING),
    step("refuseSuspension", "DecideSuspensionInput", RESTING),
    step("resumeHazard", "ResumeHazardInput", RESTING),
    step("checkIn", "CheckInInput", ASSIGNMENT),
    step("finishAssignment", "FinishAssignmentInput", ASSIGNMENT),
    step("acceptWork", "ReasonedAssignmentInput", ASSIGNMENT),
    step("sendToRework", "ReasonedAssignmentInput", ASSIGNMENT),
    step("mergeHazards", "MergeHazardsInput", MERGED),
    step("undoHazardMerge", "UndoHazardMergeInput", PARTED),
    step("closeHazard", "EndHazardInput", HAZARD),
    step("recordFollowUp", "RecordFollowUpInput", LOOKED_AT),
    step("reopenHazard", "EndHazardInput", HAZARD),
    step("cancelHazard", "CancelHazardInput", HAZARD),
    step("enterShift", "EnterShiftInput", SHIFT),
    step("changeShift", "ChangeShiftInput", SHIFT),
    step("takeBackShift", "TakeBackShiftInput", SHIFT),
    step("answerCallback", "AnswerCallbackInput", "id status callback { answeredAt reopened }"),
    step("reviewAward", "AwardStepInput", AWARD),
    step("approveAward", "AwardStepInput", AWARD),
    step("rejectAward", "RejectAwardInput", AWARD),
    step("payAward", "AwardStepInput", AWARD),
    step("collectAward", "CollectAwardInput", "id status"),
    step("openIncident", "OpenIncidentInput", INFORMED),
    step("sendSituationReport", "SendSituationReportInput", INFORMED),
    step("correctSituationReport", "CorrectSituationReportInput", INFORMED),
    step("acknowledgeSituationReport", "AcknowledgeSituationReportInput", INFORMED),
];

impl Step {
    /// Returns the mutation with this name.
    ///
    /// # Panics
    /// Panics if the list has no such mutation.
    #[must_use]
    pub fn named(mutation: &str) -> &'static Self {
        STEPS.iter().find(|step| step.mutation == mutation).unwrap_or_else(|| panic!("no step `{mutation}`"))
    }
}
