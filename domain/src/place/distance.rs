//! Distances between places, and Morton codes for spatial indexes.

use super::{Degrees, Point};

/// Mean radius of the Earth (IUGG), in metres.
const EARTH_METRES: f64 = 6_371_008.8;

/// Returns the great-circle distance between two places, in metres (haversine formula).
///
/// The spherical model deviates from the ellipsoid by at most 0.6 %, which is less than 2 m at a typical check-in limit
/// of 300 m.
#[must_use]
pub fn distance_metres(one: Point, other: Point) -> f64 {
    metres_between(one.degrees(), other.degrees())
}

pub(super) fn metres_between(one: Degrees, other: Degrees) -> f64 {
    let north = ((other.lat - one.lat).to_radians() / 2.0).sin().powi(2);
    let east = ((other.lng - one.lng).to_radians() / 2.0).sin().powi(2);
    let chord = north + one.lat.to_radians().cos() * other.lat.to_radians().cos() * east;
    2.0 * EARTH_METRES * chord.clamp(0.0, 1.0).sqrt().asin()
}

/// Returns the cell of a place: a Morton code (Z-order), so that an ordinary database index serves as a spatial index.
/// Nearby places mostly have similar codes.
///
/// The code has 62 bits and is never negative. It interleaves the bits of the longitude (counted from 180° W, at even
/// positions) and the latitude (from 90° S, at odd positions), both in units of 2·10⁻⁷ degree. Shifted right by `2k`
/// bits it identifies the square with a side of 2ᵏ units that contains the place: `k` = 12 gives about 90 m, 16 about
/// 1.5 km.
#[must_use]
pub fn cell(point: Point) -> i64 {
    let east = i64::from(point.lng_e7()) + 1_800_000_000;
    let north = i64::from(point.lat_e7()) + 900_000_000;
    spread(east >> 1) | (spread(north >> 1) << 1)
}

/// Spreads the lower 31 bits to the even positions, with a zero bit between each two, by repeatedly halving the groups.
const fn spread(bits: i64) -> i64 {
    let bits = bits & 0x7fff_ffff;
    let bits = (bits | (bits << 16)) & 0x0000_ffff_0000_ffff;
    let bits = (bits | (bits << 8)) & 0x00ff_00ff_00ff_00ff;
    let bits = (bits | (bits << 4)) & 0x0f0f_0f0f_0f0f_0f0f;
    let bits = (bits | (bits << 2)) & 0x3333_3333_3333_3333;
    (bits | (bits << 1)) & 0x5555_5555_5555_5555
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(lng_e7: i32, lat_e7: i32) -> Point {
        Point::from_e7(lng_e7, lat_e7).unwrap()
    }

    #[test]
    fn distances_are_those_of_the_globe() {
        let degree = EARTH_METRES.to_radians();
        for (one, other, metres) in [
            (at(0, 0), at(0, 0), 0.0),
            (at(0, 0), at(0, 10_000_000), degree),
            (at(1_000_000_000, 600_000_000), at(1_000_001_000, 600_000_000), degree * 0.000_1 / 2.0),
            (at(1_799_999_999, 0), at(-1_799_999_999, 0), degree * 0.000_000_2),
            (at(0, -900_000_000), at(0, 900_000_000), degree * 180.0),
        ] {
            assert!((distance_metres(one, other) - metres).abs() < 1e-3, "{one:?} {other:?}");
        }
    }

    #[test]
    fn cells_are_the_bits_in_turn() {
        assert_eq!(cell(at(-1_800_000_000, -900_000_000)), 0);
        assert_eq!(cell(at(-1_799_999_998, -900_000_000)), 0b01);
        assert_eq!(cell(at(-1_800_000_000, -899_999_998)), 0b10);
        assert_eq!(cell(at(-1_799_999_994, -899_999_996)), 0b1101);
    }

    proptest! {
        #[test]
        fn cells_tell_places_apart_and_keep_neighbours(
            lng in -1_800_000_000..=1_800_000_000_i32,
            lat in -900_000_000..=900_000_000_i32,
        ) {
            let here = cell(at(lng, lat));
            prop_assert_eq!(here >> 62, 0);
            prop_assert_eq!(unspread(here), (i64::from(lng) + 1_800_000_000) >> 1);
            prop_assert_eq!(unspread(here >> 1), (i64::from(lat) + 900_000_000) >> 1);
            let corner = at(lng - within(lng, 1_800_000_000), lat - within(lat, 900_000_000));
            prop_assert_eq!(cell(corner) >> 24, here >> 24);
            prop_assert!(distance_metres(at(lng, lat), corner) < 130.0);
        }
    }

    /// Returns how far into its square of 2¹² units a coordinate lies.
    fn within(coordinate: i32, origin: i64) -> i32 {
        i32::try_from((i64::from(coordinate) + origin) & 0x1fff).unwrap()
    }

    fn unspread(code: i64) -> i64 {
        (0..31).map(|bit| ((code >> (2 * bit)) & 1) << bit).sum()
    }
}
