//! Conversion between WGS84 and the obfuscated coordinate systems of Chinese maps (GCJ-02, BD-09).
//!
//! The official GCJ-02 algorithm is not published. The widely known formula used here approximates it to within metres.

use std::f64::consts::PI;

use super::Crs;

/// Semi-major axis of the Krasovsky 1940 ellipsoid, in metres.
const AXIS: f64 = 6_378_245.0;
/// Squared first eccentricity of this ellipsoid.
const ECCENTRICITY_SQUARED: f64 = 0.006_693_421_622_965_943;
/// Angular frequency of the periodic BD-09 offset, in radians per degree.
const RIPPLE: f64 = PI * 3_000.0 / 180.0;
/// Convergence threshold of the inverse, in degrees (about 0.1 µm).
const SETTLED: f64 = 1e-12;
/// Maximum number of iterations of the inverse; five or six are usual.
const STEPS_MAX: usize = 16;

/// Longitude and latitude in degrees of some coordinate system. The values are not validated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Degrees {
    /// Longitude in degrees, east positive.
    pub lng: f64,
    /// Latitude in degrees, north positive.
    pub lat: f64,
}

/// Converts a place from `crs` to WGS84.
///
/// The known formulas convert in the other direction. A fixed-point iteration inverts them with an error far below 10⁻⁹
/// degree, so that [`from_wgs84`] returns the original place. CGCS2000 is treated as WGS84. The conversion is
/// infallible: an invalid place yields invalid values, and [`super::Pin::parse`] rejects invalid places beforehand.
#[must_use]
pub fn to_wgs84(crs: Crs, place: Degrees) -> Degrees {
    match crs {
        Crs::Wgs84 | Crs::Cgcs2000 => place,
        Crs::Gcj02 => from_gcj02(place),
        Crs::Bd09 => from_gcj02(inverse(place, gcj02_to_bd09)),
    }
}

/// Converts a place from WGS84 to `crs`; the inverse of [`to_wgs84`].
#[must_use]
pub fn from_wgs84(crs: Crs, place: Degrees) -> Degrees {
    match crs {
        Crs::Wgs84 | Crs::Cgcs2000 => place,
        Crs::Gcj02 => to_gcj02(place),
        Crs::Bd09 => gcj02_to_bd09(to_gcj02(place)),
    }
}

/// Returns whether GCJ-02 is shifted at this place, which is the case in the bounding box of the known formula:
/// 72.004–137.8347° E and 0.8293–55.8271° N.
///
/// The box does not follow the border, so it also covers parts of neighbouring countries. BD-09 is shifted everywhere.
#[must_use]
pub fn in_shift_box(place: Degrees) -> bool {
    (72.004..=137.8347).contains(&place.lng) && (0.8293..=55.8271).contains(&place.lat)
}

fn to_gcj02(place: Degrees) -> Degrees {
    if in_shift_box(place) { shifted(place) } else { place }
}

fn from_gcj02(place: Degrees) -> Degrees {
    if in_shift_box(place) { inverse(place, shifted) } else { place }
}

/// Inverts `forward` at `target` by fixed-point iteration, which converges because `forward` is close to the identity.
fn inverse(target: Degrees, forward: fn(Degrees) -> Degrees) -> Degrees {
    let mut guess = target;
    for _ in 0..STEPS_MAX {
        let reached = forward(guess);
        let step = Degrees { lng: target.lng - reached.lng, lat: target.lat - reached.lat };
        guess = Degrees { lng: guess.lng + step.lng, lat: guess.lat + step.lat };
        if step.lng.abs().max(step.lat.abs()) < SETTLED {
            break;
        }
    }
    guess
}

fn shifted(Degrees { lng, lat }: Degrees) -> Degrees {
    let (x, y) = (lng - 105.0, lat - 35.0);
    let latitude = lat.to_radians();
    let flattening = 1.0 - ECCENTRICITY_SQUARED * latitude.sin().powi(2);
    let east = AXIS / flattening.sqrt() * latitude.cos();
    let north = AXIS * (1.0 - ECCENTRICITY_SQUARED) / (flattening * flattening.sqrt());
    Degrees { lng: lng + (east_metres(x, y) / east).to_degrees(), lat: lat + (north_metres(x, y) / north).to_degrees() }
}

/// Returns the eastward GCJ-02 shift in metres; `x` and `y` are degrees relative to 105° E, 35° N.
fn east_metres(x: f64, y: f64) -> f64 {
    let plane = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * x.abs().sqrt();
    plane + common_waves(x) + waves(x, &[(20.0, 1.0), (40.0, 3.0), (150.0, 12.0), (300.0, 30.0)])
}

/// Returns the northward GCJ-02 shift in metres; `x` and `y` are degrees relative to 105° E, 35° N.
fn north_metres(x: f64, y: f64) -> f64 {
    let plane = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * x.abs().sqrt();
    plane + common_waves(x) + waves(y, &[(20.0, 1.0), (40.0, 3.0), (160.0, 12.0), (320.0, 30.0)])
}

fn common_waves(x: f64) -> f64 {
    (20.0 * (6.0 * PI * x).sin() + 20.0 * (2.0 * PI * x).sin()) * 2.0 / 3.0
}

/// Returns two thirds of a sum of sine waves at `along`, each given by its amplitude in metres and its half wavelength
/// in degrees.
fn waves(along: f64, heights: &[(f64, f64)]) -> f64 {
    heights.iter().map(|(height, half)| height * (PI * along / half).sin()).sum::<f64>() * 2.0 / 3.0
}

fn gcj02_to_bd09(Degrees { lng, lat }: Degrees) -> Degrees {
    let radius = lng.hypot(lat) + 0.000_02 * (lat * RIPPLE).sin();
    let angle = lat.atan2(lng) + 0.000_003 * (lng * RIPPLE).cos();
    Degrees { lng: radius * angle.cos() + 0.006_5, lat: radius * angle.sin() + 0.006 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::place::distance::metres_between;

    /// Longitude and latitude in WGS84, GCJ-02 and BD-09, from the public tables of the formulas.
    const GOLDEN: [[Degrees; 3]; 5] = [
        [at(116.391_275_7, 39.906_217), at(116.397_516_71, 39.907_618_21), at(116.403_890_64, 39.913_961_93)],
        [at(121.473_7, 31.230_4), at(121.478_223_06, 31.228_457_74), at(121.484_781_47, 31.234_310_59)],
        [at(104.066_8, 30.572_8), at(104.069_305_48, 30.570_346_14), at(104.075_782_96, 30.576_351_86)],
        [at(87.616_8, 43.825_6), at(87.619_649_95, 43.826_805_39), at(87.626_099_77, 43.832_949_79)],
        [at(110.199_9, 20.044), at(110.204_192_39, 20.041_885_97), at(110.210_735_01, 20.047_662_64)],
    ];

    const fn at(lng: f64, lat: f64) -> Degrees {
        Degrees { lng, lat }
    }

    fn assert_near(found: Degrees, expected: Degrees) {
        let near = (found.lng - expected.lng).abs() < 1e-8 && (found.lat - expected.lat).abs() < 1e-8;
        assert!(near, "{found:?} ≠ {expected:?}");
    }

    #[test]
    fn known_places_convert_both_ways() {
        for [wgs84, gcj02, bd09] in GOLDEN {
            assert_near(from_wgs84(Crs::Gcj02, wgs84), gcj02);
            assert_near(from_wgs84(Crs::Bd09, wgs84), bd09);
            assert_near(to_wgs84(Crs::Gcj02, gcj02), wgs84);
            assert_near(to_wgs84(Crs::Bd09, bd09), wgs84);
            assert_eq!(to_wgs84(Crs::Cgcs2000, wgs84), wgs84);
        }
    }

    #[test]
    fn outside_the_box_nothing_is_shifted() {
        let tokyo = at(139.691_7, 35.689_5);
        assert!(!in_shift_box(tokyo));
        assert_eq!(from_wgs84(Crs::Gcj02, tokyo), tokyo);
        assert_eq!(to_wgs84(Crs::Gcj02, tokyo), tokyo);
    }

    #[test]
    fn numbers_that_are_no_place_end_too() {
        for wrong in [f64::NAN, f64::INFINITY, -1e300] {
            for crs in Crs::ALL {
                let _ = (to_wgs84(*crs, at(wrong, wrong)), from_wgs84(*crs, at(wrong, 30.0)));
            }
        }
    }

    proptest! {
        #[test]
        fn every_place_comes_back(lng in 74.0..134.0_f64, lat in 18.0..53.0_f64) {
            for crs in Crs::ALL {
                let back = to_wgs84(*crs, from_wgs84(*crs, at(lng, lat)));
                prop_assert!(metres_between(at(lng, lat), back) < 1e-6);
            }
        }

        #[test]
        fn the_shift_is_hundreds_of_metres(lng in 74.0..134.0_f64, lat in 18.0..53.0_f64) {
            let metres = metres_between(at(lng, lat), from_wgs84(Crs::Gcj02, at(lng, lat)));
            prop_assert!((10.0..800.0).contains(&metres), "{metres} m");
        }
    }
}
