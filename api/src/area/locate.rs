//! Which area a place lies in, and whose borders are near: an R-tree of the polygons and one of their edges.

use std::collections::BTreeSet;

use domain::id::AreaId;
use domain::place::Point;
use geo::coordinate_position::CoordPos;
use geo::{Area, BoundingRect, Coord, MultiPolygon, Polygon};
use rstar::{AABB, Envelope, PointDistance, RTree, RTreeObject};

use super::bands::Bands;
use super::index::AreaNode;

/// A border this near is said to be near, in metres.
pub const BORDER_METRES: f64 = 50.0;
/// Metres of one degree of a great circle.
const DEGREE_METRES: f64 = 111_195.08;

/// Which areas a place lies in.
///
/// Overlaps are decided the same way by every process: of the areas whose boundary contains the place, the one of the
/// deepest level wins; among those of one level the smallest (by the square degrees of its boundary); then the one whose
/// first code comes first. The areas above it are those of the tree, whatever their own boundaries say. A place on a
/// border counts as inside of both sides and falls by the same order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Located {
    /// From the root to the smallest area that contains the place; empty in no area.
    pub chain: Vec<AreaId>,
    /// Areas whose border runs within [`BORDER_METRES`], those of the chain among them; from the top, by code.
    pub near_border: Vec<AreaId>,
    /// Whether the place lies inside several areas of the level of the smallest: their boundaries overlap.
    pub overlap: bool,
}

impl Located {
    /// The smallest area that contains the place.
    #[must_use]
    pub fn smallest(&self) -> Option<AreaId> {
        self.chain.last().copied()
    }
}

/// The smallest area, as a slot of the index.
#[derive(Debug, Default)]
pub(super) struct Hit {
    pub(super) slot: Option<usize>,
    pub(super) overlap: bool,
}

/// All boundaries.
#[derive(Debug, Default)]
pub(super) struct Shapes {
    polygons: RTree<Shape>,
    edges: RTree<Edge>,
}

/// One polygon of one area.
#[derive(Debug)]
struct Shape {
    slot: usize,
    level: usize,
    /// The place of its area in the order of [`Located`].
    rank: usize,
    frame: AABB<[f64; 2]>,
    edges: Bands,
}

impl RTreeObject for Shape {
    type Envelope = AABB<[f64; 2]>;

    fn envelope(&self) -> Self::Envelope {
        self.frame
    }
}

impl PointDistance for Shape {
    fn distance_2(&self, point: &[f64; 2]) -> f64 {
        self.frame.distance_2(point)
    }

    fn contains_point(&self, point: &[f64; 2]) -> bool {
        self.frame.contains_point(point)
    }
}

/// One edge of one ring.
#[derive(Debug)]
struct Edge {
    slot: usize,
    ends: [[f64; 2]; 2],
}

impl RTreeObject for Edge {
    type Envelope = AABB<[f64; 2]>;

    fn envelope(&self) -> Self::Envelope {
        AABB::from_corners(self.ends[0], self.ends[1])
    }
}

impl Shapes {
    /// The boundaries of `nodes`, in their order.
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
            deepest.then(sizes(shape).total_cmp(&sizes(other_shape))).then(slot.cmp(other_slot)) // slots are by code
        });
        let (mut shapes, mut edges) = (Vec::new(), Vec::new());
        for (rank, (slot, node, boundary)) in order.into_iter().enumerate() {
            for polygon in boundary {
                edges.extend(edges_of(slot, &polygon));
                let Some(frame) = polygon.bounding_rect() else {
                    continue;
                };
                let frame = AABB::from_corners([frame.min().x, frame.min().y], [frame.max().x, frame.max().y]);
                shapes.push(Shape { slot, level: node.level as usize, rank, frame, edges: Bands::of(&polygon) });
            }
        }
        Self { polygons: RTree::bulk_load(shapes), edges: RTree::bulk_load(edges) }
    }

    /// The smallest area that contains `point`, among those that `counts` lets in.
    pub(super) fn smallest(&self, point: Point, counts: impl Fn(usize) -> bool) -> Hit {
        let (lng, lat) = (point.lng(), point.lat());
        let mut near: Vec<&Shape> =
            self.polygons.locate_all_at_point(&[lng, lat]).filter(|shape| counts(shape.slot)).collect();
        near.sort_unstable_by_key(|shape| shape.rank);
        let (mut winner, mut inside): (Option<&Shape>, Option<usize>) = (None, None);
        for shape in near {
            if winner.is_some_and(|first| first.level != shape.level) {
                break; // ranks go from the deepest level up
            }
            match shape.edges.position(Coord { x: lng, y: lat }) {
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

    /// The areas whose border runs within [`BORDER_METRES`] of `point`, among those that `counts` lets in.
    pub(super) fn borders_near(&self, point: Point, counts: impl Fn(usize) -> bool) -> BTreeSet<usize> {
        let (lng, lat) = (point.lng(), point.lat());
        let north = BORDER_METRES / DEGREE_METRES;
        let scale = lat.to_radians().cos().max(1e-6);
        let frame = AABB::from_corners([lng - north / scale, lat - north], [lng + north / scale, lat + north]);
        let in_metres = |[x, y]: [f64; 2]| [(x - lng) * scale * DEGREE_METRES, (y - lat) * DEGREE_METRES];
        let mut found = BTreeSet::new();
        for edge in self.edges.locate_in_envelope_intersecting(&frame) {
            let [from, to] = edge.ends.map(in_metres);
            if !found.contains(&edge.slot) && counts(edge.slot) && from_origin(from, to) <= BORDER_METRES {
                found.insert(edge.slot);
            }
        }
        found
    }
}

fn edges_of(slot: usize, polygon: &Polygon) -> Vec<Edge> {
    let rings = std::iter::once(polygon.exterior()).chain(polygon.interiors());
    rings
        .flat_map(geo::LineString::lines)
        .map(|line| Edge { slot, ends: [[line.start.x, line.start.y], [line.end.x, line.end.y]] })
        .collect()
}

/// The distance of the origin from the segment between two points, on a plane.
fn from_origin([x, y]: [f64; 2], [to_x, to_y]: [f64; 2]) -> f64 {
    let (along_x, along_y) = (to_x - x, to_y - y);
    let length = along_x.mul_add(along_x, along_y * along_y);
    let part = if length > 0.0 { (-(x * along_x + y * along_y) / length).clamp(0.0, 1.0) } else { 0.0 };
    (x + part * along_x).hypot(y + part * along_y)
}
