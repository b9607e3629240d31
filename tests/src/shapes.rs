//! The shapes of the statements that the requests of a server run: the text of each, and how many values of what size it
//! binds. Two requests with the same shapes look alike to whoever measures them.

use std::{
    fs::{self, OpenOptions},
    io::Write,
    path::PathBuf,
    sync::OnceLock,
};

use chuishao::testing_api::{Ran, tell};
use sea_orm::{Statement, Value};

/// The environment variable with the path of the file to which a server writes the shapes.
pub(crate) const FILE: &str = "UNDER_TEST_WRITES_SHAPES_TO";

static WRITTEN_TO: OnceLock<PathBuf> = OnceLock::new();

/// Makes this process write the shape of each statement of a request to the file, one on each line.
pub(crate) fn write_to(file: PathBuf) {
    WRITTEN_TO.get_or_init(|| file);
    tell(write);
}

fn write(ran: &Ran<'_>) {
    let Some(file) = WRITTEN_TO.get().filter(|_| ran.of_request) else { return };
    let opened = OpenOptions::new().create(true).append(true).open(file);
    let line = format!("{}\n", shape(ran.statement));
    opened.and_then(|mut file| file.write_all(line.as_bytes())).expect("a folder of ours can be written");
}

/// Returns the shape of a statement: `3 values of 42 bytes: SELECT …`.
fn shape(statement: &Statement) -> String {
    let values = statement.values.iter().flat_map(|values| &values.0);
    let (count, bytes) = values.fold((0, 0), |(count, bytes), value| (count + 1, bytes + size(value)));
    let words: Vec<&str> = statement.sql.split_whitespace().collect();
    format!("{count} values of {bytes} bytes: {}", words.join(" "))
}

/// Returns the size of a value as far as it can differ: a value of a type of constant size counts as 8 bytes, `NULL` as 0.
fn size(value: &Value) -> usize {
    match value {
        Value::String(text) => text.as_deref().map_or(0, length),
        Value::Bytes(bytes) => bytes.as_ref().map_or(0, Vec::len),
        value if *value == value.as_null() => 0,
        _ => 8,
    }
}

/// Returns the length of a text without the fractions of seconds in it, which are written with as few digits as they need.
fn length(text: &str) -> usize {
    let mut parts = text.split('.');
    let first = parts.next().map_or(0, str::len);
    first + parts.map(|part| part.trim_start_matches(|sign: char| sign.is_ascii_digit()).len()).sum::<usize>()
}

/// The file with the shapes, as a test reads it.
#[derive(Debug)]
pub struct Shapes(PathBuf);

impl Shapes {
    /// Creates a reader of this file.
    #[must_use]
    pub fn in_file(file: PathBuf) -> Self {
        Self(file)
    }

    /// Returns the environment variable with which the server must be started.
    ///
    /// # Panics
    /// Panics if the path is not valid UTF-8.
    #[must_use]
    pub fn setting(&self) -> (&'static str, &str) {
        (FILE, self.0.to_str().expect("a path of ours is UTF-8"))
    }

    /// Returns the shapes since the last call, sorted, because resolvers of one request run in any order. No request may
    /// be running.
    ///
    /// # Panics
    /// Panics if the server has not run any statement yet.
    #[must_use]
    pub fn take(&self) -> Vec<String> {
        let written = fs::read_to_string(&self.0).expect("the server writes the shapes");
        fs::write(&self.0, "").expect("a folder of ours can be written");
        let mut shapes: Vec<String> = written.lines().map(str::to_owned).collect();
        shapes.sort_unstable();
        shapes
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::DbBackend;

    use super::*;

    #[test]
    fn a_shape_tells_what_can_be_measured_and_nothing_else() {
        let of = |values: Vec<Value>| shape(&Statement::from_sql_and_values(DbBackend::Sqlite, "SELECT  ?", values));
        assert_eq!(of(vec![1.into(), i64::MAX.into()]), "2 values of 16 bytes: SELECT ?");
        assert_eq!(of(vec![None::<i32>.into(), vec![0_u8; 5].into()]), "2 values of 5 bytes: SELECT ?");
        assert_eq!(of(vec!["ab".into()]), of(vec!["cd".into()]));
        assert_ne!(of(vec!["ab".into()]), of(vec!["abc".into()]));
        let time = |fraction: &str| of(vec![format!("{{\"at\":\"2026-11-30T02:00:00{fraction}Z\"}}").into()]);
        assert_eq!(time(".123456"), time(".123"));
    }
}
