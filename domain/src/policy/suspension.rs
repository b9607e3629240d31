//! The rules of suspensions 挂账, which every place sets for itself.

use serde::{Deserialize, Serialize};

use crate::staff::Role;
use crate::time::{Span, SpanUnit};

/// The rules of suspensions 挂账: who asks and decides, how often and how long. There is no national rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SuspensionPolicy {
    /// The roles that may ask, for the unit that leads or for the one that holds the hazard.
    pub may_ask: Vec<Role>,
    /// The roles that decide. Supervisors may in any case, so that no request waits for ever.
    pub decided_by: Vec<Role>,
    /// How often one hazard can be suspended in one round of work. A renewal counts.
    pub times: u32,
    /// The longest time from the request to the review date.
    pub at_most: Span,
    /// The time limit for deciding.
    pub decide: Span,
}

impl SuspensionPolicy {
    /// The roles that a policy can name as those who decide: those whom the permission table lets decide.
    pub const DECIDERS: [Role; 2] = [Role::CommandCentre, Role::Supervisor];
}

impl Default for SuspensionPolicy {
    /// The rules of policies that were stored before there were suspensions.
    fn default() -> Self {
        Self {
            may_ask: vec![Role::TownshipLeader, Role::DepartmentLeader, Role::CommandCentre],
            decided_by: vec![Role::CommandCentre],
            times: 2,
            at_most: Span { amount: 90, unit: SpanUnit::Days },
            decide: Span { amount: 3, unit: SpanUnit::WorkingDays },
        }
    }
}
