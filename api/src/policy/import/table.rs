//! Parses CSV files with an English header, and records the problems of their rows and values.

use std::collections::HashMap;

use chrono::NaiveDate;

use super::file::ImportSource;
use super::problem::Problems;

/// The maximum length of a value in characters.
const VALUE_MAX: usize = 2_000;

/// The columns of a CSV file kind.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Columns {
    /// The required columns.
    pub needed: &'static [&'static str],
    /// The optional columns.
    pub optional: &'static [&'static str],
}

/// The rows of a CSV file, with their line numbers.
#[derive(Debug)]
pub(crate) struct CsvTable {
    position: HashMap<String, usize>,
    rows: Vec<(u64, Vec<String>)>,
}

impl CsvTable {
    /// Parses the table, skipping empty lines.
    #[must_use]
    pub(crate) fn read(source: &ImportSource, columns: Columns, problems: &mut Problems) -> Self {
        let text = &source.text;
        let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
        let header = match reader.headers() {
            Ok(header) => header.iter().map(str::to_owned).collect(),
            Err(error) => {
                problems.line(1, format!("the header cannot be read: {error}"));
                Vec::new()
            }
        };
        let position = check_header(&header, columns, problems);
        let mut rows = Vec::new();
        for record in reader.records() {
            match record {
                Ok(record) => {
                    let line = record.position().map_or(0, csv::Position::line);
                    if record.len() == header.len() {
                        rows.push((line, record.iter().map(str::to_owned).collect()));
                    } else {
                        let (found, wanted) = (record.len(), header.len());
                        let what = format!(
                            "it has {found} values, but the header has {wanted} columns: quote values with a comma"
                        );
                        problems.line(line, what);
                    }
                }
                Err(error) => problems.file(format!("a row cannot be read: {error}")),
            }
        }
        Self { position, rows }
    }

    /// Returns a cursor over the rows, which records problems in `problems`.
    pub(crate) fn rows<'a>(&'a self, problems: &'a mut Problems) -> CsvRows<'a> {
        CsvRows { table: self, problems, next: 0 }
    }
}

fn check_header(header: &[String], columns: Columns, problems: &mut Problems) -> HashMap<String, usize> {
    let mut position = HashMap::new();
    for (at, name) in header.iter().enumerate() {
        if !columns.needed.contains(&name.as_str()) && !columns.optional.contains(&name.as_str()) {
            let known = [columns.needed, columns.optional].concat().join(", ");
            problems.at(1, name, format!("this column is unknown: the columns are {known}"));
        }
        if position.insert(name.clone(), at).is_some() {
            problems.at(1, name, "the column is listed twice: remove one of them");
        }
    }
    for name in columns.needed.iter().filter(|name| !position.contains_key(**name)) {
        problems.at(1, name, "the column is missing: add it to the header and to every row");
    }
    position
}

/// A cursor over the rows. Each invalid value is recorded as a problem.
pub(crate) struct CsvRows<'a> {
    table: &'a CsvTable,
    problems: &'a mut Problems,
    next: usize,
}

impl CsvRows<'_> {
    /// Advances to the next row; `None` after the last one.
    pub(crate) fn next_row(&mut self) -> Option<Cells<'_>> {
        let (line, values) = self.table.rows.get(self.next)?;
        self.next += 1;
        Some(Cells { position: &self.table.position, line: *line, values, problems: self.problems })
    }
}

/// The values of one row. A method that returns `None` has recorded a problem, unless the value is optional.
pub(crate) struct Cells<'a> {
    position: &'a HashMap<String, usize>,
    /// The line number of the row, starting at 1.
    pub line: u64,
    values: &'a [String],
    problems: &'a mut Problems,
}

impl Cells<'_> {
    /// Records a problem of one value.
    pub(crate) fn problem(&mut self, column: &str, what: impl Into<String>) {
        self.problems.at(self.line, column, what);
    }

    /// Returns the value, or an empty string if it is absent. A value that is too long is recorded as a problem.
    pub(crate) fn plain(&mut self, column: &str) -> String {
        let value = self.position.get(column).and_then(|at| self.values.get(*at)).cloned().unwrap_or_default();
        if value.chars().count() > VALUE_MAX {
            self.problem(column, format!("the value is too long: at most {VALUE_MAX} characters"));
        }
        value
    }

    /// Returns a required value.
    pub(crate) fn text(&mut self, column: &str) -> Option<String> {
        let value = self.plain(column);
        if value.is_empty() {
            if self.position.contains_key(column) {
                self.problem(column, "the value is missing: fill it in");
            }
            return None;
        }
        Some(value)
    }

    /// Returns an optional value.
    pub(crate) fn maybe(&mut self, column: &str) -> Option<String> {
        Some(self.plain(column)).filter(|value| !value.is_empty())
    }

    /// Parses a required date.
    pub(crate) fn day(&mut self, column: &str) -> Option<NaiveDate> {
        let value = self.text(column)?;
        self.parse_day(column, &value)
    }

    /// Parses an optional date. An invalid date is recorded as a problem and counts as absent.
    pub(crate) fn maybe_day(&mut self, column: &str) -> Option<NaiveDate> {
        let value = self.maybe(column)?;
        self.parse_day(column, &value)
    }

    /// Parses a required code: 1 to 64 ASCII letters, digits, `_`, `-` or `.`.
    pub(crate) fn code(&mut self, column: &str) -> Option<String> {
        let value = self.text(column)?;
        if is_code(&value) {
            return Some(value);
        }
        self.problem(
            column,
            format!("`{value}` is not a code: 1 to 64 letters, digits, `_`, `-` or `.`, without spaces"),
        );
        None
    }

    /// Parses `valid_from` and `valid_to`. An end that is not after the first day is recorded as a problem.
    pub(crate) fn days(&mut self) -> (Option<NaiveDate>, Option<NaiveDate>) {
        let (from, to) = (self.day("valid_from"), self.maybe_day("valid_to"));
        if let (Some(from), Some(to)) = (from, to)
            && to <= from
        {
            self.problem(
                "valid_to",
                "the end is not after the first day: it must be the first day on which the entry no longer holds",
            );
        }
        (from, to)
    }

    fn parse_day(&mut self, column: &str, value: &str) -> Option<NaiveDate> {
        let day = day(value);
        if day.is_none() {
            self.problem(column, format!("`{value}` is not a day: write it as 2026-11-24"));
        }
        day
    }

    /// Parses a required keyword; `words` maps the permitted keywords to their meanings.
    pub(crate) fn word<T: Copy>(&mut self, column: &str, words: &[(&str, T)]) -> Option<T> {
        let value = self.text(column)?;
        let found = words.iter().find(|(word, _)| *word == value).map(|(_, meaning)| *meaning);
        if found.is_none() {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            self.problem(column, format!("`{value}` is unknown: write one of {}", known.join(", ")));
        }
        found
    }
}

/// Checks whether the text has the form of a code: 1 to 64 ASCII letters, digits, `_`, `-` or `.`.
#[must_use]
pub(crate) fn is_code(text: &str) -> bool {
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    (1..=64).contains(&text.len()) && text.chars().all(good)
}

/// Parses a date from 1900 to 2999 in the format `YYYY-MM-DD`.
#[must_use]
pub(crate) fn day(text: &str) -> Option<NaiveDate> {
    let day: NaiveDate = text.parse().ok()?;
    let first = NaiveDate::from_ymd_opt(1900, 1, 1)?;
    let last = NaiveDate::from_ymd_opt(2999, 12, 31)?;
    (first <= day && day <= last && text.len() == 10).then_some(day)
}
