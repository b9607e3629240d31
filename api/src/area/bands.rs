//! One polygon, prepared for many searches. Its edges are sorted into bands of latitude, so that a search looks at a
//! few edges however long the border is.
//!
//! `geo` has indexed polygons too, but they answer less. `IntervalTreeMultiPolygon` says only whether it contains a
//! place and `MonotonicPolygons` only whether it meets one, and `PreparedGeometry` relates whole geometries. Routing
//! must tell a place on a border from a place inside, exactly, and must find the edges within 50 metres of a place. The
//! bands answer both from one copy of the edges. They are measured: with all of China (671,702 edges) a place takes
//! about 2 µs, and no answer differs from that of GEOS (*Areas* in `docs/benchmarks.md`).

use geo::coordinate_position::CoordPos;
use geo::kernels::{Kernel, RobustKernel};
use geo::{Coord, LineString, Orientation, Polygon};
use rstar::AABB;

/// The number of edges for which a polygon gets one band.
const EDGES_A_BAND: usize = 8;
/// The maximum of entries in all bands per edge. A border that runs north and south all the time would need more, so it
/// gets fewer bands.
const ENTRIES_AN_EDGE: usize = 2;

/// One edge, as its two ends.
pub(super) type Edge = (Coord, Coord);

/// The edges of a polygon, by latitude.
#[derive(Debug)]
pub(super) struct Bands {
    scale: Scale,
    /// The index in `edges` at which each band begins, and the index at which the last one ends.
    starts: Vec<usize>,
    /// The edges of each band, one band after another. They lie side by side, because access to distant memory costs
    /// the most time.
    edges: Vec<Edge>,
}

/// The division of the latitudes into bands.
#[derive(Debug, Clone, Copy)]
struct Scale {
    south: f64,
    bands_a_degree: f64,
    bands: usize,
}

impl Scale {
    fn new(south: f64, north: f64, bands: usize) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "no polygon has 2⁵² edges")]
        let bands_a_degree = if north > south { bands as f64 / (north - south) } else { 0.0 };
        Self { south, bands_a_degree, bands }
    }

    /// Returns the band of a latitude. It never decreases as the latitude increases; the search needs no more than
    /// that.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a latitude outside the polygon gets the first or the last band"
    )]
    fn band(self, lat: f64) -> usize {
        (((lat - self.south) * self.bands_a_degree) as usize).min(self.bands.saturating_sub(1))
    }

    fn of_edge(self, from: Coord, to: Coord) -> std::ops::RangeInclusive<usize> {
        self.band(from.y.min(to.y))..=self.band(from.y.max(to.y))
    }
}

impl Bands {
    pub(super) fn of(polygon: &Polygon) -> Self {
        let rings = std::iter::once(polygon.exterior()).chain(polygon.interiors());
        let edges: Vec<Edge> = rings.flat_map(LineString::lines).map(|line| (line.start, line.end)).collect();
        let latitudes = || edges.iter().map(|(from, _)| from.y); // rings are closed
        let (south, north) = (latitudes().fold(f64::INFINITY, f64::min), latitudes().fold(f64::NEG_INFINITY, f64::max));
        let mut bands = (edges.len() / EDGES_A_BAND).max(1);
        let entries = |scale: Scale| edges.iter().map(|(from, to)| scale.of_edge(*from, *to).count()).sum::<usize>();
        while bands > 1 && entries(Scale::new(south, north, bands)) > ENTRIES_AN_EDGE * edges.len() {
            bands /= 2;
        }
        let scale = Scale::new(south, north, bands);
        let mut entries: Vec<(usize, Edge)> =
            edges.iter().flat_map(|edge| scale.of_edge(edge.0, edge.1).map(|band| (band, *edge))).collect();
        entries.sort_by_key(|(band, _)| *band);
        let starts = (0..=bands).map(|band| entries.partition_point(|(other, _)| *other < band)).collect();
        Self { scale, starts, edges: entries.into_iter().map(|(_, edge)| edge).collect() }
    }

    /// Returns whether a place lies inside, outside or on the boundary. The answer is exact and does not depend on
    /// rounding. It is the answer of `geo` for every polygon whose rings do not cross.
    pub(super) fn position(&self, place: Coord) -> CoordPos {
        let mut is_inside = false;
        for (from, to) in self.edges_between(place.y, place.y) {
            match side(*from, *to, place) {
                Side::On => return CoordPos::OnBoundary,
                Side::East => is_inside = !is_inside,
                Side::Elsewhere => {}
            }
        }
        if is_inside { CoordPos::Inside } else { CoordPos::Outside }
    }

    /// Returns the edges that may enter a frame, which are those whose own frame meets it. Some occur more than once.
    pub(super) fn within(&self, frame: &AABB<[f64; 2]>) -> impl Iterator<Item = &Edge> {
        let ([west, south], [east, north]) = (frame.lower(), frame.upper());
        self.edges_between(south, north).iter().filter(move |(from, to)| {
            from.x.min(to.x) <= east
                && from.x.max(to.x) >= west
                && from.y.min(to.y) <= north
                && from.y.max(to.y) >= south
        })
    }

    /// Returns the edges of the bands of two latitudes and of all bands between them.
    fn edges_between(&self, south: f64, north: f64) -> &[Edge] {
        let bounds = self.starts.get(self.scale.band(south)).zip(self.starts.get(self.scale.band(north) + 1));
        bounds.and_then(|(start, end)| self.edges.get(*start..*end)).unwrap_or_default()
    }
}

/// The course of an edge, seen from a place.
enum Side {
    /// The edge runs through the place.
    On,
    /// The edge crosses the line from the place to the east. An edge counts without its northern end, so that a corner
    /// counts once.
    East,
    /// The edge runs elsewhere.
    Elsewhere,
}

fn side(from: Coord, to: Coord, place: Coord) -> Side {
    let (lower, upper) = if from.y <= to.y { (from, to) } else { (to, from) };
    if place.y < lower.y || place.y > upper.y || place.x > from.x.max(to.x) {
        return Side::Elsewhere;
    }
    let counts = place.y < upper.y;
    if place.x < from.x.min(to.x) {
        return if counts { Side::East } else { Side::Elsewhere };
    }
    match RobustKernel::orient2d(lower, upper, place) {
        Orientation::Collinear => Side::On,
        Orientation::CounterClockwise if counts => Side::East,
        Orientation::CounterClockwise | Orientation::Clockwise => Side::Elsewhere,
    }
}

#[cfg(test)]
mod tests {
    use fastrand::Rng;
    use geo::CoordsIter;
    use geo::coordinate_position::CoordinatePosition;

    use super::*;

    /// Returns a ring around the origin that runs in and out. If it has few corners, they have whole numbers, so that
    /// places fall on them.
    fn star(corners: i32, least: i32, most: i32, random: &mut Rng) -> LineString {
        let exact = |length: f64| if corners > 30 { length } else { length.round() };
        let corner = |number| {
            let angle = std::f64::consts::TAU * f64::from(number) / f64::from(corners);
            let far = f64::from(least + random.i32(0..most - least));
            Coord { x: exact(far * angle.cos()), y: exact(far * angle.sin()) }
        };
        let mut ring: LineString = (0..corners).map(corner).collect();
        ring.close();
        ring
    }

    /// Returns a border that runs to the north and back all the time.
    fn comb(teeth: i32) -> Polygon {
        let ends = (0..teeth).map(|at| (f64::from(at), if at % 2 == 0 { -50.0 } else { 50.0 }));
        let ring = [(-1.0, -60.0)].into_iter().chain(ends).chain([(f64::from(teeth), -60.0)]);
        Polygon::new(ring.map(|(x, y)| Coord { x, y }).collect(), vec![])
    }

    #[test]
    fn places_lie_where_a_search_through_all_edges_finds_them() {
        let mut random = Rng::with_seed(3);
        let mut polygons = vec![comb(100)];
        for corners in [3, 4, 7, 30, 200, 900] {
            let hole = star(corners, 5, 20, &mut random);
            polygons.push(Polygon::new(star(corners, 50, 100, &mut random), vec![hole]));
        }
        let (mut on, mut inside) = (0, 0);
        for polygon in &polygons {
            let bands = Bands::of(polygon);
            let half = |random: &mut Rng| f64::from(random.i32(0..440) - 220) / 2.0;
            let anywhere: Vec<Coord> =
                (0..20_000).map(|_| Coord { x: half(&mut random), y: half(&mut random) }).collect();
            for place in anywhere.into_iter().chain(polygon.coords_iter()) {
                let expected = polygon.coordinate_position(&place);
                assert_eq!(bands.position(place), expected, "{place:?} among {} edges", bands.edges.len());
                on += u32::from(expected == CoordPos::OnBoundary);
                inside += u32::from(expected == CoordPos::Inside);
            }
        }
        assert!(on > 2_500 && inside > 10_000, "{on} on a border, {inside} inside");
    }

    #[test]
    fn a_question_looks_at_few_edges_and_a_comb_takes_no_more_room() {
        let ring = star(10_000, 9_000_000, 9_001_000, &mut Rng::with_seed(5));
        let bands = Bands::of(&Polygon::new(ring, vec![]));
        let most = (-9_000_000..9_000_000)
            .step_by(1_000)
            .map(|lat| bands.edges_between(f64::from(lat), f64::from(lat)).len())
            .max();
        assert!(most.is_some_and(|most| most < 200), "{most:?} of 10,000");
        let comb = Bands::of(&comb(10_000));
        assert!(comb.edges.len() <= 2 * 10_003, "{}", comb.edges.len());
    }
}
