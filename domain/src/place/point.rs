//! The point: a place in WGS84 with integer coordinates.

use serde::{Deserialize, Serialize};

use super::{Crs, Degrees, from_wgs84};
use crate::Refusal;

/// Number of coordinate units per degree.
pub(super) const UNITS: f64 = 1e7;
/// The maximum longitude in units of 10⁻⁷ degree: 180°.
const LNG_MAX: i32 = 1_800_000_000;
/// The maximum latitude in units of 10⁻⁷ degree: 90°.
const LAT_MAX: i32 = 900_000_000;

/// A place in WGS84 (CGCS2000 is treated as equal), in integer units of 10⁻⁷ degree, always within ±180° and ±90°.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "Numbers", into = "Numbers")]
pub struct Point {
    lng_e7: i32,
    lat_e7: i32,
}

/// The JSON form of a [`Point`], before validation: `{"lng_e7": …, "lat_e7": …}`.
#[derive(Serialize, Deserialize)]
struct Numbers {
    lng_e7: i32,
    lat_e7: i32,
}

impl Point {
    /// Creates a place from coordinates in units of 10⁻⁷ degree. Returns `None` beyond ±180° of longitude or ±90° of
    /// latitude.
    #[must_use]
    pub fn from_e7(lng_e7: i32, lat_e7: i32) -> Option<Self> {
        let on_earth = (-LNG_MAX..=LNG_MAX).contains(&lng_e7) && (-LAT_MAX..=LAT_MAX).contains(&lat_e7);
        on_earth.then_some(Self { lng_e7, lat_e7 })
    }

    /// Validates WGS84 coordinates in degrees, and rounds them half away from zero to 10⁻⁷ degree.
    ///
    /// # Errors
    /// `INVALID_INPUT` for `input.place.lng` or `input.place.lat` if it is NaN, or beyond ±180° or ±90°.
    pub fn parse(lng: f64, lat: f64) -> Result<Self, Refusal> {
        Ok(Self { lng_e7: lng_to_e7(lng)?, lat_e7: lat_to_e7(lat)? })
    }

    /// Clamps the coordinates to the valid range and rounds them. It is for conversion results, which may exceed the
    /// range slightly.
    pub(super) fn nearest(degrees: Degrees) -> Self {
        Self { lng_e7: rounded(degrees.lng.clamp(-180.0, 180.0)), lat_e7: rounded(degrees.lat.clamp(-90.0, 90.0)) }
    }

    /// Returns the longitude in units of 10⁻⁷ degree, east positive.
    #[must_use]
    pub const fn lng_e7(self) -> i32 {
        self.lng_e7
    }

    /// Returns the latitude in units of 10⁻⁷ degree, north positive.
    #[must_use]
    pub const fn lat_e7(self) -> i32 {
        self.lat_e7
    }

    /// Returns the longitude in degrees, east positive.
    #[must_use]
    pub fn lng(self) -> f64 {
        f64::from(self.lng_e7) / UNITS
    }

    /// Returns the latitude in degrees, north positive.
    #[must_use]
    pub fn lat(self) -> f64 {
        f64::from(self.lat_e7) / UNITS
    }

    /// Returns the longitude and latitude in degrees.
    #[must_use]
    pub fn degrees(self) -> Degrees {
        Degrees { lng: self.lng(), lat: self.lat() }
    }

    /// Converts the place to another coordinate system, as a map on a phone needs it; in degrees.
    #[must_use]
    pub fn in_crs(self, crs: Crs) -> Degrees {
        from_wgs84(crs, self.degrees())
    }
}

impl TryFrom<Numbers> for Point {
    type Error = &'static str;

    fn try_from(numbers: Numbers) -> Result<Self, Self::Error> {
        Self::from_e7(numbers.lng_e7, numbers.lat_e7).ok_or("a place lies within ±180° and ±90°")
    }
}

impl From<Point> for Numbers {
    fn from(point: Point) -> Self {
        Self { lng_e7: point.lng_e7, lat_e7: point.lat_e7 }
    }
}

/// Validates a longitude and converts it to units of 10⁻⁷ degree; see [`Point::parse`].
pub(super) fn lng_to_e7(lng: f64) -> Result<i32, Refusal> {
    if (-180.0..=180.0).contains(&lng) {
        return Ok(rounded(lng));
    }
    Err(Refusal::invalid(
        "input.place.lng",
        "经度应在 -180 到 180 度之间。",
        "The longitude must lie between -180 and 180 degrees.",
    ))
}

/// Validates a latitude and converts it to units of 10⁻⁷ degree; see [`Point::parse`].
pub(super) fn lat_to_e7(lat: f64) -> Result<i32, Refusal> {
    if (-90.0..=90.0).contains(&lat) {
        return Ok(rounded(lat));
    }
    Err(Refusal::invalid(
        "input.place.lat",
        "纬度应在 -90 到 90 度之间。",
        "The latitude must lie between -90 and 90 degrees.",
    ))
}

/// Converts degrees to units of 10⁻⁷ degree, rounding halves away from zero.
#[expect(clippy::cast_possible_truncation, reason = "degrees within ±180 give at most 1.8·10⁹; other numbers saturate")]
fn rounded(degrees: f64) -> i32 {
    (degrees * UNITS).round() as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_whole_numbers() {
        let point = Point::parse(106.626_512_349_9, -26.646_812_345_1).unwrap();
        assert_eq!((point.lng_e7(), point.lat_e7()), (1_066_265_123, -266_468_123));
        assert!((point.lng() - 106.626_512_3).abs() < 1e-12 && (point.lat() + 26.646_812_3).abs() < 1e-12);
        assert_eq!(Point::parse(180.0, -90.0).unwrap(), Point::from_e7(1_800_000_000, -900_000_000).unwrap());
        assert_eq!(Point::parse(0.000_000_25, -0.000_000_25).unwrap(), Point::from_e7(3, -3).unwrap());
    }

    #[test]
    fn what_is_no_place_is_refused_by_name() {
        for (lng, lat, field) in [
            (180.000_1, 0.0, "input.place.lng"),
            (f64::NAN, 0.0, "input.place.lng"),
            (f64::NEG_INFINITY, 0.0, "input.place.lng"),
            (106.0, 90.1, "input.place.lat"),
            (26.6, 106.6, "input.place.lat"), // the two exchanged
        ] {
            assert_eq!(Point::parse(lng, lat).unwrap_err().field, Some(field));
        }
        assert_eq!(Point::from_e7(1_800_000_001, 0), None);
    }

    #[test]
    fn json_keeps_the_bounds() {
        let point = Point::from_e7(1_066_265_123, 266_468_123).unwrap();
        let json = serde_json::to_string(&point).unwrap();
        assert_eq!(json, r#"{"lng_e7":1066265123,"lat_e7":266468123}"#);
        assert_eq!(serde_json::from_str::<Point>(&json).unwrap(), point);
        assert!(serde_json::from_str::<Point>(r#"{"lng_e7":0,"lat_e7":900000001}"#).is_err());
    }
}
