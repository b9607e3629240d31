//! What a thief of the disk would carry away: every table, every file.

use std::fs;
use std::path::{Path, PathBuf};

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use tests::{
    app::{Engine, TestApp},
    canary::Haystack,
    store::Store,
};

/// Hex digits in a row that may be bytes.
const HEX: usize = 12;

/// Every table, its rows as text and its binary columns as their bytes, too. The vault's tables are among them.
pub(super) async fn tables(app: &TestApp) -> Vec<Haystack> {
    let rows = app.rows().await;
    let (backend, names) = match app.engine() {
        Engine::Sqlite => (DbBackend::Sqlite, "select name from sqlite_master where type = 'table'"),
        Engine::Postgres => (
            DbBackend::Postgres,
            "select table_name::text from information_schema.tables where table_schema = 'public'",
        ),
    };
    let mut dumped = Vec::new();
    for table in column(&rows, backend, names).await {
        let all = match backend {
            DbBackend::Sqlite => {
                let columns = column(&rows, backend, &format!("select name from pragma_table_info('{table}')")).await;
                let quoted: Vec<String> = columns.iter().map(|name| format!(r#"quote("{name}")"#)).collect();
                format!(r#"select {} from "{table}""#, quoted.join(" || ' ' || "))
            }
            _ => format!(r#"select row_to_json(r)::text from "{table}" r"#),
        };
        let text = column(&rows, backend, &all).await.join("\n");
        dumped.push(Haystack::new(format!("bytes of table {table}"), unhexed(&text)));
        dumped.push(Haystack::new(format!("table {table}"), text));
    }
    dumped
}

async fn column(rows: &DatabaseConnection, backend: DbBackend, sql: &str) -> Vec<String> {
    let found = rows.query_all_raw(Statement::from_string(backend, sql)).await.unwrap();
    found.iter().map(|row| row.try_get_by_index(0).unwrap()).collect()
}

/// The bytes that runs of hex digits stand for.
fn unhexed(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for run in text.split(|letter: char| !letter.is_ascii_hexdigit()).filter(|run| run.len() >= HEX) {
        bytes.extend(hex::decode(&run[..run.len() & !1]).unwrap());
        bytes.push(0);
    }
    bytes
}

/// Every file below the data folder and in the store, with its name: the database itself with what was deleted from it,
/// the versions that are shown, the sealed originals. The keys lie elsewhere.
pub(super) fn files(app: &TestApp) -> Vec<Haystack> {
    let mut paths = Vec::new();
    walk(app.data(), &mut paths);
    if let Some(store) = app.store() {
        walk(&store.file(Store::BUCKET, ""), &mut paths);
    }
    let names: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    let mut found = vec![Haystack::new("names of files", names.join("\n"))];
    found.extend(paths.iter().map(|path| Haystack::new(format!("file {}", path.display()), fs::read(path).unwrap())));
    found
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { walk(&path, found) } else { found.push(path) }
    }
}
