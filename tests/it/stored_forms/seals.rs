//! Every ciphertext of the database and every sealed original opens by the keys, at its own place, to what was sealed.

use std::collections::BTreeSet;

use chuishao::testing_api::{Disk, Keys, SealAad, SealKey, UrlSigner, original, secrets};
use domain::id::{PhotoId, ReportId};
use entity::photo;
use entity::vault::{photo_evidence, report_secret};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, EntityTrait, Statement};
use serde_json::Value;
use sha2::{Digest, Sha256};
use tests::app::TestApp;

use super::fixture::Fixture;

/// Each sealed column with its table, and the column by whose bytes a row is named.
const SEALED: [(&str, &str, &str); 12] = [
    ("authorship", "person_ct", "report_id"),
    ("device", "person_ct", "id"),
    ("officer_login", "phone_ct", "officer_id"),
    ("one_time_code", "phone_ct", "id"),
    ("payee", "payee_ct", "report_id"),
    ("person", "data_key_ct", "id"),
    ("photo_evidence", "content_ct", "photo_id"),
    ("photo_key", "data_key_ct", "photo_id"),
    ("refresh_token", "successor_ct", "token_hash"),
    ("report_secret", "content_ct", "report_id"),
    ("session", "person_ct", "id"),
    ("subject", "contact_ct", "id"),
];

/// Columns of a person, sealed under a key of their own.
const OWN: [&str; 2] = ["phone_ct", "identity_ct"];

/// Opens all of them.
pub(super) async fn open(fixture: &Fixture, app: &TestApp, db: &DatabaseConnection) {
    let keys = Keys::load(&app.keys()).unwrap();
    for (table, column, id) in SEALED {
        let opened = column_of(db, &keys, (table, column, id)).await;
        assert!(!opened.is_empty() || table == "refresh_token", "{table}.{column} has no row");
        says_what_was_sealed(table, &opened);
    }
    let numbers = own_numbers(db, &keys).await;
    for (who, known) in fixture.about["people"].as_object().unwrap() {
        if known["kind"] == "REPORTER" {
            assert!(numbers.contains(&format!("+86{}", known["phone"].as_str().unwrap())), "{who}");
        }
    }
    the_servers_own_readers_open(db, &keys).await;
    originals_open(fixture, app, db, &keys).await;
}

/// The texts of a sealed column.
async fn column_of(
    db: &DatabaseConnection,
    keys: &Keys,
    (table, column, id): (&'static str, &'static str, &str),
) -> Vec<Vec<u8>> {
    let mut opened = Vec::new();
    for (row, sealed, key) in rows(db, table, column, id).await {
        opened.push(keys.open(SealAad::new(table, column, &row), &sealed, &key).unwrap().to_vec());
    }
    opened
}

/// The name of a row, what is sealed in it, and the key that seals it.
async fn rows(db: &DatabaseConnection, table: &str, column: &str, id: &str) -> Vec<(Vec<u8>, Vec<u8>, String)> {
    let is_uuid = db.get_database_backend() == DbBackend::Postgres && id != "token_hash";
    let id = if is_uuid { format!("uuid_send({id})") } else { id.to_owned() };
    let query = format!("SELECT {id} AS name, {column} AS sealed, key_id FROM {table} WHERE {column} IS NOT NULL");
    let found = db.query_all_raw(Statement::from_string(db.get_database_backend(), query)).await.unwrap();
    let row = |row: &sea_orm::QueryResult| {
        (row.try_get("", "name").unwrap(), row.try_get("", "sealed").unwrap(), row.try_get("", "key_id").unwrap())
    };
    found.iter().map(row).collect()
}

fn says_what_was_sealed(table: &str, opened: &[Vec<u8>]) {
    let holds = |part: &str| opened.iter().any(|text| String::from_utf8_lossy(text).contains(part));
    match table {
        "authorship" => {
            let modes: BTreeSet<u8> = opened.iter().map(|plain| plain[0]).collect();
            assert!(opened.iter().all(|plain| plain.len() == 17) && modes.is_superset(&[1, 2, 3].into()), "{modes:?}");
        }
        "officer_login" => assert!(holds("+8619900000084") && opened.len() == 127),
        "payee" => assert!(holds("群众示例甲") && holds("19900010001")),
        "photo_evidence" => assert!(holds("STORED-FORMS")),
        "report_secret" => assert!(holds("代报示例乙") && holds("device_place")),
        "subject" => assert!(holds("示例某，19900010008")),
        _ => {}
    }
}

/// The numbers of all members of the public, each under a key of their own.
async fn own_numbers(db: &DatabaseConnection, keys: &Keys) -> BTreeSet<String> {
    let mut numbers = BTreeSet::new();
    for (row, wrapped, key) in rows(db, "person", "data_key_ct", "id").await {
        let own: SealKey = keys.data_key(SealAad::new("person", "data_key_ct", &row), &wrapped, &key).unwrap();
        for column in OWN {
            let all = rows(db, "person", column, "id").await;
            let (_, sealed, _) = all.iter().find(|(name, ..)| *name == row).unwrap();
            let plain = own.open(SealAad::new("person", column, &row), sealed, own.id()).unwrap();
            numbers.insert(String::from_utf8(plain.to_vec()).unwrap());
        }
    }
    numbers
}

async fn the_servers_own_readers_open(db: &DatabaseConnection, keys: &Keys) {
    let reports: Vec<ReportId> =
        report_secret::Entity::find().all(db).await.unwrap().iter().map(|row| row.report_id).collect();
    for report in reports {
        assert!(secrets::read_secret::<_, Value>(db, keys, report).await.unwrap().is_some());
    }
    let photos: Vec<PhotoId> =
        photo_evidence::Entity::find().all(db).await.unwrap().iter().map(|row| row.photo_id).collect();
    for photo in photos {
        assert!(secrets::read_evidence::<_, Value>(db, keys, photo).await.unwrap().is_some());
    }
}

/// The originals open to the files that were announced.
async fn originals_open(fixture: &Fixture, app: &TestApp, db: &DatabaseConnection, keys: &Keys) {
    let folder = match app.database_url() {
        Some(_) => app.keys().with_file_name("photos"),
        None => app.data().join("photos"),
    };
    let mac = chuishao::testing_api::mac_of(keys);
    let store = Disk::open(&folder, UrlSigner::new(mac, "http://localhost")).unwrap();
    let announced = fixture.lines("requests").iter().map(Value::to_string).collect::<String>();
    let mut opened = 0;
    for row in photo::Entity::find().all(db).await.unwrap() {
        if let Some(bytes) = original(db, &store, keys, row.id).await.unwrap() {
            let sum = hex::encode(Sha256::digest(&bytes));
            assert!(row.parent_kind == domain::photo::PhotoParent::Assignment || announced.contains(&sum));
            opened += 1;
        }
    }
    assert!(opened >= 9, "{opened} originals");
}
