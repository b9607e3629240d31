//! The rules for a single file. Each one returns a sentence for every violation.

use crate::graph::from_root;
use crate::slices::{TOP, ground_of, has_one_place, is_file, is_test, rank, root_word, slice_of};
use crate::source::{Name, Source};

/// A rule: returns the violations in a file.
pub type Rule = fn(&Source) -> Vec<String>;

/// All rules for single files.
pub const ALL: &[Rule] = &[
    services_call_leftwards,
    resolvers_call_no_service_to_their_right,
    services_know_no_resolver,
    the_ground_names_no_slice,
    every_root_has_its_place,
    only_identity_opens_the_vault,
    crates_know_what_they_may,
    rooms_know_what_they_may,
    files_are_named_by_a_word,
    files_are_short,
    transactions_begin_in_one_place,
    causes_are_kept,
    parameters_are_no_tuples,
];

/// The names of the workspace crates in code.
const OURS: &[&str] = &["domain", "entity", "api", "chuishao", "tests", "trials"];

const LONGEST: usize = 300;

fn trespass(source: &Source, line: usize, why: &str) -> String {
    format!("{}:{line}: {why}", source.path)
}

/// A name in a file that refers to a module at the root of the server.
struct Named<'s> {
    name: &'s Name,
    /// The module at the root.
    root: String,
    /// The path within it.
    rest: Vec<String>,
}

/// Returns the names in a file that refer to modules at the root of the server, however the path is written: from the root
/// or upwards from the file.
fn roots_named(source: &Source) -> impl Iterator<Item = Named<'_>> {
    source.names.iter().filter_map(|name| {
        let path = from_root(&source.path, name)?;
        let (root, rest) = path.split_first()?;
        Some(Named { name, root: root.clone(), rest: rest.to_vec() })
    })
}

/// Returns the names in a file that refer to slices.
fn slices_named(source: &Source) -> impl Iterator<Item = Named<'_>> {
    roots_named(source).filter(|named| rank(&named.root).is_some())
}

/// Checks that services call only slices to their left.
#[must_use]
pub fn services_call_leftwards(source: &Source) -> Vec<String> {
    let Some(own) = slice_of(&source.path).filter(|_| !is_file(&source.path, "graphql") && !is_test(&source.path))
    else {
        return Vec::new();
    };
    slices_named(source)
        .filter(|Named { root, .. }| rank(root) > rank(own))
        .map(|Named { name, root, .. }| {
            trespass(source, name.line, &format!("`{own}` may not call `{root}`, which stands to its right"))
        })
        .collect()
}

/// Checks that resolvers call no service of a slice to their right. GraphQL objects may name one another, because the
/// object graph is cyclic by nature, and they may use the loaders of any slice.
#[must_use]
pub fn resolvers_call_no_service_to_their_right(source: &Source) -> Vec<String> {
    let Some(own) = slice_of(&source.path).filter(|_| is_file(&source.path, "graphql")) else { return Vec::new() };
    let is_shared = |rest: &[String]| rest.first().is_some_and(|part| ["graphql", "loader"].contains(&part.as_str()));
    slices_named(source)
        .filter(|Named { root, rest, .. }| rank(root) > rank(own) && !is_shared(rest))
        .map(|Named { name, root, .. }| {
            let why = format!("a resolver of `{own}` may take only objects and loaders of `{root}`, to its right");
            trespass(source, name.line, &why)
        })
        .collect()
}

/// Checks that services take domain values or their own types, never GraphQL inputs or objects.
#[must_use]
pub fn services_know_no_resolver(source: &Source) -> Vec<String> {
    if slice_of(&source.path).is_none() || is_file(&source.path, "graphql") || is_test(&source.path) {
        return Vec::new();
    }
    let names = source.names.iter().filter(|name| name.segments.len() > 1);
    let through = names.filter(|name| name.segments.iter().any(|segment| segment == "graphql"));
    through
        .map(|name| trespass(source, name.line, "a service does not know the objects and inputs of GraphQL"))
        .collect()
}

/// Checks that ground files, which every slice uses, name no slice, except for the files that [`crate::slices::GROUND`]
/// lists.
#[must_use]
pub fn the_ground_names_no_slice(source: &Source) -> Vec<String> {
    let Some(may) = ground_of(&source.path) else { return Vec::new() };
    slices_named(source)
        .filter(|Named { root, rest, .. }| {
            let file = format!("{root}::{}", rest.first().map_or("", String::as_str));
            !may.contains(&file.as_str())
        })
        .map(|Named { name, root, .. }| {
            trespass(source, name.line, &format!("the ground may not name the slice `{root}`"))
        })
        .collect()
}

/// Checks that each module at the root of the server is a slice, or belongs to the ground or to the top, and that slices
/// and the ground do not name the top.
#[must_use]
pub fn every_root_has_its_place(source: &Source) -> Vec<String> {
    let Some(own) = root_word(&source.path) else { return Vec::new() };
    if !has_one_place(own) {
        let why =
            format!("`{own}` must stand in exactly one list of `tests/tidy/src/slices.rs`: slices, ground or top");
        return vec![trespass(source, 1, &why)];
    }
    if TOP.contains(&own) || is_test(&source.path) {
        return Vec::new();
    }
    roots_named(source)
        .filter(|Named { root, .. }| TOP.contains(&root.as_str()))
        .map(|Named { name, root, .. }| {
            trespass(source, name.line, &format!("`{own}` may not name `{root}`, which stands on top"))
        })
        .collect()
}

/// Checks that only the `identity` slice names the tables of the vault, which link reports to people.
#[must_use]
pub fn only_identity_opens_the_vault(source: &Source) -> Vec<String> {
    if !source.path.starts_with("api/src/") || slice_of(&source.path) == Some("identity") {
        return Vec::new();
    }
    let opened = source.names_below(&["entity", "vault"]).chain(source.names_below(&["entity", "*"]));
    opened.map(|name| trespass(source, name.line, "only `identity` may name the rows of the vault")).collect()
}

/// Checks the dependencies of each crate: `domain` uses no I/O crate, and `migration` uses no other workspace crate.
#[must_use]
pub fn crates_know_what_they_may(source: &Source) -> Vec<String> {
    let (forbidden, why): (&[&str], _) = if source.path.starts_with("domain/") {
        (&["sea_orm", "sqlx", "async_graphql", "actix", "actix_web", "tokio", "reqwest"], "the rules know values only")
    } else if source.path.starts_with("migration/") {
        (OURS, "history imports nothing of ours")
    } else {
        return Vec::new();
    };
    forbidden_names(source, forbidden, why)
}

/// Checks that resolvers use no database crate, and that services use neither GraphQL nor HTTP crates.
#[must_use]
pub fn rooms_know_what_they_may(source: &Source) -> Vec<String> {
    if !source.path.starts_with("api/src/") {
        return Vec::new();
    }
    if is_file(&source.path, "graphql") {
        let why = "a resolver asks a service or a loader for rows";
        forbidden_names(source, &["sea_orm", "sea_query", "sqlx", "DbErr"], why)
    } else if is_file(&source.path, "service") {
        forbidden_names(source, &["async_graphql", "actix_web"], "a service does not know who calls it")
    } else {
        Vec::new()
    }
}

fn forbidden_names(source: &Source, forbidden: &[&str], why: &str) -> Vec<String> {
    // A path into another crate has more than one segment or is an import; a single word may be a field or one of our
    // modules.
    let names = source.names.iter().filter(|name| !name.is_optional);
    let found = names.filter_map(|name| {
        let first = name.segments.first()?.as_str();
        let is_crate = name.segments.len() > 1 || first == "DbErr";
        let last_is_error = name.segments.last().is_some_and(|last| last == "DbErr") && forbidden.contains(&"DbErr");
        (is_crate && forbidden.contains(&first) || last_is_error).then_some((name, first))
    });
    found.map(|(name, first)| trespass(source, name.line, &format!("`{first}`: {why}"))).collect()
}

/// Checks that no file or folder has a vague name, such as `utils`: it should be named after the term that it is about.
#[must_use]
pub fn files_are_named_by_a_word(source: &Source) -> Vec<String> {
    let vague = ["util", "utils", "helper", "helpers", "common", "misc"];
    let named = source.path.trim_end_matches(".rs").split(['/', '_']).find(|part| vague.contains(part));
    named
        .map(|part| format!("{}: `{part}` says nothing: name the word it belongs to", source.path))
        .into_iter()
        .collect()
}

/// Checks that files are short, not counting their own tests. An exception gives its reason in its first comment, with the words `Long because`.
/// End-to-end tests and the tests of `domain` are exempt.
#[must_use]
pub fn files_are_short(source: &Source) -> Vec<String> {
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

/// Checks that transactions begin only in the database module, because on SQLite a write transaction must begin as one
/// (`IMMEDIATE`).
#[must_use]
pub fn transactions_begin_in_one_place(source: &Source) -> Vec<String> {
    if source.path == "api/src/database.rs"
        || !(source.path.starts_with("api/src/") || source.path.starts_with("entity/"))
    {
        return Vec::new();
    }
    let begins = ["begin", "begin_with_config", "begin_with_options"];
    let begun = source.calls.iter().filter(|call| begins.contains(&call.method.as_str()));
    let why = "ask the App for a transaction: on SQLite it must be immediate";
    begun.map(|call| trespass(source, call.line, why)).collect()
}

/// Checks that errors are not converted to text: the kind of error would be lost, and the text might reach a client.
#[must_use]
pub fn causes_are_kept(source: &Source) -> Vec<String> {
    let found = source.calls.iter().filter(|call| call.method == "map_err" && call.only_makes_text);
    let why = "keep the cause: an error type with `#[from]` or `#[source]`";
    found.map(|call| trespass(source, call.line, why)).collect()
}

/// Checks that parameters are not tuples. Values that belong together form a struct with named fields. Published
/// migrations never change, and so neither do the functions that they call.
#[must_use]
pub fn parameters_are_no_tuples(source: &Source) -> Vec<String> {
    let why = "take separate parameters or a named struct instead of a tuple";
    let is_free = ["tests/", "migration/"].iter().any(|folder| source.path.starts_with(folder));
    let found = source.tuple_parameters.iter().filter(|_| !is_free && !is_test(&source.path));
    found.map(|line| trespass(source, *line, why)).collect()
}

/// Returns the workspace crates among the dependencies in a manifest.
#[must_use]
pub fn ours_in_manifest(manifest: &str) -> Vec<&str> {
    let names = manifest.lines().filter_map(|line| line.split_once(['=', '.']).map(|(name, _)| name.trim()));
    names.filter(|name| OURS.contains(name)).collect()
}

fn first_comment(text: &str) -> String {
    text.lines().take_while(|line| line.is_empty() || line.starts_with("//")).collect::<Vec<_>>().join("\n")
}
