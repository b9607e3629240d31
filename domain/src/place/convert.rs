//! Between WGS84 and the shifted systems of Chinese maps, by the formulas that are publicly known.
//!
//! The published GCJ-02 formula approximates an unpublished one to within metres. Longitude and latitude are degrees,
//! always in this order.

use std::f64::consts::PI;

use super::Crs;

/// Semi-major axis of the Krasovsky 1940 ellipsoid, metres.
const AXIS: f64 = 6_378_245.0;
/// Its first eccentricity, squared.
const ECCENTRICITY_SQUARED: f64 = 0.006_693_421_622_965_943;
/// The angular frequency of the ripple in BD-09, per degree.
const RIPPLE: f64 = PI * 3_000.0 / 180.0;
/// An inverse has settled when a step moves it by less than this, in degrees (about 0.1 µm).
const SETTLED: f64 = 1e-12;
/// Steps of an inverse, at most; five or six are usual.
const STEPS_MAX: usize = 16;

/// A pair of longitude and latitude, degrees.
type Degrees = (f64, f64);

/// The place in WGS84 degrees of a place that is named in `crs`.
///
/// The published formulas lead the other way; they are inverted by a fixed point to far below 10⁻⁹ degree, so that
/// [`from_wgs84`] gives the same place again. CGCS2000 counts as WGS84. Never fails: whoever brings numbers that are no
/// place gets numbers that are no place ([`super::Pin::parse`] refuses them).
#[must_use]
pub fn to_wgs84(crs: Crs, lng: f64, lat: f64) -> (f64, f64) {
    match crs {
        Crs::Wgs84 | Crs::Cgcs2000 => (lng, lat),
        Crs::Gcj02 => from_gcj02((lng, lat)),
        Crs::Bd09 => from_gcj02(inverse((lng, lat), gcj02_to_bd09)),
    }
}

/// The place in degrees of `crs` of a place that is named in WGS84. See [`to_wgs84`].
#[must_use]
pub fn from_wgs84(crs: Crs, lng: f64, lat: f64) -> (f64, f64) {
    match crs {
        Crs::Wgs84 | Crs::Cgcs2000 => (lng, lat),
        Crs::Gcj02 => to_gcj02((lng, lat)),
        Crs::Bd09 => gcj02_to_bd09(to_gcj02((lng, lat))),
    }
}

/// Whether GCJ-02 is shifted at this place: the box of the published formula, 72.004–137.8347° E and 0.8293–55.8271° N.
///
/// It is a box, not a border: it also covers neighbouring countries. BD-09 is shifted everywhere.
#[must_use]
pub fn in_shift_box(lng: f64, lat: f64) -> bool {
    (72.004..=137.8347).contains(&lng) && (0.8293..=55.8271).contains(&lat)
}

fn to_gcj02((lng, lat): Degrees) -> Degrees {
    if in_shift_box(lng, lat) { shifted((lng, lat)) } else { (lng, lat) }
}

fn from_gcj02((lng, lat): Degrees) -> Degrees {
    if in_shift_box(lng, lat) { inverse((lng, lat), shifted) } else { (lng, lat) }
}

/// The place that `forward` leads to `target`, for a `forward` that is nearly the identity.
fn inverse(target: Degrees, forward: fn(Degrees) -> Degrees) -> Degrees {
    let mut guess = target;
    for _ in 0..STEPS_MAX {
        let reached = forward(guess);
        let step = (target.0 - reached.0, target.1 - reached.1);
        guess = (guess.0 + step.0, guess.1 + step.1);
        if step.0.abs().max(step.1.abs()) < SETTLED {
            break;
        }
    }
    guess
}

fn shifted((lng, lat): Degrees) -> Degrees {
    let (x, y) = (lng - 105.0, lat - 35.0);
    let latitude = lat.to_radians();
    let flattening = 1.0 - ECCENTRICITY_SQUARED * latitude.sin().powi(2);
    let east = AXIS / flattening.sqrt() * latitude.cos();
    let north = AXIS * (1.0 - ECCENTRICITY_SQUARED) / (flattening * flattening.sqrt());
    (lng + (east_metres(x, y) / east).to_degrees(), lat + (north_metres(x, y) / north).to_degrees())
}

/// The shift to the east in metres; `x`, `y` are degrees from 105° E, 35° N.
fn east_metres(x: f64, y: f64) -> f64 {
    let plane = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * x.abs().sqrt();
    plane + common_waves(x) + waves(x, &[(20.0, 1.0), (40.0, 3.0), (150.0, 12.0), (300.0, 30.0)])
}

/// The shift to the north in metres; `x`, `y` are degrees from 105° E, 35° N.
fn north_metres(x: f64, y: f64) -> f64 {
    let plane = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * x.abs().sqrt();
    plane + common_waves(x) + waves(y, &[(20.0, 1.0), (40.0, 3.0), (160.0, 12.0), (320.0, 30.0)])
}

fn common_waves(x: f64) -> f64 {
    (20.0 * (6.0 * PI * x).sin() + 20.0 * (2.0 * PI * x).sin()) * 2.0 / 3.0
}

/// Sines of `along`, each with its height in metres and its half wavelength in degrees.
fn waves(along: f64, heights: &[(f64, f64)]) -> f64 {
    heights.iter().map(|(height, half)| height * (PI * along / half).sin()).sum::<f64>() * 2.0 / 3.0
}

fn gcj02_to_bd09((lng, lat): Degrees) -> Degrees {
    let radius = lng.hypot(lat) + 0.000_02 * (lat * RIPPLE).sin();
    let angle = lat.atan2(lng) + 0.000_003 * (lng * RIPPLE).cos();
    (radius * angle.cos() + 0.006_5, radius * angle.sin() + 0.006)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::place::distance::metres_between;

    /// Longitude and latitude in WGS84, GCJ-02 and BD-09, from the public tables of the formulas.
    const GOLDEN: [[Degrees; 3]; 5] = [
        [(116.391_275_7, 39.906_217), (116.397_516_71, 39.907_618_21), (116.403_890_64, 39.913_961_93)],
        [(121.473_7, 31.230_4), (121.478_223_06, 31.228_457_74), (121.484_781_47, 31.234_310_59)],
        [(104.066_8, 30.572_8), (104.069_305_48, 30.570_346_14), (104.075_782_96, 30.576_351_86)],
        [(87.616_8, 43.825_6), (87.619_649_95, 43.826_805_39), (87.626_099_77, 43.832_949_79)],
        [(110.199_9, 20.044), (110.204_192_39, 20.041_885_97), (110.210_735_01, 20.047_662_64)],
    ];

    fn assert_near((lng, lat): Degrees, expected: Degrees) {
        assert!((lng - expected.0).abs() < 1e-8 && (lat - expected.1).abs() < 1e-8, "({lng}, {lat}) ≠ {expected:?}");
    }

    #[test]
    fn known_places_convert_both_ways() {
        for [wgs84, gcj02, bd09] in GOLDEN {
            assert_near(from_wgs84(Crs::Gcj02, wgs84.0, wgs84.1), gcj02);
            assert_near(from_wgs84(Crs::Bd09, wgs84.0, wgs84.1), bd09);
            assert_near(to_wgs84(Crs::Gcj02, gcj02.0, gcj02.1), wgs84);
            assert_near(to_wgs84(Crs::Bd09, bd09.0, bd09.1), wgs84);
            assert_eq!(to_wgs84(Crs::Cgcs2000, wgs84.0, wgs84.1), wgs84);
        }
    }

    #[test]
    fn outside_the_box_nothing_is_shifted() {
        let tokyo = (139.691_7, 35.689_5);
        assert!(!in_shift_box(tokyo.0, tokyo.1));
        assert_eq!(from_wgs84(Crs::Gcj02, tokyo.0, tokyo.1), tokyo);
        assert_eq!(to_wgs84(Crs::Gcj02, tokyo.0, tokyo.1), tokyo);
    }

    #[test]
    fn numbers_that_are_no_place_end_too() {
        for wrong in [f64::NAN, f64::INFINITY, -1e300] {
            for crs in Crs::ALL {
                let _ = (to_wgs84(*crs, wrong, wrong), from_wgs84(*crs, wrong, 30.0));
            }
        }
    }

    proptest! {
        #[test]
        fn every_place_comes_back(lng in 74.0..134.0_f64, lat in 18.0..53.0_f64) {
            for crs in Crs::ALL {
                let (there_lng, there_lat) = from_wgs84(*crs, lng, lat);
                let back = to_wgs84(*crs, there_lng, there_lat);
                prop_assert!(metres_between((lng, lat), back) < 1e-6);
            }
        }

        #[test]
        fn the_shift_is_hundreds_of_metres(lng in 74.0..134.0_f64, lat in 18.0..53.0_f64) {
            let metres = metres_between((lng, lat), from_wgs84(Crs::Gcj02, lng, lat));
            prop_assert!((10.0..800.0).contains(&metres), "{metres} m");
        }
    }
}
