//! Who leads by the duty lists before and after a change.

use domain::id::{AreaId, UnitId};

use crate::policy::rulebook::RuleBook;

/// The lead that the lists name before and after a change; `None` if they name nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Leads {
    pub(super) before: Option<UnitId>,
    pub(super) after: Option<UnitId>,
}

/// Area and category of hazards, by which the lists say who leads.
pub(super) type Place = (AreaId, Option<String>);

/// Returns the code of a unit for people; `(nobody)` if the lists name nobody.
pub(super) fn code(rules: &RuleBook, unit: Option<UnitId>) -> String {
    unit.and_then(|id| rules.unit(id)).map_or_else(|| "(nobody)".to_owned(), |unit| unit.code.clone())
}
