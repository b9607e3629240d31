use domain::id::EventId;
use sea_orm::ActiveValue::Set;
use uuid::Uuid;

use super::*;
use crate::{event_waiting, revision};

fn waits(leaf: u8) -> event_waiting::ActiveModel {
    event_waiting::ActiveModel { event_id: Set(EventId(Uuid::nil())), leaf: Set(vec![leaf]), ..Default::default() }
}

fn sheet(waiting: Vec<event_waiting::ActiveModel>) -> InsertSet {
    let mut sheet = InsertSet::default();
    sheet.add(waiting).unwrap();
    sheet
}

#[test]
fn sheets_that_are_gathered_have_one_part_a_table_in_their_order() {
    let mut all = InsertSet::default();
    all.add_all(&sheet(vec![waits(1)]));
    all.add_all(&sheet(vec![waits(2), waits(3)]));
    let numbered = event_waiting::ActiveModel { number: Set(7), ..waits(4) };
    all.add_all(&sheet(vec![numbered])); // has a column that the others leave to the database

    let leaves: Vec<Vec<&Value>> =
        all.parts.iter().map(|part| part.rows.iter().filter_map(|row| row.last()).collect()).collect();
    let bytes = |leaf: u8| Value::from(vec![leaf]);
    assert_eq!(leaves, [vec![&bytes(1), &bytes(2), &bytes(3)], vec![&bytes(4)]]);
}

#[test]
fn a_sheet_is_one_statement_and_an_empty_one_none() {
    for backend in [DbBackend::Sqlite, DbBackend::Postgres] {
        assert_eq!(InsertSet::default().into_statement(backend).unwrap(), None);
        let mut both = sheet(vec![waits(1)]);
        let number = revision::ActiveModel { number: Set(1), ..Default::default() };
        both.add(vec![number]).unwrap();
        let text = both.into_statement(backend).unwrap().unwrap().sql;
        assert_eq!((text.matches("event_waiting\" (").count(), text.matches("revision\" (").count()), (1, 1), "{text}");
    }
}

#[test]
fn rows_are_json_from_which_every_value_can_be_read() {
    let text = "小区北侧 \"围墙\" \\ 裂缝\n\u{1}\u{1f}";
    let at = chrono::DateTime::from_timestamp_micros(1_700_000_000_123_000).unwrap();
    let values = vec![
        Value::from(true),
        Value::from(-7),
        Value::from(i64::MAX),
        Value::from(text),
        Value::from(vec![0_u8, 255]),
        Value::from(Uuid::nil()),
        Value::from(at),
        Value::String(None),
    ];
    let table = Table { name: "any", columns: vec!["a", "b", "c", "d", "e", "f", "g", "h"], conflict: String::new() };

    let json = Part { table, rows: vec![values.clone(), values] }.json().unwrap();

    let read: serde_json::Value = serde_json::from_str(&json).unwrap();
    let row = serde_json::json!({
        "a": true, "b": -7, "c": i64::MAX, "d": text, "e": "\\x00ff", "f": Uuid::nil().to_string(),
        "g": "2023-11-14T22:13:20.123000Z", "h": null,
    });
    assert_eq!(read, serde_json::json!([row, row]));
}

#[test]
fn a_value_of_a_type_that_no_table_has_is_refused() {
    let table = Table { name: "any", columns: vec!["a"], conflict: String::new() };
    let refused = Part { table, rows: vec![vec![Value::from(0.5)]] }.json().unwrap_err();
    assert!(refused.to_string().contains("no batch writes values of this type: Double"), "{refused}");
}
