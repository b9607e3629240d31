//! Access: which role may do what, as one table.
//!
//! The table answers by role and by where a thing stands as the post sees it. The aggregates ask it first and then
//! check the rest: whose assignment it is, in which state it is, and the four-eyes rules.

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
        /// 验收: accepting finished work, or sending it back for rework.
        Accept = "ACCEPT",
        /// 销号.
        CloseHazard = "CLOSE_HAZARD",
        /// Reopening a closed hazard.
        ReopenHazard = "REOPEN_HAZARD",
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
        /// Reading the journal and its proofs.
        ReadJournal = "READ_JOURNAL",
    }
}

/// Where a thing stands, as a post sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// The unit of the post holds it: the unit reviews the report, is the township of the hazard, has the assignment or
    /// keeps the award.
    OwnUnit,
    /// The thing lies in the area of the post or below it.
    OwnArea,
    /// Neither of the two.
    Elsewhere,
}

impl Relation {
    /// Returns the relation of a post to a thing that the unit `holder` holds.
    #[must_use]
    pub fn of(actor: &Actor, holder: UnitId, in_area: bool) -> Self {
        match (actor.unit == holder, in_area) {
            (true, _) => Self::OwnUnit,
            (false, true) => Self::OwnArea,
            (false, false) => Self::Elsewhere,
        }
    }
}

/// An officer who acts in one post.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Actor {
    /// The person: four-eyes rules compare persons, not posts.
    pub officer: OfficerId,
    /// The post that the person acts by.
    pub post: PostId,
    /// The role of the post.
    pub role: Role,
    /// The unit of the post.
    pub unit: UnitId,
}

/// The party that asks for something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum By {
    /// An officer, by one post.
    Officer(Actor),
    /// The author of the report in question, who is never named here.
    Reporter,
    /// The system: a timer, or a step that follows from another step.
    System,
}

impl By {
    /// Returns the officer, if this is one who may do this to a thing that `holder` holds.
    ///
    /// # Errors
    /// [`Code::Forbidden`] for anyone else.
    pub fn permit(&self, action: Action, holder: UnitId, in_area: bool) -> Result<Actor, Refusal> {
        match *self {
            Self::Officer(actor) if may(actor.role, action, Relation::of(&actor, holder, in_area)) => Ok(actor),
            Self::Officer(_) | Self::Reporter | Self::System => Err(Code::Forbidden.into()),
        }
    }
}

/// Returns whether a post of this role may do this to a thing that stands in this relation to it.
///
/// For imports, staff and the journal the relation is that to the area of the post.
#[must_use]
pub const fn may(role: Role, action: Action, relation: Relation) -> bool {
    match relation {
        Relation::OwnUnit => may_in_own_unit(role, action),
        Relation::OwnArea => may_in_own_area(role, action),
        Relation::Elsewhere => false,
    }
}

const fn may_in_own_unit(role: Role, action: Action) -> bool {
    use Role as R;
    match action {
        Action::ReadReport | Action::ReviewReport | Action::Dispatch | Action::Accept | Action::CancelHazard => {
            matches!(role, R::TownshipClerk | R::TownshipLeader | R::CommandCentre)
        }
        Action::Blow => {
            matches!(role, R::TownshipClerk | R::TownshipLeader | R::DepartmentLeader | R::CommandCentre)
        }
        Action::CloseHazard | Action::ReopenHazard => matches!(role, R::TownshipLeader | R::CommandCentre),
        Action::Claim | Action::CheckIn | Action::Finish => works(role),
        Action::Sign | Action::Release | Action::HandOver => works(role) || hands_out(role),
        Action::ReadHazard => works(role) || hands_out(role) || oversees(role) || rewards(role),
        Action::ListLedger => hands_out(role) || oversees(role),
        Action::ExportLedger
        | Action::ReadAward
        | Action::ReviewAward
        | Action::ApproveAward
        | Action::PayAward
        | Action::ImportRules
        | Action::ManageStaff
        | Action::ReadJournal => may_in_own_area(role, action),
    }
}

const fn may_in_own_area(role: Role, action: Action) -> bool {
    use Role as R;
    match action {
        Action::ReadReport | Action::Dispatch | Action::Blow | Action::Accept | Action::CancelHazard => {
            matches!(role, R::CommandCentre)
        }
        Action::ReopenHazard => matches!(role, R::CommandCentre | R::Supervisor),
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
        // These actions belong to the unit that holds the thing, and to no unit above it.
        Action::ReviewReport
        | Action::Sign
        | Action::Claim
        | Action::Release
        | Action::HandOver
        | Action::CheckIn
        | Action::Finish
        | Action::CloseHazard => false,
    }
}

/// Whether the role works on the spot.
const fn works(role: Role) -> bool {
    matches!(role, Role::Worker | Role::GridWorker | Role::VillageOfficer)
}

/// Whether the role hands out the assignments of its unit.
const fn hands_out(role: Role) -> bool {
    matches!(role, Role::DepartmentClerk | Role::DepartmentLeader | Role::TownshipClerk | Role::TownshipLeader)
}

/// Whether the role oversees the work of others.
const fn oversees(role: Role) -> bool {
    matches!(role, Role::CommandCentre | Role::Supervisor | Role::Auditor)
}

/// Whether the role prepares awards.
const fn rewards(role: Role) -> bool {
    matches!(role, Role::RewardOfficer)
}
