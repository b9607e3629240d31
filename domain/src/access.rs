//! Access control: one permission table for all roles. Long because the table names every action.
//!
//! A permission depends on the role of the post, the [`Action`] and the [`Relation`] of the post to the object. The
//! aggregates check the table first and then everything else: who holds the assignment, its state, and the four-eyes
//! rules. Long because the table has all actions in one place.

use serde::{Deserialize, Serialize};

use crate::id::{OfficerId, PostId, UnitId};
use crate::refusal::{Code, Refusal};
use crate::staff::Role;

coded_enum! {
    /// What somebody asks for.
    pub enum Action {
        /// Reading reports, without who wrote them.
        ReadReport = "READ_REPORT",
        /// 审核: confirming, merging, refusing, referring a report.
        ReviewReport = "REVIEW_REPORT",
        /// 转办、改派: referring a report to another unit of this system, which continues its review.
        ReferReport = "REFER_REPORT",
        /// Reading a hazard and its work.
        ReadHazard = "READ_HAZARD",
        /// 台账: listing the ledger of hazards.
        ListLedger = "LIST_LEDGER",
        /// Taking the ledger out as a file.
        ExportLedger = "EXPORT_LEDGER",
        /// 派单: dispatching without a whistle, to oneself too 自办.
        Dispatch = "DISPATCH",
        /// 吹哨. The policy's list of roles for each type narrows it further.
        Blow = "BLOW",
        /// 吹哨审核: approving or refusing a whistle of somebody else. The policy's list of roles narrows it further.
        ApproveWhistle = "APPROVE_WHISTLE",
        /// 分哨: naming the units that a whistle calls, in the place of the township.
        NameUnits = "NAME_UNITS",
        /// 评哨: rating the answer of a unit to a whistle.
        RateAnswer = "RATE_ANSWER",
        /// 评哨异议: objecting to a rating.
        ObjectToRating = "OBJECT_TO_RATING",
        /// 评哨裁定: ruling on an objection to a rating. The policy's list of roles narrows it further.
        RuleOnRating = "RULE_ON_RATING",
        /// 认定乱吹哨: judging that a whistle was without need.
        JudgeWhistle = "JUDGE_WHISTLE",
        /// 收回: taking back an assignment that the unit gave, answering a send-back 退单 of it, or releasing it from a
        /// worker who has left.
        TakeBack = "TAKE_BACK",
        /// 退单: asking to send an assignment back, or withdrawing that.
        SendBack = "SEND_BACK",
        /// 裁定: ruling on a send-back. The policy's list of roles narrows it further.
        Rule = "RULE",
        /// 签收.
        Sign = "SIGN",
        /// 认领.
        Claim = "CLAIM",
        /// Giving a claimed assignment back to the unit.
        Release = "RELEASE",
        /// Handing a claimed assignment to another worker of the unit.
        HandOver = "HAND_OVER",
        /// 报到.
        CheckIn = "CHECK_IN",
        /// 办结.
        Finish = "FINISH",
        /// 申请延期: asking for more time for an assignment. The policy's list of roles narrows it further.
        AskExtension = "ASK_EXTENSION",
        /// 延期审批: granting or refusing more time. The policy's list of roles narrows it further.
        DecideExtension = "DECIDE_EXTENSION",
        /// 申请挂账: asking for a suspension, for the unit that leads or for the one that holds the hazard. The policy's list
        /// of roles narrows it further.
        AskSuspension = "ASK_SUSPENSION",
        /// 挂账审批: granting or refusing a suspension. The policy's list of roles narrows it further.
        DecideSuspension = "DECIDE_SUSPENSION",
        /// 恢复办理: letting a suspended hazard come back before its review date. The unit of the responsible leader may do
        /// so too.
        ResumeHazard = "RESUME_HAZARD",
        /// 督办: setting a rung of the supervision ladder by hand.
        Supervise = "SUPERVISE",
        /// 签收督办: acknowledging a supervision for the addressed unit. The policy's list of roles narrows it further.
        AcknowledgeSupervision = "ACKNOWLEDGE_SUPERVISION",
        /// 疑似重大: suspecting a major hazard, or reporting that an interim measure was carried out.
        SuspectMajor = "SUSPECT_MAJOR",
        /// 重大隐患判定、同意销号: judging a suspicion, and consenting to the closure. The policy's list of roles narrows it further.
        JudgeMajor = "JUDGE_MAJOR",
        /// 五落实、治理方案: entering the plan of a major hazard.
        PlanMajor = "PLAN_MAJOR",
        /// 挂牌、摘牌: listing a major hazard and delisting it. The policy's list of roles narrows it further.
        ListMajor = "LIST_MAJOR",
        /// 现场验收: accepting the work on a major hazard on the spot. The policy's list of roles narrows it further.
        AcceptMajor = "ACCEPT_MAJOR",
        /// 临时措施: ordering or lifting an interim measure.
        OrderMeasure = "ORDER_MEASURE",
        /// 验收: accepting finished work, or sending it back for rework.
        Accept = "ACCEPT",
        /// 检查、责令、复查: recording an on-site inspection, issuing an order and re-inspecting it.
        Inspect = "INSPECT",
        /// 行政处罚: recording a penalty, its payment or its voiding, and revoking an order.
        Penalise = "PENALISE",
        /// 销号.
        CloseHazard = "CLOSE_HAZARD",
        /// Reopening a closed hazard.
        ReopenHazard = "REOPEN_HAZARD",
        /// 回头看: recording what became of a closed hazard.
        FollowUp = "FOLLOW_UP",
        /// Striking a hazard that is none.
        CancelHazard = "CANCEL_HAZARD",
        /// Reading awards, without who gets them.
        ReadAward = "READ_AWARD",
        /// 奖励审核: reviewing or rejecting an award, telling its reporter, forfeiting it.
        ReviewAward = "REVIEW_AWARD",
        /// 奖励审批.
        ApproveAward = "APPROVE_AWARD",
        /// 发放: paying an award and recording what became of the payment.
        PayAward = "PAY_AWARD",
        /// Importing areas, units, duties, categories, calendars and policies.
        ImportRules = "IMPORT_RULES",
        /// Keeping officers and posts.
        ManageStaff = "MANAGE_STAFF",
        /// 排班: entering, changing and taking back shifts of the duty roster.
        ManageRoster = "MANAGE_ROSTER",
        /// Reading the journal and its proofs.
        ReadJournal = "READ_JOURNAL",
        /// Reading incidents 突发事件 and their situation reports 信息报告, for the unit that sends or receives them.
        ReadIncident = "READ_INCIDENT",
        /// 报送、更正: sending situation reports 信息报告 for the own unit, and correcting them.
        SendSituationReport = "SEND_SITUATION_REPORT",
        /// 签收: acknowledging a situation report for the receiving unit. The policy's list of roles narrows it further.
        AcknowledgeSituationReport = "ACKNOWLEDGE_SITUATION_REPORT",
    }
}

/// How an object (a report, a hazard, an assignment or an award) relates to a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// The post's unit holds the object: it reviews the report, is the township of the hazard, has the assignment or
    /// administers the award.
    OwnUnit,
    /// Another unit holds the object, but it lies in the area of the post or below it.
    OwnArea,
    /// The object belongs to another unit and lies outside the area of the post.
    Elsewhere,
}

impl Relation {
    /// Returns the relation between a post and an object that the unit `holder` holds. The own unit takes precedence
    /// over the area.
    #[must_use]
    pub fn of(actor: &Actor, holder: UnitId, in_area: bool) -> Self {
        match (actor.unit == holder, in_area) {
            (true, _) => Self::OwnUnit,
            (false, true) => Self::OwnArea,
            (false, false) => Self::Elsewhere,
        }
    }
}

/// An officer acting in one post. An officer with several posts chooses one for each request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Actor {
    /// The person. The four-eyes rules compare officers, not posts, because one officer may hold several posts.
    pub officer: OfficerId,
    /// The post in which the officer acts.
    pub post: PostId,
    /// The post's role, which determines the permitted actions.
    pub role: Role,
    /// The post's unit, which may differ from the unit that employs the officer.
    pub unit: UnitId,
}

/// The party that issues a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum By {
    /// An officer, acting in one post.
    Officer(Actor),
    /// The author of the report in question. The variant carries no identity, because the rules never need one.
    Reporter,
    /// The system itself: a timer fired, or the command follows from another step.
    System,
}

impl By {
    /// Returns the acting officer if the permission table allows this action on an object that `holder` holds.
    ///
    /// # Errors
    /// [`Code::Forbidden`] for an officer without the permission, for the reporter and for the system.
    pub fn permit(&self, action: Action, holder: UnitId, in_area: bool) -> Result<Actor, Refusal> {
        match *self {
            Self::Officer(actor) if may(actor.role, action, Relation::of(&actor, holder, in_area)) => Ok(actor),
            Self::Officer(_) | Self::Reporter | Self::System => Err(Code::Forbidden.into()),
        }
    }
}

/// Looks up the permission table: returns whether a post with this role may take this action on an object in this
/// relation.
///
/// Rule imports, staff management and the journal are not held by any unit: for them only the area of the post counts.
/// What a role may do in its area it may also do in what its own unit holds.
#[must_use]
pub const fn may(role: Role, action: Action, relation: Relation) -> bool {
    match relation {
        Relation::OwnUnit => may_in_own_unit(role, action) || may_in_own_area(role, action),
        Relation::OwnArea => may_in_own_area(role, action),
        Relation::Elsewhere => false,
    }
}

#[expect(clippy::too_many_lines, reason = "one line for each action")]
const fn may_in_own_unit(role: Role, action: Action) -> bool {
    use Role as R;
    match action {
        Action::ReadReport
        | Action::ReviewReport
        | Action::ReferReport
        | Action::Dispatch
        | Action::TakeBack
        | Action::Accept
        | Action::RateAnswer
        | Action::FollowUp
        | Action::CancelHazard => {
            matches!(role, R::TownshipClerk | R::TownshipLeader | R::CommandCentre)
        }
        Action::AskSuspension | Action::ResumeHazard => {
            matches!(role, R::TownshipLeader | R::DepartmentLeader | R::CommandCentre)
        }
        Action::Blow => {
            matches!(role, R::TownshipClerk | R::TownshipLeader | R::DepartmentLeader | R::CommandCentre)
        }
        Action::CloseHazard | Action::ReopenHazard | Action::DecideExtension | Action::ApproveWhistle => {
            matches!(role, R::TownshipLeader | R::CommandCentre)
        }
        Action::ManageRoster => {
            matches!(role, R::TownshipLeader | R::DepartmentLeader | R::VillageOfficer | R::CommandCentre)
        }
        Action::AskExtension | Action::SuspectMajor => {
            works(role) || hands_out(role) || matches!(role, R::CommandCentre)
        }
        Action::JudgeMajor | Action::PlanMajor | Action::ListMajor | Action::AcceptMajor | Action::OrderMeasure => {
            governs(role, action)
        }
        Action::Claim | Action::CheckIn | Action::Finish => works(role),
        Action::Sign | Action::Release | Action::HandOver => works(role) || hands_out(role),
        Action::SendBack | Action::ObjectToRating => hands_out(role),
        Action::ReadIncident | Action::SendSituationReport => {
            hands_out(role) || matches!(role, R::VillageOfficer | R::CommandCentre)
        }
        Action::Inspect => hands_out(role) || matches!(role, R::Worker | R::CommandCentre),
        Action::Penalise | Action::AcknowledgeSituationReport => hands_out(role) || matches!(role, R::CommandCentre),
        Action::AcknowledgeSupervision => {
            hands_out(role) || matches!(role, R::VillageOfficer | R::CommandCentre | R::Supervisor)
        }
        Action::ReadHazard => works(role) || hands_out(role) || oversees(role) || rewards(role),
        Action::ListLedger => hands_out(role) || oversees(role),
        Action::ExportLedger
        | Action::NameUnits
        | Action::JudgeWhistle
        | Action::RuleOnRating
        | Action::Rule
        | Action::DecideSuspension
        | Action::Supervise
        | Action::ReadAward
        | Action::ReviewAward
        | Action::ApproveAward
        | Action::PayAward
        | Action::ImportRules
        | Action::ManageStaff
        | Action::ReadJournal => may_in_own_area(role, action),
    }
}

#[expect(clippy::too_many_lines, reason = "one arm for each action")]
const fn may_in_own_area(role: Role, action: Action) -> bool {
    use Role as R;
    match action {
        Action::ReadReport
        | Action::ReferReport
        | Action::Dispatch
        | Action::Blow
        | Action::ApproveWhistle
        | Action::NameUnits
        | Action::JudgeWhistle
        | Action::TakeBack
        | Action::DecideExtension
        | Action::Accept
        | Action::ManageRoster
        | Action::SuspectMajor
        | Action::JudgeMajor
        | Action::PlanMajor
        | Action::ListMajor
        | Action::OrderMeasure
        | Action::CancelHazard => {
            matches!(role, R::CommandCentre)
        }
        Action::ReopenHazard
        | Action::Rule
        | Action::RuleOnRating
        | Action::Supervise
        | Action::DecideSuspension
        | Action::ResumeHazard
        | Action::AcceptMajor
        | Action::FollowUp => matches!(role, R::CommandCentre | R::Supervisor),
        Action::ReadHazard => {
            matches!(role, R::TownshipClerk | R::TownshipLeader | R::GridWorker | R::VillageOfficer)
                || oversees(role)
                || rewards(role)
        }
        Action::ListLedger | Action::ExportLedger => {
            matches!(role, R::TownshipLeader | R::DepartmentLeader) || oversees(role)
        }
        Action::ReadAward => matches!(role, R::FinanceOfficer | R::Auditor) || rewards(role),
        Action::ReviewAward => rewards(role),
        Action::ApproveAward => matches!(role, R::RewardOfficer | R::DepartmentLeader | R::CommandCentre),
        Action::PayAward => matches!(role, R::FinanceOfficer),
        Action::ImportRules | Action::ManageStaff => matches!(role, R::Administrator),
        Action::ReadJournal => matches!(role, R::Auditor),
        Action::ReadIncident => oversees(role),
        // Only the unit that holds the object may take these actions; no superior unit may take them in its place.
        Action::ReviewReport
        | Action::SendBack
        | Action::RateAnswer
        | Action::ObjectToRating
        | Action::SendSituationReport
        | Action::AcknowledgeSituationReport
        | Action::Inspect
        | Action::Penalise
        | Action::AcknowledgeSupervision
        | Action::Sign
        | Action::Claim
        | Action::Release
        | Action::HandOver
        | Action::CheckIn
        | Action::Finish
        | Action::AskExtension
        | Action::AskSuspension
        | Action::CloseHazard => false,
    }
}

/// Returns whether the role takes this step of a major hazard 重大事故隐患 for its own unit.
const fn governs(role: Role, action: Action) -> bool {
    use Role as R;
    matches!(
        (action, role),
        (_, R::DepartmentLeader | R::CommandCentre)
            | (Action::JudgeMajor, R::DepartmentClerk)
            | (Action::PlanMajor, R::DepartmentClerk | R::TownshipClerk | R::TownshipLeader | R::VillageOfficer)
            | (Action::AcceptMajor, R::DepartmentClerk | R::TownshipLeader | R::Supervisor)
            | (Action::OrderMeasure, R::TownshipLeader)
    )
}

/// Returns whether the role works on site.
const fn works(role: Role) -> bool {
    matches!(role, Role::Worker | Role::GridWorker | Role::VillageOfficer)
}

/// Returns whether the role distributes the unit's assignments among its workers.
const fn hands_out(role: Role) -> bool {
    matches!(role, Role::DepartmentClerk | Role::DepartmentLeader | Role::TownshipClerk | Role::TownshipLeader)
}

/// Returns whether the role supervises the work of other units.
const fn oversees(role: Role) -> bool {
    matches!(role, Role::CommandCentre | Role::Supervisor | Role::Auditor)
}

/// Returns whether the role processes awards.
const fn rewards(role: Role) -> bool {
    matches!(role, Role::RewardOfficer)
}
