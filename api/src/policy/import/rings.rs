//! Checks that the rings of a boundary neither cross nor touch along a line, and that they are nested as they must be.
//!
//! A sweep finds the edges that meet, so that the time grows little faster than the number of corners. `geo`'s own
//! validation compares every edge with every other: with the 200,000 corners of an official boundary it does not end
//! within minutes. Both accept the same boundaries, as a test shows.

use geo::{Area, Coord, MultiPolygon, Polygon, RemoveRepeatedPoints};
use rstar::{RTree, RTreeObject};

use super::edges::{Edge, Found, Meeting, Ring, edges, rings};
use super::nesting;
use super::progress::Progress;
use super::sweep::sweep;

/// Returns up to `most` faults of a boundary, each with its place; none if the boundary is valid.
pub(super) fn faults(shape: &MultiPolygon, most: usize, progress: &Progress) -> Vec<String> {
    let rings = rings(shape);
    let short = |ring: &Ring<'_>| ring.line.remove_repeated_points().0.len() < 4;
    let mut found: Vec<String> = (1..)
        .zip(&rings)
        .filter(|(_, ring)| short(ring))
        .map(|(number, _)| format!("ring {number} has fewer than 3 different corners: redraw it"))
        .collect();
    let flat = |ring: &Ring<'_>| !short(ring) && Polygon::new(ring.line.clone(), Vec::new()).unsigned_area() == 0.0;
    let numbered = (1..).zip(&rings).filter(|(_, ring)| flat(ring));
    found.extend(numbered.map(|(number, _)| format!("ring {number} encloses no area: redraw it")));
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

/// Compares each edge with those whose frames meet its own. It takes longer than a sweep, but needs no order. What is
/// left of a ring that crosses itself is not compared.
fn compare(edges: Vec<Edge>) -> Found {
    let tree = RTree::bulk_load(edges);
    let mut found = Found::default();
    for edge in &tree {
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

#[cfg(test)]
mod tests;
