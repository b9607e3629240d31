//! The rules of ratings 评哨, which every place sets for itself.

use serde::{Deserialize, Serialize};

use crate::staff::Role;
use crate::time::{Span, SpanUnit};

/// The rules of ratings 评哨 of the answers to a whistle. There is no national rule; the evaluation of departments needs them
/// (《北京市接诉即办工作条例》 art. 33).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct RatingPolicy {
    /// The time limit for rating accepted work; `None` if nobody has to rate.
    pub rate: Option<Span>,
    /// How long the rated unit may object 异议.
    pub object: Span,
    /// The time limit for ruling on an objection.
    pub rule: Span,
    /// The roles that rule. If the command centre is a party, a supervisor or the command centre above rules in any case.
    pub ruled_by: Vec<Role>,
}

impl Default for RatingPolicy {
    /// The rules of policies that were stored before ratings existed.
    fn default() -> Self {
        Self {
            rate: None,
            object: Span { amount: 3, unit: SpanUnit::WorkingDays },
            rule: Span { amount: 3, unit: SpanUnit::WorkingDays },
            ruled_by: vec![Role::CommandCentre],
        }
    }
}
