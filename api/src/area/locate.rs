//! Point location: finds the area in which a place lies and the borders near it, with an R-tree of the boundary
//! polygons.

use std::collections::BTreeSet;

use domain::id::AreaId;
use domain::place::Point;
use geo::coordinate_position::CoordPos;
use geo::{Area, BoundingRect, Coord, MultiPolygon};
use rstar::{AABB, Envelope, RTree, RTreeObject};

use super::bands::{Bands, Edge};
use super::node::AreaNode;

/// The distance in metres up to which a border counts as near.
pub(crate) const BORDER_METRES: f64 = 50.0;
/// The length of one degree of a great circle in metres.
const DEGREE_METRES: f64 = 111_195.08;

/// The result of a point location: the areas in which a place lies, and the borders near it.
///
/// Overlaps are resolved deterministically, so that every process returns the same result. Of the areas whose boundary
/// contains the place, the one at the deepest level wins; among areas of the same level the smallest (by its boundary's
/// area in square degrees); then the one whose first code sorts first. The areas above it are its ancestors in the
/// tree, even if their own boundaries do not contain the place. A place on a border counts as inside both areas, and
/// the same order decides between them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Located {
    /// The areas from the root down to the smallest one that contains the place; empty outside every area.
    pub chain: Vec<AreaId>,
    /// The areas whose border runs within `BORDER_METRES`, including those in the chain; by level from the top and
    /// then by code.
    pub near_border: Vec<AreaId>,
    /// Whether the place lies inside several areas of the smallest area's level, because their boundaries overlap.
    pub overlap: bool,
}

impl Located {
    /// Returns the smallest area that contains the place.
    #[must_use]
    pub fn smallest(&self) -> Option<AreaId> {
        self.chain.last().copied()
    }
}

/// The smallest area that contains a place, as its slot in the index.
#[derive(Debug, Default)]
pub(super) struct Hit {
    pub(super) slot: Option<usize>,
    pub(super) overlap: bool,
}

/// The boundaries of all areas, in an R-tree.
#[derive(Debug, Default)]
pub(super) struct Shapes {
    polygons: RTree<Shape>,
}

/// One boundary polygon of an area.
#[derive(Debug)]
struct Shape {
    slot: usize,
    level: usize,
    /// The position of its area in the precedence order of [`Located`].
    rank: usize,
    frame: AABB<[f64; 2]>,
    edges: Box<Bands>, // boxed, so that the nodes of the R-tree stay small and close together in memory
}

impl RTreeObject for Shape {
    type Envelope = AABB<[f64; 2]>;

    fn envelope(&self) -> Self::Envelope {
        self.frame
    }
}

impl Shapes {
    /// Builds the R-tree from the boundaries of `nodes`, which are in the same order.
    pub(super) fn build(nodes: &[AreaNode], boundaries: Vec<Option<MultiPolygon>>) -> Self {
        let mut order: Vec<(usize, &AreaNode, MultiPolygon)> = nodes
            .iter()
            .zip(boundaries)
            .enumerate()
            .filter_map(|(slot, (node, boundary))| Some((slot, node, boundary?)))
            .collect();
        let sizes = |boundary: &MultiPolygon| boundary.unsigned_area();
        order.sort_by(|(slot, one, shape), (other_slot, other, other_shape)| {
            let deepest = other.level.cmp(&one.level);
            deepest.then(sizes(shape).total_cmp(&sizes(other_shape))).then(slot.cmp(other_slot)) // in code order
        });
        let mut shapes = Vec::new();
        for (rank, (slot, node, boundary)) in order.into_iter().enumerate() {
            for polygon in boundary {
                let Some(frame) = polygon.bounding_rect() else {
                    continue;
                };
                let frame = AABB::from_corners([frame.min().x, frame.min().y], [frame.max().x, frame.max().y]);
                shapes.push(Shape {
                    slot,
                    level: node.level as usize,
                    rank,
                    frame,
                    edges: Box::new(Bands::of(&polygon)),
                });
            }
        }
        Self { polygons: RTree::bulk_load(shapes) }
    }

    /// Returns the smallest area that contains `point`, and the areas whose border runs within `BORDER_METRES` of it.
    /// Only slots for which `counts` returns `true` are considered.
    pub(super) fn around(&self, point: Point, counts: impl Fn(usize) -> bool) -> (Hit, BTreeSet<usize>) {
        let place = Coord { x: point.lng(), y: point.lat() };
        let north = BORDER_METRES / DEGREE_METRES;
        let east = north / narrowing(place);
        let frame = AABB::from_corners([place.x - east, place.y - north], [place.x + east, place.y + north]);
        let near = self.polygons.locate_in_envelope_intersecting(&frame).filter(|shape| counts(shape.slot));
        let mut near: Vec<&Shape> = near.collect();
        near.sort_unstable_by_key(|shape| shape.rank);
        (smallest(&near, place), borders_near(&near, place, &frame))
    }
}

/// Returns the smallest area that contains `place`; `shapes` must be sorted by rank.
fn smallest(shapes: &[&Shape], place: Coord) -> Hit {
    let (mut winner, mut inside): (Option<&Shape>, Option<usize>) = (None, None);
    for shape in shapes.iter().filter(|shape| shape.frame.contains_point(&[place.x, place.y])) {
        if winner.is_some_and(|first| first.level != shape.level) {
            break; // ranks are sorted from the deepest level upwards
        }
        match shape.edges.position(place) {
            CoordPos::Outside => continue,
            CoordPos::OnBoundary => {}
            CoordPos::Inside if inside.is_some_and(|slot| slot != shape.slot) => {
                return Hit { slot: winner.map(|first| first.slot), overlap: true };
            }
            CoordPos::Inside => inside = Some(shape.slot),
        }
        winner.get_or_insert(shape);
    }
    Hit { slot: winner.map(|shape| shape.slot), overlap: false }
}

/// Returns the areas among these shapes whose border runs within `BORDER_METRES` of `place`, the centre of `frame`.
fn borders_near(shapes: &[&Shape], place: Coord, frame: &AABB<[f64; 2]>) -> BTreeSet<usize> {
    let (east, north) = (narrowing(place) * DEGREE_METRES, DEGREE_METRES);
    let in_metres = |end: &Coord| [(end.x - place.x) * east, (end.y - place.y) * north];
    let is_near = |(from, to): &Edge| from_origin(in_metres(from), in_metres(to)) <= BORDER_METRES;
    let mut found = BTreeSet::new();
    for shape in shapes {
        if !found.contains(&shape.slot) && shape.edges.within(frame).any(is_near) {
            found.insert(shape.slot);
        }
    }
    found
}

/// Returns the length of a degree of longitude at a place, relative to a degree of latitude: the cosine of the
/// latitude.
fn narrowing(place: Coord) -> f64 {
    place.y.to_radians().cos().max(1e-6)
}

/// Returns the distance from the origin to a line segment in the plane.
fn from_origin([x, y]: [f64; 2], [to_x, to_y]: [f64; 2]) -> f64 {
    let (along_x, along_y) = (to_x - x, to_y - y);
    let length = along_x.mul_add(along_x, along_y * along_y);
    let part = if length > 0.0 { (-(x * along_x + y * along_y) / length).clamp(0.0, 1.0) } else { 0.0 };
    (x + part * along_x).hypot(y + part * along_y)
}
