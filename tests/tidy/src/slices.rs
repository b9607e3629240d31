//! The layout of the server: its slices, the ground files below them, and the classification of files.

/// The slices of the server, in the order in which they may call each other: a service calls only slices to its left.
pub const SLICES: &[&str] = &[
    "journal", "area", "policy", "staff", "identity", "photo", "reward", "report", "hazard", "incident", "intake",
    "todo", "reveal", "notice", "insight", "open311",
];

/// The ground modules, which every slice uses and which therefore name no slice, each with the slice modules that it
/// may name nevertheless. Such a module must not import the ground module in turn, which [`crate::graph::circles`]
/// checks.
pub const GROUND: &[(&str, &[&str])] = &[
    ("admission", &[]),
    (
        "app",
        &[
            "identity::followup",
            "identity::keys",
            "identity::sender",
            "identity::sightings",
            "photo::darkroom",
            "photo::room",
            "photo::store",
            "policy::rulebook",
            "policy::rulebook_cache",
            "reward::payer",
        ],
    ),
    ("caller", &["identity::person"]),
    ("client_time", &[]),
    ("config", &[]),
    ("console", &[]),
    ("context", &[]),
    ("database", &[]),
    ("error", &[]),
    ("grouping", &[]),
    ("dataloader", &["policy::rulebook"]),
    ("document", &[]),
    ("mask", &[]),
    ("page", &[]),
    ("place", &[]),
    ("private", &[]),
    ("refused", &[]),
    ("retry", &[]),
    ("redact", &[]),
    ("task_runner", &[]),
    ("telemetry", &[]),
];

/// The modules on top of the slices: they put the server together, and neither a slice nor the ground names them.
pub const TOP: &[&str] =
    &["backup", "cli", "demo", "import", "inputs", "lib", "main", "schema", "server", "start", "testing", "worker"];

/// Checks whether a word at the root of the server has exactly one place: a slice, the ground or the top.
#[must_use]
pub fn has_one_place(word: &str) -> bool {
    let places = [SLICES.contains(&word), GROUND.iter().any(|(known, _)| *known == word), TOP.contains(&word)];
    places.into_iter().filter(|is_here| *is_here).count() == 1
}

/// Returns the word at the root of the server to which a file belongs, or `None` for a file of another crate.
#[must_use]
pub fn root_word(path: &str) -> Option<&str> {
    first_word(path)
}

/// Returns the position of a slice from the left, or `None` if the word is not a slice.
#[must_use]
pub fn rank(slice: &str) -> Option<usize> {
    SLICES.iter().position(|known| *known == slice)
}

/// Returns the slice to which a server file belongs, or `None` for any other file.
#[must_use]
pub fn slice_of(path: &str) -> Option<&str> {
    first_word(path).filter(|word| SLICES.contains(word))
}

/// Returns the slice modules that a ground file may name, or `None` if the file does not belong to the ground.
#[must_use]
pub fn ground_of(path: &str) -> Option<&'static [&'static str]> {
    let word = first_word(path)?;
    GROUND.iter().find(|(known, _)| *known == word).map(|(_, may)| *may)
}

fn first_word(path: &str) -> Option<&str> {
    Some(path.strip_prefix("api/src/")?.split('/').next()?.trim_end_matches(".rs"))
}

/// Checks whether a path is `name.rs` or a file in a folder of this name.
#[must_use]
pub fn is_file(path: &str, name: &str) -> bool {
    path.trim_end_matches(".rs").split('/').any(|part| part == name)
}

/// Checks whether a file contains unit tests or fixtures of the server. Such a file may use all slices.
#[must_use]
pub fn is_test(path: &str) -> bool {
    ["tests", "testing"].iter().any(|name| is_file(path.trim_start_matches("tests/"), name))
}
