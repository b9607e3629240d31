//! `pgbench` with the rows of a submission: prepared statements, one report a transaction.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};

use super::sample::{Fill, TABLES, Table};

/// Reports a second that `pgbench` writes after the only one in this database.
///
/// # Panics
/// Panics if `pgbench` cannot be run, or one of its transactions fails.
#[must_use]
pub fn write(url: &str, script: &Path, (clients, time): (usize, Duration)) -> f64 {
    let mut command = Command::new(program());
    command.args(["-n", "-M", "prepared", "-j", "2", "-c", &clients.to_string()]);
    command.args(["-T", &time.as_secs().to_string(), "-f"]).arg(script).arg(url);
    let done = command.output().expect("pgbench can be run");
    let said = String::from_utf8_lossy(&done.stdout);
    assert!(done.status.success(), "pgbench: {}", String::from_utf8_lossy(&done.stderr));
    assert!(said.contains("number of failed transactions: 0 "), "pgbench: {said}");
    let rate = said.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
    rate.expect("pgbench tells its rate")
}

/// Debian keeps it beside the servers.
fn program() -> PathBuf {
    let mut found: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|version| version.path().join("bin/pgbench"))
        .filter(|path| path.exists())
        .collect();
    found.sort();
    found.pop().unwrap_or_else(|| "pgbench".into())
}

/// Returns the script: what the only report in this database wrote, with ids of its own for each transaction.
///
/// # Panics
/// Panics if the rows cannot be read.
pub async fn script(rows: &DatabaseConnection) -> String {
    let mut script = String::from("\\set n random(1, 9223372036854775806)\nBEGIN;\n");
    for table in TABLES {
        let columns = columns(rows, table.name).await;
        let kept: Vec<&(String, String)> = columns.iter().filter(|(name, _)| table.fill(name) != Fill::Left).collect();
        let mut lines = Vec::new();
        for (number, row) in examples(rows, *table, &kept).await.into_iter().enumerate() {
            let values = kept.iter().zip(row);
            let values: Vec<String> =
                values.map(|((name, ty), text)| value(*table, (name, ty), text, number)).collect();
            lines.push(format!("({})", values.join(", ")));
        }
        let names: Vec<&str> = kept.iter().map(|(name, _)| name.as_str()).collect();
        writeln!(script, "INSERT INTO {} ({}) VALUES {};", table.name, names.join(", "), lines.join(", "))
            .expect("a text can be written to");
    }
    script + "COMMIT;\n"
}

/// Returns what a column takes: cheap for the database, and never the same in two transactions.
fn value(table: Table, (name, ty): (&str, &str), example: Option<String>, number: usize) -> String {
    let own = |word: &str| format!("md5(:n::text || '{word}')::uuid");
    match table.fill(name) {
        Fill::Same | Fill::Left => example.map_or("NULL".to_owned(), |text| literal(&text, ty)),
        Fill::Report => own("report"),
        Fill::Event => own("event"),
        Fill::Stream => format!("'report' || chr(58) || {}::text", own("report")),
        Fill::Id => own(&format!("{} {name} {number}", table.name)),
        Fill::Bytes => format!("sha256((:n::text || '{} {name}')::bytea)", table.name),
    }
}

/// Returns a literal without colons, which `pgbench` would take for its variables.
fn literal(text: &str, ty: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('\'', "\\'").replace(':', "\\x3a");
    format!("E'{escaped}'::{ty}")
}

async fn columns(rows: &DatabaseConnection, table: &str) -> Vec<(String, String)> {
    let sql = "SELECT column_name::text, udt_name::text FROM information_schema.columns \
               WHERE table_name = $1 AND table_schema = 'public' ORDER BY ordinal_position";
    let ask = Statement::from_sql_and_values(DbBackend::Postgres, sql, [table.into()]);
    let found = rows.query_all_raw(ask).await.expect("the schema can be read");
    found
        .iter()
        .map(|row| (row.try_get_by_index(0).expect("a name"), row.try_get_by_index(1).expect("a type")))
        .collect()
}

/// Returns the rows of the example, each column as text.
async fn examples(rows: &DatabaseConnection, table: Table, columns: &[&(String, String)]) -> Vec<Vec<Option<String>>> {
    if table.name == "event_waiting" {
        return vec![vec![None; columns.len()]]; // it has been placed since; it is one row of the event's
    }
    let names: Vec<String> = columns.iter().map(|(name, _)| format!("{name}::text")).collect();
    let sql = format!(
        "WITH one AS (SELECT id, 'report:' || id::text AS stream FROM report) SELECT {} FROM {} WHERE {}",
        names.join(", "),
        table.name,
        table.of_report
    );
    let found = rows.query_all_raw(Statement::from_string(DbBackend::Postgres, sql)).await.expect("rows can be read");
    assert!(!found.is_empty(), "the example has no row in {}", table.name);
    let texts =
        |row: &sea_orm::QueryResult| (0..columns.len()).map(|at| row.try_get_by_index(at).expect("a text")).collect();
    found.iter().map(texts).collect()
}
