//! One area of the tree, without its shape.

use chrono::NaiveDate;
use domain::area::AreaLevel;
use domain::id::AreaId;

/// A code of an area, in the days in which it has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatedCode {
    /// 12 digits, 15 for a grid.
    pub code: String,
    /// First day.
    pub from: NaiveDate,
    /// First day on which it is no longer.
    pub to: Option<NaiveDate>,
}

/// An area, as everything but its shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AreaNode {
    /// Its name for ever.
    pub id: AreaId,
    /// Chinese name.
    pub name: String,
    /// Where in the tree.
    pub level: AreaLevel,
    /// The area above; none for a root.
    pub parent: Option<AreaId>,
    /// Its place in the tree: what lies below begins with it.
    pub path: String,
    /// Where the boundary comes from: `official`, `real`, `partition` or `none`.
    pub boundary_kind: String,
    /// First day.
    pub valid_from: NaiveDate,
    /// First day on which it is no longer.
    pub valid_to: Option<NaiveDate>,
    /// Its codes through the years, oldest first; never empty for what the importer wrote.
    pub codes: Vec<DatedCode>,
}

/// Whether a day lies in `from`..`to`.
#[must_use]
pub(crate) fn holds(from: NaiveDate, to: Option<NaiveDate>, day: NaiveDate) -> bool {
    from <= day && to.is_none_or(|to| day < to)
}

impl AreaNode {
    /// Whether the area is there on `day`.
    #[must_use]
    pub fn is_on(&self, day: NaiveDate) -> bool {
        holds(self.valid_from, self.valid_to, day)
    }

    /// Its code on `day`; outside its days the last one it had. Empty where it never had one.
    #[must_use]
    pub fn code_on(&self, day: NaiveDate) -> &str {
        let on_day = self.codes.iter().find(|code| holds(code.from, code.to, day));
        on_day.or(self.codes.last()).map_or("", |code| &code.code)
    }

    /// Whether this area is `other` or lies below it in the tree.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        self.path.starts_with(&other.path)
    }

    pub(super) fn first_code(&self) -> &str {
        self.codes.first().map_or("", |code| &code.code)
    }
}
