//! Parses the features of a `GeoJSON` file and validates each of them.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::area::AreaLevel;
use geojson::Geometry;
use serde_json::{Map, Value};

use super::file::ImportSource;
use super::geometry;
use super::problem::Problems;
use super::progress::Progress;
use super::values::{self, day, is_code, narrow, no_day, trimmed};

/// The default first day of an area: the founding day of the People's Republic.
const FIRST_DAY: Option<NaiveDate> = NaiveDate::from_ymd_opt(1949, 10, 1);
const BOUNDARY_KINDS: &[&str] = &["official", "real", "partition", "none"];
const PROPERTIES: &[&str] = &["code", "name", "level", "parent", "boundary", "validFrom", "validTo"];

/// An area feature of a file.
#[derive(Debug)]
pub(crate) struct Feature {
    /// The line number of its code.
    pub line: u64,
    /// The code of the area.
    pub code: String,
    /// The Chinese name.
    pub name: String,
    /// The level in the area tree.
    pub level: AreaLevel,
    /// The code of the parent area; `None` for a root.
    pub parent: Option<String>,
    /// The origin of the boundary: `official`, `real`, `partition` or `none`.
    pub boundary_kind: String,
    /// The boundary in its stored form; `None` if the area has none.
    pub boundary: Option<String>,
    /// The first day of validity, if the file states one.
    pub valid_from: Option<NaiveDate>,
    /// The exclusive end of validity.
    pub valid_to: Option<NaiveDate>,
}

impl Feature {
    /// Returns the first day of validity, which defaults to 1949-10-01.
    #[must_use]
    pub(crate) fn valid_from(&self) -> NaiveDate {
        self.valid_from.or(FIRST_DAY).unwrap_or_default()
    }
}

/// Parses the features of a file and validates their boundaries. Long boundaries take some seconds.
pub(crate) fn read(source: &ImportSource, problems: &mut Problems) -> Vec<Feature> {
    let text = source.text.as_str();
    let whole: Value = match serde_json::from_str(text) {
        Ok(whole) => whole,
        Err(error) => {
            problems.line(error.line() as u64, format!("the file is not valid JSON: {error}"));
            return Vec::new();
        }
    };
    let crs = whole.get("crs").filter(|crs| !crs.is_null()).map(ToString::to_string).unwrap_or_default();
    if !crs.is_empty() && !["CRS84", "4326", "4490"].iter().any(|good| crs.contains(good)) {
        problems.file(format!("its coordinates are in {crs}: convert them to WGS84"));
    }
    let Value::Object(mut whole) = whole else {
        problems.file("the file is not a FeatureCollection");
        return Vec::new();
    };
    let (Some(Value::Array(features)), Some("FeatureCollection")) =
        (whole.remove("features"), whole.get("type").and_then(Value::as_str))
    else {
        problems.file("the file is not a FeatureCollection");
        return Vec::new();
    };
    let corners = features.iter().filter_map(|feature| feature.get("geometry")?.get("coordinates")).map(corners).sum();
    let progress = Progress::of("corners of boundaries checked", corners);
    let mut reader = FeatureReader { lines: lines_of_codes(text), seen: HashMap::new(), progress, problems };
    features.into_iter().enumerate().filter_map(|(at, feature)| reader.feature(at + 1, feature)).collect()
}

/// Counts the corners in `GeoJSON` coordinates, at any nesting depth.
fn corners(coordinates: &Value) -> usize {
    match coordinates.as_array() {
        Some(corner) if corner.first().is_some_and(Value::is_number) => 1,
        Some(parts) => parts.iter().map(corners).sum(),
        None => 0,
    }
}

/// Maps each code to the line number on which it first occurs as the value of `"code"`.
fn lines_of_codes(text: &str) -> HashMap<String, u64> {
    let mut lines = HashMap::new();
    for (at, line) in (1..).zip(text.lines()) {
        for after in line.split("\"code\"").skip(1) {
            let code = after.trim_start().trim_start_matches(':').trim_start().trim_start_matches('"');
            let code: String = code.chars().take_while(|c| !matches!(c, '"' | ',' | '}')).collect();
            lines.entry(code).or_insert(at);
        }
    }
    lines
}

/// The parsed boundary of a feature.
enum Boundary {
    None,
    Stored(String),
}

impl Boundary {
    fn stored(self) -> Option<String> {
        match self {
            Self::None => None,
            Self::Stored(text) => Some(text),
        }
    }
}

struct FeatureReader<'a> {
    lines: HashMap<String, u64>,
    seen: HashMap<String, u64>,
    progress: Progress,
    problems: &'a mut Problems,
}

impl FeatureReader<'_> {
    fn feature(&mut self, number: usize, feature: Value) -> Option<Feature> {
        let Value::Object(mut feature) = feature else {
            self.problems.file(format!("feature {number} is not an object"));
            return None;
        };
        let geometry = feature.remove("geometry").unwrap_or_default();
        let Some(Value::Object(properties)) = feature.remove("properties") else {
            self.problems.file(format!("feature {number} has no properties: give code, name, level, parent, boundary"));
            return None;
        };
        let code = properties.get("code").map(plain); // as it stands in the file
        let line = code.and_then(|code| self.lines.get(&code)).copied().unwrap_or_default();
        self.check_names(line, &properties);
        let code = self.code(line, number, &properties);
        let parent = self.plain_code(line, "parent", &properties);
        let (name, level) = (self.text(line, "name", &properties), self.level(line, &properties));
        let (valid_from, valid_to) = self.days(line, &properties);
        let boundary_kind = self.text(line, "boundary", &properties).map(|kind| narrow(&kind).to_lowercase());
        let boundary = boundary_kind.as_deref().and_then(|kind| self.boundary(line, kind, geometry));
        Some(Feature {
            line,
            code: code?,
            name: name?,
            level: level?,
            parent,
            boundary: boundary?.stored(),
            boundary_kind: boundary_kind?,
            valid_from,
            valid_to,
        })
    }

    fn days(&mut self, line: u64, properties: &Map<String, Value>) -> (Option<NaiveDate>, Option<NaiveDate>) {
        let (from, to) = (self.day(line, "validFrom", properties), self.day(line, "validTo", properties));
        if from.zip(to).is_some_and(|(from, to)| to <= from) {
            self.problems.at(line, "validTo", "the end is not after validFrom");
        }
        (from, to)
    }

    /// Records properties whose names differ from ours only in case or underscores, because they would silently be
    /// ignored.
    fn check_names(&mut self, line: u64, properties: &Map<String, Value>) {
        for name in properties.keys() {
            let meant =
                PROPERTIES.iter().find(|ours| ours.eq_ignore_ascii_case(&name.replace('_', "")) && **ours != name);
            if let Some(meant) = meant {
                self.problems.at(line, name, format!("write the property as `{meant}`"));
            }
        }
    }

    fn code(&mut self, line: u64, number: usize, properties: &Map<String, Value>) -> Option<String> {
        if properties.get("code").is_none_or(|code| plain(code).is_empty()) {
            self.problems.file(format!("feature {number} has no property `code`: add it"));
            return None;
        }
        let code = self.plain_code(line, "code", properties)?;
        if !is_code(&code) {
            self.problems.at(
                line,
                "code",
                format!("`{code}` is not a code: 12 digits, 15 for a grid, or letters, digits and `-` for a zone"),
            );
            return None;
        }
        if let Some(first) = self.seen.insert(code.clone(), number as u64) {
            self.problems.at(
                line,
                "code",
                format!("`{code}` is the code of features {first} and {number}: remove one"),
            );
            return None;
        }
        Some(code)
    }

    /// Reads a code in any form that means one thing; `None` if there is none, or after recording a problem.
    fn plain_code(&mut self, line: u64, name: &str, properties: &Map<String, Value>) -> Option<String> {
        let text = properties.get(name).map(plain)?;
        match values::code(&text) {
            Ok(code) => Some(code).filter(|code| !code.is_empty()),
            Err(what) => {
                self.problems.at(line, name, what);
                None
            }
        }
    }

    fn text(&mut self, line: u64, name: &str, properties: &Map<String, Value>) -> Option<String> {
        let text = properties.get(name).and_then(Value::as_str).map(trimmed).unwrap_or_default();
        if text.is_empty() || text.chars().count() > 100 {
            self.problems.at(line, name, "it is missing or longer than 100 characters: fill in a text");
            return None;
        }
        Some(text.to_owned())
    }

    fn level(&mut self, line: u64, properties: &Map<String, Value>) -> Option<AreaLevel> {
        let text = self.text(line, "level", properties)?;
        let level = AreaLevel::from_code(&narrow(&text).to_uppercase());
        if level.is_none() {
            self.problems.at(
                line,
                "level",
                format!("`{text}` is not a level: province, city, county, township, village or grid"),
            );
        }
        level
    }

    fn day(&mut self, line: u64, name: &str, properties: &Map<String, Value>) -> Option<NaiveDate> {
        let text = properties.get(name).map(plain).filter(|text| !text.is_empty())?;
        let found = day(&text);
        if found.is_none() {
            self.problems.at(line, name, no_day(&text));
        }
        found
    }

    fn boundary(&mut self, line: u64, kind: &str, geometry: Value) -> Option<Boundary> {
        let wrong = match (kind, geometry) {
            (other, _) if !BOUNDARY_KINDS.contains(&other) => {
                format!("`{other}` is unknown: write one of {}", BOUNDARY_KINDS.join(", "))
            }
            ("none", Value::Null) => return Some(Boundary::None),
            ("none", _) => "it says none although there is a geometry: state where the geometry comes from".to_owned(),
            (_, Value::Null) => "there is no geometry: add the boundary, or write none here".to_owned(),
            (_, geometry) => return self.geometry(line, geometry).map(Boundary::Stored),
        };
        self.problems.at(line, "boundary", wrong);
        None
    }

    fn geometry(&mut self, line: u64, geometry: Value) -> Option<String> {
        let read = serde_json::from_value::<Geometry>(geometry).map_err(|error| vec![error.to_string()]);
        match read.and_then(|read| geometry::check(&read, &self.progress).map(|_| read)) {
            Ok(read) => Some(read.to_string()),
            Err(wrong) => {
                self.problems.all_at(line, "geometry", wrong);
                None
            }
        }
    }
}

/// Returns a string or number as text; empty for null.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => trimmed(text).to_owned(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}
