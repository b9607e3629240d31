//! Reads the JSON of a request body, and repairs what would otherwise cost the reports of a whole queue.
//!
//! A phone sends its queue in one request. A text that was cut within an emoji ends in half a surrogate pair, a program
//! writes `NaN` for a missing accuracy, or one text was encoded wrongly: a strict parser refuses the whole body, and with
//! it the reports beside the faulty one. So a body that is not valid JSON is repaired once:
//!
//! | fault | becomes |
//! |---|---|
//! | half a surrogate pair, an unknown escape | U+FFFD, as UTF-8 encoders write it |
//! | a raw control character in a string | its escape |
//! | bytes that are not UTF-8 | `\u0000`, which the check of the texts refuses by its field |
//! | a word or number that JSON does not know (`NaN`, `1e999`) | `null` |

use std::iter::Peekable;
use std::str::Chars;

use serde_json::Value;

/// Parses a body; `None` if it is not JSON even after the repair.
pub(super) fn read(bytes: &[u8]) -> Option<Value> {
    let again = || serde_json::from_str(&repaired(bytes)).ok().filter(|value: &Value| value.is_object());
    serde_json::from_slice(bytes).ok().or_else(again)
}

fn repaired(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.push_str(if chunk.invalid().is_empty() { "" } else { "\0" });
    }
    let (mut out, mut rest) =
        (String::with_capacity(text.len() + 16), text.trim_start_matches('\u{feff}').chars().peekable());
    while let Some(next) = rest.next() {
        match next {
            '"' => {
                out.push('"');
                string(&mut rest, &mut out);
            }
            ' ' | '\t' | '\r' | '\n' | '{' | '}' | '[' | ']' | ':' | ',' => out.push(next),
            first => out.push_str(&word(first, &mut rest)),
        }
    }
    out
}

/// Reads a number or a word, and returns it, or `null` if JSON does not know it.
fn word(first: char, rest: &mut Peekable<Chars<'_>>) -> String {
    let mut word = String::from(first);
    let ends = |next: char| next.is_whitespace() || "{}[]:,\"".contains(next);
    while let Some(next) = rest.next_if(|next| !ends(*next)) {
        word.push(next);
    }
    if serde_json::from_str::<Value>(&word).is_ok() { word } else { "null".to_owned() }
}

/// Copies the rest of a string, up to and including its closing quote.
fn string(rest: &mut Peekable<Chars<'_>>, out: &mut String) {
    while let Some(next) = rest.next() {
        match next {
            '"' => return out.push('"'),
            '\\' => escape(rest, out),
            control if u32::from(control) < 0x20 => out.push_str(&escaped(u32::from(control))),
            other => out.push(other),
        }
    }
}

/// Returns the escape of a UTF-16 code unit.
fn escaped(unit: u32) -> String {
    format!("\\u{unit:04x}")
}

/// Copies an escape whose backslash was read, or writes U+FFFD if it stands for no character.
fn escape(rest: &mut Peekable<Chars<'_>>, out: &mut String) {
    match rest.next() {
        Some('u') => match unit(rest) {
            Some(high @ 0xD800..=0xDBFF) => {
                let mut ahead = rest.clone();
                let low = (ahead.next() == Some('\\') && ahead.next() == Some('u')).then(|| unit(&mut ahead)).flatten();
                match low {
                    Some(low @ 0xDC00..=0xDFFF) => {
                        *rest = ahead;
                        out.push_str(&escaped(high));
                        out.push_str(&escaped(low));
                    }
                    _ => out.push('\u{fffd}'),
                }
            }
            None | Some(0xDC00..=0xDFFF) => out.push('\u{fffd}'),
            Some(other) => out.push_str(&escaped(other)),
        },
        Some(known @ ('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't')) => {
            out.push('\\');
            out.push(known);
        }
        Some(_) => out.push('\u{fffd}'),
        None => {}
    }
}

/// Reads the four hexadecimal digits of an escape.
fn unit(rest: &mut Peekable<Chars<'_>>) -> Option<u32> {
    let mut value = 0;
    for _ in 0..4 {
        let digit = rest.next_if(char::is_ascii_hexdigit)?.to_digit(16)?;
        value = value * 16 + digit;
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_fault_in_one_text_costs_no_other() {
        let around = |inner: &[u8]| [b"{\"a\": [\"x\\ud83d\\ude00\", ".as_slice(), inner, b", 1.5, true]}"].concat();
        for (inner, expected) in [
            (r#""墙\ud83d""#.as_bytes(), json!("墙\u{fffd}")),
            (br#""\ude00\ud83d!""#, json!("\u{fffd}\u{fffd}!")),
            (br#""\ud83d\ud83d\ude00""#, json!("\u{fffd}\u{1f600}")),
            (br#""\ud83d\n""#, json!("\u{fffd}\n")),
            (br#""\uD83""#, json!("\u{fffd}")),
            (br#""\x41 \' \u00e9\\""#, json!("\u{fffd}41 \u{fffd} \u{e9}\\")),
            (b"\"two\nlines\t\x00\"", json!("two\nlines\t\0")),
            (b"\"\xc7\xbd\"", json!("\u{01fd}")),
            (b"\"\xc7\xc7\"", json!("\0\0")),
            (b"NaN", json!(null)),
            (b"-Infinity", json!(null)),
            (b"1e999", json!(null)),
            (b"undefined", json!(null)),
            (b"007", json!(null)),
        ] {
            assert_eq!(
                read(&around(inner)),
                Some(json!({ "a": ["x\u{1f600}", expected, 1.5, true] })),
                "{}",
                String::from_utf8_lossy(inner)
            );
        }
        assert_eq!(read(b"\xef\xbb\xbf{\"a\": 1}"), Some(json!({ "a": 1 })));
    }

    #[test]
    fn what_is_no_json_stays_none() {
        for body in ["", "{", "{\"a\": \"b", "{\"a\" 1}", "query { a }", "{\"a\": 1}}", "a=b", "[1,,2]", "NaN"] {
            assert_eq!(read(body.as_bytes()), None, "{body}");
        }
    }
}
