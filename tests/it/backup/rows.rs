//! Every table that the migrations make is in a backup, and every row of it comes back as it was.

use std::collections::{BTreeMap, BTreeSet};

use rstest::rstest;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use tests::people::Person;

use super::{BackupKind, ON_POSTGRES, ON_SQLITE, Safe, done, phones, text};

/// Tables of logins, and of uploads on their way: a backup has them without their rows.
const WITHOUT_ROWS: [&str; 5] = ["one_time_code", "session", "refresh_token", "upload", "upload_piece"];
/// Tables of which rows must be there, or the comparison would show little.
const FILLED: [&str; 12] = [
    "area",
    "authorship",
    "event",
    "hazard",
    "officer",
    "officer_login",
    "person",
    "photo",
    "photo_evidence",
    "photo_fingerprint",
    "report",
    "report_secret",
];

/// Each table with its rows, as text and sorted.
type RowTexts = BTreeMap<String, Vec<String>>;

async fn ask(rows: &DatabaseConnection, question: String) -> Vec<String> {
    let found = rows.query_all_raw(Statement::from_string(rows.get_database_backend(), question)).await.unwrap();
    found.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

/// The tables, but for the one in which the migrations are counted.
async fn tables(rows: &DatabaseConnection) -> BTreeSet<String> {
    let question = match rows.get_database_backend() {
        DbBackend::Postgres => "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'",
        _ => "SELECT name FROM sqlite_schema WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_'",
    };
    ask(rows, question.to_owned()).await.into_iter().filter(|name| name != "seaql_migrations").collect()
}

/// What makes a row of a table into text, whatever its columns hold.
async fn as_text(rows: &DatabaseConnection, table: &str) -> String {
    if rows.get_database_backend() == DbBackend::Postgres {
        return format!(r#""{table}"::text"#);
    }
    let columns = ask(rows, format!("SELECT name FROM pragma_table_info('{table}')")).await;
    columns.iter().map(|name| format!(r#"quote("{name}")"#)).collect::<Vec<_>>().join("||'|'||")
}

async fn all(rows: &DatabaseConnection) -> RowTexts {
    let mut all = RowTexts::new();
    for table in tables(rows).await {
        let text = as_text(rows, &table).await;
        all.insert(table.clone(), ask(rows, format!(r#"SELECT {text} FROM "{table}" ORDER BY 1"#)).await);
    }
    all
}

/// A story that leaves rows behind; then nobody writes any more.
#[rstest]
#[case::sqlite(ON_SQLITE)]
#[case::postgres(ON_POSTGRES)]
#[tokio::test]
async fn every_row_comes_back(#[case] kind: BackupKind) {
    let (mut app, safe) = (kind.world().await, Safe::new(kind));
    let made_by_migrations = tables(&kind.setup().start().await.rows().await).await;
    let (reporter, clerk) = (Person::citizen(&app, "19900000001").await, Person::officer(&app, "binyang-clerk").await);
    clerk.confirms(&reporter.reports("NAMED").await).await;
    phones::photos(&app, 1).await;
    app.stop();
    safe.fill(&app).await;
    let before = all(&app.rows().await).await;
    for table in FILLED.iter().chain(&["session", "refresh_token"]) {
        assert!(!before[*table].is_empty(), "nothing was written into {table}");
    }

    let place = kind.setup().empty_place().await;
    safe.bring_keys(&place).await;
    done(&place.run(&["restore", text(&safe.backup())]).await);

    let restored = all(&place.rows().await).await;
    assert_eq!(restored.keys().cloned().collect::<BTreeSet<_>>(), made_by_migrations);
    for (table, rows) in &restored {
        if WITHOUT_ROWS.contains(&table.as_str()) {
            assert!(rows.is_empty(), "{table} has rows");
        } else {
            assert!(rows == &before[table], "{table} is another one: {} rows of {}", rows.len(), before[table].len());
        }
    }
}

/// A table keeps the order in which its rows were written, and a phone writes its reports together. In a backup the
/// authorships stand in the order of their slots, which is random.
#[tokio::test]
async fn a_backup_does_not_tell_which_reports_were_written_together() {
    let (mut app, safe) = (ON_SQLITE.world().await, Safe::new(ON_SQLITE));
    let reporter = Person::citizen(&app, "19900000001").await;
    for _ in 0..12 {
        reporter.reports("NAMED").await;
    }
    app.stop();
    safe.fill(&app).await;
    let place = ON_SQLITE.setup().empty_place().await;
    safe.bring_keys(&place).await;
    done(&place.run(&["restore", text(&safe.backup())]).await);
    let slots = |by: &str| format!("SELECT hex(slot) FROM authorship ORDER BY {by}");
    let written = ask(&app.rows().await, slots("rowid")).await;
    let restored = place.rows().await;
    assert_ne!(written, ask(&restored, slots("slot")).await, "twelve random slots are in order once in 479 million");
    assert_eq!(ask(&restored, slots("rowid")).await, ask(&restored, slots("slot")).await);
}
