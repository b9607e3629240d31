//! What spreadsheets and GIS programs make of our files: every column of every kind of import, in every form that
//! programs are known to write. A form that means one thing imports again as unchanged; a form that has lost something is
//! refused under its column.

mod forms;

use std::collections::HashMap;
use std::sync::Mutex;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::id::OfficerId;
use sea_orm::DatabaseTransaction;
use serde_json::{Map, Value, json};

use self::forms::{Expected, Sheet, forms};
use crate::database::{Database, Engine};
use crate::error::ApiResult;
use crate::policy::defaults::{Carried, DEMO, DEMO_OFFICERS, DEMO_POSTS, NATIONAL};
use crate::policy::import::{Difference, Mode, RuleKind, import};
use crate::staff::import::{officers, posts};
use crate::staff::phones::{NumberChange, OfficerNumber, Phones};
use crate::testing::TestDatabase;

const NOW: DateTime<Utc> = DateTime::from_timestamp(1_795_478_400, 0).unwrap(); // 2026-11-24

#[derive(Default)]
struct Vault(Mutex<HashMap<OfficerId, String>>);

#[async_trait]
impl Phones for Vault {
    fn keyed_hash(&self, sha256: &str) -> String {
        sha256.to_owned()
    }

    async fn compare(&self, _: &DatabaseTransaction, numbers: &[OfficerNumber]) -> ApiResult<Vec<NumberChange>> {
        let kept = self.0.lock().unwrap();
        let change = |number: &OfficerNumber| match kept.get(&number.officer) {
            None => NumberChange::First,
            Some(digits) if *digits == number.digits => NumberChange::Kept,
            Some(_) => NumberChange::Changed,
        };
        Ok(numbers.iter().map(change).collect())
    }

    async fn keep(&self, _: &DatabaseTransaction, numbers: &[OfficerNumber], _: DateTime<Utc>) -> ApiResult<()> {
        self.0.lock().unwrap().extend(numbers.iter().map(|number| (number.officer, number.digits.clone())));
        Ok(())
    }

    async fn end_logins(&self, _: &DatabaseTransaction, _: &[OfficerId], _: DateTime<Utc>) -> ApiResult<()> {
        Ok(())
    }
}

/// A database that contains every file of the demonstration.
struct District {
    _rows: TestDatabase,
    db: Database,
    vault: Vault,
}

impl District {
    async fn new() -> Self {
        let rows = TestDatabase::alone(Engine::Sqlite).await;
        let district = Self { db: rows.database.clone(), _rows: rows, vault: Vault::default() };
        for (kind, bytes) in files() {
            district.run(kind, bytes, Mode::Write).await.unwrap();
        }
        district
    }

    async fn run(&self, kind: &str, bytes: &[u8], mode: Mode) -> ApiResult<Difference> {
        match RuleKind::from_word(kind) {
            Some(rules) => import(&self.db, rules, kind, bytes, mode, NOW).await,
            None if kind == "posts" => posts(&self.db, kind, bytes, mode, NOW).await,
            None => officers(&self.db, kind, bytes, mode, NOW, &self.vault).await,
        }
    }

    async fn check(&self, kind: &str, what: &str, text: &str, expected: Expected) {
        let done = self.run(kind, text.as_bytes(), Mode::DryRun).await;
        match (expected, done) {
            (Expected::Same, Ok(done)) => assert!(done.is_empty() && done.unchanged > 0, "{kind}, {what}: {done}"),
            (Expected::Refused(part), Err(error)) => {
                let said = error.refusal().en.unwrap_or_default();
                let column = what.split(' ').next().unwrap_or_default();
                assert!(said.contains(part) && said.contains(&format!("`{column}`")), "{kind}, {what}: {said}");
            }
            (expected, done) => panic!("{kind}, {what}: {done:?}, not {expected:?}"),
        }
    }
}

/// Every kind of import with the file that is imported already.
fn files() -> impl Iterator<Item = (&'static str, &'static [u8])> {
    let rules = NATIONAL.iter().chain(DEMO).map(|Carried { kind, bytes, .. }| (kind.word(), *bytes));
    rules.chain([("officers", DEMO_OFFICERS), ("posts", DEMO_POSTS)])
}

#[tokio::test]
async fn every_column_of_every_table_imports_again_in_every_form_that_means_the_same() {
    let district = District::new().await;
    let mut cells = 0;
    for (kind, bytes) in files().filter(|(kind, _)| !matches!(*kind, "areas" | "policies")) {
        let sheet = if kind == "officers" { Sheet::of(bytes).with_active() } else { Sheet::of(bytes) };
        for (at, column) in sheet.header.iter().enumerate() {
            for form in forms(column) {
                let Some(changed) = sheet.in_form(at, form) else { continue };
                let what = format!("{column} {}", form.name);
                district.check(kind, &what, &changed.write(csv::Terminator::Any(b'\n')), form.expected).await;
                cells += 1;
            }
        }
    }
    assert!(cells > 150, "only {cells} cells of the matrix were tried");
}

#[tokio::test]
async fn what_a_spreadsheet_adds_to_a_table_changes_nothing() {
    let district = District::new().await;
    for (kind, bytes) in files().filter(|(kind, _)| !matches!(*kind, "areas" | "policies")) {
        let sheet = Sheet::of(bytes);
        let whole = sheet.write(csv::Terminator::CRLF);
        let mut wider = sheet.clone();
        wider.header.extend([String::new(), String::new()]);
        wider.rows.iter_mut().for_each(|row| row.extend([String::new(), " ".to_owned()]));
        let mut longer = sheet.clone();
        let empty = vec![String::new(); sheet.header.len()];
        longer.rows.insert(1, empty.clone());
        longer.rows.extend([empty.clone(), empty]);
        let mut loose = sheet.clone();
        loose.rows.iter_mut().for_each(|row| row.push(String::new()));
        for (what, text) in [
            ("CRLF", whole.clone()),
            ("a mark of byte order", format!("\u{feff}{whole}")),
            ("CR alone", sheet.write(csv::Terminator::Any(b'\r'))),
            ("columns without name and value", wider.write(csv::Terminator::CRLF)),
            ("rows without value", longer.write(csv::Terminator::CRLF)),
            ("commas after each row", loose.write(csv::Terminator::CRLF)),
        ] {
            district.check(kind, what, &text, Expected::Same).await;
        }
        let mut nameless = wider;
        nameless.rows.first_mut().and_then(|row| row.last_mut()).unwrap().push('?');
        let refused = district.run(kind, nameless.write(csv::Terminator::CRLF).as_bytes(), Mode::DryRun).await;
        let said = refused.unwrap_err().refusal().en.unwrap();
        assert!(said.contains("line 2") && said.contains("a column without a name"), "{kind}: {said}");
    }
}

#[tokio::test]
async fn empty_values_at_the_end_of_a_row_may_be_left_out_where_they_are_optional() {
    let district = District::new().await;
    let text = "code,name,kind,area_code,parent_code,valid_from,valid_to\n\
                520115-fire,观山湖区消防救援大队,DEPARTMENT,520115000000,,2024-01-01\n";
    district.check("units", "short rows", text, Expected::Same).await;
    let short = text.replace(",,2024-01-01", "");
    assert!(district.run("units", short.as_bytes(), Mode::DryRun).await.is_err());
}

/// Changes one property of every feature of the demonstration.
fn features_in_form(file: &Value, name: &str, write: impl Fn(&str) -> Option<Value>) -> Option<Value> {
    let mut file = file.clone();
    let mut is_changed = false;
    for feature in file["features"].as_array_mut().unwrap() {
        let properties: &mut Map<String, Value> = feature["properties"].as_object_mut().unwrap();
        let Some(text) = properties.get(name).and_then(Value::as_str).filter(|text| !text.is_empty()) else { continue };
        if let Some(other) = write(text) {
            properties.insert(name.to_owned(), other);
            is_changed = true;
        }
    }
    is_changed.then_some(file)
}

#[tokio::test]
async fn every_property_of_areas_imports_again_in_every_form_that_means_the_same() {
    let district = District::new().await;
    let bytes = DEMO.iter().find(|file| file.kind == RuleKind::Areas).unwrap().bytes;
    let mut file: Value = serde_json::from_slice(bytes).unwrap();
    for feature in file["features"].as_array_mut().unwrap() {
        feature["properties"]["validFrom"] = json!("1949-10-01");
    }
    for column in ["code", "name", "level", "parent", "boundary", "validFrom"] {
        for form in forms(column) {
            let text = |text: &str| (form.write)(text).map(Value::from);
            let Some(changed) = features_in_form(&file, column, text) else { continue };
            district.check("areas", &format!("{column} {}", form.name), &changed.to_string(), form.expected).await;
        }
    }
    let whole = |text: &str| text.parse::<u64>().ok().map(Value::from);
    let fraction = |text: &str| text.parse::<f64>().ok().map(Value::from);
    for column in ["code", "parent"] {
        for changed in [features_in_form(&file, column, whole), features_in_form(&file, column, fraction)] {
            district.check("areas", column, &changed.unwrap().to_string(), Expected::Same).await;
        }
    }
    let without = file.to_string();
    for crs in ["null", r#"{"type":"name","properties":{"name":"urn:ogc:def:crs:OGC:1.3:CRS84"}}"#] {
        let with = without.replacen('{', &format!("{{\"crs\":{crs},"), 1);
        district.check("areas", crs, &with, Expected::Same).await;
        district.check("areas", crs, &format!("\u{feff}{with}"), Expected::Same).await;
    }
    let other = without.replacen('{', r#"{"crs":{"properties":{"name":"EPSG:3857"}},"#, 1);
    let refused = district.run("areas", other.as_bytes(), Mode::DryRun).await.unwrap_err();
    assert!(refused.refusal().en.unwrap().contains("convert them to WGS84"));
}
