//! Compares the index with a linear search through all boundaries, and tests overlaps and borders.

use std::time::Instant;

use chrono::NaiveDate;
use domain::area::AreaLevel;
use domain::id::AreaId;
use domain::place::Point;
use entity::{area, area_code};
use fastrand::Rng;
use geo::{Area, Contains, MultiPolygon};
use uuid::Uuid;

use super::{Areas, shape};

const DAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();

/// Returns a random place in or near the bounding box of the demonstration district.
fn place(random: &mut Rng) -> Point {
    Point::from_e7(1_064_000_000 + random.i32(0..4_000_000), 265_000_000 + random.i32(0..3_000_000)).unwrap()
}

fn id(number: u128) -> AreaId {
    AreaId(Uuid::from_u128(number))
}

type AreaRows = (Vec<area::Model>, Vec<area_code::Model>);

fn add(rows: &mut AreaRows, code: &str, level: AreaLevel, parent: Option<&area::Model>, boundary: &str) -> area::Model {
    let number = rows.0.len() as u128 + 1;
    let path = format!("{}{number:010x}/", parent.map_or("", |parent| &parent.path));
    let model = area::Model {
        id: id(number),
        name: code.to_owned(),
        level,
        parent_id: parent.map(|parent| parent.id),
        path,
        boundary_kind: "official".to_owned(),
        boundary: Some(boundary.to_owned()),
        valid_from: NaiveDate::MIN,
        valid_to: None,
    };
    let code =
        area_code::Model { area_id: model.id, code: code.to_owned(), valid_from: NaiveDate::MIN, valid_to: None };
    rows.0.push(model.clone());
    rows.1.push(code);
    model
}

fn square(west: f64, south: f64, side: f64) -> String {
    let (east, north) = (west + side, south + side);
    format!(
        r#"{{"type":"Polygon","coordinates":[[[{west},{south}],[{east},{south}],[{east},{north}],[{west},{north}],[{west},{south}]]]}}"#
    )
}

fn district() -> AreaRows {
    let file: serde_json::Value = serde_json::from_str(include_str!("../../data/demo/areas.geojson")).unwrap();
    let mut rows: AreaRows = Default::default();
    for feature in file["features"].as_array().unwrap() {
        let text = |name: &str| feature["properties"][name].as_str().unwrap().to_owned();
        let parent = rows.0.iter().find(|row| row.name == text("parent")).cloned();
        let level = AreaLevel::from_code(&text("level").to_uppercase()).unwrap();
        add(&mut rows, &text("code"), level, parent.as_ref(), &feature["geometry"].to_string());
    }
    rows
}

#[test]
fn ten_thousand_places_are_found_as_by_looking_at_every_boundary() {
    let (rows, codes) = district();
    let areas = Areas::build(rows.clone(), codes).unwrap();
    let mut all: Vec<(&area::Model, MultiPolygon, f64)> = rows
        .iter()
        .map(|row| {
            let boundary = shape::stored(row.boundary.as_ref().unwrap()).unwrap();
            let size = boundary.unsigned_area();
            (row, boundary, size)
        })
        .collect();
    all.sort_by(|one, other| {
        other.0.level.cmp(&one.0.level).then(one.2.total_cmp(&other.2)).then(one.0.name.cmp(&other.0.name))
    });
    let mut random = Rng::with_seed(7);
    let (mut outside, mut grids) = (0, 0);
    for _ in 0..10_000 {
        let point = place(&mut random);
        let here = geo::Point::new(point.lng(), point.lat());
        let around: Vec<_> = all.iter().filter(|(_, boundary, _)| boundary.contains(&here)).collect();
        let township = around.iter().filter(|(row, ..)| row.level == AreaLevel::Township);
        let township = township.min_by(|one, other| one.2.total_cmp(&other.2));
        let in_it = |row: &area::Model| township.is_none_or(|(above, ..)| row.path.starts_with(&above.path));
        let expected = around.iter().find(|(row, ..)| in_it(row)).map(|(row, ..)| row.id);
        let found = areas.at(point, DAY);
        assert_eq!(found.smallest(), expected, "{point:?}");
        outside += u32::from(expected.is_none());
        grids += u32::from(expected.and_then(|id| areas.get(id)).is_some_and(|node| node.level == AreaLevel::Grid));
    }
    assert!(outside > 1_000 && grids > 1_000, "the places are spread: {outside} outside, {grids} in grids");
}

#[test]
fn a_place_is_found_in_microseconds() {
    let (rows, codes) = district();
    let areas = Areas::build(rows, codes).unwrap();
    let mut random = Rng::with_seed(11);
    let places: Vec<Point> = (0..10_000).map(|_| place(&mut random)).collect();
    let start = Instant::now();
    let found = places.iter().filter(|point| areas.at(**point, DAY).smallest().is_some()).count();
    let each = start.elapsed().as_secs_f64() * 1e6 / 10_000.0;
    println!("{each:.2} microseconds a place, {found} found");
    assert!(each < 500.0, "{each} microseconds a place, even without optimisation");
}

#[test]
fn overlaps_fall_to_the_smallest_township_then_the_first_code() {
    let mut rows = AreaRows::default();
    let county = add(&mut rows, "1", AreaLevel::County, None, &square(106.0, 26.0, 1.0));
    let large = add(&mut rows, "10", AreaLevel::Township, Some(&county), &square(106.1, 26.1, 0.4));
    let small = add(&mut rows, "11", AreaLevel::Township, Some(&county), &square(106.3, 26.3, 0.3));
    let same = add(&mut rows, "12", AreaLevel::Township, Some(&county), &square(106.3, 26.3, 0.3));
    let village = add(&mut rows, "100", AreaLevel::Village, Some(&large), &square(106.4, 26.4, 0.3));
    for _ in 0..rows.0.len() {
        rows.0.rotate_left(1);
        let areas = Areas::build(rows.0.clone(), rows.1.clone()).unwrap();
        for (lng, expected, overlap) in [
            (106.05, &county, false),
            (106.2, &large, false),
            (106.35, &small, true),
            (106.45, &small, true), // the village of the larger township does not decide
            (106.59, &small, true),
        ] {
            let found = areas.at(Point::parse(lng, lng - 80.0).unwrap(), DAY);
            assert_eq!((found.smallest(), found.overlap), (Some(expected.id), overlap), "{lng}");
        }
        let in_village = areas.at(Point::parse(106.55, 26.65).unwrap(), DAY);
        assert_eq!(in_village.chain, [county.id, large.id, village.id], "the tree says what lies above");
        assert!(areas.is_within(village.id, county.id) && !areas.is_within(village.id, same.id));
    }
}

/// A functional zone 功能区 is drawn over villages and grids of two townships. Its reports are its own, and go to its own
/// grids where it has any; outside it, nothing changes.
#[test]
fn a_functional_zone_wins_over_the_villages_below_it() {
    let mut rows = AreaRows::default();
    let county = add(&mut rows, "1", AreaLevel::County, None, &square(106.0, 26.0, 1.0));
    let township = add(&mut rows, "10", AreaLevel::Township, Some(&county), &square(106.1, 26.1, 0.6));
    let village = add(&mut rows, "100", AreaLevel::Village, Some(&township), &square(106.2, 26.2, 0.3));
    let grid = add(&mut rows, "1000", AreaLevel::Grid, Some(&village), &square(106.2, 26.2, 0.2));
    let zone = add(&mut rows, "19", AreaLevel::Township, Some(&county), &square(106.3, 26.3, 0.3));
    let own_grid = add(&mut rows, "1900", AreaLevel::Grid, Some(&zone), &square(106.5, 26.5, 0.1));
    let undrawn = area::Model { boundary: None, ..add(&mut rows, "18", AreaLevel::Township, Some(&county), "") };
    *rows.0.last_mut().unwrap() = undrawn.clone();
    let of_undrawn = add(&mut rows, "180", AreaLevel::Village, Some(&undrawn), &square(106.56, 26.3, 0.02));
    for _ in 0..rows.0.len() {
        rows.0.rotate_left(1);
        let areas = Areas::build(rows.0.clone(), rows.1.clone()).unwrap();
        for (lng, lat, chain, overlap) in [
            (106.05, 26.05, vec![&county], false),
            (106.15, 26.15, vec![&county, &township], false),
            (106.45, 26.25, vec![&county, &township, &village], false),
            (106.25, 26.25, vec![&county, &township, &village, &grid], false),
            (106.35, 26.35, vec![&county, &zone], true), // the grid of the township lies below the zone
            (106.45, 26.45, vec![&county, &zone], true),
            (106.55, 26.55, vec![&county, &zone, &own_grid], true),
            (106.57, 26.31, vec![&county, &undrawn, &of_undrawn], true), // its village speaks for it
        ] {
            let found = areas.at(Point::parse(lng, lat).unwrap(), DAY);
            let expected: Vec<AreaId> = chain.iter().map(|area| area.id).collect();
            assert_eq!((found.chain, found.overlap), (expected, overlap), "{lng} {lat}");
        }
    }
}

#[test]
fn on_the_border_of_the_smallest_the_overlap_of_two_others_is_said() {
    let mut rows = AreaRows::default();
    let small = add(&mut rows, "10", AreaLevel::Township, None, &square(106.2, 26.2, 0.1));
    add(&mut rows, "11", AreaLevel::Township, None, &square(106.0, 26.0, 0.4));
    let areas = |rows: &AreaRows| Areas::build(rows.0.clone(), rows.1.clone()).unwrap();
    let found = |areas: &Areas| areas.at(Point::parse(106.2, 26.25).unwrap(), DAY);
    assert_eq!((found(&areas(&rows)).smallest(), found(&areas(&rows)).overlap), (Some(small.id), false));
    add(&mut rows, "12", AreaLevel::Township, None, &square(106.1, 26.1, 0.4));
    assert_eq!((found(&areas(&rows)).smallest(), found(&areas(&rows)).overlap), (Some(small.id), true));
}

#[test]
fn a_shared_border_belongs_to_one_side_and_is_said() {
    let mut rows = AreaRows::default();
    let west = add(&mut rows, "1", AreaLevel::County, None, &square(106.0, 26.0, 0.1));
    let east = add(&mut rows, "2", AreaLevel::County, None, &square(106.1, 26.0, 0.1));
    let areas = Areas::build(rows.0, rows.1).unwrap();
    let at = |lng: f64| areas.at(Point::parse(lng, 26.05).unwrap(), DAY);
    for (lng, area, near) in [
        (106.1, &west, vec![west.id, east.id]),
        (106.100_4, &east, vec![west.id, east.id]), // 40 m
        (106.100_6, &east, vec![]),                 // 60 m
        (106.000_4, &west, vec![west.id]),
    ] {
        let found = at(lng);
        assert_eq!((found.smallest(), found.overlap), (Some(area.id), false), "{lng}");
        assert_eq!(found.near_border, near, "{lng}");
    }
    let outside = at(105.999_6);
    assert_eq!((outside.smallest(), outside.near_border), (None, vec![west.id]));
}

#[test]
fn an_area_that_has_ended_is_not_found() {
    let mut rows = AreaRows::default();
    let county = add(&mut rows, "1", AreaLevel::County, None, &square(106.0, 26.0, 1.0));
    let gone = add(&mut rows, "10", AreaLevel::Township, Some(&county), &square(106.0, 26.0, 0.5));
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    rows.0[1].valid_to = Some(day("2026-01-01"));
    let areas = Areas::build(rows.0, rows.1).unwrap();
    let point = Point::parse(106.2, 26.2).unwrap();
    assert_eq!(areas.at(point, day("2025-12-31")).smallest(), Some(gone.id));
    assert_eq!(areas.at(point, day("2026-01-01")).smallest(), Some(county.id));
    assert_eq!(areas.children(Some(county.id), day("2026-01-01")).count(), 0);
    assert!(areas.by_code("10", day("2026-01-01")).is_none() && areas.by_last_code("10").is_some());
}
