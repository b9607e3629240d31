//! What the binary carries for the story: scenes, photos, officers.

use chrono::{DateTime, TimeDelta, Utc};
use domain::place::{Crs, Point};
use geo::InteriorPoint;
use serde::Deserialize;

use super::outcome::{Broken, StepResult};
use crate::area::shape;
use crate::policy::defaults::{DEMO, DEMO_OFFICERS, DEMO_SCENES};

macro_rules! photos {
    ($($name:literal),+ $(,)?) => {
        /// The photos, by the names that the scenes give them.
        const PHOTOS: &[(&str, &[u8])] = &[$(($name, include_bytes!(concat!("../../data/demo/photos/", $name)))),+];
    };
}

photos![
    "dike-after.jpg",
    "dike-before.jpg",
    "eatery-after.jpg",
    "eatery-before.jpg",
    "scenic-after.jpg",
    "scenic-before.jpg",
    "site-before.jpg",
    "slope-after.jpg",
    "slope-before.jpg",
    "wall-after.jpg",
    "wall-again.jpg",
    "wall-before.jpg",
];

/// How the days in the EXIF of all photos begin: year and month, eight characters; two for the day follow.
const EXIF_MONTH: &[u8] = b"2026:06:";
/// China Standard Time, hours before UTC.
const CHINA_HOURS: i64 = 8;

/// One report of the story, as its file tells it.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Scene {
    /// Its short name.
    pub(super) id: String,
    /// What the reporter writes.
    pub(super) text: String,
    /// Where.
    pub(super) place: ScenePlace,
    /// The Chinese name of the category, if the reporter picks one.
    pub(super) category: Option<String>,
    /// The photo that is sent.
    pub(super) photo: Option<String>,
    /// The photo after the work.
    pub(super) after: Option<String>,
    /// Whether people are in danger now.
    pub(super) emergency: bool,
}

/// Where a scene plays: in a grid, or at a point.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct ScenePlace {
    grid: Option<String>,
    lng: Option<f64>,
    lat: Option<f64>,
    /// The place in words.
    pub(super) address: String,
}

impl ScenePlace {
    /// Longitude and latitude in GCJ02, as a Chinese phone gives them: a point inside the grid, or the named one.
    pub(super) fn gcj02(&self) -> StepResult<(f64, f64)> {
        if let (Some(lng), Some(lat)) = (self.lng, self.lat) {
            return Ok((lng, lat));
        }
        let grid = self.grid.as_deref().unwrap_or_default();
        let (lng, lat) = inside(grid).ok_or_else(|| Broken::because(format!("no grid {grid} in the district")))?;
        let point = Point::parse(lng, lat).map_err(|refusal| Broken::because(format!("{grid}: {refusal}")))?;
        let there = point.in_crs(Crs::Gcj02);
        Ok((there.lng, there.lat))
    }
}

/// Every scene, in the order of its file.
pub(super) fn scenes() -> StepResult<Vec<Scene>> {
    serde_json::from_str(DEMO_SCENES).map_err(|error| Broken::because(format!("scenes.json: {error}")))
}

/// A point inside the area with this code, WGS84.
fn inside(code: &str) -> Option<(f64, f64)> {
    let file = DEMO.iter().find(|file| file.name.ends_with("areas.geojson"))?;
    let whole: geojson::FeatureCollection = serde_json::from_slice(file.bytes).ok()?;
    let feature = whole.features.into_iter().find(|feature| {
        feature.property("code").and_then(serde_json::Value::as_str).is_some_and(|known| known == code)
    })?;
    let shape = shape::polygons(feature.geometry.as_ref()?).ok()??;
    shape.interior_point().map(|point| (point.x(), point.y()))
}

/// The bytes of a photo, as if it had been taken on the day of `at` in China: its EXIF says so.
pub(super) fn photo(name: &str, at: DateTime<Utc>) -> StepResult<Vec<u8>> {
    let known = PHOTOS.iter().find(|(known, _)| *known == name);
    let (_, bytes) = known.ok_or_else(|| Broken::because(format!("no photo {name}")))?;
    let day = china(at, "%Y:%m:%d");
    let windows = bytes.windows(EXIF_MONTH.len()).enumerate();
    let places: Vec<usize> = windows.filter(|(_, window)| *window == EXIF_MONTH).map(|(place, _)| place).collect();
    let mut dated = bytes.to_vec();
    for place in places {
        dated.iter_mut().skip(place).zip(day.bytes()).for_each(|(to, from)| *to = from);
    }
    Ok(dated)
}

/// A time as clocks in China show it.
pub(super) fn china(at: DateTime<Utc>, format: &str) -> String {
    (at + TimeDelta::hours(CHINA_HOURS)).format(format).to_string()
}

/// An officer of the district.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Officer {
    /// The number by which the unit knows them; it says who they are.
    pub(super) staff_no: String,
    /// Chinese name, invented.
    pub(super) name: String,
    /// The number by which they log in, invented.
    pub(super) phone: String,
}

/// Every officer of the district.
pub(super) fn officers() -> StepResult<Vec<Officer>> {
    let rows: Result<Vec<Officer>, csv::Error> = csv::Reader::from_reader(DEMO_OFFICERS).into_deserialize().collect();
    rows.map_err(|error| Broken::because(format!("officers.csv: {error}")))
}
