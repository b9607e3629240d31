//! The files that the binary carries: the national defaults, and the world of the demonstration.

use super::import::RuleKind;

/// A file that the binary carries.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Carried {
    /// What it holds.
    pub kind: RuleKind,
    /// Its name.
    pub name: &'static str,
    /// What stands in it.
    pub bytes: &'static [u8],
}

macro_rules! carried {
    ($kind:ident, $path:literal) => {
        Carried { kind: RuleKind::$kind, name: $path, bytes: include_bytes!(concat!("../../data/", $path)) }
    };
}

/// What holds everywhere until a place says otherwise, in the order of import.
pub(crate) const NATIONAL: &[Carried] = &[
    carried!(Codes, "codes.csv"),
    carried!(Categories, "categories.csv"),
    carried!(Calendar, "calendar.csv"),
    carried!(Policies, "policies.toml"),
];

/// The rules of the demonstration's district, in the order of import; its officers and posts come after.
pub(crate) const DEMO: &[Carried] =
    &[carried!(Areas, "demo/areas.geojson"), carried!(Units, "demo/units.csv"), carried!(Duties, "demo/duties.csv")];

/// The officers of the demonstration, for [`crate::staff::import::officers`].
pub(crate) const DEMO_OFFICERS: &[u8] = include_bytes!("../../data/demo/officers.csv");
/// Their posts, for [`crate::staff::import::posts`].
pub(crate) const DEMO_POSTS: &[u8] = include_bytes!("../../data/demo/posts.csv");
/// The scenes of the demonstration, JSON.
pub(crate) const DEMO_SCENES: &str = include_str!("../../data/demo/scenes.json");
