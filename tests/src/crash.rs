//! Makes a server crash after a chosen SQL statement, at any point of a transaction.
//!
//! The server under test looks for a file with the number of statements before each statement. As soon as the file
//! exists, it counts the statements of requests and of background jobs, and after that number it sends itself SIGKILL.

use std::{
    fs,
    path::PathBuf,
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

use chuishao::testing_api::{Ran, tell};
use rustix::process::{Signal, getpid, kill_process};

/// The environment variable with the path of the file.
pub(crate) const ORDERS: &str = "UNDER_TEST_CRASHES_BY";
/// The prefix of the last line that the server logs. The name of the statement follows.
const LAST_WORD: &str = "crashes after ";

static FILE: OnceLock<PathBuf> = OnceLock::new();
/// The number of statements left until the crash; 0 while no crash is ordered.
static LEFT: AtomicU64 = AtomicU64::new(0);

/// Makes this process crash as the file orders.
pub(crate) fn follow_orders_in(file: PathBuf) {
    FILE.get_or_init(|| file);
    tell(count);
}

#[expect(clippy::print_stderr, reason = "a test waits for this line of the log")]
fn count(ran: &Ran<'_>) {
    let left = LEFT.load(Ordering::Acquire);
    if left == 0 {
        let orders = FILE.get().and_then(|file| fs::read_to_string(file).ok());
        if let Some(orders) = orders.and_then(|text| text.parse().ok()) {
            LEFT.store(orders, Ordering::Release);
        }
    } else if LEFT.fetch_sub(1, Ordering::AcqRel) == 1 {
        eprintln!("{LAST_WORD}{}", moment(&ran.statement.sql));
        let _ = kill_process(getpid(), Signal::KILL);
    }
}

/// Returns the verb and the table of a statement, without its values: `INSERT report`.
fn moment(sql: &str) -> String {
    let mut words = sql.split_whitespace();
    let verb = words.next().unwrap_or_default();
    let before = match verb {
        "INSERT" => "INTO",
        "UPDATE" => "UPDATE",
        _ => "FROM",
    };
    let mut words = sql.split_whitespace().skip_while(|word| *word != before).skip(1);
    let table = words.next().unwrap_or_default().trim_matches(|sign: char| !sign.is_alphanumeric());
    format!("{verb} {table}")
}

/// The orders of a test to a server: when to crash.
#[derive(Debug)]
pub struct Orders(PathBuf);

impl Orders {
    /// Creates orders that are written to this file.
    #[must_use]
    pub fn in_file(file: PathBuf) -> Self {
        Self(file)
    }

    /// Returns the environment variable with which the server must be started.
    #[must_use]
    pub fn setting(&self) -> (&'static str, &str) {
        (ORDERS, self.0.to_str().expect("a path of ours is UTF-8"))
    }

    /// Makes the server crash after this many further statements. The file is replaced atomically. It remains after the
    /// crash, so a server that is restarted with it crashes again unless the order is taken back.
    ///
    /// # Panics
    /// Panics if the file cannot be written.
    pub fn crash_after(&self, statements: u64) {
        let draft = self.0.with_extension("draft");
        fs::write(&draft, statements.to_string()).expect("a folder of ours can be written");
        fs::rename(draft, &self.0).expect("a folder of ours can be written");
    }

    /// Removes the order, for servers that have not read it yet.
    pub fn take_back(&self) {
        let _ = fs::remove_file(&self.0);
    }

    /// Returns the statement after which a server crashed, if this log line is its last one.
    #[must_use]
    pub fn moment_in(line: &str) -> Option<&str> {
        line.strip_prefix(LAST_WORD)
    }
}

#[cfg(test)]
mod tests {
    use super::moment;

    #[test]
    fn a_moment_is_told_without_values() {
        for (sql, told) in [
            (r#"INSERT INTO "report" ("id") VALUES (?)"#, "INSERT report"),
            (r#"UPDATE "hazard" SET "version" = ?"#, "UPDATE hazard"),
            (r#"DELETE FROM "event_waiting" WHERE 1"#, "DELETE event_waiting"),
            (r#"SELECT "a"."id" FROM "area" WHERE 1"#, "SELECT area"),
            ("SELECT 1", "SELECT "),
        ] {
            assert_eq!(moment(sql), told);
        }
    }
}
