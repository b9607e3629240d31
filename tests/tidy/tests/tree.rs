//! Applies the rules to every source file of the workspace.
#![cfg(test)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use tidy::source::Source;
use tidy::{graph, rules, words};

/// The folders whose files are checked.
const ROOTS: &[&str] = &["domain", "picture", "entity", "migration", "api", "tests"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn sources() -> Vec<Source> {
    let (root, mut files) = (root(), Vec::new());
    for folder in ROOTS {
        rust_files(&root.join(folder), &mut files);
    }
    assert!(files.len() > ROOTS.len(), "found hardly a file: {files:?}");
    let read = |file: PathBuf| {
        let path = file.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
        Source::new(path, &fs::read_to_string(&file).unwrap())
            .unwrap_or_else(|error| panic!("{}: {error}", file.display()))
    };
    files.into_iter().map(read).collect()
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut entries: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for entry in entries {
        if entry.is_dir() && !entry.ends_with("target") {
            rust_files(&entry, found);
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            found.push(entry);
        }
    }
}

#[test]
fn every_file_keeps_the_rules() {
    let sources = sources();

    let trespasses: Vec<_> =
        sources.iter().flat_map(|source| rules::ALL.iter().flat_map(move |rule| rule(source))).collect();

    assert!(trespasses.is_empty(), "\n{}", trespasses.join("\n"));
}

#[test]
fn no_files_import_one_another_in_a_circle() {
    let circles = graph::circles(&sources());

    assert!(circles.is_empty(), "\n{}", circles.join("\n"));
}

#[test]
fn migration_depends_on_nothing_of_ours() {
    let manifest = fs::read_to_string(root().join("migration/Cargo.toml")).unwrap();

    assert_eq!(rules::ours_in_manifest(&manifest), [""; 0]);
}

#[test]
fn the_schema_avoids_the_banned_words() {
    let (style, schema) =
        (fs::read_to_string(root().join("docs/style.md")), fs::read_to_string(root().join("schema.graphql")));
    let style = style.unwrap();
    let banned = words::banned(&style);
    assert!(banned.len() > 10, "{banned:?}");

    let found = words::found(&schema.unwrap(), &banned);

    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

/// The functions whose first argument is the name of a rule.
const NAMING: [&str; 4] = ["illegal(\"", "with_rule(\"", "within(\"", "missing(\""];

#[test]
fn every_rule_that_is_named_says_where_it_comes_from() {
    let root = root();
    let mut files = Vec::new();
    for folder in ["domain/src", "api/src"] {
        rust_files(&root.join(folder), &mut files);
    }
    let code: String = files.iter().map(|file| fs::read_to_string(file).unwrap()).collect();
    let told = fs::read_to_string(root.join("domain/src/rule/rules.txt")).unwrap();
    let lines = told.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let told: BTreeSet<&str> = lines.map(|line| line.split('|').next().unwrap().trim()).collect();
    let named = NAMING.iter().flat_map(|call| code.split(call).skip(1)).filter_map(|rest| rest.split('"').next());
    let named: BTreeSet<&str> = named.filter(|name| name.contains('.')).collect();
    assert!(named.len() > 50, "{named:?}");

    let untold: Vec<_> = named.difference(&told).collect();
    assert!(untold.is_empty(), "add to domain/src/rule/rules.txt: {untold:?}");
    let unused: Vec<_> = told.iter().filter(|name| !code.contains(&format!("\"{name}\""))).collect();
    assert!(unused.is_empty(), "no refusal names: {unused:?}");
}
