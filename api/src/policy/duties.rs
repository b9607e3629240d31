//! An in-memory index of the duty lists 履职事项清单 of all counties, past and future versions included.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::id::{AreaId, DutyId, UnitId};
use entity::duty;

use crate::area::Areas;
use crate::area::node::holds;

/// A duty list entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duty {
    /// The id of this dated version of the entry.
    pub id: DutyId,
    /// The county whose duty list contains the entry.
    pub area: AreaId,
    /// The code of the category; `None` for the fallback row 兜底.
    pub category: Option<String>,
    /// The unit that leads 主责.
    pub lead: UnitId,
    /// The units that support 协办.
    pub support: Vec<UnitId>,
    /// Whether the list lets a township take the lead.
    pub township_may_lead: bool,
    /// The tasks that may be assigned to the township, as free text.
    pub township_tasks: String,
    /// The legal or administrative document on which the duty is based.
    pub basis: String,
    /// The first day of validity.
    pub valid_from: NaiveDate,
    /// The exclusive end of validity; `None` if it is open-ended.
    pub valid_to: Option<NaiveDate>,
}

impl From<duty::Model> for Duty {
    fn from(row: duty::Model) -> Self {
        Self {
            id: row.id,
            area: row.area_id,
            category: row.category,
            lead: row.lead_unit,
            support: row.support_units.0,
            township_may_lead: row.township_may_lead,
            township_tasks: row.township_tasks,
            basis: row.basis,
            valid_from: row.valid_from,
            valid_to: row.valid_to,
        }
    }
}

/// The index of all duty list entries.
#[derive(Debug, Default)]
pub struct Duties {
    by_id: HashMap<DutyId, Duty>,
    /// The entries by area and category, newest first.
    lists: HashMap<(AreaId, Option<String>), Vec<DutyId>>,
}

impl Duties {
    /// Builds the index from the duty rows.
    #[must_use]
    pub fn build(mut rows: Vec<duty::Model>) -> Self {
        rows.sort_by_key(|row| (std::cmp::Reverse(row.valid_from), row.id));
        let mut duties = Self::default();
        for row in rows {
            let duty = Duty::from(row);
            duties.lists.entry((duty.area, duty.category.clone())).or_default().push(duty.id);
            duties.by_id.insert(duty.id, duty);
        }
        duties
    }

    /// Returns the entry with this id, regardless of its validity dates.
    #[must_use]
    pub fn get(&self, id: DutyId) -> Option<&Duty> {
        self.by_id.get(&id)
    }

    /// Returns the entry for this category in `area` on `day`: that of the nearest area which lists the category,
    /// otherwise the fallback entry 兜底 of the nearest area that has one.
    #[must_use]
    pub fn find(&self, areas: &Areas, area: AreaId, category: Option<&str>, day: NaiveDate) -> Option<&Duty> {
        let named = category.and_then(|code| self.nearest(areas, area, Some(code), day));
        named.or_else(|| self.nearest(areas, area, None, day))
    }

    fn nearest(&self, areas: &Areas, area: AreaId, category: Option<&str>, day: NaiveDate) -> Option<&Duty> {
        areas.upwards(area).find_map(|node| {
            let list = self.lists.get(&(node.id, category.map(str::to_owned)))?;
            let mut duties = list.iter().filter_map(|id| self.get(*id));
            duties.find(|duty| holds(duty.valid_from, duty.valid_to, day))
        })
    }
}
