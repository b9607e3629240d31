//! Who may blow which whistle 吹哨, who has to approve it first 审核, and which units it calls. Every place sets that for itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::AssignmentSpans;
use crate::id::UnitId;
use crate::refusal::{Code, Refusal};
use crate::staff::{Role, UnitKind};
use crate::time::Span;

coded_enum! {
    /// The legal class of a whistle type. A place can add types, but not classes.
    pub enum WhistleClass {
        /// 应急处置哨: people are in danger now.
        Emergency = "EMERGENCY",
        /// 综合执法哨: the matter needs powers that a township does not have.
        Enforcement = "ENFORCEMENT",
        /// 重点工作哨: a difficult matter that a township cannot resolve alone.
        KeyWork = "KEY_WORK",
        /// 日常哨: a routine matter.
        Routine = "ROUTINE",
    }
}

/// A whistle type. A whistle 哨 is a township's formal call for other departments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhistleType {
    /// The code of the type, such as `joint_enforcement`.
    pub code: String,
    /// The legal class to which the type belongs.
    pub class: WhistleClass,
    /// The Chinese display name.
    pub name: String,
    /// The English display name.
    pub name_en: String,
    /// The roles that may blow a whistle of this type.
    pub may_blow: Vec<Role>,
    /// The spans of each assignment that such a whistle creates.
    pub spans: AssignmentSpans,
    /// The second approval 审核 that such a whistle needs before it calls anybody; `None` if it needs none. An emergency never
    /// waits for it.
    #[serde(default)]
    pub approval: Option<WhistleApproval>,
    /// The kinds of units that such a whistle may call; an empty list means all.
    #[serde(default)]
    pub may_call: Vec<UnitKind>,
    /// The time in which the command centre names the units 分哨, if the township leaves that to it; `None` if the township has
    /// to name them itself.
    #[serde(default)]
    pub through_centre: Option<Span>,
}

/// The second approval 审核 of a whistle, which keeps whistles without need 乱吹哨 from the departments. There is no national rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhistleApproval {
    /// The roles whose whistles have to be approved.
    pub of: Vec<Role>,
    /// The roles that approve: the leader of the township, or the command centre.
    pub by: Vec<Role>,
    /// The time limit for approving.
    pub within: Span,
}

impl WhistleApproval {
    /// The roles that a policy can name as those who approve: those whom the permission table lets do so.
    pub const APPROVERS: [Role; 2] = [Role::TownshipLeader, Role::CommandCentre];
}

impl WhistleType {
    /// Returns the approval that a whistle of this type by this role needs; `None` if it needs none. Danger never waits.
    #[must_use]
    pub fn approval_of(&self, role: Role, emergency: bool) -> Option<&WhistleApproval> {
        let waits = !emergency && self.class != WhistleClass::Emergency;
        self.approval.as_ref().filter(|approval| waits && approval.of.contains(&role))
    }

    /// Checks that the policy lets this role call units with a whistle of this type.
    ///
    /// # Errors
    /// [`Code::Forbidden`].
    pub fn check_blower(&self, role: Role) -> Result<(), Refusal> {
        if self.may_blow.contains(&role) {
            return Ok(());
        }
        Err(Refusal::new(Code::Forbidden).with_rule("whistle.may_blow"))
    }

    /// Checks that a whistle of this type may call these units. `kinds` has the kinds of those that exist.
    ///
    /// # Errors
    /// [`Code::IllegalMove`].
    pub fn check_called(
        &self,
        units: impl IntoIterator<Item = UnitId>,
        kinds: &BTreeMap<UnitId, UnitKind>,
    ) -> Result<(), Refusal> {
        let may = |unit: UnitId| kinds.get(&unit).is_none_or(|kind| self.may_call.contains(kind));
        if self.may_call.is_empty() || units.into_iter().all(may) {
            return Ok(());
        }
        Err(Refusal::illegal("whistle.may_call"))
    }
}
