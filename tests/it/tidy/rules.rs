//! The rules. Each gives a sentence for every trespass.

use super::code::Source;

/// A rule: what is wrong with this file.
pub(super) type Rule = fn(&Source) -> Vec<String>;

/// All of them.
pub(super) const ALL: &[Rule] = &[
    services_call_leftwards,
    only_identity_opens_the_vault,
    crates_know_what_they_may,
    rooms_know_what_they_may,
    files_are_named_by_a_word,
    files_are_short,
    transactions_begin_in_one_place,
    causes_are_kept,
];

/// The slices of the server. A service calls only what stands to its left; the edge stands last.
const SLICES: &[&str] = &[
    "journal", "area", "policy", "staff", "identity", "photo", "reward", "report", "hazard", "intake", "reveal",
    "notice", "insight", "open311",
];

/// Our crates, by the names that code uses.
const OURS: &[&str] = &["domain", "entity", "api", "chuishao", "tests"];

const LONGEST: usize = 300;

fn trespass(source: &Source, position: usize, why: &str) -> String {
    format!("{}:{}: {why}", source.path, source.line(position))
}

/// Objects of GraphQL may name one another, for the graph is cyclic by nature; all else of a slice may not.
pub(super) fn services_call_leftwards(source: &Source) -> Vec<String> {
    let is_proof = source.path.contains("/tests/") || source.path.ends_with("/tests.rs"); // tests set a scene of everything
    let Some(own) = slice_of(&source.path).filter(|_| !is_file(&source.path, "graphql") && !is_proof) else {
        return Vec::new();
    };
    let rank = |slice: &str| SLICES.iter().position(|known| *known == slice);
    let heads = ["crate::", "super::super::"].into_iter().flat_map(|prefix| source.heads_after(prefix));
    heads
        .filter(|(_, head)| rank(head) > rank(own))
        .map(|(at, head)| trespass(source, at, &format!("`{own}` may not call `{head}`, which stands to its right")))
        .collect()
}

pub(super) fn only_identity_opens_the_vault(source: &Source) -> Vec<String> {
    if !source.path.starts_with("api/src/") || slice_of(&source.path) == Some("identity") {
        return Vec::new();
    }
    let opened = source.heads_after("entity::").into_iter().filter(|(_, head)| head == "vault");
    let opened = opened.chain(source.names("entity::*").into_iter().map(|at| (at, String::new())));
    opened.map(|(at, _)| trespass(source, at, "only `identity` may name the rows of the vault")).collect()
}

pub(super) fn crates_know_what_they_may(source: &Source) -> Vec<String> {
    let (seen, forbidden, why) = if source.path.starts_with("domain/") {
        let outside = ["sea_orm", "sqlx", "async_graphql", "actix", "actix_web", "tokio", "reqwest"].as_slice();
        (source.without_features(), outside, "the rules know values only")
    } else if source.path.starts_with("migration/") {
        (Source::new(&*source.path, &source.text), OURS, "history imports nothing of ours")
    } else {
        return Vec::new();
    };
    forbidden_names(&seen, forbidden, why)
}

pub(super) fn rooms_know_what_they_may(source: &Source) -> Vec<String> {
    if !source.path.starts_with("api/src/") {
        return Vec::new();
    }
    if is_file(&source.path, "graphql") {
        forbidden_names(
            source,
            &["sea_orm", "sea_query", "sqlx", "DbErr"],
            "a resolver asks a service or a loader for rows",
        )
    } else if is_file(&source.path, "service") {
        forbidden_names(source, &["async_graphql", "actix_web"], "a service does not know who calls it")
    } else {
        Vec::new()
    }
}

fn forbidden_names(source: &Source, forbidden: &[&str], why: &str) -> Vec<String> {
    let found = forbidden.iter().flat_map(|name| source.names(name).into_iter().map(move |at| (at, name)));
    // A path of another crate needs `::`, and so does an import; a word alone may be a field or a module of ours.
    let found = found.filter(|(at, name)| {
        let after = &source.code[at + name.len()..];
        after.starts_with("::")
            || after.starts_with([';', ' ']) && source.code[..*at].ends_with("use ")
            || **name == "DbErr"
    });
    found.map(|(at, name)| trespass(source, at, &format!("`{name}`: {why}"))).collect()
}

pub(super) fn files_are_named_by_a_word(source: &Source) -> Vec<String> {
    let vague = ["util", "utils", "helper", "helpers", "common", "misc"];
    let named = source.path.trim_end_matches(".rs").split(['/', '_']).find(|part| vague.contains(part));
    named
        .map(|part| format!("{}: `{part}` says nothing: name the word it belongs to", source.path))
        .into_iter()
        .collect()
}

/// An exception says why in its first comment: a line with `Long because …`. Tests from outside are as long as they are.
pub(super) fn files_are_short(source: &Source) -> Vec<String> {
    let (lines, first_comment) = (source.lines_without_tests(), first_comment(&source.text));
    if source.path.starts_with("tests/it/")
        || source.path.starts_with("domain/tests/")
        || lines < LONGEST
        || first_comment.contains("Long because ")
    {
        return Vec::new();
    }
    vec![format!("{}: {lines} lines: split it by word, or say `Long because …` in its first comment", source.path)]
}

pub(super) fn transactions_begin_in_one_place(source: &Source) -> Vec<String> {
    if source.path == "api/src/database.rs"
        || !(source.path.starts_with("api/src/") || source.path.starts_with("entity/"))
    {
        return Vec::new();
    }
    let begun = [".begin(", ".begin_with_config(", ".begin_with_options("];
    let begun = begun.into_iter().flat_map(|call| source.code.match_indices(call));
    begun.map(|(at, _)| trespass(source, at, "ask the App for a transaction: on SQLite it must be immediate")).collect()
}

/// A cause that became a text can no longer be told from another, and is on its way to a client.
pub(super) fn causes_are_kept(source: &Source) -> Vec<String> {
    let found = source.code.match_indices("map_err(").filter(|(at, call)| {
        let argument: String =
            source.code[at + call.len()..].chars().filter(|letter| !letter.is_whitespace()).take(60).collect();
        let body = argument.strip_prefix('|').and_then(|rest| rest.split_once('|'));
        body.is_some_and(|(name, body)| body.starts_with(&format!("{name}.to_string())")))
            || argument.starts_with("ToString::to_string")
    });
    found.map(|(at, _)| trespass(source, at, "keep the cause: an error type with `#[from]` or `#[source]`")).collect()
}

/// Our crates among the dependencies of a manifest.
pub(super) fn ours_in_manifest(manifest: &str) -> Vec<&str> {
    let names = manifest.lines().filter_map(|line| line.split_once(['=', '.']).map(|(name, _)| name.trim()));
    names.filter(|name| OURS.contains(name)).collect()
}

/// The slice that a file of the server belongs to.
fn slice_of(path: &str) -> Option<&str> {
    let first = path.strip_prefix("api/src/")?.split('/').next()?;
    SLICES.contains(&first.trim_end_matches(".rs")).then_some(first.trim_end_matches(".rs"))
}

/// Whether the path is that of `name.rs`, or of a file below a folder of this name, or of `name_….rs`.
fn is_file(path: &str, name: &str) -> bool {
    let mut parts = path.trim_end_matches(".rs").split('/');
    parts.any(|part| part.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('_')))
}

fn first_comment(text: &str) -> String {
    text.lines().take_while(|line| line.is_empty() || line.starts_with("//")).collect::<Vec<_>>().join("\n")
}
