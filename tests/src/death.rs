//! Death of a server at a chosen moment: after a statement, with all that it has and has not written until then.
//!
//! The server under test reads its orders from a file, once they are there: after so many statements from then on, of
//! requests and of its own jobs, it is gone without a word, as by `kill -9`.

use std::{
    fs,
    path::PathBuf,
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

use rustix::process::{Signal, getpid, kill_process};

/// Names the file to the server.
pub(crate) const ORDERS: &str = "UNDER_TEST_DIES_BY";
/// What it says last, before the statement.
const LAST_WORD: &str = "dies after ";

static FILE: OnceLock<PathBuf> = OnceLock::new();
/// Statements left to live; 0 while there are no orders.
static LEFT: AtomicU64 = AtomicU64::new(0);

/// The server dies when this file says so.
pub(crate) fn may_come(file: PathBuf) {
    FILE.get_or_init(|| file);
    chuishao::telemetry::statements::tell(count);
}

#[expect(clippy::print_stderr, reason = "its last word")]
fn count(sql: &str) {
    let left = LEFT.load(Ordering::Acquire);
    if left == 0 {
        let orders = FILE.get().and_then(|file| fs::read_to_string(file).ok());
        if let Some(orders) = orders.and_then(|text| text.parse().ok()) {
            LEFT.store(orders, Ordering::Release);
        }
    } else if LEFT.fetch_sub(1, Ordering::AcqRel) == 1 {
        eprintln!("{LAST_WORD}{}", moment(sql));
        let _ = kill_process(getpid(), Signal::KILL);
    }
}

/// A statement without its values: `INSERT report`.
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

/// The orders of a server, from outside.
#[derive(Debug)]
pub struct Orders(PathBuf);

impl Orders {
    /// Orders in this file.
    #[must_use]
    pub fn in_file(file: PathBuf) -> Self {
        Self(file)
    }

    /// The setting of the server that tells it of them.
    #[must_use]
    pub fn setting(&self) -> (&'static str, &str) {
        (ORDERS, self.0.to_str().expect("a path of ours is UTF-8"))
    }

    /// The server dies after so many statements from now on; of the next one only when that is ordered again.
    ///
    /// # Panics
    /// When the file cannot be written.
    pub fn die_after(&self, statements: u64) {
        let draft = self.0.with_extension("draft");
        fs::write(&draft, statements.to_string()).expect("a folder of ours can be written");
        fs::rename(draft, &self.0).expect("a folder of ours can be written");
    }

    /// No more deaths.
    pub fn live(&self) {
        let _ = fs::remove_file(&self.0);
    }

    /// The statement after which a server died, from a line of its log.
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
