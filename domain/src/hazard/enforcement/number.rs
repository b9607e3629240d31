//! The numbers in records of enforcement: certificates of officers and documents of penalties. They are codes and no free
//! texts, so that events may contain them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::refusal::{Language, Refusal};

/// The number of the certificate of an officer who enforces the law 执法证号: 4 to 24 letters, digits and hyphens.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Certificate(String);

/// The number of the document of a penalty 处罚决定书文号, such as 筑应急罚〔2026〕12号: 4 to 60 letters, digits, brackets and
/// hyphens, without white space.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DocumentNumber(String);

impl Certificate {
    /// Parses a number as people type it: trims white space and accepts lower-case letters.
    ///
    /// # Errors
    /// `INVALID_INPUT` for `input.secondOfficer`.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let code = text.trim().to_ascii_uppercase();
        let is_one = (4..=24).contains(&code.len());
        if is_one && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            return Ok(Self(code));
        }
        let zh = "执法证号应为 4 至 24 位字母、数字或连字符。";
        let en = "The number of a certificate has 4 to 24 letters, digits and hyphens.";
        Err(Refusal::invalid("input.secondOfficer", zh, en))
    }
}

impl DocumentNumber {
    /// Parses a number as people type it: white space does not count, and square brackets are those of documents.
    ///
    /// # Errors
    /// `INVALID_INPUT` for `input.documentNumber`.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let number: String = text.chars().filter(|one| !one.is_whitespace()).map(bracket).collect();
        let is_part = |one: char| one.is_alphanumeric() || "〔〕（）-".contains(one);
        if (4..=60).contains(&number.chars().count()) && number.chars().all(is_part) {
            return Ok(Self(number));
        }
        let zh = "文号应为 4 至 60 个字符，只能包含文字、数字、括号和连字符。";
        let en = "The number of a document has 4 to 60 letters, digits, brackets and hyphens.";
        Err(Refusal::invalid("input.documentNumber", zh, en))
    }
}

/// People type the brackets of a document number in many ways.
const fn bracket(one: char) -> char {
    match one {
        '[' | '［' | '【' => '〔',
        ']' | '］' | '】' => '〕',
        '(' => '（',
        ')' => '）',
        other => other,
    }
}

macro_rules! texts {
    ($($name:ident),+) => {$(
        impl $name {
            /// Returns the number.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = String;

            fn try_from(text: String) -> Result<Self, String> {
                Self::parse(&text).map_err(|refusal| refusal.text(Language::English).to_owned())
            }
        }

        impl From<$name> for String {
            fn from(number: $name) -> Self {
                number.0
            }
        }
    )+};
}

texts!(Certificate, DocumentNumber);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_type_them() {
        for typed in ["筑应急罚〔2026〕12号", " 筑应急罚[2026] 12号 ", "筑应急罚【2026】12号"] {
            assert_eq!(DocumentNumber::parse(typed).unwrap().as_str(), "筑应急罚〔2026〕12号");
        }
        assert_eq!(Certificate::parse(" gz-0042a ").unwrap().to_string(), "GZ-0042A");
    }

    #[test]
    fn other_texts_are_no_numbers() {
        for text in ["", "〔1〕", "罚款一百元，当场缴纳", "1234;5", &"号".repeat(61)] {
            assert_eq!(DocumentNumber::parse(text).unwrap_err().field, Some("input.documentNumber"), "{text}");
        }
        for text in ["", "123", "张三李四", "12 34", &"1".repeat(25)] {
            assert_eq!(Certificate::parse(text).unwrap_err().field, Some("input.secondOfficer"), "{text}");
        }
    }
}
