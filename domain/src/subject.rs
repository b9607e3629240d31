//! The subject 责任单位: the enterprise, owner or place that is responsible for a hazard.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Refusal;
use crate::refusal::Language;

/// Length of a unified social credit code, in characters.
const LENGTH: usize = 18;
/// The permitted characters in the order of their values. GB 32100-2015 excludes I, O, S, V and Z, which are easily
/// confused.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// A unified social credit code 统一社会信用代码 (GB 32100-2015) with a valid check character.
///
/// The 18 characters are: the registration authority (1), the kind of organisation (1), the place (6 digits), the
/// organisation code (9) and the check character (1). A well-formed code need not have been issued.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Uscc(String);

impl Uscc {
    /// Parses a code as people type it: trims white space and accepts lower-case letters.
    ///
    /// # Errors
    /// `INVALID_INPUT` for `input.subject.uscc`, with a message that names the problem: the length, a character that is
    /// not permitted, a non-digit at positions 3 to 8, or the check character.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let code = text.trim().to_ascii_uppercase();
        if code.chars().count() != LENGTH {
            return Err(refused("统一社会信用代码应为 18 位。", "A unified social credit code has 18 characters."));
        }
        let Some(values) = code.bytes().map(value).collect::<Option<Vec<u32>>>() else {
            let en = "A unified social credit code contains only digits and capital letters without I, O, S, V, Z.";
            return Err(refused("统一社会信用代码只能包含数字和大写字母（不含 I、O、S、V、Z）。", en));
        };
        if values.iter().skip(2).take(6).any(|value| *value > 9) {
            let en = "Characters 3 to 8 of a unified social credit code must be digits.";
            return Err(refused("统一社会信用代码第 3 至 8 位应为数字。", en));
        }
        let (body, check) = values.split_at(LENGTH - 1);
        if check != [check_value(body)] {
            let en =
                "The check character of the unified social credit code is wrong. Please compare it with the licence.";
            return Err(refused("统一社会信用代码校验位不符，请对照营业执照核对。", en));
        }
        Ok(Self(code))
    }

    /// Returns the 18 characters, in upper case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn refused(zh: &str, en: &str) -> Refusal {
    Refusal::invalid("input.subject.uscc", zh, en)
}

/// Returns the value of a character (its index in [`ALPHABET`]), or `None` if it is not permitted.
fn value(character: u8) -> Option<u32> {
    (0..).zip(ALPHABET).find_map(|(value, known)| (*known == character).then_some(value))
}

/// Computes the value of the check character, which makes the weighted sum a multiple of 31. The weights are the powers
/// of 3 modulo 31.
fn check_value(body: &[u32]) -> u32 {
    let weights = std::iter::successors(Some(1), |weight| Some(weight * 3 % 31));
    let sum: u32 = body.iter().zip(weights).map(|(value, weight)| value * weight).sum();
    (31 - sum % 31) % 31
}

impl fmt::Display for Uscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Uscc {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).map_err(|refusal| refusal.text(Language::English).to_owned())
    }
}

impl From<Uscc> for String {
    fn from(uscc: Uscc) -> Self {
        uscc.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KNOWN: [&str; 3] = ["9144030071526726XG", "91330100799655058B", "914403001922038216"];

    #[test]
    fn codes_that_exist_are_read() {
        for code in KNOWN {
            assert_eq!(Uscc::parse(code).unwrap().as_str(), code);
            assert_eq!(Uscc::parse(&format!(" {} ", code.to_lowercase())).unwrap().to_string(), code);
        }
    }

    #[test]
    fn codes_that_are_wrong_say_why() {
        for (code, why) in [
            ("", "18 characters"),
            ("9144030071526726X", "18 characters"),
            ("9144030071526726XGG", "18 characters"),
            ("9144030071526726XI", "only digits"),
            ("9144030071526726信信", "only digits"),
            ("91A403007152672601", "3 to 8"),
            ("9144030071526726XH", "check character"),
            ("914403001922038261", "check character"),
        ] {
            let refusal = Uscc::parse(code).unwrap_err();
            assert_eq!(refusal.field, Some("input.subject.uscc"));
            assert!(refusal.text(Language::English).contains(why), "{code}: {}", refusal.text(Language::English));
        }
    }

    proptest! {
        /// 31 is prime and no weight is 0, so one wrong character or two exchanged neighbours are always noticed.
        #[test]
        fn a_single_wrong_character_is_noticed(known in 0..3_usize, place in 0..17_usize, other in 0..31_usize) {
            let code = KNOWN[known].as_bytes();
            let mut wrong = code.to_vec();
            wrong[place] = ALPHABET[other];
            prop_assert_eq!(Uscc::parse(std::str::from_utf8(&wrong).unwrap()).is_ok(), wrong == code);
            let mut exchanged = code.to_vec();
            exchanged.swap(place, place + 1);
            prop_assert_eq!(Uscc::parse(std::str::from_utf8(&exchanged).unwrap()).is_ok(), exchanged == code);
        }
    }
}
