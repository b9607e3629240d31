//! Checks that holes lie in their polygon, and that neither holes nor polygons lie in one another. The rings have been
//! compared before: they neither cross nor run along the same line.

use std::cell::OnceCell;
use std::collections::HashSet;

use geo::coordinate_position::CoordPos;
use geo::dimensions::Dimensions;
use geo::{BoundingRect, MultiPolygon, Polygon, Relate};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree, RTreeObject};

use super::edges::{Meetings, Ring, meeting_polygons};
use crate::area::bands::Bands;

/// A polygon with its bands, which are built when the first place is looked up.
struct Prepared<'a> {
    shape: std::borrow::Cow<'a, Polygon>,
    bands: OnceCell<Bands>,
}

impl<'a> Prepared<'a> {
    fn of(shape: std::borrow::Cow<'a, Polygon>) -> Self {
        Self { shape, bands: OnceCell::new() }
    }

    /// Checks whether the first corner of another polygon lies inside this one. It decides for the whole outer ring
    /// of the other one if their rings do not meet.
    fn has_corner_of(&self, other: &Self) -> bool {
        let bands = self.bands.get_or_init(|| Bands::of(&self.shape));
        other.shape.exterior().0.first().is_some_and(|corner| bands.position(*corner) == CoordPos::Inside)
    }

    /// Checks whether the two share an area.
    fn overlaps(&self, other: &Self, do_meet: bool) -> bool {
        if do_meet {
            let matrix = self.shape.relate(&*other.shape);
            return matrix.get(CoordPos::Inside, CoordPos::Inside) == Dimensions::TwoDimensional;
        }
        self.has_corner_of(other) || other.has_corner_of(self)
    }
}

/// Returns the faults in how the rings are nested. `meetings` holds the rings that touch in points.
pub(super) fn faults(shape: &MultiPolygon, rings: &[Ring<'_>], meetings: &Meetings) -> Vec<String> {
    let alone = |ring: &Ring<'_>| Prepared::of(std::borrow::Cow::Owned(Polygon::new(ring.line.clone(), Vec::new())));
    let filled: Vec<Prepared<'_>> = rings.iter().map(alone).collect();
    let mut found = Vec::new();
    let mut outer = 0;
    for (at, (ring, hole)) in rings.iter().zip(&filled).enumerate() {
        if ring.is_outer {
            outer = at;
            continue;
        }
        let is_inside = filled.get(outer).is_some_and(|around| {
            if meetings.contains_key(&(outer, at)) {
                around.shape.relate(&*hole.shape).is_contains()
            } else {
                around.has_corner_of(hole)
            }
        });
        if !is_inside {
            found.push(format!("ring {} is a hole, but does not lie in the ring around it: move or remove it", at + 1));
        }
    }
    let holes = |at: usize| rings.get(at).filter(|ring| !ring.is_outer).map(|ring| ring.polygon);
    for (one, other) in meeting_frames(&filled) {
        let of_one_polygon = holes(one).is_some() && holes(one) == holes(other);
        if of_one_polygon && overlap(&filled, one, other, meetings.contains_key(&(one, other))) {
            found.push(format!("rings {} and {} are holes that overlap: join them", one + 1, other + 1));
        }
    }
    found.extend(overlapping_polygons(shape, &meeting_polygons(rings, meetings)));
    found
}

fn overlapping_polygons(shape: &MultiPolygon, meeting: &HashSet<(usize, usize)>) -> Vec<String> {
    let polygons: Vec<Prepared<'_>> =
        shape.iter().map(|polygon| Prepared::of(std::borrow::Cow::Borrowed(polygon))).collect();
    let pairs = meeting_frames(&polygons);
    let pairs =
        pairs.into_iter().filter(|(one, other)| overlap(&polygons, *one, *other, meeting.contains(&(*one, *other))));
    pairs.map(|(one, other)| format!("polygons {} and {} overlap: join them", one + 1, other + 1)).collect()
}

fn overlap(shapes: &[Prepared<'_>], one: usize, other: usize, do_meet: bool) -> bool {
    shapes.get(one).zip(shapes.get(other)).is_some_and(|(one, other)| one.overlaps(other, do_meet))
}

/// Returns the pairs of shapes whose frames meet, with the smaller index first.
fn meeting_frames(shapes: &[Prepared<'_>]) -> Vec<(usize, usize)> {
    let frame = |(at, shape): (usize, &Prepared<'_>)| {
        let frame = shape.shape.bounding_rect()?;
        let corners = AABB::from_corners(frame.min().into(), frame.max().into());
        Some(GeomWithData::new(Rectangle::<[f64; 2]>::from(corners), at))
    };
    let tree = RTree::bulk_load(shapes.iter().enumerate().filter_map(frame).collect());
    let mut pairs: Vec<(usize, usize)> = tree
        .iter()
        .flat_map(|one| tree.locate_in_envelope_intersecting(&one.envelope()).map(|other| (one.data, other.data)))
        .filter(|(one, other)| one < other)
        .collect();
    pairs.sort_unstable();
    pairs
}
