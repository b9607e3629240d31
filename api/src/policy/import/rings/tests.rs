//! Compares the check with `geo`'s validation, on small boundaries that meet in every possible way.

use fastrand::Rng;
use geo::{LineString, Polygon, Validation};

use super::*;

/// Returns a closed ring of 3 to 8 corners on a small grid, so that corners and edges often coincide.
fn ring(random: &mut Rng) -> LineString {
    let corners = random.usize(3..=8);
    let (west, south, size) = (random.i32(0..6), random.i32(0..6), random.i32(1..=4));
    let mut corner = || [f64::from(west + random.i32(0..=size)), f64::from(south + random.i32(0..=size))];
    let mut ring: Vec<[f64; 2]> = (0..corners).map(|_| corner()).collect();
    ring.extend(ring.first().copied());
    LineString::from(ring)
}

/// Returns a rectangle, so that nested and touching rings occur often.
fn rectangle(random: &mut Rng) -> LineString {
    let (west, south) = (f64::from(random.i32(0..8)), f64::from(random.i32(0..8)));
    let (east, north) = (west + f64::from(random.i32(1..=5)), south + f64::from(random.i32(1..=5)));
    LineString::from(vec![[west, south], [east, south], [east, north], [west, north], [west, south]])
}

fn boundary(random: &mut Rng) -> MultiPolygon {
    let any = |random: &mut Rng| if random.u8(0..4) == 0 { ring(random) } else { rectangle(random) };
    let polygon = |random: &mut Rng| {
        let holes = random.usize(0..=2);
        let outer = any(random);
        Polygon::new(outer, (0..holes).map(|_| any(random)).collect())
    };
    MultiPolygon((0..random.usize(1..=3)).map(|_| polygon(random)).collect())
}

#[test]
fn the_same_boundaries_are_valid_as_for_the_check_of_every_pair() {
    let mut random = Rng::with_seed(11);
    let (mut good, mut bad) = (0, 0);
    for _ in 0..60_000 {
        let shape = boundary(&mut random);
        let faults = faults(&shape, 5, &Progress::hidden());
        let by_tree = compare(edges(&rings(&shape)));
        let by_sweep = sweep(&edges(&rings(&shape)), &Progress::hidden());
        let by_sweep = by_sweep.unwrap_or_else(|| panic!("the order was lost: {shape:?}"));
        assert_eq!(by_tree.has_fault(), by_sweep.has_fault(), "{shape:?}: {by_tree:?}, {by_sweep:?}");
        // `geo` takes a ring without an area.
        let is_flat =
            rings(&shape).iter().any(|ring| Polygon::new(ring.line.clone(), Vec::new()).unsigned_area() == 0.0);
        assert_eq!(
            faults.is_empty(),
            shape.is_valid() && !is_flat,
            "{shape:?}: {faults:?}, {:?}",
            shape.validation_errors()
        );
        if faults.is_empty() { good += 1 } else { bad += 1 }
    }
    assert!(good > 1_000 && bad > 1_000, "{good} good, {bad} bad");
}

/// Returns a star-shaped ring with this many corners, which does not cross itself.
fn coast(corners: u32) -> MultiPolygon {
    let mut random = Rng::with_seed(u64::from(corners));
    let corner = |at: u32| {
        let (east, north) = (std::f64::consts::TAU * f64::from(at) / f64::from(corners)).sin_cos();
        let far = 0.5 + 0.2 * random.f64();
        [106.6 + far * east, 26.6 + far * north]
    };
    let mut ring: Vec<[f64; 2]> = (0..corners).map(corner).collect();
    ring.extend(ring.first().copied());
    MultiPolygon(vec![Polygon::new(LineString::from(ring), Vec::new())])
}

#[test]
fn a_long_coast_is_valid_and_its_corners_in_another_order_are_not() {
    let shape = coast(20_000);
    assert_eq!(faults(&shape, 5, &Progress::hidden()), Vec::<String>::new());
    let mut corners = shape.0[0].exterior().0.clone();
    let inner = 1..corners.len() - 1;
    Rng::with_seed(3).shuffle(&mut corners[inner]);
    let mixed = MultiPolygon(vec![Polygon::new(LineString(corners), Vec::new())]);
    let found = faults(&mixed, 5, &Progress::hidden());
    assert!(found.len() == 1 && found[0].starts_with("ring 1 has a self-intersection near [10"), "{found:?}");
}

#[test]
fn each_fault_is_named_with_its_rings_and_its_place() {
    let square = |west: f64, south: f64, size: f64| {
        let (east, north) = (west + size, south + size);
        LineString::from(vec![[west, south], [east, south], [east, north], [west, north], [west, south]])
    };
    let with = |holes: Vec<LineString>| MultiPolygon(vec![Polygon::new(square(0.0, 0.0, 10.0), holes)]);
    let two = |west: f64, south: f64| {
        let of = |ring| Polygon::new(ring, Vec::new());
        MultiPolygon(vec![of(square(0.0, 0.0, 10.0)), of(square(west, south, 4.0))])
    };
    for (shape, expected) in [
        (with(vec![square(2.0, 2.0, 3.0)]), None),
        (with(vec![square(20.0, 2.0, 3.0)]), Some("ring 2 is a hole")),
        (with(vec![square(8.0, 2.0, 4.0)]), Some("rings 1 and 2 cross near")),
        (with(vec![square(0.0, 2.0, 4.0)]), Some("rings 1 and 2 run along the same line near")),
        (with(vec![square(2.0, 2.0, 5.0), square(3.0, 3.0, 1.0)]), Some("rings 2 and 3 are holes that overlap")),
        (two(20.0, 0.0), None),
        (two(10.0, 10.0), None),
        (two(3.0, 3.0), Some("polygons 1 and 2 overlap")),
        (two(10.0, 2.0), Some("run along the same line")),
        (MultiPolygon(vec![Polygon::new(square(1.0, 1.0, 0.0), Vec::new())]), Some("fewer than 3 different corners")),
    ] {
        let found = faults(&shape, 5, &Progress::hidden());
        match expected {
            None => assert_eq!(found, Vec::<String>::new()),
            Some(part) => assert!(found.iter().any(|fault| fault.contains(part)), "{part}: {found:?}"),
        }
    }
}
