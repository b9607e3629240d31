//! Random points over a file of areas: anywhere, and at borders, where the search for an area is most error-prone.

use domain::place::Point;
use fastrand::Rng;
use serde_json::Value;

/// The approximate length of one degree of latitude in metres.
const DEGREE_METRES: f64 = 111_195.0;
/// The units per degree to which coordinates are rounded: 10⁻⁷ degree is about 1 cm.
const UNITS: f64 = 1e7;

/// How a point was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Anywhere in the bounding box of all areas.
    Anywhere,
    /// On a vertex of a border.
    Corner,
    /// On an edge, up to rounding to 10⁻⁷ degree.
    Edge,
    /// Within 3 m of an edge.
    Beside,
    /// Within 300 m of an edge.
    Near,
}

impl How {
    /// The ways that choose a point at a border.
    const AT_BORDERS: [Self; 4] = [Self::Corner, Self::Edge, Self::Beside, Self::Near];

    /// Returns the word for the output.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Anywhere => "anywhere",
            Self::Corner => "corner",
            Self::Edge => "edge",
            Self::Beside => "beside",
            Self::Near => "near",
        }
    }
}

/// The edges of all borders in a file: pairs of consecutive vertices, in degrees.
#[derive(Debug)]
pub struct Borders {
    edges: Vec<[[f64; 2]; 2]>,
    west_south: [f64; 2],
    east_north: [f64; 2],
}

impl Borders {
    /// Parses the borders in a `GeoJSON` text.
    ///
    /// # Panics
    /// Panics if the text is not JSON, or contains no border.
    #[must_use]
    pub fn of(geojson: &str) -> Self {
        let file: Value = serde_json::from_str(geojson).expect("the importer has read it, so it is JSON");
        let mut edges = Vec::new();
        for feature in file["features"].as_array().into_iter().flatten() {
            add_edges(&feature["geometry"]["coordinates"], &mut edges);
        }
        assert!(!edges.is_empty(), "no area of the file has a border");
        let corners = || edges.iter().flatten();
        let least = |axis: usize| corners().map(|corner: &[f64; 2]| corner[axis]).fold(f64::INFINITY, f64::min);
        let most = |axis: usize| corners().map(|corner: &[f64; 2]| corner[axis]).fold(f64::NEG_INFINITY, f64::max);
        let (west_south, east_north) = ([least(0), least(1)], [most(0), most(1)]);
        Self { edges, west_south, east_north }
    }

    /// Returns the number of edges.
    #[must_use]
    pub fn edges(&self) -> usize {
        self.edges.len()
    }

    /// Returns this many points, the same for the same seed. Every second point is anywhere; the others use the border
    /// methods in turn.
    #[must_use]
    pub fn places(&self, count: usize, seed: u64) -> Vec<(How, Point)> {
        let mut random = Rng::with_seed(seed);
        let at_borders = How::AT_BORDERS.iter().cycle().flat_map(|how| [How::Anywhere, *how]);
        at_borders.take(count).map(|how| (how, self.place(how, &mut random))).collect()
    }

    fn place(&self, how: How, random: &mut Rng) -> Point {
        let far = |metres: f64, random: &mut Rng| random.f64() * metres;
        match how {
            How::Anywhere => {
                let part = [random.f64(), random.f64()];
                let [lng, lat] = [0, 1].map(|axis| between(self.west_south[axis], self.east_north[axis], part[axis]));
                point(lng, lat)
            }
            How::Corner => {
                let [[lng, lat], _] = self.edge(random);
                point(lng, lat)
            }
            How::Edge => self.beside(0.0, random),
            How::Beside => self.beside(far(3.0, random), random),
            How::Near => self.beside(far(300.0, random), random),
        }
    }

    fn edge(&self, random: &mut Rng) -> [[f64; 2]; 2] {
        self.edges[random.usize(..self.edges.len())]
    }

    /// Returns a point at this distance in metres from a random point of a random edge, in a random direction.
    fn beside(&self, metres: f64, random: &mut Rng) -> Point {
        let ([from, to], part) = (self.edge(random), random.f64());
        let [lng, lat] = [0, 1].map(|axis| between(from[axis], to[axis], part));
        let (east, north) = (std::f64::consts::TAU * random.f64()).sin_cos();
        let degrees = metres / DEGREE_METRES;
        point(lng + degrees * east / lat.to_radians().cos(), lat + degrees * north)
    }
}

fn between(from: f64, to: f64, part: f64) -> f64 {
    from + (to - from) * part
}

#[expect(clippy::cast_possible_truncation, reason = "a degree of a border is within 180, which fits")]
fn point(lng: f64, lat: f64) -> Point {
    let [lng, lat] = [lng, lat].map(|degrees| (degrees * UNITS).round() as i32);
    Point::from_e7(lng, lat).expect("borders lie on Earth")
}

/// Adds the edges of all rings in `GeoJSON` coordinates, at any nesting depth.
fn add_edges(coordinates: &Value, edges: &mut Vec<[[f64; 2]; 2]>) {
    let parts = coordinates.as_array().map(Vec::as_slice).unwrap_or_default();
    let corners: Option<Vec<[f64; 2]>> = parts.iter().map(corner).collect();
    match corners {
        Some(ring) => edges.extend(ring.windows(2).map(|pair| [pair[0], pair[1]])),
        None => parts.iter().for_each(|part| add_edges(part, edges)),
    }
}

fn corner(value: &Value) -> Option<[f64; 2]> {
    Some([value.get(0)?.as_f64()?, value.get(1)?.as_f64()?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_in_the_frame_on_corners_and_beside_edges() {
        let ring = "[[106,26],[107,26],[107,27],[106,27],[106,26]]";
        let borders = Borders::of(&format!(
            r#"{{"features":[{{"geometry":null}},{{"geometry":{{"coordinates":[[{ring}]]}}}},{{"geometry":{{"coordinates":[{ring}]}}}}]}}"#
        ));
        assert_eq!(borders.edges(), 8);
        let places = borders.places(800, 7);
        assert_eq!(places, borders.places(800, 7));
        for (how, place) in places {
            let from = |degrees: f64| (degrees - degrees.round()).abs() * DEGREE_METRES;
            let (lng, lat) = (from(place.lng()) * place.lat().to_radians().cos(), from(place.lat()));
            let inside = (106.0..=107.0).contains(&place.lng()) && (26.0..=27.0).contains(&place.lat());
            let right = match how {
                How::Anywhere => inside,
                How::Corner => lng == 0.0 && lat == 0.0,
                How::Edge => lng == 0.0 || lat == 0.0,
                How::Beside => lng.min(lat) < 3.1,
                How::Near => lng.min(lat) < 300.1,
            };
            assert!(right, "{how:?} {place:?}");
        }
    }
}
