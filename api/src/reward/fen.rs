//! The GraphQL scalar for amounts of money.

use async_graphql::{InputValueError, InputValueResult, Number, Scalar, ScalarType, Value};
use domain::money;

/// The scalar that wraps the domain type. Its bound of 2⁵³ is the largest range in which a JSON number (an IEEE 754
/// double) represents every integer exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fen(pub money::Fen);

/// An amount of money in fen 分 (1/100 yuan), as a whole number between -2⁵³ and 2⁵³: 5000 means 50.00 yuan. It can
/// exceed 32 bits.
#[Scalar(name = "Fen")]
impl ScalarType for Fen {
    fn parse(value: Value) -> InputValueResult<Self> {
        let Value::Number(number) = &value else { return Err(InputValueError::expected_type(value)) };
        number
            .as_i64()
            .filter(|fen| fen.unsigned_abs() <= money::Fen::MAX.0.unsigned_abs())
            .map(|fen| Self(money::Fen(fen)))
            .ok_or_else(|| InputValueError::custom("Invalid value: an amount in fen is a whole number of at most 2^53"))
    }

    fn to_value(&self) -> Value {
        Value::Number(Number::from(self.0.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fen_are_whole_and_bounded() {
        for (given, read) in [
            (Value::from(5_000), Some(5_000)),
            (Value::from(1_i64 << 53), Some(1 << 53)),
            (Value::from((1_i64 << 53) + 1), None),
            (Value::from(1.5), None),
            (Value::from("5000"), None),
        ] {
            assert_eq!(Fen::parse(given.clone()).ok().map(|fen| fen.0.0), read, "{given:?}");
        }
        assert_eq!(Fen(money::Fen(7)).to_value(), Value::from(7));
    }
}
