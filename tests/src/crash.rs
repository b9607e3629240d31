//! A server that crashes at a chosen moment: after a statement, whatever it has written until then.
//!
//! The server under test reads its orders from a file as soon as the file exists. It counts the statements of requests and of
//! its own jobs from then on, and after the ordered number it kills itself, as `kill -9` would.

use std::{
    fs,
    path::PathBuf,
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

use rustix::process::{Signal, getpid, kill_process};

/// The environment variable that names the file to the server.
pub(crate) const ORDERS: &str = "UNDER_TEST_CRASHES_BY";
/// The server logs this last; the statement follows.
const LAST_WORD: &str = "crashes after ";

static FILE: OnceLock<PathBuf> = OnceLock::new();
/// How many statements are left until the crash; 0 while there are no orders.
static LEFT: AtomicU64 = AtomicU64::new(0);

/// Makes this process crash when the file says so.
pub(crate) fn follow_orders_in(file: PathBuf) {
    FILE.get_or_init(|| file);
    chuishao::testing_api::tell(count);
}

#[expect(clippy::print_stderr, reason = "a test waits for this line of the log")]
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

/// Names a statement without its values: `INSERT report`.
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

/// Orders when to crash, as a test gives them to a server.
#[derive(Debug)]
pub struct Orders(PathBuf);

impl Orders {
    /// Keeps the orders in this file.
    #[must_use]
    pub fn in_file(file: PathBuf) -> Self {
        Self(file)
    }

    /// Returns the setting that tells the server where they are.
    #[must_use]
    pub fn setting(&self) -> (&'static str, &str) {
        (ORDERS, self.0.to_str().expect("a path of ours is UTF-8"))
    }

    /// Makes the server crash after so many statements from now on. A server that is started later needs a new order.
    ///
    /// # Panics
    /// Panics if the file cannot be written.
    pub fn crash_after(&self, statements: u64) {
        let draft = self.0.with_extension("draft");
        fs::write(&draft, statements.to_string()).expect("a folder of ours can be written");
        fs::rename(draft, &self.0).expect("a folder of ours can be written");
    }

    /// Takes the order back.
    pub fn take_back(&self) {
        let _ = fs::remove_file(&self.0);
    }

    /// Returns the statement after which a server crashed, if this line of its log names one.
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
