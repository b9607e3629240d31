//! The rules of inspections 检查, orders 责令 and penalties 行政处罚, and of the share of fines that goes to awards 奖励.

use serde::{Deserialize, Serialize};

use crate::hazard::Level;
use crate::hazard::enforcement::OrderHolds;
use crate::money::Fen;
use crate::time::{Span, SpanUnit};

/// The rules of inspections 检查, orders 责令 and penalties 行政处罚.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EnforcementPolicy {
    /// Whether an inspection needs a second officer 两人以上 (《行政处罚法》 art. 42).
    pub two_officers: bool,
    /// The time limit for the re-inspection 复查, from the end of the time that an order gives, or from the last re-inspection.
    pub reinspect: Span,
    /// The maximum number of days that an order gives.
    pub order_days_max: u32,
    /// What an open order holds up.
    pub open_order_holds: OrderHolds,
    /// The number of days in which the hazards of one subject count as repeated 屡次. A subject may be in several areas, so only
    /// the value for all areas is used.
    pub repeat_days: u32,
}

impl Default for EnforcementPolicy {
    /// The rules of policies that were stored before inspections existed.
    fn default() -> Self {
        Self {
            two_officers: true,
            reinspect: Span { amount: 5, unit: SpanUnit::WorkingDays },
            order_days_max: 180,
            open_order_holds: OrderHolds::Closing,
            repeat_days: 365,
        }
    }
}

/// The share of the paid fines that an award gets (安监总财〔2018〕19号 art. 11: 15 %, from 3,000 to 300,000 yuan).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FineShare {
    /// The share, in percent.
    pub percent: u8,
    /// The least amount, in fen.
    pub min: Fen,
    /// The greatest amount, in fen.
    pub max: Fen,
    /// The levels of hazards whose awards follow fines.
    pub levels: Vec<Level>,
}

impl FineShare {
    /// Returns the share of these fines, rounded to the nearest fen and within the bounds.
    #[must_use]
    pub fn of(&self, fines: Fen) -> Fen {
        let share = (i128::from(fines.0) * i128::from(self.percent) + 50) / 100;
        let share = Fen(i64::try_from(share).unwrap_or(i64::MAX));
        share.min(self.max).max(self.min)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_rounded_and_stays_within_its_bounds() {
        let share = FineShare { percent: 15, min: Fen(300_000), max: Fen(30_000_000), levels: vec![Level::Major] };
        for (fines, expected) in [
            (1, 300_000),
            (2_000_000, 300_000),
            (2_000_003, 300_000), // 300,000.45
            (2_000_004, 300_001), // 300,000.60
            (200_000_000, 30_000_000),
            (i64::MAX, 30_000_000),
        ] {
            assert_eq!(share.of(Fen(fines)), Fen(expected), "{fines}");
        }
    }
}
