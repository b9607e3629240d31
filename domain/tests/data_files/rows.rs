//! The rows of the files as an importer reads them, and the checks that several tests share.

use std::collections::BTreeSet;
use std::path::PathBuf;

use chrono::NaiveDate;
use domain::staff::{Role, UnitKind};
use domain::time::DayKind;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

pub(crate) fn text(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../api/data").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub(crate) fn rows<T: DeserializeOwned>(name: &str) -> Vec<T> {
    let text = text(name);
    csv::Reader::from_reader(text.as_bytes())
        .deserialize()
        .map(|row| row.unwrap_or_else(|error| panic!("{name}: {error}")))
        .collect()
}

/// Returns the keys, and checks that each occurs once.
pub(crate) fn keys<K: Ord + std::fmt::Debug>(all: impl IntoIterator<Item = K>) -> BTreeSet<K> {
    let mut keys = BTreeSet::new();
    for key in all {
        assert!(!keys.contains(&key), "{key:?} stands there twice");
        keys.insert(key);
    }
    keys
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CodeRow {
    pub(crate) list: String,
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) name_en: String,
    pub(crate) valid_from: NaiveDate,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CategoryRow {
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) name_en: String,
    pub(crate) place_kind: String,
    pub(crate) industry: String,
    pub(crate) disaster_kind: String,
    pub(crate) valid_from: NaiveDate,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DayRow {
    pub(crate) date: NaiveDate,
    pub(crate) kind: DayKind,
    pub(crate) name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct UnitRow {
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) kind: UnitKind,
    pub(crate) area_code: String,
    pub(crate) parent_code: String,
    pub(crate) valid_from: NaiveDate,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DutyRow {
    pub(crate) area_code: String,
    pub(crate) category: String,
    pub(crate) lead_unit: String,
    pub(crate) support_units: String,
    pub(crate) township_may_lead: bool,
    pub(crate) township_tasks: String,
    pub(crate) valid_from: NaiveDate,
    pub(crate) basis: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OfficerRow {
    pub(crate) staff_no: String,
    pub(crate) name: String,
    pub(crate) unit_code: String,
    pub(crate) phone: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PostRow {
    pub(crate) staff_no: String,
    pub(crate) role: Role,
    pub(crate) unit_code: String,
    pub(crate) area_code: String,
    pub(crate) valid_from: NaiveDate,
    pub(crate) valid_to: Option<NaiveDate>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PolicyRow {
    pub(crate) kind: String,
    pub(crate) area: String,
    pub(crate) valid_from: NaiveDate,
    pub(crate) body: toml::Value,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Policies {
    pub(crate) policy: Vec<PolicyRow>,
}

/// The first day on which the defaults apply.
pub(crate) fn first_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2024, 1, 1).unwrap()
}

pub(crate) fn unit_codes() -> BTreeSet<String> {
    keys(rows::<UnitRow>("demo/units.csv").into_iter().map(|unit| unit.code))
}

pub(crate) fn category_codes() -> BTreeSet<String> {
    keys(rows::<CategoryRow>("categories.csv").into_iter().map(|category| category.code))
}

/// Code and level of every area.
pub(crate) fn areas() -> Vec<(String, String)> {
    let areas: Value = serde_json::from_str(&text("demo/areas.geojson")).unwrap();
    let word = |area: &Value, name: &str| area["properties"][name].as_str().unwrap().to_owned();
    areas["features"].as_array().unwrap().iter().map(|area| (word(area, "code"), word(area, "level"))).collect()
}

pub(crate) fn area_codes() -> BTreeSet<String> {
    keys(areas().into_iter().map(|(code, _)| code))
}

pub(crate) fn scenes() -> Vec<Value> {
    serde_json::from_str(&text("demo/scenes.json")).unwrap()
}
