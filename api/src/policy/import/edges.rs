//! The rings of a boundary, their edges, and how these meet.

use std::collections::{BTreeMap, HashSet};

use geo::line_intersection::{LineIntersection, line_intersection};
use geo::{Coord, Intersects, Line, LineString, MultiPolygon};
use rstar::{AABB, RTreeObject};

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
    pub crossed: BTreeMap<usize, Coord>,
    /// The pairs of rings that meet.
    pub meetings: Meetings,
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

/// Returns the rings of a boundary in their order in the file.
pub(super) fn rings(shape: &MultiPolygon) -> Vec<Ring<'_>> {
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
pub(super) fn edges(rings: &[Ring<'_>]) -> Vec<Edge> {
    let all = rings.iter().enumerate().flat_map(|(ring, of)| of.line.lines().map(move |line| Edge { ring, line }));
    all.filter(|edge| edge.line.start != edge.line.end).collect()
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
