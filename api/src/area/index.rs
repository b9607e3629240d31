//! An in-memory index of all areas of the deployment: by id, by code, by place, and as a tree.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::area::AreaLevel;
use domain::id::AreaId;
use domain::place::Point;
use entity::{area, area_code};

use super::locate::{Located, Shapes};
use super::node::{AreaNode, DatedCode, holds};
use super::shape;
use crate::error::ApiResult;

/// The length of a path segment in characters, without its slash.
pub(crate) const SEGMENT: usize = 10;

/// All areas of the deployment. The index is immutable; an import builds a new one.
#[derive(Debug, Default)]
pub struct Areas {
    /// Ordered by level from the top, then by first code, then by id, so that every process has the same order.
    nodes: Vec<AreaNode>,
    by_id: HashMap<AreaId, usize>,
    by_code: HashMap<String, Vec<usize>>,
    children: HashMap<Option<AreaId>, Vec<usize>>,
    shapes: Shapes,
}

impl Areas {
    /// Builds the index from the area rows. This takes about a second per million boundary vertices.
    pub fn build(rows: Vec<area::Model>, codes: Vec<area_code::Model>) -> ApiResult<Self> {
        let mut codes_of: HashMap<AreaId, Vec<DatedCode>> = HashMap::new();
        for row in codes {
            let code = DatedCode { code: row.code, from: row.valid_from, to: row.valid_to };
            codes_of.entry(row.area_id).or_default().push(code);
        }
        let mut parts = Vec::with_capacity(rows.len());
        for row in rows {
            let boundary = row.boundary.as_deref().map(shape::stored).transpose()?;
            let mut codes = codes_of.remove(&row.id).unwrap_or_default();
            codes.sort_by(|one, other| (one.from, &one.code).cmp(&(other.from, &other.code)));
            parts.push((node(row, codes), boundary));
        }
        parts.sort_by(|(one, _), (other, _)| {
            (one.level, one.first_code(), one.id).cmp(&(other.level, other.first_code(), other.id))
        });
        let (nodes, boundaries): (Vec<_>, Vec<_>) = parts.into_iter().unzip();
        let mut areas = Self { shapes: Shapes::build(&nodes, boundaries), nodes, ..Self::default() };
        areas.sort_into_maps();
        Ok(areas)
    }

    fn sort_into_maps(&mut self) {
        for (slot, node) in self.nodes.iter().enumerate() {
            self.by_id.insert(node.id, slot);
            self.children.entry(node.parent).or_default().push(slot);
            for code in &node.codes {
                self.by_code.entry(code.code.clone()).or_default().push(slot);
            }
        }
    }

    /// Returns the number of areas, past and future ones included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Checks whether the index is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Iterates over all areas, past and future ones included, by level from the top and then by code.
    pub fn iter(&self) -> impl Iterator<Item = &AreaNode> {
        self.nodes.iter()
    }

    /// Returns the area with this id.
    #[must_use]
    pub fn get(&self, id: AreaId) -> Option<&AreaNode> {
        self.by_id.get(&id).and_then(|slot| self.nodes.get(*slot))
    }

    /// Returns the area that has this code on `day`.
    #[must_use]
    pub fn by_code(&self, code: &str, day: NaiveDate) -> Option<&AreaNode> {
        let slots = self.by_code.get(code).map(Vec::as_slice).unwrap_or_default();
        slots.iter().filter_map(|slot| self.nodes.get(*slot)).find(|node| {
            node.is_on(day) && node.codes.iter().any(|dated| dated.code == code && holds(dated.from, dated.to, day))
        })
    }

    /// Iterates over the areas that have or had this code, in no particular order of their dates.
    pub(crate) fn with_code(&self, code: &str) -> impl Iterator<Item = &AreaNode> {
        let slots = self.by_code.get(code).map(Vec::as_slice).unwrap_or_default();
        slots.iter().filter_map(|slot| self.nodes.get(*slot))
    }

    /// Iterates over all child areas of `parent`, past and future ones included.
    pub(crate) fn all_children(&self, parent: AreaId) -> impl Iterator<Item = &AreaNode> {
        let slots = self.children.get(&Some(parent)).map(Vec::as_slice).unwrap_or_default();
        slots.iter().filter_map(|slot| self.nodes.get(*slot))
    }

    /// Returns the area that had this code most recently, regardless of validity dates.
    #[must_use]
    pub fn by_last_code(&self, code: &str) -> Option<&AreaNode> {
        let slots = self.by_code.get(code).map(Vec::as_slice).unwrap_or_default();
        slots.iter().filter_map(|slot| self.nodes.get(*slot)).max_by_key(|node| (node.valid_from, node.id))
    }

    /// Iterates over the child areas of `parent` that exist on `day`, in order of their codes; over the root areas for
    /// `None`.
    pub fn children(&self, parent: Option<AreaId>, day: NaiveDate) -> impl Iterator<Item = &AreaNode> {
        let slots = self.children.get(&parent).map(Vec::as_slice).unwrap_or_default();
        slots.iter().filter_map(|slot| self.nodes.get(*slot)).filter(move |node| node.is_on(day))
    }

    /// Returns the area and all its ancestors, from the root down. The list is empty for an unknown id.
    #[must_use]
    pub fn chain(&self, id: AreaId) -> Vec<&AreaNode> {
        let mut chain: Vec<_> = self.upwards(id).collect();
        chain.reverse();
        chain
    }

    /// Iterates over the area and all its ancestors, from the area upwards.
    pub fn upwards(&self, id: AreaId) -> impl Iterator<Item = &AreaNode> {
        // This terminates, because the importer accepts only a parent of a higher level.
        std::iter::successors(self.get(id), |node| node.parent.and_then(|parent| self.get(parent)))
            .take(AreaLevel::ALL.len())
    }

    /// Returns the area of this level that contains the area `id`, or that is this area.
    #[must_use]
    pub fn at_level(&self, id: AreaId, level: AreaLevel) -> Option<&AreaNode> {
        self.upwards(id).find(|node| node.level == level)
    }

    /// Checks whether `inner` is `outer` or one of its descendants; `false` if either is unknown.
    #[must_use]
    pub fn is_within(&self, inner: AreaId, outer: AreaId) -> bool {
        matches!((self.get(inner), self.get(outer)), (Some(inner), Some(outer)) if inner.is_within(outer))
    }

    /// Returns the areas in which a place lies on `day`. [`Located`] explains how overlaps and borders are resolved.
    #[must_use]
    pub fn at(&self, point: Point, day: NaiveDate) -> Located {
        let on_day = |slot: usize| self.nodes.get(slot).is_some_and(|node| node.is_on(day));
        let (hit, near) = self.shapes.around(point, on_day);
        let smallest = hit.slot.and_then(|slot| self.nodes.get(slot));
        Located {
            chain: smallest.map(|node| self.chain(node.id).iter().map(|node| node.id).collect()).unwrap_or_default(),
            near_border: self.ids(near),
            overlap: hit.overlap,
        }
    }

    fn ids(&self, slots: impl IntoIterator<Item = usize>) -> Vec<AreaId> {
        slots.into_iter().filter_map(|slot| self.nodes.get(slot)).map(|node| node.id).collect()
    }
}

fn node(row: area::Model, codes: Vec<DatedCode>) -> AreaNode {
    AreaNode {
        id: row.id,
        name: row.name,
        level: row.level,
        parent: row.parent_id,
        path: row.path,
        boundary_kind: row.boundary_kind,
        valid_from: row.valid_from,
        valid_to: row.valid_to,
        codes,
    }
}
