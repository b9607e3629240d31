//! Validates boundaries before they are imported.

use geo::{Coord, MultiPolygon};
use geojson::{Geometry, GeometryValue, Position};

use super::progress::Progress;
use super::rings;
use crate::area::shape;

/// The bounding box of China including its waters: west, south, east and north, in degrees.
const CHINA: [f64; 4] = [73.0, 3.0, 136.0, 54.0];
/// The maximum number of problems reported per boundary.
const SHOWN: usize = 5;

/// Validates a geometry and returns its polygons.
///
/// # Errors
/// The problems, each with advice: an unsupported geometry type, rings that are too short or not closed, swapped
/// coordinates, positions outside China, and rings that cross themselves or each other.
pub(crate) fn check(geometry: &Geometry, progress: &Progress) -> Result<MultiPolygon, Vec<String>> {
    let rings: Vec<&Vec<Position>> = match &geometry.value {
        GeometryValue::Polygon { coordinates } => coordinates.iter().collect(),
        GeometryValue::MultiPolygon { coordinates } => coordinates.iter().flatten().collect(),
        other => {
            return Err(vec![format!(
                "it is a {}, but a boundary must be a Polygon or a MultiPolygon",
                other.type_name()
            )]);
        }
    };
    let mut wrong: Vec<String> = rings.iter().enumerate().filter_map(|(at, ring)| check_ring(at, ring)).collect();
    if rings.is_empty() {
        wrong.push("it has no ring: add the boundary, or write null and boundary \"none\"".to_owned());
    }
    if !wrong.is_empty() {
        wrong.truncate(SHOWN);
        return Err(wrong);
    }
    let Ok(Some(shape)) = shape::polygons(geometry) else {
        return Err(vec!["its coordinates cannot be read: write each as [longitude, latitude]".to_owned()]);
    };
    let crossed = rings::faults(&shape, SHOWN, progress);
    if crossed.is_empty() { Ok(shape) } else { Err(crossed) }
}

fn check_ring(at: usize, ring: &[Position]) -> Option<String> {
    let number = at + 1;
    let corners: Vec<Coord> = ring
        .iter()
        .filter_map(|position| match position.as_slice() {
            [lng, lat, ..] => Some(Coord { x: *lng, y: *lat }),
            _ => None,
        })
        .collect();
    if corners.len() < ring.len() {
        return Some(format!("ring {number} has a corner that is not [longitude, latitude]"));
    }
    if ring.len() < 4 {
        return Some(format!("ring {number} has {} corners: a ring has at least 4, the last as the first", ring.len()));
    }
    if corners.first() != corners.last() {
        return Some(format!("ring {number} is not closed: its last corner must be its first"));
    }
    let stray = corners.iter().find(|corner| !in_china(**corner))?;
    let (x, y) = (stray.x, stray.y);
    if corners.iter().all(|corner| in_china(Coord { x: corner.y, y: corner.x })) {
        return Some(format!("longitude and latitude are swapped at [{x}, {y}]: write [longitude, latitude]"));
    }
    Some(format!("[{x}, {y}] lies outside China (73 to 136 east, 3 to 54 north): give degrees in WGS84"))
}

fn in_china(Coord { x, y }: Coord) -> bool {
    let [west, south, east, north] = CHINA;
    (west..=east).contains(&x) && (south..=north).contains(&y)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_boundaries_are_named() {
        for (text, expected) in [
            (r#"{"type":"Polygon","coordinates":[[[106.0,26.0],[106.1,26.0],[106.1,26.1],[106.0,26.0]]]}"#, None),
            (r#"{"type":"Point","coordinates":[106.0,26.0]}"#, Some("a Point")),
            (r#"{"type":"Polygon","coordinates":[[[106.0,26.0],[106.1,26.0],[106.0,26.0]]]}"#, Some("at least 4")),
            (
                r#"{"type":"Polygon","coordinates":[[[106.0,26.0],[106.1,26.0],[106.1,26.1],[106.0,26.1]]]}"#,
                Some("not closed"),
            ),
            (
                r#"{"type":"Polygon","coordinates":[[[26.0,106.0],[26.0,106.1],[26.1,106.1],[26.0,106.0]]]}"#,
                Some("swapped"),
            ),
            (
                r#"{"type":"Polygon","coordinates":[[[6.0,46.0],[6.1,46.0],[6.1,46.1],[6.0,46.0]]]}"#,
                Some("outside China"),
            ),
            (
                r#"{"type":"Polygon","coordinates":[[[106.0,26.0],[106.1,26.1],[106.1,26.0],[106.0,26.1],[106.0,26.0]]]}"#,
                Some("self-intersection"),
            ),
            (r#"{"type":"MultiPolygon","coordinates":[]}"#, Some("no ring")),
        ] {
            let found = check(&text.parse().unwrap(), &Progress::hidden()).err().map(|wrong| wrong.join("; "));
            match expected {
                None => assert_eq!(found, None),
                Some(part) => assert!(found.as_deref().is_some_and(|found| found.contains(part)), "{text}: {found:?}"),
            }
        }
    }
}
