//! A polygon prepared for many point queries. Its edges are sorted into bands of latitude, so that a query examines
//! only a few edges however long the border is.
//!
//! `geo` has indexed polygons too, but they support fewer queries. `IntervalTreeMultiPolygon` only tells whether it
//! contains a point, `MonotonicPolygons` only whether it intersects one, and `PreparedGeometry` relates whole
//! geometries. Routing has to distinguish a point on the border from a point inside, exactly, and to find the edges
//! within 50 metres of a point. The bands serve both queries from one copy of the edges. Benchmark: with all of China
//! (671,702 edges), a query takes about 2 µs, and no result differs from that of GEOS (*Areas* in
//! `docs/benchmarks.md`).

use geo::coordinate_position::CoordPos;
use geo::kernels::{Kernel, RobustKernel};
use geo::{Coord, LineString, Orientation, Polygon};
use rstar::AABB;

/// The target number of edges per band.
const EDGES_A_BAND: usize = 8;
/// The maximum number of band entries per edge, on average. A border that runs north and south all the time would
/// exceed it, so it gets fewer bands.
const ENTRIES_AN_EDGE: usize = 2;

/// An edge, as its two end points.
pub(super) type Edge = (Coord, Coord);

/// The edges of a polygon, indexed by latitude.
#[derive(Debug)]
pub(crate) struct Bands {
    scale: Scale,
    /// The index in `edges` at which each band starts, followed by the end index of the last band.
    starts: Vec<usize>,
    /// The edges of each band, one band after another. They are contiguous, because cache misses dominate the query
    /// time.
    edges: Vec<Edge>,
}

/// The mapping of latitudes to bands.
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

    /// Returns the band index of a latitude. It is monotonic in the latitude, which is all that the search requires.
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
    /// Sorts the edges of a polygon into bands.
    pub(crate) fn of(polygon: &Polygon) -> Self {
        let rings = std::iter::once(polygon.exterior()).chain(polygon.interiors());
        let edges: Vec<Edge> = rings.flat_map(LineString::lines).map(|line| (line.start, line.end)).collect();
        let latitudes = || edges.iter().map(|(from, _)| from.y); // rings are closed, so this covers all vertices
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

    /// Tells whether a place lies inside, outside or on the boundary. The result is exact, without rounding errors, and
    /// equals that of `geo` for every polygon whose rings do not cross.
    pub(crate) fn position(&self, place: Coord) -> CoordPos {
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

    /// Returns the edges that may intersect a bounding box, which are those whose own bounding box does. Some occur
    /// more than once.
    pub(super) fn within(&self, frame: &AABB<[f64; 2]>) -> impl Iterator<Item = &Edge> {
        let ([west, south], [east, north]) = (frame.lower(), frame.upper());
        self.edges_between(south, north).iter().filter(move |(from, to)| {
            from.x.min(to.x) <= east
                && from.x.max(to.x) >= west
                && from.y.min(to.y) <= north
                && from.y.max(to.y) >= south
        })
    }

    /// Returns the edges of all bands from one latitude to another, both included.
    fn edges_between(&self, south: f64, north: f64) -> &[Edge] {
        let bounds = self.starts.get(self.scale.band(south)).zip(self.starts.get(self.scale.band(north) + 1));
        bounds.and_then(|(start, end)| self.edges.get(*start..*end)).unwrap_or_default()
    }
}

/// The position of an edge relative to a place.
enum Side {
    /// The edge passes through the place.
    On,
    /// The edge crosses the ray from the place to the east. An edge excludes its northern end point, so that a shared
    /// vertex counts once.
    East,
    /// The edge does neither.
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

    /// Generates a star-shaped ring around the origin. With few vertices, their coordinates are whole numbers, so that
    /// test points coincide with them.
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

    /// Generates a comb-shaped border that runs north and south all the time.
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
