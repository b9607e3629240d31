//! A file as the rules see it: its code without comments, texts and what is behind a feature.

/// A source file.
pub(super) struct Source {
    /// Its path from the root of the workspace, with `/`.
    pub(super) path: String,
    /// As written.
    pub(super) text: String,
    /// As written, with blanks in place of comments and of what stands between quotes; the lines keep their numbers.
    pub(super) code: String,
}

impl Source {
    pub(super) fn new(path: impl Into<String>, text: &str) -> Self {
        Self { path: path.into(), text: text.to_owned(), code: without_comments_and_texts(text) }
    }

    /// The number of the line at this position.
    pub(super) fn line(&self, position: usize) -> usize {
        self.code[..position].matches('\n').count() + 1
    }

    /// Where the code names this path: `sea_orm`, `crate::hazard`. Not where it is part of a longer word, nor where it
    /// continues a path, as `entity` does in `sea_orm::entity`.
    pub(super) fn names(&self, path: &str) -> Vec<usize> {
        positions(&self.code, path).filter(|at| is_whole(&self.code, *at, path.len())).collect()
    }

    /// The first names after `prefix`, those of a group included: `crate::{area, photo::Link}` gives `area`, `photo`.
    pub(super) fn heads_after(&self, prefix: &str) -> Vec<(usize, String)> {
        let starts = positions(&self.code, prefix).filter(|at| is_start(&self.code, *at));
        starts.flat_map(|at| heads(&self.code, at + prefix.len())).collect()
    }

    /// How many lines it has before its own tests.
    pub(super) fn lines_without_tests(&self) -> usize {
        self.code.lines().take_while(|line| line.trim() != "#[cfg(test)]").count()
    }

    /// The same file without what exists only under a feature.
    pub(super) fn without_features(&self) -> Self {
        let mut code = self.code.clone();
        for marker in ["#[cfg_attr(", "#[cfg(feature"] {
            while let Some(start) = code.find(marker) {
                let mut end = start + 1 + length_of_group(&code[start + 1..]);
                if marker == "#[cfg(feature" {
                    end += length_of_item(&code[end..]);
                }
                code = blank(&code, start, end);
            }
        }
        Self { path: self.path.clone(), text: self.text.clone(), code }
    }
}

fn positions<'code>(code: &'code str, wanted: &'code str) -> impl Iterator<Item = usize> {
    code.match_indices(wanted).map(|(at, _)| at)
}

fn is_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

fn is_start(code: &str, at: usize) -> bool {
    let before = code[..at].trim_end_matches("::");
    before.len() == at && !before.ends_with(is_word)
}

fn is_whole(code: &str, at: usize, length: usize) -> bool {
    is_start(code, at) && !code[at + length..].starts_with(is_word)
}

fn heads(code: &str, start: usize) -> Vec<(usize, String)> {
    let word = |at: usize| code[at..].chars().take_while(|letter| is_word(*letter)).collect::<String>();
    if !code[start..].starts_with('{') {
        return vec![(start, word(start))];
    }
    let group = &code[start..start + length_of_group(&code[start..])];
    let (mut depth, mut found, mut expects_head) = (0, Vec::new(), false);
    for (at, letter) in group.char_indices() {
        match letter {
            '{' => (depth, expects_head) = (depth + 1, depth == 0),
            '}' => depth -= 1,
            ',' => expects_head = depth == 1,
            _ if expects_head && is_word(letter) => {
                found.push((start + at, word(start + at)));
                expects_head = false;
            }
            _ => {}
        }
    }
    found
}

/// The length of the group in brackets with which the code begins; all of it, if the group is not closed.
fn length_of_group(code: &str) -> usize {
    let mut depth = 0;
    for (at, letter) in code.char_indices() {
        match letter {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    code.len()
}

/// The length of the item with which the code begins: up to its semicolon, or the end of its braces.
fn length_of_item(code: &str) -> usize {
    let mut at = 0;
    while let Some(letter) = code[at..].chars().next() {
        match letter {
            ';' | ',' => return at + 1,
            '{' => return at + length_of_group(&code[at..]),
            '(' | '[' => at += length_of_group(&code[at..]),
            _ => at += letter.len_utf8(),
        }
    }
    code.len()
}

fn blank(code: &str, start: usize, end: usize) -> String {
    let blanks = code[start..end].chars().map(|letter| if letter == '\n' { '\n' } else { ' ' });
    code[..start].chars().chain(blanks).chain(code[end..].chars()).collect()
}

fn without_comments_and_texts(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let skipped = length_of_comment(rest).or_else(|| length_of_text(rest, code.ends_with(is_word)));
        let taken = skipped.unwrap_or(letter.len_utf8());
        if skipped.is_some() {
            code.extend(rest[..taken].chars().map(|letter| if letter == '\n' { '\n' } else { ' ' }));
        } else {
            code.push(letter);
        }
        rest = &rest[taken..];
    }
    code
}

fn length_of_comment(rest: &str) -> Option<usize> {
    if rest.starts_with("//") {
        Some(rest.find('\n').unwrap_or(rest.len()))
    } else if rest.starts_with("/*") {
        Some(rest.find("*/").map_or(rest.len(), |end| end + 2))
    } else {
        None
    }
}

/// The length of the text or letter in quotes here. `in_word`: what begins so belongs to the word before, as in `for"`.
fn length_of_text(rest: &str, in_word: bool) -> Option<usize> {
    let raw = rest.strip_prefix('r').map(|after| (after, after.len() - after.trim_start_matches('#').len()));
    if let Some((after, hashes)) = raw.filter(|(after, hashes)| !in_word && after[*hashes..].starts_with('"')) {
        let close = format!("\"{}", &after[..hashes]);
        let open = 1 + hashes + 1;
        return Some(rest[open..].find(&close).map_or(rest.len(), |end| open + end + close.len()));
    }
    let quote = rest.chars().next().filter(|letter| matches!(letter, '"' | '\''))?;
    if quote == '\'' && !is_letter_in_quotes(rest) {
        return None; // a lifetime
    }
    let mut escaped = false;
    let end = rest.char_indices().skip(1).find(|(_, letter)| {
        let ends = *letter == quote && !escaped;
        escaped = *letter == '\\' && !escaped;
        ends
    });
    Some(end.map_or(rest.len(), |(at, _)| at + 1))
}

fn is_letter_in_quotes(rest: &str) -> bool {
    let mut letters = rest.chars().skip(1);
    letters.next() == Some('\\') || letters.next() == Some('\'')
}

#[test]
fn comments_and_texts_are_no_code() {
    let code = |text| without_comments_and_texts(text);
    assert_eq!(code("a // b\nc"), "a     \nc");
    assert_eq!(code("a /* b\n */ c"), "a     \n    c");
    assert_eq!(code(r#"f("https://x", 'y', '\'', b)"#), "f(           ,    ,     , b)");
    assert_eq!(code(r##"f(r#"a "b" // "#, c)"##), format!("f({}, c)", " ".repeat(14)));
    assert_eq!(code("fn f<'a>(x: &'a str)"), "fn f<'a>(x: &'a str)");
}

#[test]
fn names_are_whole_and_begin_a_path() {
    let source =
        Source::new("x.rs", "use sea_orm::entity::prelude; use entity::vault; let entity_id = crate::entity();");
    assert_eq!(source.names("entity"), [34]);
}

#[test]
fn heads_of_groups_are_found() {
    let source =
        Source::new("x.rs", "use crate::{area, photo::{Link, self}, staff}; crate::hazard::f(); my_crate::no();");
    let heads: Vec<_> = source.heads_after("crate::").into_iter().map(|(_, head)| head).collect();
    assert_eq!(heads, ["area", "photo", "staff", "hazard"]);
}

#[test]
fn what_is_behind_a_feature_is_not_seen() {
    let text = "#[cfg_attr(feature = \"f\", derive(sea_orm::A))]\nstruct B;\n#[cfg(feature = \"f\")]\n\
                impl sea_orm::C for B { fn f() -> D { sea_orm::E } }\n#[cfg(feature = \"f\")]\nuse sea_orm::F;\ntokio::G";
    let source = Source::new("x.rs", text).without_features();
    assert!(source.names("sea_orm").is_empty(), "{}", source.code);
    assert_eq!(source.names("tokio").len(), 1);
    assert_eq!(source.line(source.names("tokio")[0]), 7);
}
