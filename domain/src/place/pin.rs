//! The pin: a place as the phone sent it, before any conversion.

use super::point::{UNITS, lat_to_e7, lng_to_e7};
use super::{Crs, Degrees, Point, to_wgs84};
use crate::Refusal;

/// A place as sent: the phone's coordinates in the coordinate system that it named. They are kept unconverted, so that
/// the content hash can be recomputed. Calculations use [`Pin::point`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Pin {
    crs: Crs,
    lng_e7: i32,
    lat_e7: i32,
}

impl Pin {
    /// Validates coordinates in degrees of `crs`, and rounds them half away from zero to 10⁻⁷ degree.
    ///
    /// # Errors
    /// `INVALID_INPUT` for `input.place.lng` or `input.place.lat` if it is NaN, or beyond ±180° or ±90°.
    pub fn parse(crs: Crs, lng: f64, lat: f64) -> Result<Self, Refusal> {
        Ok(Self { crs, lng_e7: lng_to_e7(lng)?, lat_e7: lat_to_e7(lat)? })
    }

    /// Returns the coordinate system that the phone named.
    #[must_use]
    pub const fn crs(self) -> Crs {
        self.crs
    }

    /// Returns the longitude in that system, in units of 10⁻⁷ degree.
    #[must_use]
    pub const fn lng_e7(self) -> i32 {
        self.lng_e7
    }

    /// Returns the latitude in that system, in units of 10⁻⁷ degree.
    #[must_use]
    pub const fn lat_e7(self) -> i32 {
        self.lat_e7
    }

    /// Converts the place to WGS84.
    #[must_use]
    pub fn point(self) -> Point {
        let sent = Degrees { lng: f64::from(self.lng_e7) / UNITS, lat: f64::from(self.lat_e7) / UNITS };
        Point::nearest(to_wgs84(self.crs, sent))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::distance_metres;

    #[test]
    fn one_place_in_four_systems_is_one_point() {
        let tiananmen = Point::parse(116.391_275_7, 39.906_217).unwrap();
        for crs in Crs::ALL {
            let there = tiananmen.in_crs(*crs);
            let pin = Pin::parse(*crs, there.lng, there.lat).unwrap();
            assert_eq!(pin.crs(), *crs);
            assert!(distance_metres(pin.point(), tiananmen) < 0.02, "{crs:?}"); // twice a rounding of 1 cm
        }
    }

    #[test]
    fn a_pin_at_the_edge_stays_on_earth() {
        assert_eq!(Pin::parse(Crs::Bd09, -180.0, -90.0).unwrap().point(), Point::parse(-180.0, -90.0).unwrap());
        assert_eq!(Pin::parse(Crs::Gcj02, 0.0, 91.0).unwrap_err().field, Some("input.place.lat"));
    }
}
