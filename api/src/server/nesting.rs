//! Limits the depth of a GraphQL document before it is parsed.
//!
//! The parser descends once for every bracket, in selections, values and types alike, and has no limit for values and
//! types. A document of 64 KiB could take tens of thousands of steps down, which on some platforms ends the process.

use domain::limits::NESTING_MAX;
use domain::refusal::Refusal;

use super::cost::within;

/// Checks how deep the brackets of a document are nested.
///
/// # Errors
/// `TOO_COMPLEX` under `limit.depth`.
pub(super) fn check(document: &str) -> Result<(), Refusal> {
    within("limit.depth", depth(document), NESTING_MAX)
}

/// Returns the greatest depth of brackets. Brackets in texts and comments do not count.
fn depth(document: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0_usize);
    let mut rest = document;
    while let Some(first) = rest.chars().next() {
        rest = match first {
            '"' => after_text(rest),
            '#' => rest.find(['\n', '\r']).and_then(|end| rest.get(end..)).unwrap_or_default(),
            _ => {
                match first {
                    '{' | '[' | '(' => depth = depth.saturating_add(1),
                    '}' | ']' | ')' => depth = depth.saturating_sub(1),
                    _ => {}
                }
                deepest = deepest.max(depth);
                rest.get(first.len_utf8()..).unwrap_or_default()
            }
        };
    }
    deepest
}

/// Returns what follows the text with which the document begins: a block between three quotes, or a line between two.
/// The parser takes a block that does not end for an empty line and goes on behind it, and so does this. A line that does
/// not end is no text for the parser either, so counting goes on behind it.
fn after_text(document: &str) -> &str {
    if let Some(after) = document.strip_prefix(r#"""""#).and_then(after_block) {
        return after;
    }
    let mut is_escaped = false;
    for (at, letter) in document.char_indices().skip(1) {
        match letter {
            '\n' | '\r' => return document.get(at..).unwrap_or_default(),
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return document.get(at.saturating_add(1)..).unwrap_or_default(),
            _ => {}
        }
    }
    ""
}

fn after_block(mut block: &str) -> Option<&str> {
    loop {
        let (before, after) = block.split_once(r#"""""#)?;
        if !before.ends_with('\\') {
            return Some(after);
        }
        block = after;
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    #[test]
    fn brackets_are_counted_outside_of_texts_and_comments() {
        for (document, expected) in [
            ("", 0),
            ("{a}", 1),
            ("{a(b:[{c:1}])}", 4),
            ("{a}{a}}}}{{", 2),
            (r#"{a(b:"[[[[")}"#, 2),
            (r#"{a(b:"\"[[[[")}"#, 2),
            (r#"{a(b:"\\",c:[1])}"#, 3),
            (r#"{a(b:"""[[[["[[ \""" [[[""")}"#, 2),
            (r#"{a(b:"",c:[1])}"#, 3),
            ("# [[[[[\n{a}", 1),
            ("{a # }}}}\r(b:[1])}", 3),
            ("{a(b:\"[[[[\n[[", 4),
            ("{吹哨(b:\"[吹[\")}", 2),
            ("\"", 0),
            ("\"\"\"[[", 0), // an empty text, and one that does not end
            (r#"{a(b:["""\"""}[[#" [[1]]])}"#, 5),
        ] {
            assert_eq!(depth(document), expected, "{document}");
        }
    }

    /// What the parser takes is never deeper than was counted: no text hides brackets from the count.
    #[test]
    fn nothing_that_can_be_parsed_hides_its_depth() {
        let pieces = ["[", "]", "{a:", "}", "\"", "\"\"\"", "\\", "\n", "#", " ", "1", "\\\"\"\""];
        let mut random = fastrand::Rng::with_seed(7);
        let mut parsed = 0;
        for _ in 0..20_000 {
            let inside: String = (0..random.usize(1..9)).map(|_| pieces[random.usize(..pieces.len())]).collect();
            let hidden = 12;
            let document = format!("{{a(b:[{inside} {} ])}}", "[".repeat(hidden) + &"]".repeat(hidden));
            if let Ok(taken) = parse_query(&document) {
                let printed = format!("{taken:?}");
                let lists = printed.matches("List([").count();
                assert!(lists < hidden || depth(&document) >= hidden, "{document}");
                parsed += 1;
            }
        }
        assert!(parsed > 100, "{parsed}");
    }
}
