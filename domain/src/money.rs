//! Money in fen 分, as whole numbers.

use serde::{Deserialize, Serialize};

/// An amount of money in fen 分 (1/100 yuan). The type does not check the bounds; the rules accept no award above
/// [`Fen::MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "sea-orm", derive(sea_orm::DeriveValueType))]
pub struct Fen(pub i64);

impl Fen {
    /// The largest amount that a client with double-precision numbers can represent exactly: 2⁵³ fen.
    pub const MAX: Self = Self(1 << 53);

    /// Formats the amount in yuan with two decimal places: `5000` fen is `50.00`.
    #[must_use]
    pub fn yuan(self) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        format!("{sign}{}.{:02}", self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::Fen;

    #[test]
    fn fen_read_as_yuan() {
        for (fen, yuan) in [(0, "0.00"), (5, "0.05"), (5_000, "50.00"), (-123_456, "-1234.56")] {
            assert_eq!(Fen(fen).yuan(), yuan);
        }
    }
}
