//! The settings that the manuals list are those that the server knows, with the defaults that hold.

use std::collections::{BTreeMap, BTreeSet};

use tests::app::{Settings, run};

const MANUALS: [&str; 2] = [include_str!("../../README.md"), include_str!("../../README.zh-CN.md")];

/// What every installation meets.
const MET: &[&str] = &[
    "CHUISHAO_LISTEN",
    "CHUISHAO_DATA_DIR",
    "CHUISHAO_DATABASE_URL",
    "CHUISHAO_KEYS_DIR",
    "CHUISHAO_PHOTO_DIR",
    "CHUISHAO_PUBLIC_URL",
    "CHUISHAO_S3_ENDPOINT",
    "CHUISHAO_S3_REGION",
    "CHUISHAO_S3_BUCKET",
    "CHUISHAO_S3_ACCESS_KEY",
    "CHUISHAO_S3_SECRET_KEY",
];

#[tokio::test]
async fn the_manuals_list_what_the_server_knows() {
    let printed = run(&["config"], &Settings::new()).await;
    let known = defaults(&String::from_utf8(printed.stdout).unwrap());
    assert!(known.len() > MET.len());

    let [english, chinese] = MANUALS.map(table);

    assert_eq!(english, chinese, "both manuals list the same");
    for (name, default) in &english {
        assert_eq!(known.get(name), Some(default), "{name}: `chuishao config` says otherwise");
    }
    for name in MET {
        assert!(english.contains_key(*name), "{name} is missing in the manuals");
    }
}

/// Both manuals name the same commands, settings, codes and files; only what somebody fills in has a name of its language.
#[test]
fn both_manuals_name_the_same_things() {
    let [english, chinese] = MANUALS.map(named);
    assert!(english.len() > 60, "{english:?}");
    assert_eq!(english, chinese);
}

/// What stands in backticks outside of blocks, without what somebody fills in.
fn named(manual: &str) -> BTreeSet<String> {
    let texts = manual.split("```").step_by(2);
    let spans = texts.flat_map(|text| text.split('`').skip(1).step_by(2));
    let is_fixed = |word: &&str| word.is_ascii() && !word.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    let named = spans.map(|span| match span.split_once("://") {
        Some((scheme, _)) => format!("{scheme}://"),
        None => span.split_whitespace().filter(is_fixed).collect::<Vec<_>>().join(" "),
    });
    named.filter(|span| !span.is_empty()).collect()
}

/// Secrets are masked wherever they come from, and a file is as good as a variable.
#[tokio::test]
async fn secrets_are_in_force_and_never_printed() {
    let folder = tests::scratch::folder();
    let file = folder.path().join("key");
    std::fs::write(&file, "a-secret-in-a-file\n").unwrap();
    let settings = Settings::new()
        .set("CHUISHAO_S3_SECRET_KEY_FILE", file.to_str().unwrap())
        .set("CHUISHAO_S3_ENDPOINT", "https://s3.example")
        .set("CHUISHAO_S3_BUCKET", "photos")
        .set("CHUISHAO_S3_ACCESS_KEY", "a-secret-in-a-variable");

    let printed = String::from_utf8(run(&["config"], &settings).await.stdout).unwrap();

    for name in ["CHUISHAO_S3_ACCESS_KEY", "CHUISHAO_S3_SECRET_KEY"] {
        assert!(printed.contains(&format!("{name}=(set, hidden)")), "{printed}");
    }
    assert!(!printed.contains("a-secret"), "{printed}");
}

/// Names and defaults as `chuishao config` prints them; no text where there is none.
fn defaults(printed: &str) -> BTreeMap<String, String> {
    let lines = printed.lines().filter(|line| line.starts_with("CHUISHAO_"));
    let pairs = lines.map(|line| {
        let (name, value) = line.split_once('=').unwrap();
        let value = value.strip_suffix("# default").or_else(|| value.strip_suffix("# not set"));
        (name.to_owned(), value.unwrap_or_else(|| panic!("{name} is set")).trim().to_owned())
    });
    pairs.collect()
}

/// The rows of a manual's table whose first cell is a setting: its name and its default, a dash where there is none.
fn table(manual: &str) -> BTreeMap<String, String> {
    let rows = manual.lines().map(|row| (row, row.split('|').map(|cell| cell.trim().trim_matches('`')).collect()));
    let pairs = rows.filter(|(_, cells): &(_, Vec<&str>)| cells.get(1).is_some_and(|cell| is_name(cell)));
    let pairs = pairs.map(|(row, cells)| {
        assert_eq!(cells.len(), 6, "four cells a row: {row}");
        assert!(cells[3..5].iter().all(|cell| !cell.is_empty()), "unit and meaning: {row}");
        (cells[1].to_owned(), if cells[2] == "–" { String::new() } else { cells[2].to_owned() })
    });
    pairs.collect()
}

fn is_name(cell: &str) -> bool {
    cell.starts_with("CHUISHAO_") && cell.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
