//! An in-memory index of all units, including past and future ones: by id, by code and by area.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::area::AreaLevel;
use domain::id::{AreaId, UnitId};
use domain::staff::UnitKind;
use entity::unit;

use crate::area::Areas;
use crate::area::node::holds;

/// All units, in order of their codes.
#[derive(Debug, Default)]
pub struct Units {
    rows: Vec<unit::Model>,
    by_id: HashMap<UnitId, usize>,
    by_code: HashMap<String, usize>,
    by_area: HashMap<AreaId, Vec<usize>>,
}

/// Checks whether the unit exists on `day`.
#[must_use]
pub(crate) fn is_on(unit: &unit::Model, day: NaiveDate) -> bool {
    holds(unit.valid_from, unit.valid_to, day)
}

/// Checks whether units of this kind have a role that reviews reports.
#[must_use]
pub(crate) const fn can_review(kind: UnitKind) -> bool {
    match kind {
        UnitKind::Township | UnitKind::CommandCentre => true,
        UnitKind::Village | UnitKind::Department | UnitKind::Utility => false,
    }
}

impl Units {
    /// Builds the index from the unit rows.
    #[must_use]
    pub fn build(mut rows: Vec<unit::Model>) -> Self {
        rows.sort_by(|one, other| one.code.cmp(&other.code));
        let mut units = Self::default();
        for (slot, row) in rows.iter().enumerate() {
            units.by_id.insert(row.id, slot);
            units.by_code.insert(row.code.clone(), slot);
            units.by_area.entry(row.area_id).or_default().push(slot);
        }
        Self { rows, ..units }
    }

    /// Returns the unit with this id, regardless of its validity dates.
    #[must_use]
    pub fn get(&self, id: UnitId) -> Option<&unit::Model> {
        self.by_id.get(&id).and_then(|slot| self.rows.get(*slot))
    }

    /// Returns the unit with this code, regardless of its validity dates.
    #[must_use]
    pub fn by_code(&self, code: &str) -> Option<&unit::Model> {
        self.by_code.get(code).and_then(|slot| self.rows.get(*slot))
    }

    /// Iterates over all units, past and future ones included, in order of their codes.
    pub fn iter(&self) -> impl Iterator<Item = &unit::Model> {
        self.rows.iter()
    }

    /// Iterates over the units that serve exactly this area on `day`, in order of their codes.
    pub fn of_area(&self, area: AreaId, day: NaiveDate) -> impl Iterator<Item = &unit::Model> {
        let slots = self.by_area.get(&area).map(Vec::as_slice).unwrap_or_default();
        slots.iter().filter_map(|slot| self.rows.get(*slot)).filter(move |unit| is_on(unit, day))
    }

    /// Returns the unit and all units above it, nearest first. It is only the unit itself if the unit is unknown.
    #[must_use]
    pub fn line(&self, id: UnitId) -> Vec<UnitId> {
        let mut line = vec![id];
        while let Some(above) = line.last().and_then(|unit| self.get(*unit)?.parent_id) {
            if line.contains(&above) {
                break; // the importer refuses circles within a file, but not between two files
            }
            line.push(above);
        }
        line
    }

    /// Returns the unit itself and the units whose posts may be on duty for it: those above it, nearest first, and the command
    /// centres that are responsible for its area on `day`.
    #[must_use]
    pub fn covering(&self, areas: &Areas, id: UnitId, day: NaiveDate) -> Vec<UnitId> {
        let mut covering = self.line(id);
        let area = self.get(id).map(|unit| unit.area_id);
        let centres = area.map(|area| self.centres_above(areas, area, day)).unwrap_or_default();
        for centre in centres {
            if !covering.contains(&centre.id) {
                covering.push(centre.id);
            }
        }
        covering
    }

    /// Returns the township unit of the township that `area` is or lies in.
    #[must_use]
    pub fn township_of(&self, areas: &Areas, area: AreaId, day: NaiveDate) -> Option<&unit::Model> {
        let township = areas.at_level(area, AreaLevel::Township)?;
        self.of_area(township.id, day).find(|unit| unit.kind == UnitKind::Township)
    }

    /// Returns the command centres of `area` and of all areas above it, nearest first.
    #[must_use]
    pub fn centres_above(&self, areas: &Areas, area: AreaId, day: NaiveDate) -> Vec<&unit::Model> {
        let places = areas.upwards(area);
        places.flat_map(|node| self.of_area(node.id, day).filter(|unit| is_centre(unit))).collect()
    }

    /// Returns the command centres of the root areas and then all others, from the top level down and by area code.
    #[must_use]
    pub fn centres_from_the_top(&self, areas: &Areas, day: NaiveDate) -> Vec<&unit::Model> {
        let (roots, below): (Vec<_>, Vec<_>) = areas.iter().partition(|node| node.parent.is_none());
        let places = roots.into_iter().chain(below);
        places.flat_map(|node| self.of_area(node.id, day).filter(|unit| is_centre(unit))).collect()
    }
}

fn is_centre(unit: &unit::Model) -> bool {
    unit.kind == UnitKind::CommandCentre
}
