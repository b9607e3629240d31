//! The forms in which a canary may leak.

use std::fmt::Write;

use base64::{
    Engine,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};

use super::{Canary, Kind, digests};

/// The characters that are commonly used for masking.
const MASKS: &[char] = &['*', '#', 'x', '.', '-', '_', '?', '·', '•', '…'];

/// The number of digits, out of eleven, that the development sender shows. Showing more counts as a leak.
const SHOWN: usize = 7;

/// One form of a canary: its name for messages, and the bytes to search for.
pub(super) struct Form {
    pub(super) name: String,
    pub(super) pattern: Vec<u8>,
}

/// Returns all forms of a canary.
pub(super) fn of(canary: &Canary) -> Vec<Form> {
    let mut forms = Vec::new();
    for (how, text) in writings(canary) {
        forms.extend(carried(&how, &text));
        if canary.kind == Kind::Word {
            continue;
        }
        for text in [text.clone(), format!("\"{text}\"")] {
            for (algorithm, digest) in digests::of(text.as_bytes()) {
                forms.extend(digested(&format!("{algorithm} of {text}"), &digest));
            }
        }
    }
    match canary.kind {
        Kind::Phone => forms.extend(half_masked(&canary.text)),
        Kind::Name => forms.extend(parts(&canary.text)),
        Kind::Word => {}
    }
    forms
}

/// Returns the notations of a word that people and programs use.
fn writings(canary: &Canary) -> Vec<(String, String)> {
    let text = canary.text.as_str();
    let mut ways = vec![("plain", text.to_owned())];
    match canary.kind {
        Kind::Phone => {
            let (start, rest) = text.split_at(3);
            let (middle, end) = rest.split_at(4);
            let wide = text.chars().filter_map(|digit| char::from_u32(u32::from(digit) - 0x30 + 0xFF10)).collect();
            ways.extend([
                ("with +86", format!("+86{text}")),
                ("with 86", format!("86{text}")),
                ("with 0086", format!("0086{text}")),
                ("with blanks", format!("{start} {middle} {end}")),
                ("with dashes", format!("{start}-{middle}-{end}")),
                ("in wide digits", wide),
            ]);
        }
        Kind::Name => ways.extend([("in small letters", text.to_lowercase()), ("in capitals", text.to_uppercase())]),
        Kind::Word => {}
    }
    ways.into_iter().map(|(how, text)| (how.to_owned(), text)).collect()
}

/// Returns a text plain and in reversible encodings.
fn carried(how: &str, text: &str) -> Vec<Form> {
    let bytes = text.as_bytes();
    let mut forms = vec![
        form(how, "", bytes),
        form(how, "reversed", text.chars().rev().collect::<String>().as_bytes()),
        form(how, "hex", hex::encode(bytes).as_bytes()),
        form(how, "URL-coded", each(bytes, |out, byte| write!(out, "%{byte:02X}")).as_bytes()),
        form(how, "bytes in decimal", decimal(bytes).as_bytes()),
        form(how, "UTF-16 LE", &utf16(text, u16::to_le_bytes)),
        form(how, "UTF-16 BE", &utf16(text, u16::to_be_bytes)),
    ];
    if !text.is_ascii() {
        let json = each(text.encode_utf16(), |out, unit| write!(out, "\\u{unit:04x}"));
        let rust = each(text.chars(), |out, letter| write!(out, "\\u{{{:x}}}", u32::from(letter)));
        let rust_bytes = each(bytes, |out, byte| write!(out, "\\x{byte:02x}"));
        forms.push(form(how, "escaped as in JSON", json.as_bytes()));
        forms.push(form(how, "escaped as in Rust", rust.as_bytes()));
        forms.push(form(how, "escaped bytes", rust_bytes.as_bytes()));
    }
    forms.extend(in_base64(how, bytes));
    forms
}

fn digested(how: &str, digest: &[u8]) -> Vec<Form> {
    let mut forms = vec![
        form(how, "raw", digest),
        form(how, "hex", hex::encode(digest).as_bytes()),
        form(how, "bytes in decimal", decimal(digest).as_bytes()),
    ];
    forms.extend(in_base64(how, digest));
    forms
}

/// Returns the base64 characters that depend only on these bytes, for each of the three alignments at which the bytes
/// can begin within a longer text.
fn in_base64(how: &str, bytes: &[u8]) -> Vec<Form> {
    let mut forms = Vec::new();
    for offset in 0..3 {
        let text = [&[0; 3][..offset], bytes].concat();
        let (from, to) = ((offset * 8).div_ceil(6), text.len() * 8 / 6);
        for (alphabet, engine) in [("base64", &STANDARD_NO_PAD), ("base64url", &URL_SAFE_NO_PAD)] {
            let encoded = engine.encode(&text);
            let own = encoded.get(from..to).unwrap_or_default();
            forms.push(form(how, &format!("{alphabet}, {offset} bytes in"), own.as_bytes()));
        }
    }
    forms
}

/// Returns the masked forms of a number that show more digits than the development sender.
fn half_masked(number: &str) -> Vec<Form> {
    let mut forms = Vec::new();
    for shown in SHOWN + 1..number.len() {
        for start in 0..=shown {
            let hidden = number.len() - shown;
            let (first, last) = (number.get(..start), number.get(start + hidden..));
            let (first, last) = (first.unwrap_or_default(), last.unwrap_or_default());
            for mask in MASKS {
                for masks in [1, hidden] {
                    // A single dot or dash among so many digits is as likely part of a decimal fraction or an id.
                    if masks < hidden && ".-".contains(*mask) {
                        continue;
                    }
                    let masks = mask.to_string().repeat(masks);
                    let text = format!("{first}{masks}{last}");
                    forms.push(form(&format!("{shown} digits shown"), &text, text.as_bytes()));
                }
            }
        }
    }
    forms
}

/// Returns each word of a name, or each pair of adjacent letters if the name is a single word.
fn parts(name: &str) -> Vec<Form> {
    let words: Vec<&str> = name.split_whitespace().collect();
    if words.len() > 1 {
        return words.into_iter().map(|word| form("one word of the name", word, word.as_bytes())).collect();
    }
    let letters: Vec<char> = name.chars().collect();
    let pairs = letters.windows(2).map(|pair| pair.iter().collect::<String>());
    pairs.map(|pair| form("two letters of the name", &pair, pair.as_bytes())).collect()
}

fn form(how: &str, coding: &str, pattern: &[u8]) -> Form {
    let name = if coding.is_empty() { how.to_owned() } else { format!("{how}, {coding}") };
    Form { name, pattern: pattern.to_vec() }
}

fn each<T>(items: impl IntoIterator<Item = T>, write: impl Fn(&mut String, T) -> std::fmt::Result) -> String {
    let mut text = String::new();
    for item in items {
        write(&mut text, item).expect("a String takes everything");
    }
    text
}

fn decimal(bytes: &[u8]) -> String {
    bytes.iter().map(u8::to_string).collect::<Vec<_>>().join(", ")
}

fn utf16(text: &str, order: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(order).collect()
}
