//! The embedded files of the story: scenes, photos, officers.

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

/// The year and month in the EXIF dates of all photos: eight characters, followed by two digits for the day.
const EXIF_MONTH: &[u8] = b"2026:06:";
/// The UTC offset of China Standard Time, in hours.
const CHINA_HOURS: i64 = 8;

/// A scene, as described in its file: a report, and what the later steps need.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct DemoScene {
    /// The short name of the scene.
    pub(super) id: String,
    /// The text of the report.
    pub(super) text: String,
    /// The place.
    pub(super) place: ScenePlace,
    /// The Chinese name of the category, if the reporter picks one.
    pub(super) category: Option<String>,
    /// The file name of the photo in the report.
    pub(super) photo: Option<String>,
    /// The file name of the photo after the work.
    pub(super) after: Option<String>,
    /// Whether people are in danger now.
    pub(super) emergency: bool,
}

/// The place of a scene: a grid or a point.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct ScenePlace {
    grid: Option<String>,
    lng: Option<f64>,
    lat: Option<f64>,
    /// The address or description of the place.
    pub(super) address: String,
}

impl ScenePlace {
    /// Returns longitude and latitude in GCJ02, as Chinese phones send them: the given point, or one inside the grid.
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

/// Returns every scene, in the order of the file.
pub(super) fn scenes() -> StepResult<Vec<DemoScene>> {
    serde_json::from_str(DEMO_SCENES).map_err(|error| Broken::because(format!("scenes.json: {error}")))
}

/// Returns a point in WGS84 inside the area with this code.
fn inside(code: &str) -> Option<(f64, f64)> {
    let file = DEMO.iter().find(|file| file.name.ends_with("areas.geojson"))?;
    let whole: geojson::FeatureCollection = serde_json::from_slice(file.bytes).ok()?;
    let feature = whole.features.into_iter().find(|feature| {
        feature.property("code").and_then(serde_json::Value::as_str).is_some_and(|known| known == code)
    })?;
    let shape = shape::polygons(feature.geometry.as_ref()?).ok()??;
    shape.interior_point().map(|point| (point.x(), point.y()))
}

/// Returns the bytes of a photo. Its EXIF data says that it was taken on the day of `at` in China.
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

/// Formats a time in China Standard Time.
pub(super) fn china(at: DateTime<Utc>, format: &str) -> String {
    (at + TimeDelta::hours(CHINA_HOURS)).format(format).to_string()
}

/// An officer of the district.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct DemoOfficer {
    /// The staff number.
    pub(super) staff_no: String,
    /// The invented Chinese name.
    pub(super) name: String,
    /// The invented phone number, with which the officer logs in.
    pub(super) phone: String,
}

/// Returns every officer of the district.
pub(super) fn officers() -> StepResult<Vec<DemoOfficer>> {
    let rows: Result<Vec<DemoOfficer>, csv::Error> =
        csv::Reader::from_reader(DEMO_OFFICERS).into_deserialize().collect();
    rows.map_err(|error| Broken::because(format!("officers.csv: {error}")))
}
