//! Proximity queries: the cell ranges and grid squares that cover the surroundings of a place.

use super::{Point, cell};

/// Minimum length of one degree of latitude (at the equator), in metres.
const DEGREE_METRES: f64 = 110_574.0;
/// Number of cell units per degree: one unit is 2·10⁻⁷ degree.
const DEGREE_UNITS: f64 = 5e6;
/// Maximum number of covering squares in each direction.
const ACROSS: i64 = 4;
/// The side of a [`square`] as a power of two: 2²⁰ units are about 0.21°, or 23 km from south to north.
const SQUARE: u32 = 20;
/// The reach of [`squares_near`] in each direction, in metres.
const NEAR_METRES: f64 = 5_000.0;

/// Returns inclusive cell ranges that contain every place within `metres` of this one. There are at most sixteen
/// ranges, and they cover at most nine times the area of the bounding box. Beyond 85° of latitude and across the
/// antimeridian they may miss nearby places.
#[must_use]
pub fn cover(point: Point, metres: u32) -> Vec<(i64, i64)> {
    let north = f64::from(metres) / DEGREE_METRES * DEGREE_UNITS;
    let east = north / point.lat().to_radians().cos().max(0.087);
    let (x, y) = ((i64::from(point.lng_e7()) + 1_800_000_000) >> 1, (i64::from(point.lat_e7()) + 900_000_000) >> 1);
    let (columns, rows) = (Units::around(x, east, 1_800_000_000), Units::around(y, north, 900_000_000));
    // The smallest square size for which at most ACROSS squares in each direction cover the bounding box.
    let size = (0..31).find(|size| columns.squares(*size) <= ACROSS && rows.squares(*size) <= ACROSS).unwrap_or(31);
    let mut ranges = Vec::new();
    for row in (rows.from >> size)..=(rows.to >> size) {
        for column in (columns.from >> size)..=(columns.to >> size) {
            let corner = corner(column << size, row << size);
            ranges.push((corner, corner + (1_i64 << (2 * size)) - 1));
        }
    }
    joined(ranges)
}

/// Returns the number of the grid square that contains a place: the leading bits of its Morton code. A square measures
/// about 0.21° in each direction (23 km from south to north). Nearby places mostly have the same number.
#[must_use]
pub fn square(point: Point) -> i64 {
    cell(point) >> (2 * SQUARE)
}

/// Returns the squares (see [`square`]) that contain every place within 5 km of this one: at most four. Beyond 60° of
/// latitude, north and south of every inhabited place in China, the reach from west to east is shorter.
#[must_use]
pub fn squares_near(point: Point) -> Vec<i64> {
    let north = NEAR_METRES / DEGREE_METRES * 1e7;
    // The degree of longitude is shortest at the northern (or southern) end of the surroundings.
    let farthest = (point.lat().abs() + NEAR_METRES / DEGREE_METRES).to_radians();
    let east = north / farthest.cos().max(0.5);
    let (east, north) = (e7(east), e7(north));
    let corner = |east: i32, north: i32| {
        Point::from_e7(point.lng_e7().saturating_add(east), point.lat_e7().saturating_add(north)).unwrap_or(point)
    };
    let corners = [(-east, -north), (-east, north), (east, -north), (east, north)];
    let mut squares: Vec<i64> = corners.into_iter().map(|(east, north)| square(corner(east, north))).collect();
    squares.push(square(point));
    squares.sort_unstable();
    squares.dedup();
    squares
}

#[expect(clippy::cast_possible_truncation, reason = "a tenth of a degree at most")]
fn e7(units: f64) -> i32 {
    units.ceil() as i32
}

/// An inclusive interval along one axis, in cell units.
#[derive(Clone, Copy)]
struct Units {
    from: i64,
    to: i64,
}

impl Units {
    #[expect(clippy::cast_possible_truncation, reason = "at most a few degrees")]
    fn around(middle: i64, reach: f64, most: i64) -> Self {
        let reach = reach.ceil() as i64 + 1;
        Self { from: (middle - reach).max(0), to: (middle + reach).min(most) }
    }

    /// Returns the number of squares with a side of 2^`size` units that the interval intersects.
    const fn squares(self, size: u32) -> i64 {
        (self.to >> size) - (self.from >> size) + 1
    }
}

/// Returns the Morton code at these cell units, counted from 180° W and 90° S; a code above all others if they lie
/// outside the valid range.
fn corner(x: i64, y: i64) -> i64 {
    let e7 = |units: i64, origin: i64| i32::try_from(units * 2 - origin).ok();
    e7(x, 1_800_000_000)
        .zip(e7(y, 900_000_000))
        .and_then(|(lng, lat)| Point::from_e7(lng, lat))
        .map_or(i64::MAX >> 2, cell)
}

/// Sorts the ranges and merges adjacent ones.
fn joined(mut ranges: Vec<(i64, i64)>) -> Vec<(i64, i64)> {
    ranges.sort_unstable();
    let mut joined: Vec<(i64, i64)> = Vec::new();
    for (from, to) in ranges {
        match joined.last_mut() {
            Some(last) if last.1 + 1 >= from => last.1 = last.1.max(to),
            _ => joined.push((from, to)),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::place::distance_metres;

    fn at(lng_e7: i32, lat_e7: i32) -> Point {
        Point::from_e7(lng_e7, lat_e7).unwrap()
    }

    /// From the southernmost islands with a town to the northernmost village of China, 5 km are 5 km in each direction.
    /// The places lie at the very edge of a square, so that their neighbours are in another one.
    #[test]
    fn five_kilometres_are_five_kilometres_at_every_latitude() {
        const UNITS: i32 = 1 << 21; // the side of a square in units of 10⁻⁷ degree
        let edge = |e7: i32, origin: i32| e7 - (e7 + origin) % UNITS;
        for lat in 18..=53 {
            let here = at(edge(1_064_000_000, 1_800_000_000 % UNITS), edge(lat * 10_000_000, 900_000_000 % UNITS));
            let squares = squares_near(here);
            for (east, north) in [(-1.0, 0.0), (1.0, 0.0), (0.0, -1.0), (0.0, 1.0), (-0.7, 0.7), (0.7, -0.7)] {
                let (north, width) = (north * 4_990.0 / 111_400.0, here.lat().to_radians().cos());
                let east = east * 4_990.0 / (111_400.0 * width);
                let there = at(here.lng_e7() + e7(east * 1e7), here.lat_e7() + e7(north * 1e7));
                let metres = distance_metres(here, there);
                assert!((4_900.0..5_000.0).contains(&metres) || metres < 5_000.0, "{lat}: {metres}");
                assert!(squares.contains(&square(there)), "{lat}° N, {east} {north}: {metres} m away");
            }
        }
    }

    proptest! {
        #[test]
        fn what_is_near_is_covered(
            lng in 730_000_000..1_350_000_000_i32,
            lat in 30_000_000..540_000_000_i32,
            east in -200_000..200_000_i32,
            north in -200_000..200_000_i32,
            metres in 1..3_000_u32,
        ) {
            let (here, there) = (at(lng, lat), at(lng + east, lat + north));
            let ranges = cover(here, metres);
            let covered = ranges.iter().any(|(from, to)| (*from..=*to).contains(&cell(there)));
            prop_assert!(ranges.len() <= 16 && ranges.is_sorted());
            prop_assert!(covered || distance_metres(here, there) > f64::from(metres));
        }

        #[test]
        fn what_is_within_five_kilometres_is_in_a_square_near(
            lng in 730_000_000..1_350_000_000_i32,
            lat in 30_000_000..540_000_000_i32,
            east in -900_000..900_000_i32,
            north in -500_000..500_000_i32,
        ) {
            let (here, there) = (at(lng, lat), at(lng + east, lat + north));
            let squares = squares_near(here);
            let found = squares.contains(&square(there));
            prop_assert!(squares.len() <= 4 && (found || distance_metres(here, there) > 5_000.0));
        }

        #[test]
        fn a_cover_holds_little_that_is_not_near(lng in 730_000_000..1_350_000_000_i32, lat in 30_000_000..540_000_000_i32) {
            let ranges = cover(at(lng, lat), 1_000);
            let covered: i64 = ranges.iter().map(|(from, to)| to - from + 1).sum();
            let square_metre = 1.0 / (0.022 * 0.022 * f64::from(lat / 10_000_000).to_radians().cos());
            #[expect(clippy::cast_precision_loss, reason = "small numbers")]
            let metres = covered as f64 / square_metre;
            prop_assert!(metres < 9.5 * 2_000.0 * 2_000.0, "{metres}");
        }
    }
}
