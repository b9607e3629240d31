//! An area in the tree, without its boundary.

use chrono::NaiveDate;
use domain::area::AreaLevel;
use domain::id::AreaId;

/// An area code with its validity period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatedCode {
    /// The code: 12 digits, or 15 for a grid.
    pub code: String,
    /// The first day on which the area has the code.
    pub from: NaiveDate,
    /// The exclusive end of validity; `None` while the area still has the code.
    pub to: Option<NaiveDate>,
}

/// All data of an area except its boundary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AreaNode {
    /// The area id, which never changes.
    pub id: AreaId,
    /// The Chinese name.
    pub name: String,
    /// The level in the tree.
    pub level: AreaLevel,
    /// The parent area; `None` for a root.
    pub parent: Option<AreaId>,
    /// The materialised path in the tree. It is a prefix of the paths of all descendants.
    pub path: String,
    /// The origin of the boundary: `official`, `real`, `partition` or `none`.
    pub boundary_kind: String,
    /// The first day on which the area exists.
    pub valid_from: NaiveDate,
    /// The exclusive end of validity; `None` if it is open-ended.
    pub valid_to: Option<NaiveDate>,
    /// All codes over time, oldest first. The importer writes at least one.
    pub codes: Vec<DatedCode>,
}

/// Checks whether `day` lies in the half-open period from `from` to `to`, excluding `to`.
#[must_use]
pub(crate) fn holds(from: NaiveDate, to: Option<NaiveDate>, day: NaiveDate) -> bool {
    from <= day && to.is_none_or(|to| day < to)
}

impl AreaNode {
    /// Returns whether the area exists on `day`.
    #[must_use]
    pub fn is_on(&self, day: NaiveDate) -> bool {
        holds(self.valid_from, self.valid_to, day)
    }

    /// Returns the code on `day`, or the last code if none is valid on that day. It is empty if the area never had a
    /// code.
    #[must_use]
    pub fn code_on(&self, day: NaiveDate) -> &str {
        let on_day = self.codes.iter().find(|code| holds(code.from, code.to, day));
        on_day.or(self.codes.last()).map_or("", |code| &code.code)
    }

    /// Checks whether this area is `other` or one of its descendants.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        self.path.starts_with(&other.path)
    }

    pub(super) fn first_code(&self) -> &str {
        self.codes.first().map_or("", |code| &code.code)
    }
}
