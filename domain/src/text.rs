//! Texts that clients send: the one check that every text passes.
//!
//! PostgreSQL cannot store U+0000, and a text that nobody can see says nothing. White space between words is fine,
//! including tabs and line breaks of any kind.

use crate::Refusal;

/// The maximum length of any text in a request, in characters. Most fields allow less.
pub const ANY_TEXT_MAX: usize = 10_000;

/// The reason why a text is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TextFlaw {
    /// The text contains a control character other than white space, such as NUL.
    Control,
    /// The text contains no visible character.
    Invisible,
    /// The text has fewer or more characters than allowed.
    Length {
        /// The minimum length, in characters.
        min: usize,
        /// The maximum length, in characters.
        max: usize,
    },
}

impl TextFlaw {
    /// Returns the refusal for the input at this path.
    #[must_use]
    pub fn at(self, path: impl Into<String>) -> Refusal {
        let (zh, en) = self.words();
        Refusal::invalid_at(path, zh, en)
    }

    /// Returns the refusal for this field.
    #[must_use]
    pub fn of(self, field: &'static str) -> Refusal {
        let (zh, en) = self.words();
        Refusal::invalid(field, zh, en)
    }

    fn words(self) -> (String, String) {
        match self {
            Self::Control => (
                "文字中含有无效字符（控制字符或编码错误），请删除后重新提交。".to_owned(),
                "The text contains control characters or was encoded wrongly. Remove them and send it again."
                    .to_owned(),
            ),
            Self::Invisible => (
                "内容为空白，请填写文字。".to_owned(),
                "The text contains no visible character. Please write something.".to_owned(),
            ),
            Self::Length { min: 0 | 1, max } => {
                (format!("文字不能超过{max}个字。"), format!("The text must not exceed {max} characters."))
            }
            Self::Length { min, max } => {
                (format!("请填写{min}至{max}个字。"), format!("The text must have {min} to {max} characters."))
            }
        }
    }
}

/// Checks a text that must be there: its characters, and its length in characters (Unicode scalar values).
///
/// # Errors
/// The first [`TextFlaw`] that applies.
pub fn check(text: &str, min: usize, max: usize) -> Result<(), TextFlaw> {
    check_characters(text)?;
    if !is_visible(text) {
        return Err(TextFlaw::Invisible);
    }
    let length = text.chars().take(max.saturating_add(1)).count();
    if (min..=max).contains(&length) { Ok(()) } else { Err(TextFlaw::Length { min, max }) }
}

/// Returns an optional text, or `None` if it is blank: many forms send an empty text for a field that nobody has filled in.
#[must_use]
pub fn unless_blank<T: AsRef<str>>(text: Option<T>) -> Option<T> {
    text.filter(|text| !text.as_ref().trim().is_empty())
}

/// Checks any text of a request. Unlike [`check`], it accepts an empty text and one of white space only, which the
/// field itself judges.
///
/// # Errors
/// The first [`TextFlaw`] that applies.
pub fn check_any(text: &str) -> Result<(), TextFlaw> {
    check_characters(text)?;
    if !text.trim().is_empty() && !is_visible(text) {
        return Err(TextFlaw::Invisible);
    }
    if text.chars().take(ANY_TEXT_MAX + 1).count() > ANY_TEXT_MAX {
        return Err(TextFlaw::Length { min: 0, max: ANY_TEXT_MAX });
    }
    Ok(())
}

fn check_characters(text: &str) -> Result<(), TextFlaw> {
    let refused = |character: char| character.is_control() && !character.is_whitespace();
    if text.chars().any(refused) { Err(TextFlaw::Control) } else { Ok(()) }
}

/// Checks whether a text contains a character that people can see.
#[must_use]
pub fn is_visible(text: &str) -> bool {
    text.chars().any(|character| !character.is_whitespace() && !character.is_control() && !is_blank(character))
}

/// Checks whether a character leaves no ink although it is no white space: the characters that Unicode 16 calls
/// `Default_Ignorable_Code_Point` (among them zero-width, bidirectional and variation characters, Hangul fillers and
/// tags), the remaining format characters without a glyph, the blank of braille, and noncharacters.
fn is_blank(character: char) -> bool {
    matches!(u32::from(character),
        0x00AD | 0x034F | 0x061C | 0x115F..=0x1160 | 0x17B4..=0x17B5 | 0x180B..=0x180F | 0x200B..=0x200F
        | 0x202A..=0x202E | 0x2060..=0x206F | 0x2800 | 0x3164 | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0
        | 0xFFF0..=0xFFFB | 0xFDD0..=0xFDEF | 0x1_3430..=0x1_343F | 0x1_BCA0..=0x1_BCA3 | 0x1_D159
        | 0x1_D173..=0x1_D17A | 0xE_0000..=0xE_0FFF)
        || u32::from(character) & 0xFFFE == 0xFFFE
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts without a visible character.
    const BLANK: &[&str] = &[
        "\u{200b}",
        "\u{2800}",
        "\u{3164}",
        "\u{feff}",
        "\u{202e}\u{202c}",
        "\u{200d}",
        "\u{ad}",
        "\u{3000}",
        "",
        " \n\t ",
        "\u{ffa0}",
        "\u{115f}\u{1160}",
        "\u{fe0f}",
        "\u{e0020}",
        "\u{e0100}",
        "\u{2066}\u{2069}",
        "\u{fff9}",
        "\u{180e}",
        "\u{ffff}",
        "\u{fffe}",
        "\u{1ffff}",
        "\u{2028}",
        "\u{85}",
    ];
    /// Texts that people can read.
    const GOOD: &[&str] = &[
        "墙",
        "a\u{200d}b",
        "第一行\r\n第二行",
        "\u{202d}13800000000\u{202c}",
        "👨\u{200d}👩",
        "\u{fffd}",
        "a\u{b}b",
        "𠮷",
        "。",
    ];

    #[test]
    fn texts_are_judged_by_what_people_see() {
        let controls = (0..0x20).chain(0x7F..0xA0).filter_map(char::from_u32).filter(|one| !one.is_whitespace());
        for control in controls {
            assert_eq!(check(&format!("墙面{control}开裂"), 1, 9), Err(TextFlaw::Control), "{control:?}");
        }
        for blank in BLANK {
            assert_eq!(check(blank, 1, 9), Err(TextFlaw::Invisible), "{blank:?}");
            assert_eq!(check_any(blank).is_ok(), blank.trim().is_empty(), "{blank:?}");
        }
        for good in GOOD {
            assert_eq!((check(good, 1, 20), check_any(good)), (Ok(()), Ok(())), "{good:?}");
        }
    }

    #[test]
    fn lengths_are_counted_in_characters() {
        let many = |count| "墙".repeat(count);
        assert_eq!(check(&many(2_000), 1, 2_000), Ok(()));
        assert_eq!(check(&many(2_001), 1, 2_000), Err(TextFlaw::Length { min: 1, max: 2_000 }));
        assert_eq!(check(&many(1), 2, 500), Err(TextFlaw::Length { min: 2, max: 500 }));
        assert_eq!(check_any(&many(ANY_TEXT_MAX)), Ok(()));
        assert!(check_any(&many(ANY_TEXT_MAX + 1)).is_err());
    }
}
