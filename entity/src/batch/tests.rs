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
