//! The rules of the supervision ladder 督办: what makes a case climb to which rung, who is addressed, and until when the rung has
//! to be acknowledged. Every place sets them for itself.

use serde::{Deserialize, Serialize};

use super::WhistleClass;
use crate::hazard::Level;
use crate::staff::Role;
use crate::time::{Span, SpanUnit};
use crate::todo::TodoKind;

coded_enum! {
    /// A rung of the supervision ladder 督办. A later one is higher.
    pub enum Rung {
        /// 提醒: a reminder.
        Reminder = "REMINDER",
        /// 书面督办、黄牌: a written notice.
        Notice = "NOTICE",
        /// 督办单: an order of the county or district.
        DistrictOrder = "DISTRICT_ORDER",
        /// 挂牌督办: the matter is listed until it is resolved.
        Listed = "LISTED",
        /// 约谈: the leader of the unit is called to a formal talk.
        FormalTalk = "FORMAL_TALK",
    }
}

coded_enum! {
    /// Why a rung of the supervision ladder was set. The first three follow the time of one deadline, a later one replaces
    /// an earlier one.
    pub enum SupervisionTrigger {
        /// 预警: the warning time of a deadline has come.
        Warned = "WARNED",
        /// 逾期: a deadline has passed.
        Overdue = "OVERDUE",
        /// 逾期一倍: a deadline has passed, and its span once more.
        OverdueTwice = "OVERDUE_TWICE",
        /// 两次返工: finished work was sent back for rework twice.
        ReworkTwice = "REWORK_TWICE",
        /// 退单未获同意: a send-back was refused, or a ruling was that the assignment stays.
        SendBackRefused = "SEND_BACK_REFUSED",
        /// 两次回访未解决: two callbacks said that the hazard is not solved, and opened it again.
        NotSolvedTwice = "CALLBACK_NOT_SOLVED_TWICE",
        /// 重大隐患: the hazard is a major one.
        Major = "MAJOR",
        /// 人工督办: an officer set the rung, with a reason.
        ByHand = "BY_HAND",
    }
}

coded_enum! {
    /// To whom a rung of the supervision ladder is addressed.
    pub enum Addressee {
        /// 责任单位: the unit that has to take the step.
        Owner = "OWNER",
        /// 属地单位: the unit that holds the hazard.
        Holder = "HOLDER",
        /// 指挥中心: the nearest command centre.
        Centre = "CENTRE",
    }
}

/// A row of the ladder: what leads to which rung.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupervisionRule {
    /// What makes the case climb.
    pub trigger: SupervisionTrigger,
    /// The rung.
    pub rung: Rung,
    /// The addressee.
    pub to: Addressee,
    /// The roles of the addressed unit that acknowledge; an empty list means all that the permission table allows.
    #[serde(default)]
    pub roles: Vec<Role>,
    /// The time limit for the acknowledgement 签收.
    pub acknowledge: Span,
    /// Restricts a trigger of time to deadlines of these steps; an empty list means all.
    #[serde(default)]
    pub steps: Vec<TodoKind>,
    /// Restricts the row to hazards of these levels; an empty list means all.
    #[serde(default)]
    pub levels: Vec<Level>,
    /// Restricts the row to work that a whistle of these classes called for; an empty list means all work.
    #[serde(default)]
    pub classes: Vec<WhistleClass>,
}

/// The supervision ladder of a place. No national rule sets it; the rungs and triggers are those that places commonly use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SupervisionPolicy {
    /// The time limit for the acknowledgement of a rung that an officer set.
    pub by_hand: Span,
    /// The rows.
    pub rules: Vec<SupervisionRule>,
}

/// The roles that lead a unit.
const LEADERS: [Role; 4] = [Role::TownshipLeader, Role::DepartmentLeader, Role::VillageOfficer, Role::CommandCentre];

impl Default for SupervisionPolicy {
    /// The ladder of policies that were stored before it existed: it reminds, then notifies, then orders.
    fn default() -> Self {
        let hours = Span { amount: 4, unit: SpanUnit::WorkingHours };
        let day = Span { amount: 1, unit: SpanUnit::WorkingDays };
        let row = |trigger, rung, acknowledge| SupervisionRule {
            trigger,
            rung,
            to: Addressee::Owner,
            roles: if rung == Rung::Reminder { Vec::new() } else { LEADERS.to_vec() },
            acknowledge,
            steps: Vec::new(),
            levels: Vec::new(),
            classes: Vec::new(),
        };
        Self {
            by_hand: day,
            rules: vec![
                row(SupervisionTrigger::Warned, Rung::Reminder, hours),
                row(SupervisionTrigger::Overdue, Rung::Notice, hours),
                row(SupervisionTrigger::OverdueTwice, Rung::DistrictOrder, day),
                row(SupervisionTrigger::ReworkTwice, Rung::Notice, hours),
                row(SupervisionTrigger::SendBackRefused, Rung::Reminder, hours),
                row(SupervisionTrigger::NotSolvedTwice, Rung::DistrictOrder, day),
            ],
        }
    }
}

impl SupervisionTrigger {
    /// Returns whether the trigger is a time of a deadline.
    #[must_use]
    pub const fn is_of_time(self) -> bool {
        match self {
            Self::Warned | Self::Overdue | Self::OverdueTwice => true,
            Self::ReworkTwice | Self::SendBackRefused | Self::NotSolvedTwice | Self::Major | Self::ByHand => false,
        }
    }
}
