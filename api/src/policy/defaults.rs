//! The files in the binary: the national defaults and the data of the demonstration.

use super::import::RuleKind;

/// A file in the binary.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Carried {
    /// The kind of rules in it.
    pub kind: RuleKind,
    /// The name of the file.
    pub name: &'static str,
    /// The content of the file.
    pub bytes: &'static [u8],
}

macro_rules! carried {
    ($kind:ident, $path:literal) => {
        Carried { kind: RuleKind::$kind, name: $path, bytes: include_bytes!(concat!("../../data/", $path)) }
    };
}

/// The rules that hold everywhere until a place has its own, in the order of import.
pub(crate) const NATIONAL: &[Carried] = &[
    carried!(Codes, "codes.csv"),
    carried!(Categories, "categories.csv"),
    carried!(Calendar, "calendar.csv"),
    carried!(Policies, "policies.toml"),
];

/// The rules of the demonstration's district, in the order of import. Its officers and posts are imported after them.
pub(crate) const DEMO: &[Carried] =
    &[carried!(Areas, "demo/areas.geojson"), carried!(Units, "demo/units.csv"), carried!(Duties, "demo/duties.csv")];

/// The officers of the demonstration, for [`crate::staff::import::officers`].
pub(crate) const DEMO_OFFICERS: &[u8] = include_bytes!("../../data/demo/officers.csv");
/// The posts of these officers, for [`crate::staff::import::posts`].
pub(crate) const DEMO_POSTS: &[u8] = include_bytes!("../../data/demo/posts.csv");
/// The scenes of the demonstration, as JSON.
pub(crate) const DEMO_SCENES: &str = include_str!("../../data/demo/scenes.json");
