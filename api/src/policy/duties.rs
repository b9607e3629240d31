//! The duty lists 履职事项清单 of all counties and days.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::id::{AreaId, DutyId, UnitId};
use entity::duty;

use crate::area::Areas;
use crate::area::node::holds;

/// One row of a duty list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duty {
    /// The id of this row, which is one dated version.
    pub id: DutyId,
    /// The county to whose list it belongs.
    pub area: AreaId,
    /// The code of the category; `None` for the fallback row 兜底.
    pub category: Option<String>,
    /// The unit that leads 主责.
    pub lead: UnitId,
    /// The units that support 协办.
    pub support: Vec<UnitId>,
    /// Whether the list lets a township lead.
    pub township_may_lead: bool,
    /// The tasks that the township may be given.
    pub township_tasks: String,
    /// The document in which the duty is written.
    pub basis: String,
    /// The first day.
    pub valid_from: NaiveDate,
    /// The first day on which it no longer holds.
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

/// The index of all duty lists.
#[derive(Debug, Default)]
pub struct Duties {
    by_id: HashMap<DutyId, Duty>,
    /// The rows by area and category, the newest first.
    lists: HashMap<(AreaId, Option<String>), Vec<DutyId>>,
}

impl Duties {
    /// Builds the index of these rows.
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

    /// Returns the duty with this id, on whatever day it holds.
    #[must_use]
    pub fn get(&self, id: DutyId) -> Option<&Duty> {
        self.by_id.get(&id)
    }

    /// Returns the duty for this category in `area` on `day`: the row of the nearest area that names the category, or
    /// otherwise the fallback row of the nearest area that has one.
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
