//! The case commands, and the context in which they are decided. Long because it describes every command with its fields.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};

use super::enforcement::Enforce;
use super::{
    CancelReason, Classification, FollowUpResult, Grades, MajorCommand, Measure, ObjectionOutcome, ReopenCause,
    ResumeCause, RulingOutcome, SendBackReason, SuspensionTerms, WhistleFault,
};
use crate::access::{Actor, By};
use crate::clock::Timing;
use crate::id::{AssignmentId, HazardId, NoteId, PhotoId, ReportId, SupervisionId, UnitId, WhistleId};
use crate::photo::PhotoStage;
use crate::policy::{HandlingPolicy, Rung};
use crate::staff::UnitKind;

/// A command to a case. The caller stores free texts as notes, and generates the ids of new whistles and assignments.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Classifies the hazard according to the review 归类.
    Classify(Classification),
    /// Dispatches work to units without a whistle 派单. An assignment of the dispatching unit to itself is self-handled
    /// 自办.
    Dispatch {
        /// The lead unit and its new assignment.
        lead: Task,
        /// The support units and their new assignments.
        supports: Vec<Task>,
    },
    /// Blows a whistle 吹哨: a formal call for other departments.
    Blow {
        /// The id of the new whistle.
        whistle: WhistleId,
        /// The code of the whistle type, as the policy lists it.
        type_code: String,
        /// The lead unit and its new assignment.
        lead: Task,
        /// The support units and their new assignments.
        supports: Vec<Task>,
        /// The reason 吹哨理由: what is requested, and why the township cannot do it alone.
        note: NoteId,
    },
    /// Blows a whistle whose units the command centre names 分哨.
    BlowThroughCentre {
        /// The id of the new whistle.
        whistle: WhistleId,
        /// The code of the whistle type, as the policy lists it.
        type_code: String,
        /// The reason 吹哨理由.
        note: NoteId,
    },
    /// Approves a whistle 吹哨审核 of somebody else.
    ApproveWhistle {
        /// The whistle.
        whistle: WhistleId,
        /// The opinion 审核意见.
        note: NoteId,
    },
    /// Refuses a whistle 不同意吹哨 that awaits its approval, or for which the command centre has to name units.
    RefuseWhistle {
        /// The whistle.
        whistle: WhistleId,
        /// The reason, as a code.
        reason: WhistleFault,
        /// The reason in words.
        note: NoteId,
    },
    /// Withdraws a whistle 撤回吹哨 that has not called anybody.
    WithdrawWhistle {
        /// The whistle.
        whistle: WhistleId,
    },
    /// Names the units that a whistle calls 分哨, as the command centre.
    NameUnits {
        /// The whistle.
        whistle: WhistleId,
        /// The lead unit and its new assignment.
        lead: Task,
        /// The support units and their new assignments.
        supports: Vec<Task>,
    },
    /// Rates the answer of a unit to a whistle 评哨.
    RateAnswer {
        /// The assignment.
        assignment: AssignmentId,
        /// The grades.
        grades: Grades,
        /// The reason; required if a grade is a low one.
        note: Option<NoteId>,
    },
    /// Objects to a rating 评哨异议, as the rated unit.
    ObjectToRating {
        /// The assignment.
        assignment: AssignmentId,
        /// The reason.
        note: NoteId,
    },
    /// Rules on an objection 评哨裁定, as somebody who is no party.
    RuleOnRating {
        /// The assignment.
        assignment: AssignmentId,
        /// Whether the rating stands.
        outcome: ObjectionOutcome,
        /// The reason.
        note: NoteId,
    },
    /// Judges that a whistle was without need 认定乱吹哨.
    JudgeWhistle {
        /// The whistle.
        whistle: WhistleId,
        /// Why, as a code.
        fault: WhistleFault,
        /// The reason.
        note: NoteId,
    },
    /// Takes an unfinished assignment back 收回: the unit that gave it no longer asks for this part of the work.
    TakeBack {
        /// The assignment.
        assignment: AssignmentId,
        /// The unit that leads instead, with the id of its assignment if it takes no part yet. It is required if units
        /// that support would remain without a lead.
        new_lead: Option<Task>,
        /// The reason 收回理由.
        note: NoteId,
    },
    /// Asks to send an assignment back 退单: the unit says that it is not its duty. Asking also signs for an unsigned
    /// assignment.
    AskSendBack {
        /// The assignment.
        assignment: AssignmentId,
        /// The reason, as a code.
        reason: SendBackReason,
        /// The unit that should do the work instead; `None` if the unit that asks knows none.
        proposed: Option<UnitId>,
        /// The basis 依据.
        note: NoteId,
    },
    /// Withdraws a send-back 撤回退单 that nobody has decided.
    WithdrawSendBack {
        /// The assignment.
        assignment: AssignmentId,
    },
    /// Accepts a send-back 同意退单, as the unit that gave the assignment.
    AcceptSendBack {
        /// The assignment.
        assignment: AssignmentId,
        /// Who does the work instead.
        instead: Instead,
        /// The reason.
        note: NoteId,
    },
    /// Refuses a send-back 不同意退单, as the unit that gave the assignment.
    RefuseSendBack {
        /// The assignment.
        assignment: AssignmentId,
        /// The reason.
        note: NoteId,
    },
    /// Rules on a send-back 裁定, as somebody who is no party.
    Rule {
        /// The assignment.
        assignment: AssignmentId,
        /// Whether the assignment stays with the unit or moves.
        outcome: RulingOutcome,
        /// Who does the work instead, if it moves.
        instead: Instead,
        /// The reason 裁定理由.
        note: NoteId,
    },
    /// Signs for an assignment 签收: the unit acknowledges it.
    Sign {
        /// The assignment.
        assignment: AssignmentId,
    },
    /// Claims an assignment 认领: one worker takes it for the unit, and at most one worker holds it at a time. Claiming
    /// an unsigned assignment also signs for it. A worker can take over from a holder who has left.
    Claim {
        /// The assignment.
        assignment: AssignmentId,
    },
    /// Releases a claimed assignment to the unit 退回. The unit that gave it may do so too if the holder has left.
    Release {
        /// The assignment.
        assignment: AssignmentId,
        /// The reason.
        note: NoteId,
    },
    /// Hands a claimed assignment over to another worker of the unit 移交. The assignment status does not change.
    HandOver {
        /// The assignment.
        assignment: AssignmentId,
        /// The worker who takes over, in the post as currently stored; `None` if no active officer holds the post today.
        to: Option<Actor>,
        /// The reason.
        note: NoteId,
    },
    /// Checks the worker in on site 报到.
    CheckIn {
        /// The assignment.
        assignment: AssignmentId,
        /// The distance of the worker from the hazard, in metres.
        distance_metres: f64,
        /// The reason for checking in farther away than the policy allows; required in that case.
        far_reason: Option<NoteId>,
        /// When the worker took the step, if it was taken offline and sent later.
        occurred_at: Option<DateTime<Utc>>,
    },
    /// Finishes the work 办结.
    Finish {
        /// The assignment.
        assignment: AssignmentId,
        /// The distance of the worker from the hazard, in metres. It is not limited, but recorded for the officer who
        /// accepts the work.
        distance_metres: f64,
        /// The measure taken against the hazard 治理方式.
        measure: Measure,
        /// The photos taken after the work: distinct, at least as many as the policy requires, and after a rework at
        /// least one that was announced since.
        photos: Vec<PhotoId>,
        /// The worker's remark 办结备注.
        note: Option<NoteId>,
        /// When the worker took the step, if it was taken offline and sent later.
        occurred_at: Option<DateTime<Utc>>,
    },
    /// Asks for more time to finish 延期.
    AskExtension {
        /// The assignment.
        assignment: AssignmentId,
        /// The last day on which the work shall be finished.
        until: NaiveDate,
        /// The reason 延期理由.
        note: NoteId,
    },
    /// Grants the time that was asked for 同意延期.
    GrantExtension {
        /// The assignment.
        assignment: AssignmentId,
        /// The opinion 审批意见.
        note: NoteId,
    },
    /// Refuses it 不同意延期.
    RefuseExtension {
        /// The assignment.
        assignment: AssignmentId,
        /// The reason 审批意见.
        note: NoteId,
    },
    /// Asks for a suspension 挂账, or for the renewal of one.
    AskSuspension(SuspensionTerms),
    /// Grants it 同意挂账.
    GrantSuspension {
        /// The reason 审批意见.
        note: NoteId,
    },
    /// Refuses it 不同意挂账.
    RefuseSuspension {
        /// The reason 审批意见.
        note: NoteId,
    },
    /// Lets a suspended hazard come back 恢复办理.
    Resume {
        /// Why it comes back. The system names the review date.
        cause: ResumeCause,
        /// The reason in words; required unless the review date came.
        note: Option<NoteId>,
    },
    /// Sets the rungs of the supervision ladder 督办 that are due.
    Climb,
    /// Sets a rung of the supervision ladder by hand 人工督办.
    Supervise {
        /// The id of the new supervision.
        supervision: SupervisionId,
        /// The assignment that it is about; `None` for the hazard as a whole.
        assignment: Option<AssignmentId>,
        /// The rung.
        rung: Rung,
        /// The reason 督办理由.
        note: NoteId,
    },
    /// Acknowledges a supervision 签收督办, as the addressed unit.
    AcknowledgeSupervision {
        /// The supervision.
        supervision: SupervisionId,
    },
    /// Takes a step of enforcement 行政执法: an inspection, an order or a penalty.
    Enforce(Enforce),
    /// Takes a step of a major hazard 重大事故隐患.
    Major(MajorCommand),
    /// Accepts finished work 验收.
    Accept {
        /// The assignment.
        assignment: AssignmentId,
        /// The acceptance opinion 验收意见.
        note: NoteId,
    },
    /// Sends finished work back for rework 返工: the same unit must do it again.
    Rework {
        /// The assignment.
        assignment: AssignmentId,
        /// The reason 返工理由: what has to be improved.
        note: NoteId,
    },
    /// Closes the hazard 销号.
    Close {
        /// The closure opinion 销号意见.
        note: NoteId,
    },
    /// Reopens a closed hazard 重开, which begins a new round.
    Reopen {
        /// What caused the reopening.
        cause: ReopenCause,
        /// The reason; required if an officer reopens the hazard.
        note: Option<NoteId>,
    },
    /// Records a follow-up 回头看 of a closed hazard.
    FollowUp {
        /// What it found.
        result: FollowUpResult,
        /// The description in words.
        note: NoteId,
        /// The distance of the officer from the hazard, in metres, if the place is known.
        distance_metres: Option<f64>,
        /// The id of the hazard to register if this one came back too late to be opened again.
        recurrence: HazardId,
    },
    /// Cancels the hazard 撤销.
    Cancel {
        /// The reason code.
        reason: CancelReason,
        /// The reason in words; required unless the hazard is cancelled because its report was withdrawn.
        note: Option<NoteId>,
        /// The hazard that stands, if this one is its duplicate 重复.
        into: Option<HazardId>,
    },
    /// Transfers the hazard 随转 to the unit to which the review of its report was referred or assigned.
    Transfer {
        /// The unit that is responsible from now on.
        to: UnitId,
        /// The reason for the referral; `None` if the system assigned the report.
        note: Option<NoteId>,
    },
}

/// One unit that receives an assignment, with the id of the new assignment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Task {
    /// The id of the new assignment.
    pub id: AssignmentId,
    /// The unit that has to do the work.
    pub unit: UnitId,
}

/// The units that do the work of an assignment that is sent back.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Instead {
    /// The unit that leads instead, with the id of its assignment if it takes no part yet. It is required if units that
    /// support would remain without a lead.
    pub new_lead: Option<Task>,
    /// Further units that support, with the ids of their assignments.
    pub supports: Vec<Task>,
}

/// The context of a case command: everything outside the case on which the decision depends.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The time that the events tell: for an act of a reporter, a boundary of the veil ([`crate::time::Moment`]).
    pub now: DateTime<Utc>,
    /// When the server received the command. Deadlines of reporters are judged by it.
    pub exact: DateTime<Utc>,
    /// The party that issues the command.
    pub by: By,
    /// Whether the hazard lies in the area of the acting post, or below it.
    pub in_area: bool,
    /// The handling policy in force at the place of the hazard.
    pub policy: &'a HandlingPolicy,
    /// The calendar and the rules that determine due times.
    pub timing: Timing<'a>,
    /// The kinds of the units that the command names. A unit that is missing here does not exist, or has ended.
    pub units: &'a BTreeMap<UnitId, UnitKind>,
    /// The units of the case that have ended 撤销: of its township, its assignments and those that gave them.
    pub ended: &'a BTreeSet<UnitId>,
    /// Whether the holder of the assignment that the command names has left: no post of the assignment's unit in which
    /// the officer could work on it, or no longer an active officer.
    pub holder_left: bool,
    /// Whether anybody of another unit than that of the assignment may accept its work.
    pub other_unit_accepts: bool,
    /// The command centres that are responsible for the place of the hazard, the nearest first.
    pub centres: &'a [UnitId],
    /// The departments that can judge whether the hazard is a major one, the first one that should: that of the duty list, or
    /// the one that leads the work. Somebody there holds a post in a role that the policy names.
    pub responsible: &'a [UnitId],
    /// The units of all posts that the acting officer holds: whoever belongs to a party by another post rules on nothing.
    pub officer_units: &'a BTreeSet<UnitId>,
    /// The recused units 回避: those that a report of this hazard accuses.
    pub barred: &'a BTreeSet<UnitId>,
    /// The entry of the duty list for this hazard's category; `None` if there is no entry.
    pub duty: Option<DutyFacts>,
    /// The photos of the assignment that the command names.
    pub photos: &'a BTreeMap<PhotoId, WorkPhoto>,
    /// A report of this hazard that still awaits its review, as far as the caller may read it.
    pub unreviewed: Option<ReportId>,
}

/// A photo of the work, as far as decisions depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkPhoto {
    /// Whether it was taken before, during or after the work.
    pub stage: PhotoStage,
    /// When it was announced.
    pub announced_at: DateTime<Utc>,
    /// Whether the server has received and verified it.
    pub is_verified: bool,
}

/// The part of a duty-list entry 履职事项清单 (one category in one county) on which decisions depend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DutyFacts {
    /// Whether a township may lead.
    pub township_may_lead: bool,
}
