//! The rules of send-backs 退单 and rulings 裁定, which every place sets for itself.

use serde::{Deserialize, Serialize};

use crate::staff::Role;
use crate::time::{Span, SpanUnit};

/// The rules of send-backs 退单 and rulings 裁定. The law leaves the times to the places (《北京市接诉即办工作条例》 art. 12
/// asks only that objections to a dispatch are examined).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SendBackPolicy {
    /// How long after its dispatch an assignment can be sent back, and how long after a refusal that can be contested.
    pub within: Span,
    /// The time limit for the answer of the unit that gave the assignment.
    pub answer: Span,
    /// The time limit for a ruling.
    pub rule: Span,
    /// The roles that rule. If the command centre is a party, a supervisor or the command centre above rules in any case.
    pub ruled_by: Vec<Role>,
}

impl SendBackPolicy {
    /// The roles that a policy can name: those whom the permission table lets rule.
    pub const RULERS: [Role; 2] = [Role::CommandCentre, Role::Supervisor];
}

impl Default for SendBackPolicy {
    /// The rules of policies that were stored before send-backs existed.
    fn default() -> Self {
        Self {
            within: Span { amount: 4, unit: SpanUnit::WorkingHours },
            answer: Span { amount: 2, unit: SpanUnit::WorkingHours },
            rule: Span { amount: 1, unit: SpanUnit::WorkingDays },
            ruled_by: vec![Role::CommandCentre],
        }
    }
}
