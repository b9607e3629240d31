//! Reads single values as spreadsheets, GIS programs and people write them: codes, dates and keywords.
//!
//! A value is accepted in every form that can mean only one thing. A form that has lost something, such as a code of
//! which only six digits are left, is refused with advice.

use chrono::{DateTime, Datelike, NaiveDate, SubsecRound, Utc};
use domain::time::without_leap_second;

/// What to do with a code that a spreadsheet has made a number of.
const AS_TEXT: &str = "take the code from the original file again, and format the column as text before you open it";

/// Removes blanks and invisible marks at both ends.
#[must_use]
pub(crate) fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || is_mark(c))
}

/// Checks whether a character is an invisible mark: of direction, of width zero, or of the order of bytes.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
        || matches!(c, '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206f}' | '\u{feff}')
}

/// Removes invisible marks everywhere and blanks at both ends, and narrows wide letters, digits and signs.
#[must_use]
pub(crate) fn narrow(text: &str) -> String {
    let narrowed = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        other => other,
    };
    trimmed(text).chars().filter(|c| !is_mark(*c)).map(narrowed).collect::<String>().trim().to_owned()
}

/// Reads a code. A number whose fraction is zero, such as `520115000000.0`, is the code without it.
///
/// # Errors
/// What is wrong and what to do, for a number that has lost digits. Whether the rest is a code, [`is_code`] says.
pub(crate) fn code(text: &str) -> Result<String, String> {
    let code = narrow(text);
    if is_rounded(&code) {
        return Err(format!("`{code}` is a code that a spreadsheet has rounded, so digits are lost: {AS_TEXT}"));
    }
    match code.split_once('.') {
        Some((whole, fraction)) if is_number(whole) && is_number(fraction) => {
            if fraction.bytes().all(|digit| digit == b'0') {
                return Ok(whole.to_owned());
            }
            if whole.len() >= SURELY_A_NUMBER {
                return Err(format!("`{code}` is a number with a fraction and no code: {AS_TEXT}"));
            }
            Ok(code)
        }
        _ => Ok(code),
    }
}

/// From this number of digits on, a number with a fraction is no code of a list such as `12.3`.
const SURELY_A_NUMBER: usize = 6;

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Checks whether the text is a number in scientific notation, such as `5.20115E+11`.
fn is_rounded(text: &str) -> bool {
    let Some((digits, exponent)) = text.split_once(['E', 'e']) else { return false };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_signed = exponent.starts_with('+');
    let exponent = exponent.strip_prefix('+').unwrap_or(exponent);
    [whole, fraction, exponent].into_iter().all(is_number) && (is_signed || digits.contains('.'))
}

/// Checks whether the text has the form of a code: 1 to 64 ASCII letters, digits, `_`, `-` or `.`.
#[must_use]
pub(crate) fn is_code(text: &str) -> bool {
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    (1..=64).contains(&text.len()) && text.chars().all(good)
}

/// Parses a date from 1900 to 2999: year, month and day, divided by `-`, `/` or `.` or written as 2026年11月24日. A time
/// after it must be midnight, as programs add it to dates.
#[must_use]
pub(crate) fn day(text: &str) -> Option<NaiveDate> {
    let text = narrow(text);
    let date = match text.split_once([' ', 'T']) {
        Some((date, time)) if is_midnight(time) => date,
        Some(_) => return None,
        None => text.as_str(),
    };
    let date = date.strip_suffix('日').map_or_else(|| date.to_owned(), |date| date.replace(['年', '月'], "-"));
    let divider = date.chars().find(|c| !c.is_ascii_digit()).filter(|c| matches!(c, '-' | '/' | '.'))?;
    let parts: Vec<&str> = date.split(divider).collect();
    let [year, month, day] = parts.as_slice() else { return None };
    if year.len() != 4 || !(1..=2).contains(&month.len()) || !(1..=2).contains(&day.len()) {
        return None;
    }
    let part = |text: &str| is_number(text).then(|| text.parse::<u32>().ok()).flatten();
    let year = i32::try_from(part(year)?).ok().filter(|year| (1900..=2999).contains(year))?;
    NaiveDate::from_ymd_opt(year, part(month)?, part(day)?)
}

fn is_midnight(time: &str) -> bool {
    let time = time.trim().trim_end_matches('Z');
    let zero = |part: &str| !part.is_empty() && part.len() <= 6 && part.bytes().all(|byte| byte == b'0');
    (2..=4).contains(&time.split([':', '.']).count()) && time.split([':', '.']).all(zero)
}

/// Parses a moment from 1900 to 2999: a date and a time in the form of RFC 3339, with a zone, because a roster without one would
/// move by hours from computer to computer. A blank may stand in place of the `T`, and parts of a second are left out.
#[must_use]
pub(crate) fn moment(text: &str) -> Option<DateTime<Utc>> {
    let text = narrow(text).replacen(' ', "T", 1).replace(' ', "");
    let at = without_leap_second(DateTime::parse_from_rfc3339(&text).ok()?.to_utc()).trunc_subsecs(0);
    (1900..=2999).contains(&at.year()).then_some(at)
}

/// Returns advice for a value that is no moment.
#[must_use]
pub(crate) fn no_moment(text: &str) -> String {
    format!("`{text}` is not a time with its zone: write it as 2026-11-30T18:00:00+08:00")
}

/// Returns advice for a value that is no date.
#[must_use]
pub(crate) fn no_day(text: &str) -> String {
    if is_number(text) && (4..=6).contains(&text.len()) {
        return format!("`{text}` is the number by which a spreadsheet stores a date: format the column as a date");
    }
    format!("`{text}` is not a day: write it as 2026-11-24")
}

/// Checks whether a value is this keyword, in any case and width.
#[must_use]
pub(crate) fn is_word(text: &str, word: &str) -> bool {
    narrow(text).eq_ignore_ascii_case(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_in_every_form_that_means_one_thing() {
        for (text, expected) in [
            ("520115000000", "520115000000"),
            ("520115000000.0", "520115000000"),
            ("520115000000.00", "520115000000"),
            ("\u{202d}520115000000\u{202c}", "520115000000"),
            ("\u{feff}520115\u{200b}000000\u{3000}", "520115000000"),
            ("５２０１１５－ｆｉｒｅ", "520115-fire"),
            ("P01", "P01"),
            ("12.3", "12.3"),
            ("2E10", "2E10"),
            ("", ""),
        ] {
            assert_eq!(code(text).as_deref(), Ok(expected), "{text:?}");
        }
    }

    #[test]
    fn codes_that_have_lost_digits_are_refused_with_advice() {
        for text in ["5.20115E+11", "5.20115e+11", "5E+11", "5.2E11", "５.20115E+11", "520115000000.5"] {
            assert!(code(text).is_err_and(|what| what.contains("format the column as text")), "{text:?}");
        }
    }

    #[test]
    fn a_moment_is_read_with_its_zone_and_not_without() {
        let expected = "2026-11-30T10:00:00Z".parse().ok();
        for form in [
            "2026-11-30T18:00:00+08:00",
            "2026-11-30 18:00:00+08:00",
            "2026-11-30 18:00:00 +08:00",
            "２０２６-11-30T18:00:00+08:00",
            "2026-11-30T10:00:00Z",
            "\u{200e}2026-11-30T10:00:00z",
        ] {
            assert_eq!(moment(form), expected, "{form:?}");
        }
        for form in ["", "2026-11-30", "2026-11-30T18:00:00", "2026-11-30 18:00", "18:00+08:00", "3000-01-01T00:00:00Z"]
        {
            assert_eq!(moment(form), None, "{form:?}");
        }
    }

    #[test]
    fn a_day_is_read_in_every_form_that_means_one_day() {
        let forms = [
            "2024-01-02",
            "2024-1-2",
            "2024/1/2",
            "2024/01/02",
            "2024.1.2",
            "2024年1月2日",
            "２０２４/１/２",
            "2024-01-02 00:00:00",
            "2024-01-02T00:00:00.000Z",
            "2024/1/2 0:00",
            "\u{200e}2024/1/2",
        ];
        for form in forms {
            assert_eq!(day(form), NaiveDate::from_ymd_opt(2024, 1, 2), "{form:?}");
        }
        let others =
            ["", "1/2/2024", "2/1/24", "24-1-2", "2024-1", "2024-1-2-3", "2024/1-2", "2024-13-01", "2024-02-30"];
        let odd = ["45293", "2024-01-02 08:00", "1899-12-31", "3000-01-01", "2024-001-02", "+2024-01-02", "20240102"];
        for form in others.iter().chain(&odd) {
            assert_eq!(day(form), None, "{form:?}");
        }
        assert!(no_day("45293").contains("format the column as a date"));
    }
}
