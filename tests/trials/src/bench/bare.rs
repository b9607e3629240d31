//! The SQLite baseline: a bare loop that writes the rows of a submission, one report per transaction, with the same
//! flushes as the server.

use std::path::Path;
use std::time::{Duration, Instant};

use fastrand::Rng;
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::sample::{Fill, TABLES, Table};
use super::times::Times;

/// The rows of one table that the sample submission wrote.
struct TableRows {
    table: Table,
    columns: Vec<String>,
    written: Vec<Vec<Value>>,
}

/// Writes copies of the only report in this database for the given time. The server must not be running.
///
/// # Panics
/// Panics if the database cannot be read or written.
#[must_use]
pub fn write(file: &Path, time: Duration, seed: u64) -> Times {
    let mut connection = Connection::open(file).expect("the database can be opened");
    let settings = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
                    PRAGMA temp_store = memory;";
    connection.execute_batch(settings).expect("the settings of the server hold here");
    connection.set_prepared_statement_cache_capacity(64);
    let all: Vec<TableRows> = TABLES.iter().map(|table| read(&connection, *table)).collect();
    let mut random = Rng::with_seed(seed);
    let (begun, mut times) = (Instant::now(), Vec::new());
    while begun.elapsed() < time {
        let from = Instant::now();
        report(&mut connection, &all, &mut random).expect("a report can be written");
        times.push(from.elapsed());
    }
    Times::new(times, begun.elapsed())
}

fn report(connection: &mut Connection, all: &[TableRows], random: &mut Rng) -> rusqlite::Result<()> {
    let (id, event) = (bytes(random, 16), bytes(random, 16));
    let stream = format!("report:{}", uuid::Uuid::from_slice(&id).expect("sixteen bytes"));
    let txn = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    for rows in all {
        for row in &rows.written {
            let values = rows.columns.iter().zip(row).map(|(column, value)| match rows.table.fill(column) {
                Fill::Same | Fill::Left => value.clone(),
                Fill::Report => Value::Blob(id.clone()),
                Fill::Event => Value::Blob(event.clone()),
                Fill::Stream => Value::Text(stream.clone()),
                Fill::Id => Value::Blob(bytes(random, 16)),
                Fill::Bytes => Value::Blob(bytes(random, 32)),
            });
            txn.prepare_cached(&insert(rows))?.execute(params_from_iter(values))?;
        }
    }
    txn.commit()
}

fn insert(rows: &TableRows) -> String {
    let places = vec!["?"; rows.columns.len()].join(", ");
    format!("INSERT INTO {} ({}) VALUES ({places})", rows.table.name, rows.columns.join(", "))
}

fn bytes(random: &mut Rng, count: usize) -> Vec<u8> {
    let mut bytes = vec![0; count];
    random.fill(&mut bytes);
    bytes
}

fn read(connection: &Connection, table: Table) -> TableRows {
    // The waiting event has been sequenced in the meantime, so its row is reconstructed: one row with the event's id
    // and leaf.
    if table.name == "event_waiting" {
        let columns = vec!["event_id".into(), "leaf".into()];
        return TableRows { table, columns, written: vec![vec![Value::Null; 2]] };
    }
    let sql = format!(
        "WITH one AS (SELECT id, 'report:' || lower(substr(hex(id), 1, 8) || '-' || substr(hex(id), 9, 4) || '-' || \
         substr(hex(id), 13, 4) || '-' || substr(hex(id), 17, 4) || '-' || substr(hex(id), 21)) AS stream FROM report) \
         SELECT * FROM {} WHERE {}",
        table.name, table.of_report
    );
    let mut select = connection.prepare(&sql).expect("the tables are those of the schema");
    let columns: Vec<String> = select.column_names().into_iter().map(str::to_owned).collect();
    let count = columns.len();
    let rows = select.query_map([], |row| (0..count).map(|at| row.get(at)).collect()).expect("rows can be read");
    let written: Vec<Vec<Value>> = rows.collect::<Result<_, _>>().expect("rows can be read");
    assert!(!written.is_empty(), "the example has no row in {}", table.name);
    TableRows { table, columns, written }
}
