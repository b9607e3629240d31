//! Parses CSV files with an English header, and records the problems of their rows and values.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};

use super::file::ImportSource;
use super::problem::Problems;
use super::values::{code, day, is_code, is_word, moment, no_day, no_moment, trimmed};

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
    /// Parses the table. Empty lines, rows without any value and columns with neither a name nor a value count as
    /// absent: spreadsheets leave them behind.
    #[must_use]
    pub(crate) fn read(source: &ImportSource, columns: Columns, problems: &mut Problems) -> Self {
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(source.text.as_bytes());
        let header = match reader.headers() {
            Ok(header) => values(header),
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
                    let (line, row) = (record.position().map_or(0, csv::Position::line), values(&record));
                    if row.iter().all(String::is_empty) {
                        continue;
                    }
                    match fitted(row, &header, columns) {
                        Ok(row) => rows.push((line, row)),
                        Err(what) => problems.line(line, what),
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

/// Returns the values of a line without the blanks and invisible marks around them.
fn values(record: &csv::StringRecord) -> Vec<String> {
    record.iter().map(|value| trimmed(value).to_owned()).collect()
}

/// Returns the row with as many values as the header has columns. A row may have more, if they are empty, and may end
/// before columns that are optional: some spreadsheets leave empty values at the end out.
fn fitted(mut row: Vec<String>, header: &[String], columns: Columns) -> Result<Vec<String>, String> {
    let (found, wanted) = (row.len(), header.len());
    let is_nothing = row.iter().skip(wanted).all(String::is_empty);
    let may_end = header.iter().skip(found).all(|name| !columns.needed.contains(&name.as_str()));
    if !is_nothing || !may_end {
        return Err(format!("it has {found} values, but the header has {wanted} columns: quote values with a comma"));
    }
    row.resize(wanted, String::new());
    let nameless = header.iter().zip(&row).position(|(name, value)| name.is_empty() && !value.is_empty());
    match nameless {
        Some(at) => Err(format!("its value {} stands in a column without a name: name or empty the column", at + 1)),
        None => Ok(row),
    }
}

fn check_header(header: &[String], columns: Columns, problems: &mut Problems) -> HashMap<String, usize> {
    let mut position = HashMap::new();
    for (at, name) in header.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
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

    /// Parses a required moment: a date and a time with a zone.
    pub(crate) fn moment(&mut self, column: &str) -> Option<DateTime<Utc>> {
        let value = self.text(column)?;
        let moment = moment(&value);
        if moment.is_none() {
            self.problem(column, no_moment(&value));
        }
        moment
    }

    /// Parses an optional date. An invalid date is recorded as a problem and counts as absent.
    pub(crate) fn maybe_day(&mut self, column: &str) -> Option<NaiveDate> {
        let value = self.maybe(column)?;
        self.parse_day(column, &value)
    }

    /// Parses a required code: 1 to 64 ASCII letters, digits, `_`, `-` or `.`.
    pub(crate) fn code(&mut self, column: &str) -> Option<String> {
        let value = self.text(column)?;
        self.as_code(column, &value)
    }

    /// Parses an optional code. An invalid code is recorded as a problem and counts as absent.
    pub(crate) fn maybe_code(&mut self, column: &str) -> Option<String> {
        let value = self.maybe(column)?;
        self.as_code(column, &value)
    }

    /// Parses the codes of a list that is divided by `;`. Invalid codes are recorded as problems and left out.
    pub(crate) fn code_list(&mut self, column: &str) -> Vec<String> {
        let value = self.plain(column);
        let codes = value.split([';', '；']).map(trimmed).filter(|code| !code.is_empty());
        codes.filter_map(|code| self.as_code(column, code)).collect()
    }

    fn as_code(&mut self, column: &str, value: &str) -> Option<String> {
        match code(value) {
            Ok(code) if is_code(&code) => return Some(code),
            Ok(code) => {
                let what = "is not a code: 1 to 64 letters, digits, `_`, `-` or `.`, without spaces";
                self.problem(column, format!("`{code}` {what}"));
            }
            Err(what) => self.problem(column, what),
        }
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
            self.problem(column, no_day(value));
        }
        day
    }

    /// Parses a required keyword in any case; `words` maps the permitted keywords to their meanings.
    pub(crate) fn word<T: Copy>(&mut self, column: &str, words: &[(&str, T)]) -> Option<T> {
        let value = self.text(column)?;
        let found = words.iter().find(|(word, _)| is_word(&value, word)).map(|(_, meaning)| *meaning);
        if found.is_none() {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            self.problem(column, format!("`{value}` is unknown: write one of {}", known.join(", ")));
        }
        found
    }
}
