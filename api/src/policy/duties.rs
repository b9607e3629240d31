//! The duty lists 履职事项清单 of all counties and days.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::id::{AreaId, DutyId, UnitId};
use entity::duty;

use crate::area::Areas;
use crate::area::node::holds;

/// One row of a duty list, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duty {
    /// One dated version.
    pub id: DutyId,
    /// The county whose list it is.
    pub area: AreaId,
    /// Code of the category; none for the row that catches what has no owner 兜底.
    pub category: Option<String>,
    /// Who leads 主责.
    pub lead: UnitId,
    /// Who supports 协办.
    pub support: Vec<UnitId>,
    /// Whether the list lets a township lead.
    pub township_may_lead: bool,
    /// What the township may be asked for.
    pub township_tasks: String,
    /// Where it is written.
    pub basis: String,
    /// First day.
    pub valid_from: NaiveDate,
    /// First day on which it is no longer.
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

/// All duty lists.
#[derive(Debug, Default)]
pub struct Duties {
    by_id: HashMap<DutyId, Duty>,
    /// By area and category, the newest first.
    lists: HashMap<(AreaId, Option<String>), Vec<DutyId>>,
}

impl Duties {
    /// The index of these rows.
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

    /// The duty with this id, of whatever day.
    #[must_use]
    pub fn get(&self, id: DutyId) -> Option<&Duty> {
        self.by_id.get(&id)
    }

    /// Who answers for this category in `area` on `day`: the row of the nearest area that names the category, else the
    /// row of the nearest area that catches what has no owner.
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
