//! Redacts values of the document in the error messages of the GraphQL library. Clients store, display and forward
//! these messages, so a message must not contain a phone number or a name that somebody wrote in the wrong place.

/// A run of at least this many digits is redacted, because it may be part of a phone or identity number.
const DIGITS: usize = 5;
/// The placeholder for each redacted part.
const GAP: char = '…';

/// Returns the message without the values of the document. Keeps the names of fields, arguments and types, because the
/// client needs them to correct the document.
#[must_use]
pub(crate) fn redact_values(said: &str) -> String {
    let said = expectation(said);
    let said = ["does not contain the value", "does not contain value", ", found "]
        .iter()
        .fold(said, |said, before_value| cut_after(said, before_value));
    without_digits(&without_quotes(said))
}

/// Returns the last line of a parser error, which says what the parser expected, or `syntax` if there is no such line.
/// The lines above it quote the document. A message of one line is returned unchanged.
fn expectation(said: &str) -> &str {
    let Some((_, last)) = said.trim_end().rsplit_once('\n') else { return said };
    let last = last.trim_start_matches([' ', '=']);
    if last.starts_with("expected ") || last.starts_with("unexpected ") { last } else { "syntax" }
}

fn cut_after<'a>(said: &'a str, before_value: &str) -> &'a str {
    match said.find(before_value) {
        Some(at) => said.get(..at + before_value.len()).unwrap_or_default().trim_end_matches(", found "),
        None => said,
    }
}

/// The words of the library between two quoted parts of a message.
const BETWEEN: &[&str] = &[
    " argument ",
    " because ",
    " can never be of type ",
    " cannot be of non-input type ",
    " cannot be spread here as objects of type ",
    " cannot condition non composite type ",
    " conflict because ",
    " does not contain the value",
    " does not contain the value ",
    " may not be used on ",
    " must not have a selection since type ",
    " of type ",
    " on directive ",
    " on field ",
    " on type ",
    " used in position expecting type ",
    " and ",
    ", ",
    ", enumeration type ",
    ", expected type ",
    ", unknown field ",
    ". Did you mean ",
];

/// Redacts quoted text unless it has the form of a GraphQL name, path or type. A name that the client wrote may contain
/// quotes itself, so that its parts seem to stand outside. If the words between two quotes are none of the library, all
/// from there to the last quote is redacted.
fn without_quotes(said: &str) -> String {
    let parts: Vec<&str> = said.split('"').collect();
    let last = parts.len().saturating_sub(1);
    let is_foreign = |at: usize, part: &str| at.is_multiple_of(2) && at > 0 && at < last && !BETWEEN.contains(&part);
    let foreign = parts.iter().enumerate().position(|(at, part)| is_foreign(at, part)).map(|at| at - 1);
    let first_redacted = foreign.or((!last.is_multiple_of(2)).then_some(last));
    let mut shown = String::with_capacity(said.len());
    for (at, part) in parts.iter().enumerate() {
        let quoted = !at.is_multiple_of(2);
        if first_redacted == Some(at) {
            shown.push('"');
            shown.push(GAP);
            shown.push('"');
            if last.is_multiple_of(2) {
                shown.push_str(parts.last().copied().unwrap_or_default());
            }
            return shown;
        }
        if at > 0 {
            shown.push('"');
        }
        if !quoted || part.split('.').all(is_name) { shown.push_str(part) } else { shown.push(GAP) }
    }
    shown
}

fn is_name(part: &str) -> bool {
    let bare = part.trim_matches(['[', ']', '!', '$']);
    !bare.is_empty() && bare.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn without_digits(said: &str) -> String {
    let (mut shown, mut run) = (String::with_capacity(said.len()), String::new());
    for letter in said.chars().chain(std::iter::once('\n')) {
        if letter.is_ascii_digit() {
            run.push(letter);
            continue;
        }
        if run.len() < DIGITS {
            shown.push_str(&run);
        } else {
            shown.push(GAP);
        }
        run.clear();
        shown.push(letter);
    }
    shown.truncate(shown.trim_end().len());
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_and_values_go() {
        for (said, shown) in [
            (r#"Unknown field "nope" on type "Query"."#, r#"Unknown field "nope" on type "Query"."#),
            (r#"Unknown field "a19900007311" on type "Query"."#, r#"Unknown field "a…" on type "Query"."#),
            (
                r#"Invalid value for argument "i.naming", enumeration type "Naming" does not contain the value "Zhang""#,
                r#"Invalid value for argument "i.naming", enumeration type "Naming" does not contain the value"#,
            ),
            (
                r#"Invalid value for argument "i", unknown field "张三 199" of type "LoginInput""#,
                r#"Invalid value for argument "i", unknown field "…" of type "LoginInput""#,
            ),
            (
                r#"Invalid value for argument "i", unknown field "x"Zhang"" of type "LoginInput""#,
                r#"Invalid value for argument "i", unknown field "…""#,
            ),
            (
                r#"Invalid value for argument "i", unknown field "x" 张三 "y" of type "LoginInput""#,
                r#"Invalid value for argument "i", unknown field "…""#,
            ),
            (r#"unknown field "x" 张三 of type "LoginInput""#, r#"unknown field "…""#),
            (r#"unknown field "x""#, r#"unknown field "x""#),
            (
                r#"Unknown argument "a" on field "b" of type "C". Did you mean "d"?"#,
                r#"Unknown argument "a" on field "b" of type "C". Did you mean "d"?"#,
            ),
            (r#"Expected input type "Int", found "Zhang"."#, r#"Expected input type "Int""#),
            (r#"expected type "[UUID!]!""#, r#"expected type "[UUID!]!""#),
            (" --> 1:3\n  |\n1 | { 张三\n  |   ^---\n  |\n  = expected selection_set", "expected selection_set"),
            (" --> 1:3\n  |\n1 | { 张三", "syntax"),
            ("operation Find19900007311 is defined twice", "operation Find… is defined twice"),
            ("", ""),
        ] {
            assert_eq!(redact_values(said), shown);
        }
    }
}
