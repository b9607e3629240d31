//! Limits the depth of a GraphQL document before it is parsed.
//!
//! The parser descends once for every bracket, in selections, values and types alike, and has no limit for values and
//! types. A document of 64 KiB could take tens of thousands of steps down, which on some platforms ends the process.

use domain::limits::NESTING_MAX;
use domain::refusal::{Code, Refusal};

use super::cost::within;

/// Checks how deep the brackets of a document are nested.
///
/// # Errors
/// `TOO_COMPLEX` under `limit.depth`; `BAD_QUERY` for a text between three quotes that does not end. The parser would look
/// for its end again from each such place.
pub(super) fn check(document: &str) -> Result<(), Refusal> {
    let depth = depth(document).ok_or_else(|| {
        Refusal::new(Code::BadQuery).with_text("查询语句中有未结束的文字。", "A text in the query does not end.")
    })?;
    within("limit.depth", depth, NESTING_MAX)
}

/// Returns the greatest depth of brackets. Brackets in texts and comments do not count. Returns `None` if a text between
/// three quotes does not end.
fn depth(document: &str) -> Option<usize> {
    let (mut depth, mut deepest) = (0_usize, 0_usize);
    let mut rest = document;
    while let Some(first) = rest.chars().next() {
        rest = match first {
            '"' => after_text(rest)?,
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
    Some(deepest)
}

/// Returns what follows the text with which the document begins: a block between three quotes, or a line between two.
/// Returns `None` for a block that does not end. A line that does not end is no text for the parser, so counting goes on
/// behind it.
fn after_text(document: &str) -> Option<&str> {
    if let Some(block) = document.strip_prefix(r#"""""#) {
        return after_block(block);
    }
    let mut is_escaped = false;
    for (at, letter) in document.char_indices().skip(1) {
        match letter {
            '\n' | '\r' => return document.get(at..),
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return document.get(at.saturating_add(1)..),
            _ => {}
        }
    }
    Some("")
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
        ] {
            assert_eq!(depth(document), Some(expected), "{document}");
        }
        for endless in ["\"\"\"[[", r#"{a(b:["""\"""}[[#" [[1]]])}"#] {
            assert_eq!(depth(endless), None, "{endless}");
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
                assert!(lists < hidden || depth(&document).is_none_or(|depth| depth >= hidden), "{document}");
                parsed += 1;
            }
        }
        assert!(parsed > 100, "{parsed}");
    }
}
