//! The rooms, kept apart: what each file may name, and how long it may be.
//!
//! Each rule lives in [`rules`] and is shown in [`samples`] to catch a trespass. A rule that is in the way is changed here, with
//! its reason, in the same commit as the code that needs it: not walked around.

mod code;
mod rules;
mod samples;

use std::{
    fs,
    path::{Path, PathBuf},
};

use code::Source;

/// The crates whose files are read, all but this test's own.
const ROOTS: &[&str] = &["domain", "picture", "entity", "migration", "api", "tests"];

#[test]
fn every_line_is_in_its_room() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut files = Vec::new();
    for folder in ROOTS {
        rust_files(&root.join(folder), &mut files);
    }
    assert!(files.len() > ROOTS.len(), "found hardly a file: {files:?}");

    let mut trespasses = Vec::new();
    for file in files {
        let path = file.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
        let source = Source::new(path, &fs::read_to_string(&file).unwrap());
        trespasses.extend(rules::ALL.iter().flat_map(|rule| rule(&source)));
    }

    assert!(trespasses.is_empty(), "\n{}", trespasses.join("\n"));
}

#[test]
fn migration_depends_on_nothing_of_ours() {
    let manifest = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../migration/Cargo.toml")).unwrap();
    assert_eq!(rules::ours_in_manifest(&manifest), [""; 0]);
    assert_eq!(rules::ours_in_manifest("[dependencies]\nentity = { workspace = true }\n"), ["entity"]);
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
