//! Point location: finds the area in which a place lies and the borders near it, with an R-tree of the boundary
//! polygons.

use std::collections::{BTreeSet, HashMap, HashSet};

use domain::area::AreaLevel;
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
/// Overlaps are resolved deterministically, so that every process returns the same result. First the township is found:
/// of the townships and functional zones 功能区 whose boundary contains the place, the smallest wins (by its boundary's
/// area in square degrees), then the one whose first code sorts first. A zone is therefore drawn over villages and grids
/// of other townships, and wins there. A village or grid whose township has no boundary counts as that township.
/// Within the township, the area at the deepest level wins, then the smallest, then the first code. Where no township
/// contains the place, the same order decides between all areas. The areas above the winner are its ancestors in the
/// tree, even if their own boundaries do not contain the place. A place on a border counts as inside both areas, and
/// the same order decides between them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Located {
    /// The areas from the root down to the smallest one that contains the place; empty outside every area.
    pub chain: Vec<AreaId>,
    /// The areas whose border runs within `BORDER_METRES`, including those in the chain; by level from the top and
    /// then by code.
    pub near_border: Vec<AreaId>,
    /// Whether the place lies inside several townships or functional zones, or inside several areas of the smallest
    /// area's level within its township, because their boundaries overlap.
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
    level: AreaLevel,
    /// The position of its area in the precedence order of [`Located`] within a township.
    rank: usize,
    /// The size of the whole boundary of its area, in square degrees.
    size: f64,
    /// The slot of the township that the area is or lies in; that of the area itself if it lies in none.
    township: usize,
    /// Whether the shape takes part in the choice of the township: it is a township, or its township has no boundary.
    decides: bool,
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
        let order: Vec<(usize, &AreaNode, MultiPolygon)> = nodes
            .iter()
            .zip(boundaries)
            .enumerate()
            .filter_map(|(slot, (node, boundary))| Some((slot, node, boundary?)))
            .collect();
        let sizes: Vec<f64> = order.iter().map(|(_, _, boundary)| boundary.unsigned_area()).collect();
        let mut order: Vec<_> = order.into_iter().zip(sizes).collect();
        order.sort_by(|((slot, one, _), size), ((other_slot, other, _), other_size)| {
            let deepest = other.level.cmp(&one.level);
            deepest.then(size.total_cmp(other_size)).then(slot.cmp(other_slot)) // in code order
        });
        let drawn: HashSet<usize> = order.iter().map(|((slot, ..), _)| *slot).collect();
        let townships = townships(nodes);
        let mut shapes = Vec::new();
        for (rank, ((slot, node, boundary), size)) in order.into_iter().enumerate() {
            let township = townships.get(slot).copied().flatten().unwrap_or(slot);
            for polygon in boundary {
                let Some(frame) = polygon.bounding_rect() else {
                    continue;
                };
                let frame = AABB::from_corners([frame.min().x, frame.min().y], [frame.max().x, frame.max().y]);
                shapes.push(Shape {
                    slot,
                    level: node.level,
                    rank,
                    size,
                    township,
                    decides: township == slot || !drawn.contains(&township),
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

/// Returns for each node the slot of the township that it is or lies in. `nodes` are in the order of their levels, so
/// that parents come first.
fn townships(nodes: &[AreaNode]) -> Vec<Option<usize>> {
    let slots: HashMap<AreaId, usize> = nodes.iter().enumerate().map(|(slot, node)| (node.id, slot)).collect();
    let mut townships: Vec<Option<usize>> = Vec::with_capacity(nodes.len());
    for (slot, node) in nodes.iter().enumerate() {
        let of_parent = || townships.get(*slots.get(&node.parent?)?).copied().flatten();
        let township = if node.level == AreaLevel::Township { Some(slot) } else { of_parent() };
        townships.push(township);
    }
    townships
}

/// A shape that contains the place, in its interior or on its border.
struct Containing<'a> {
    shape: &'a Shape,
    inside: bool,
}

/// Returns the area in which `place` lies, in the order that [`Located`] explains; `shapes` must be sorted by rank.
fn smallest(shapes: &[&Shape], place: Coord) -> Hit {
    let framed = shapes.iter().copied().filter(|shape| shape.frame.contains_point(&[place.x, place.y]));
    let containing = framed.filter_map(|shape| match shape.edges.position(place) {
        CoordPos::Outside => None,
        CoordPos::OnBoundary => Some(Containing { shape, inside: false }),
        CoordPos::Inside => Some(Containing { shape, inside: true }),
    });
    let mut here: Vec<Containing<'_>> = Vec::new();
    for one in containing {
        // Ranks are sorted from the deepest level upwards: above the townships, the first level that contains the place
        // decides, and the larger boundaries above it are not looked at.
        if here.last().is_some_and(|last| one.shape.level < AreaLevel::Township && one.shape.level != last.shape.level)
        {
            break;
        }
        here.push(one);
    }
    within_township(&here)
}

/// Chooses the township first and then the area within it. `here` is sorted by rank.
fn within_township(here: &[Containing<'_>]) -> Hit {
    let deciding = || here.iter().filter(|one| one.shape.level >= AreaLevel::Township && one.shape.decides);
    let township = deciding()
        .min_by(|one, other| one.shape.size.total_cmp(&other.shape.size).then(one.shape.rank.cmp(&other.shape.rank)))
        .map(|one| one.shape.township);
    let in_township = || here.iter().filter(move |one| township.is_none_or(|slot| slot == one.shape.township));
    let Some(winner) = in_township().next() else { return Hit::default() };
    let rivals = in_township().filter(|one| one.shape.level == winner.shape.level);
    let overlap = are_several(deciding().filter(|one| one.inside).map(|one| one.shape.township))
        || are_several(rivals.filter(|one| one.inside).map(|one| one.shape.slot));
    Hit { slot: Some(winner.shape.slot), overlap }
}

fn are_several(mut slots: impl Iterator<Item = usize>) -> bool {
    slots.next().is_some_and(|first| slots.any(|slot| slot != first))
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
