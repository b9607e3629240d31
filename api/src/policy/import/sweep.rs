//! Finds where the edges of a boundary meet, with a line that sweeps over the plane (Shamos and Hoey 1976). Edges
//! that lie next to each other on the line are compared, and those that come together in a corner. The time grows with
//! the number of edges and its logarithm, whatever their shape.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use geo::kernels::{Kernel, RobustKernel};
use geo::{Coord, Orientation};

use super::edges::{Edge, Found};
use super::progress::Progress;

/// An edge on the line, from its first end in the order of the sweep to its last.
#[derive(Debug, Clone, Copy)]
struct Active {
    first: Coord,
    last: Coord,
    /// The position of the edge in the list plus one; 0 for a mere place.
    number: usize,
}

/// Compares two places in the order of the sweep: from west to east, and from south to north where they are equal.
fn in_order(one: Coord, other: Coord) -> Ordering {
    one.x.total_cmp(&other.x).then(one.y.total_cmp(&other.y))
}

impl Active {
    fn of(at: usize, edge: &Edge) -> Self {
        let (start, end) = (edge.line.start, edge.line.end);
        let (first, last) = if in_order(start, end).is_lt() { (start, end) } else { (end, start) };
        Self { first, last, number: at + 1 }
    }

    const fn place(place: Coord) -> Self {
        Self { first: place, last: place, number: 0 }
    }

    fn passes(&self, place: Coord) -> bool {
        RobustKernel::orient2d(self.first, self.last, place) == Orientation::Collinear
    }
}

/// The order along the line. It holds while no two edges cross, and the sweep ends at the first that do.
impl Ord for Active {
    fn cmp(&self, other: &Self) -> Ordering {
        let is_later = in_order(other.first, self.first).is_lt();
        let (one, two) = if is_later { (other, self) } else { (self, other) };
        let side = match RobustKernel::orient2d(one.first, one.last, two.first) {
            Orientation::Collinear => RobustKernel::orient2d(one.first, one.last, two.last),
            side => side,
        };
        match side {
            Orientation::Collinear => self.number.cmp(&other.number),
            Orientation::CounterClockwise if is_later => Ordering::Greater,
            Orientation::CounterClockwise => Ordering::Less,
            Orientation::Clockwise if is_later => Ordering::Less,
            Orientation::Clockwise => Ordering::Greater,
        }
    }
}

impl PartialOrd for Active {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Active {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl Eq for Active {}

/// Compares the edges, which are not mere points, until a fault is found. Returns `None` if the order along the line was
/// lost; then they have to be compared in another way.
pub(super) fn sweep(edges: &[Edge], progress: &Progress) -> Option<Found> {
    let all: Vec<Active> = edges.iter().enumerate().map(|(at, edge)| Active::of(at, edge)).collect();
    let mut events: Vec<(Coord, bool, Active)> =
        all.iter().flat_map(|edge| [(edge.first, true, *edge), (edge.last, false, *edge)]).collect();
    events.sort_unstable_by(|(one, ..), (other, ..)| in_order(*one, *other));
    let mut line = SweepLine { edges, active: BTreeSet::new(), found: Found::default() };
    for corner in events.chunk_by(|(one, ..), (other, ..)| in_order(*one, *other).is_eq()) {
        let ends = |begins: bool| corner.iter().filter(move |(_, is, _)| *is == begins).map(|(.., edge)| *edge);
        let Some((place, ..)) = corner.first() else { continue };
        line.pass(*place, &ends(true).collect::<Vec<_>>(), &ends(false).collect::<Vec<_>>())?;
        if line.found.has_fault() {
            break;
        }
        progress.add(ends(true).count());
    }
    Some(line.found)
}

struct SweepLine<'a> {
    edges: &'a [Edge],
    active: BTreeSet<Active>,
    found: Found,
}

impl SweepLine<'_> {
    /// Moves the line over a corner. Returns `None` if an edge that ends there is not where it should be.
    fn pass(&mut self, place: Coord, begin: &[Active], end: &[Active]) -> Option<()> {
        for edge in end {
            if !self.active.remove(edge) {
                return None;
            }
        }
        let here = Active::place(place);
        let mut together: Vec<Active> =
            self.active.range(here..).take_while(|edge| edge.passes(place)).copied().collect();
        together.extend(begin.iter().chain(end));
        for (at, one) in together.iter().enumerate() {
            for other in together.iter().skip(at + 1) {
                self.meet(*one, *other);
            }
        }
        self.active.extend(begin);
        let mut above = self.active.range(here..);
        let mut below = self.active.range(..here).next_back().copied();
        let mut neighbours = Vec::new();
        for edge in above.by_ref() {
            neighbours.extend(below.map(|below| (below, *edge)));
            below = Some(*edge);
            if !edge.passes(place) {
                break;
            }
        }
        for (below, above) in neighbours {
            self.meet(below, above);
        }
        Some(())
    }

    fn meet(&mut self, one: Active, other: Active) {
        let edge = |active: Active| self.edges.get(active.number.checked_sub(1)?);
        if let Some((one, other)) = edge(one).zip(edge(other)) {
            self.found.meet(one, other);
        }
    }
}
