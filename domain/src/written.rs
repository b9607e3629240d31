//! Numbers and codes as people type and paste them: mobile numbers, one-time codes 验证码 and follow-up codes 查询码.
//!
//! There is one reading for all of them, wherever they enter: the API, the command line and imported files. It drops
//! blanks, dashes, brackets and characters without a shape of their own, and reads full-width digits. It never repairs
//! what has lost digits: `1.99E+10` is not a number.

/// The characters of the Unicode category Cf, which format a text and have no shape of their own: direction marks,
/// zero-width characters, the byte-order mark. Phones add them around numbers that somebody copies.
const FORMAT: [(char, char); 21] = [
    ('\u{ad}', '\u{ad}'),
    ('\u{600}', '\u{605}'),
    ('\u{61c}', '\u{61c}'),
    ('\u{6dd}', '\u{6dd}'),
    ('\u{70f}', '\u{70f}'),
    ('\u{890}', '\u{891}'),
    ('\u{8e2}', '\u{8e2}'),
    ('\u{180e}', '\u{180e}'),
    ('\u{200b}', '\u{200f}'),
    ('\u{202a}', '\u{202e}'),
    ('\u{2060}', '\u{2064}'),
    ('\u{2066}', '\u{206f}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{fff9}', '\u{fffb}'),
    ('\u{110bd}', '\u{110bd}'),
    ('\u{110cd}', '\u{110cd}'),
    ('\u{13430}', '\u{1343f}'),
    ('\u{1bca0}', '\u{1bca3}'),
    ('\u{1d173}', '\u{1d17a}'),
    ('\u{e0001}', '\u{e0001}'),
    ('\u{e0020}', '\u{e007f}'),
];

/// Characters that look blank and that Unicode does not count as white space: the Hangul fillers and the empty Braille
/// cell.
const BLANK: [char; 5] = ['\u{115f}', '\u{1160}', '\u{2800}', '\u{3164}', '\u{ffa0}'];

/// The dashes: the Unicode category Pd, the minus signs, the hyphen bullet, and the long vowel marks that a Japanese or
/// Chinese keyboard offers in their place.
const DASHES: [(char, char); 23] = [
    ('-', '-'),
    ('\u{58a}', '\u{58a}'),
    ('\u{5be}', '\u{5be}'),
    ('\u{1400}', '\u{1400}'),
    ('\u{1806}', '\u{1806}'),
    ('\u{2010}', '\u{2015}'),
    ('\u{2043}', '\u{2043}'),
    ('\u{207b}', '\u{207b}'),
    ('\u{208b}', '\u{208b}'),
    ('\u{2212}', '\u{2212}'),
    ('\u{2e17}', '\u{2e17}'),
    ('\u{2e1a}', '\u{2e1a}'),
    ('\u{2e3a}', '\u{2e3b}'),
    ('\u{2e40}', '\u{2e40}'),
    ('\u{2e5d}', '\u{2e5d}'),
    ('\u{301c}', '\u{301c}'),
    ('\u{3030}', '\u{3030}'),
    ('\u{30a0}', '\u{30a0}'),
    ('\u{30fc}', '\u{30fc}'),
    ('\u{fe31}', '\u{fe32}'),
    ('\u{fe58}', '\u{fe58}'),
    ('\u{fe63}', '\u{fe63}'),
    ('\u{ff0d}', '\u{ff0d}'),
];

/// The brackets around a part of a number.
const BRACKETS: [char; 8] = ['(', ')', '（', '）', '[', ']', '【', '】'];

/// The country codes with which a mainland number may begin, and the number of digits after them.
const COUNTRY: [&str; 3] = ["+86", "0086", "86"];
/// The number of digits of a mobile number.
const MOBILE: usize = 11;

/// Reads a mainland mobile number: eleven digits that begin with 13 to 19, with or without `+86`, `0086` or `86` before
/// them. Returns the eleven digits, or `None` for any other text.
#[must_use]
pub fn mobile(text: &str) -> Option<String> {
    let plain = plain(text);
    let rest = COUNTRY.iter().find_map(|code| plain.strip_prefix(code)).unwrap_or(&plain);
    let is_mobile =
        rest.len() == MOBILE && rest.starts_with('1') && matches!(rest.as_bytes().get(1), Some(b'3'..=b'9'));
    (is_mobile && are_digits(rest)).then(|| rest.to_owned())
}

/// Reads a code of exactly `length` digits. Returns the digits, or `None` for any other text.
#[must_use]
pub fn code(text: &str, length: usize) -> Option<String> {
    Some(plain(text)).filter(|plain| plain.len() == length && are_digits(plain))
}

fn are_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns the text without what [`is_left_out`], and with full-width digits and plus signs as their plain forms.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len()); // never grows, so that no copy of a number stays in memory
    plain.extend(text.chars().filter(|each| !is_left_out(*each)).map(narrow));
    plain
}

fn is_left_out(each: char) -> bool {
    let within = |ranges: &[(char, char)]| ranges.iter().any(|(first, last)| (*first..=*last).contains(&each));
    each.is_whitespace() || BLANK.contains(&each) || BRACKETS.contains(&each) || within(&FORMAT) || within(&DASHES)
}

fn narrow(each: char) -> char {
    match each {
        '０'..='９' => char::from_u32(u32::from(each) - u32::from('０') + u32::from('0')).unwrap_or(each),
        '＋' | '﹢' | '⁺' => '+',
        other => other,
    }
}
