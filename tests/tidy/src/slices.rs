//! The layout of the server: its slices, the files below them, and which file is of which kind.

/// The slices of the server. A service calls only what stands to its left; the edge stands last.
pub const SLICES: &[&str] = &[
    "journal", "area", "policy", "staff", "identity", "photo", "reward", "report", "hazard", "intake", "reveal",
    "notice", "insight", "open311",
];

/// The ground: what every slice needs and what therefore names none, and which file of a slice it may name all the same.
/// That file must not lead back to the ground, which [`crate::graph::circles`] watches.
pub const GROUND: &[(&str, &[&str])] = &[
    ("admission", &[]),
    (
        "app",
        &[
            "identity::keys",
            "identity::sender",
            "photo::darkroom",
            "photo::store",
            "policy::rulebook",
            "policy::rulebook_cache",
            "reward::payer",
        ],
    ),
    ("caller", &["identity::person"]),
    ("config", &[]),
    ("console", &[]),
    ("context", &[]),
    ("database", &[]),
    ("error", &[]),
    ("grouping", &[]),
    ("dataloader", &["policy::rulebook"]),
    ("mask", &[]),
    ("page", &[]),
    ("place", &[]),
    ("refused", &[]),
    ("retry", &[]),
    ("redact", &[]),
    ("task_runner", &[]),
    ("telemetry", &[]),
];

/// Returns where a slice stands, counted from the left. Returns `None` if the word is no slice.
#[must_use]
pub fn rank(slice: &str) -> Option<usize> {
    SLICES.iter().position(|known| *known == slice)
}

/// Returns the slice that a file of the server belongs to. Returns `None` for every other file.
#[must_use]
pub fn slice_of(path: &str) -> Option<&str> {
    first_word(path).filter(|word| SLICES.contains(word))
}

/// Returns what a file of the ground may name of slices. Returns `None` if the file is not of the ground.
#[must_use]
pub fn ground_of(path: &str) -> Option<&'static [&'static str]> {
    let word = first_word(path)?;
    GROUND.iter().find(|(known, _)| *known == word).map(|(_, may)| *may)
}

fn first_word(path: &str) -> Option<&str> {
    Some(path.strip_prefix("api/src/")?.split('/').next()?.trim_end_matches(".rs"))
}

/// Returns whether a path is that of `name.rs` or of a file below a folder of this name.
#[must_use]
pub fn is_file(path: &str, name: &str) -> bool {
    path.trim_end_matches(".rs").split('/').any(|part| part == name)
}

/// Returns whether a file tests the server from inside. Such a file sets a scene of everything.
#[must_use]
pub fn is_test(path: &str) -> bool {
    ["tests", "testing"].iter().any(|name| is_file(path.trim_start_matches("tests/"), name))
}
