//! Dated documents that apply to an area and all areas below it. The nearest area takes precedence, then the newest
//! document.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::id::AreaId;

use crate::area::Areas;
use crate::area::node::holds;

/// A document with its validity period.
#[derive(Debug)]
pub(crate) struct Dated<T> {
    /// The first day of validity.
    pub from: NaiveDate,
    /// The exclusive end of validity; `None` if it is open-ended.
    pub to: Option<NaiveDate>,
    /// The parsed document.
    pub body: T,
}

/// All documents of one kind, by area.
#[derive(Debug)]
pub(crate) struct Policies<T>(HashMap<Option<AreaId>, Vec<Dated<T>>>);

impl<T> Default for Policies<T> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<T> Policies<T> {
    /// Adds a document for `area`; `None` means everywhere.
    pub(crate) fn add(&mut self, area: Option<AreaId>, document: Dated<T>) {
        let documents = self.0.entry(area).or_default();
        documents.push(document);
        documents.sort_by_key(|document| std::cmp::Reverse(document.from));
    }

    /// Returns the document valid on `day` in `area`: the newest one of the nearest area that has one, otherwise the
    /// newest one that applies everywhere.
    #[must_use]
    pub(crate) fn nearest(&self, areas: &Areas, area: Option<AreaId>, day: NaiveDate) -> Option<&T> {
        let upwards = area.into_iter().flat_map(|area| areas.upwards(area)).map(|node| Some(node.id));
        upwards.chain([None]).find_map(|place| self.newest(place, day))
    }

    fn newest(&self, place: Option<AreaId>, day: NaiveDate) -> Option<&T> {
        let documents = self.0.get(&place)?;
        documents.iter().find(|document| holds(document.from, document.to, day)).map(|document| &document.body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_that_holds_wins() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let mut policies = Policies::default();
        for (from, to, body) in
            [("2024-01-01", Some("2025-01-01"), "old"), ("2026-01-01", None, "new"), ("2025-06-01", None, "middle")]
        {
            policies.add(None, Dated { from: day(from), to: to.map(day), body });
        }
        let areas = Areas::default();
        for (on, expected) in [
            ("2023-12-31", None),
            ("2024-12-31", Some("old")),
            ("2025-01-01", None),
            ("2025-06-01", Some("middle")),
            ("2026-01-01", Some("new")),
        ] {
            assert_eq!(policies.nearest(&areas, None, day(on)).copied(), expected, "{on}");
        }
    }
}
