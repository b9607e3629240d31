//! One area of the tree, without its shape.

use chrono::NaiveDate;
use domain::area::AreaLevel;
use domain::id::AreaId;

/// A code of an area, with the days on which the area has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatedCode {
    /// The code: 12 digits, or 15 for a grid.
    pub code: String,
    /// The first day.
    pub from: NaiveDate,
    /// The first day on which the area no longer has the code.
    pub to: Option<NaiveDate>,
}

/// Everything about an area except its shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AreaNode {
    /// The id of the area, which never changes.
    pub id: AreaId,
    /// The Chinese name.
    pub name: String,
    /// The level in the tree.
    pub level: AreaLevel,
    /// The area above; `None` for a root.
    pub parent: Option<AreaId>,
    /// The path in the tree. The path of every area below begins with it.
    pub path: String,
    /// The origin of the boundary: `official`, `real`, `partition` or `none`.
    pub boundary_kind: String,
    /// The first day.
    pub valid_from: NaiveDate,
    /// The first day on which the area no longer exists.
    pub valid_to: Option<NaiveDate>,
    /// The codes through the years, oldest first. The importer writes at least one.
    pub codes: Vec<DatedCode>,
}

/// Returns whether a day lies in `from`..`to`.
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

    /// Returns the code on `day`, or the last code outside the days of all codes. It is empty if the area never had a
    /// code.
    #[must_use]
    pub fn code_on(&self, day: NaiveDate) -> &str {
        let on_day = self.codes.iter().find(|code| holds(code.from, code.to, day));
        on_day.or(self.codes.last()).map_or("", |code| &code.code)
    }

    /// Returns whether this area is `other` or lies below it in the tree.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        self.path.starts_with(&other.path)
    }

    pub(super) fn first_code(&self) -> &str {
        self.codes.first().map_or("", |code| &code.code)
    }
}
