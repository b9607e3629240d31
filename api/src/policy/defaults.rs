//! Rule files that are embedded in the binary: the national defaults and the demonstration data.

use super::import::RuleKind;

/// An embedded file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Carried {
    /// The kind of rules in the file.
    pub kind: RuleKind,
    /// The file name.
    pub name: &'static str,
    /// The file content.
    pub bytes: &'static [u8],
}

macro_rules! carried {
    ($kind:ident, $path:literal) => {
        Carried { kind: RuleKind::$kind, name: $path, bytes: include_bytes!(concat!("../../data/", $path)) }
    };
}

/// The rules that apply everywhere until a place imports its own, in import order.
pub(crate) const NATIONAL: &[Carried] = &[
    carried!(Codes, "codes.csv"),
    carried!(Categories, "categories.csv"),
    carried!(Calendar, "calendar.csv"),
    carried!(Policies, "policies.toml"),
];

/// The rules of the demonstration district, in import order. Its officers and posts are imported after them.
pub(crate) const DEMO: &[Carried] =
    &[carried!(Areas, "demo/areas.geojson"), carried!(Units, "demo/units.csv"), carried!(Duties, "demo/duties.csv")];

/// The officers of the demonstration, for [`crate::staff::import::officers`].
pub(crate) const DEMO_OFFICERS: &[u8] = include_bytes!("../../data/demo/officers.csv");
/// The posts of the demonstration officers, for [`crate::staff::import::posts`].
pub(crate) const DEMO_POSTS: &[u8] = include_bytes!("../../data/demo/posts.csv");
/// The demonstration scenarios, as JSON.
pub(crate) const DEMO_SCENES: &str = include_str!("../../data/demo/scenes.json");
