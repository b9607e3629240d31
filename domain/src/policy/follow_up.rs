//! The rules of follow-ups 回头看, which every place sets for itself.

use serde::{Deserialize, Serialize};

use crate::hazard::Level;
use crate::time::{Span, SpanUnit};

/// When a closed hazard is looked at again 回头看, by its level: numbers of calendar days after the closure, in ascending
/// order. A level with an empty list is not looked at again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FollowUpPolicy {
    /// The days for general hazards.
    pub general: Vec<u32>,
    /// The days for hazards that are suspected to be major ones.
    pub suspected_major: Vec<u32>,
    /// The days for major hazards.
    pub major: Vec<u32>,
    /// How long the township has for each of them.
    pub within: Span,
}

impl FollowUpPolicy {
    /// Returns the days for hazards of this level.
    #[must_use]
    pub fn days(&self, level: Level) -> &[u32] {
        match level {
            Level::General => &self.general,
            Level::SuspectedMajor => &self.suspected_major,
            Level::Major => &self.major,
        }
    }
}

impl Default for FollowUpPolicy {
    /// The rules of policies that were stored before there were follow-ups.
    fn default() -> Self {
        Self {
            general: vec![30],
            suspected_major: vec![30, 90],
            major: vec![30, 90],
            within: Span { amount: 5, unit: SpanUnit::WorkingDays },
        }
    }
}
