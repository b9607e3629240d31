//! Checks that the rings of a boundary neither cross nor touch along a line, and that they are nested as they must be.
//!
//! A sweep finds the edges that meet, so that the time grows little faster than the number of corners. `geo`'s own validation compares every edge with every other: with the 200,000 corners of an official boundary it
//! does not end within minutes. Both accept the same boundaries, which a test compares.

use std::collections::{BTreeMap, HashSet};

use geo::line_intersection::{LineIntersection, line_intersection};
use geo::{Coord, Intersects, Line, LineString, MultiPolygon, RemoveRepeatedPoints};
use rstar::{AABB, RTree, RTreeObject};

use super::nesting;
use super::progress::Progress;
use super::sweep::sweep;

/// A ring of a boundary.
pub(super) struct Ring<'a> {
    /// The index of its polygon.
    pub polygon: usize,
    /// Whether it is the outer ring of its polygon; otherwise it is a hole.
    pub is_outer: bool,
    /// The corners.
    pub line: &'a LineString,
}

/// How two rings meet, from the least to the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Meeting {
    /// They touch in points.
    Touch,
    /// They cross.
    Cross,
    /// They run along the same line.
    Line,
}

/// The pairs of rings that meet, as indices with the smaller one first, and where.
pub(super) type Meetings = BTreeMap<(usize, usize), (Meeting, Coord)>;

/// Where the rings of a boundary meet.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The rings that meet themselves, and where.
    crossed: BTreeMap<usize, Coord>,
    meetings: Meetings,
    has_fault: bool,
}

impl Found {
    /// Checks whether rings meet in a way that no boundary may.
    pub(super) const fn has_fault(&self) -> bool {
        self.has_fault
    }

    /// Notes how two edges meet, if they do; the worst meeting of two rings counts.
    pub(super) fn meet(&mut self, edge: &Edge, other: &Edge) {
        if edge.ring == other.ring {
            if is_crossing(edge.line, other.line) {
                self.has_fault = true;
                self.crossed.entry(edge.ring).or_insert(other.line.start);
            }
            return;
        }
        let meeting = match line_intersection(edge.line, other.line) {
            None => return,
            Some(LineIntersection::Collinear { .. }) => Meeting::Line,
            Some(LineIntersection::SinglePoint { is_proper: true, .. }) => Meeting::Cross,
            Some(LineIntersection::SinglePoint { is_proper: false, .. }) => Meeting::Touch,
        };
        self.has_fault |= meeting > Meeting::Touch;
        let pair = (edge.ring.min(other.ring), edge.ring.max(other.ring));
        let worst = self.meetings.entry(pair).or_insert((meeting, other.line.start));
        if meeting > worst.0 {
            *worst = (meeting, other.line.start);
        }
    }
}

/// Returns up to `most` faults of a boundary, each with its place; none if the boundary is valid.
pub(super) fn faults(shape: &MultiPolygon, most: usize, progress: &Progress) -> Vec<String> {
    let rings = rings(shape);
    let short = |ring: &Ring<'_>| ring.line.remove_repeated_points().0.len() < 4;
    let mut found: Vec<String> = (1..)
        .zip(&rings)
        .filter(|(_, ring)| short(ring))
        .map(|(number, _)| format!("ring {number} has fewer than 3 different corners: redraw it"))
        .collect();
    let edges = edges(&rings);
    let Found { crossed, meetings, .. } = sweep(&edges, progress).unwrap_or_else(|| compare(edges));
    let at = |place: Coord| format!("[{}, {}]", place.x, place.y);
    found.extend(crossed.iter().map(|(ring, place)| {
        format!("ring {} has a self-intersection near {}: redraw the boundary without it", ring + 1, at(*place))
    }));
    for ((one, other), (meeting, place)) in &meetings {
        let (one, other, place) = (one + 1, other + 1, at(*place));
        match meeting {
            Meeting::Touch => {}
            Meeting::Cross => found.push(format!("rings {one} and {other} cross near {place}: redraw one of them")),
            Meeting::Line => found.push(format!(
                "rings {one} and {other} run along the same line near {place}: join them, or redraw one of them"
            )),
        }
    }
    if found.is_empty() {
        found = nesting::faults(shape, &rings, &meetings);
    }
    found.truncate(most);
    found
}

/// Returns the rings of a boundary in their order in the file.
fn rings(shape: &MultiPolygon) -> Vec<Ring<'_>> {
    let mut all = Vec::with_capacity(shape.iter().map(|polygon| polygon.interiors().len() + 1).sum());
    for (polygon, rings) in shape.iter().enumerate() {
        all.push(Ring { polygon, is_outer: true, line: rings.exterior() });
        all.extend(rings.interiors().iter().map(|line| Ring { polygon, is_outer: false, line }));
    }
    all
}

/// An edge of a ring.
#[derive(Debug)]
pub(super) struct Edge {
    /// The index of its ring.
    pub ring: usize,
    /// Its ends, in the direction of the ring.
    pub line: Line,
}

impl RTreeObject for Edge {
    type Envelope = AABB<[f64; 2]>;

    fn envelope(&self) -> Self::Envelope {
        AABB::from_corners(self.line.start.into(), self.line.end.into())
    }
}

/// Returns the edges of all rings, except those between equal corners.
fn edges(rings: &[Ring<'_>]) -> Vec<Edge> {
    let all = rings.iter().enumerate().flat_map(|(ring, of)| of.line.lines().map(move |line| Edge { ring, line }));
    all.filter(|edge| edge.line.start != edge.line.end).collect()
}

/// Compares each edge with those whose frames meet its own. It takes longer than a sweep, but needs no order. What is
/// left of a ring that crosses itself is not compared.
fn compare(edges: Vec<Edge>) -> Found {
    let tree = RTree::bulk_load(edges);
    let mut found = Found::default();
    for edge in tree.iter() {
        let near = tree.locate_in_envelope_intersecting(&edge.envelope());
        for other in near.filter(|other| !std::ptr::eq(*other, edge)) {
            if found.crossed.contains_key(&edge.ring) {
                break;
            }
            found.meet(edge, other);
        }
    }
    found
}

/// Checks whether two edges of one ring meet although neither follows the other.
fn is_crossing(one: Line, other: Line) -> bool {
    one.intersects(&other) && one.start != other.end && one.end != other.start
}

/// Returns the pairs of polygons of which any rings meet.
pub(super) fn meeting_polygons(rings: &[Ring<'_>], meetings: &Meetings) -> HashSet<(usize, usize)> {
    let polygon = |ring: usize| rings.get(ring).map(|ring| ring.polygon);
    let pairs = meetings.keys().filter_map(|(one, other)| polygon(*one).zip(polygon(*other)));
    pairs.filter(|(one, other)| one != other).map(|(one, other)| (one.min(other), one.max(other))).collect()
}

#[cfg(test)]
mod tests;
