//! Imports code lists, categories and the calendar.

use domain::id::CategoryId;
use domain::time::DayKind;
use entity::{calendar_day, category, code_entry};
use uuid::Uuid;

use super::known::KnownRules;
use super::problem::Problems;
use super::settle::ImportEntry;
use super::table::{Cells, Columns, CsvTable};

/// The CSV columns of a code list file.
pub(crate) const CODES: Columns =
    Columns { needed: &["list", "code", "name", "name_en", "valid_from"], optional: &["valid_to"] };
/// The CSV columns of a category catalogue.
pub(crate) const CATEGORIES: Columns = Columns {
    needed: &["code", "name", "name_en", "place_kind", "industry", "disaster_kind", "valid_from"],
    optional: &["valid_to"],
};
/// The CSV columns of a calendar file.
pub(crate) const CALENDAR: Columns = Columns { needed: &["date", "kind", "name"], optional: &[] };

const LISTS: &[(&str, &str)] =
    &[("place_kind", "place_kind"), ("industry", "industry"), ("disaster_kind", "disaster_kind")];

/// Parses each row of a table with `read`, which returns `None` after recording the problems of a row.
pub(crate) fn entries<R>(
    table: &CsvTable,
    problems: &mut Problems,
    mut read: impl FnMut(&mut Cells<'_>) -> Option<R>,
) -> Vec<ImportEntry<R>> {
    let mut rows = table.rows(problems);
    let mut entries = Vec::new();
    while let Some(mut cells) = rows.next_row() {
        let line = cells.line;
        entries.extend(read(&mut cells).map(|row| ImportEntry { line, row }));
    }
    entries
}

/// Parses the entries of code lists.
pub(crate) fn codes(table: &CsvTable, _: &KnownRules, problems: &mut Problems) -> Vec<ImportEntry<code_entry::Model>> {
    entries(table, problems, |cells| {
        let (list, code) = (cells.word("list", LISTS), cells.code("code"));
        let (name, name_en) = (cells.text("name"), cells.text("name_en"));
        let (valid_from, valid_to) = cells.days();
        Some(code_entry::Model {
            list: list?.to_owned(),
            code: code?,
            valid_from: valid_from?,
            name: name?,
            name_en: name_en?,
            valid_to,
        })
    })
}

/// Parses the categories of a catalogue.
pub(crate) fn categories(
    table: &CsvTable,
    known: &KnownRules,
    problems: &mut Problems,
) -> Vec<ImportEntry<category::Model>> {
    entries(table, problems, |cells| {
        let (code, name, name_en) = (cells.code("code"), cells.text("name"), cells.text("name_en"));
        let (valid_from, valid_to) = cells.days();
        let mut axis = |list: &str| {
            let code = cells.maybe_code(list)?;
            if valid_from.is_some_and(|day| !known.has_code(list, &code, day)) {
                cells.problem(list, format!("the list `{list}` has no `{code}` on the first day of this row: import the codes first, or correct it"));
            }
            Some(code)
        };
        let (place_kind, industry, disaster_kind) = (axis("place_kind"), axis("industry"), axis("disaster_kind"));
        Some(category::Model {
            id: CategoryId(Uuid::new_v4()),
            code: code?,
            name: name?,
            name_en: name_en?,
            place_kind,
            industry,
            disaster_kind,
            valid_from: valid_from?,
            valid_to,
        })
    })
}

/// Parses the days of a calendar.
pub(crate) fn calendar(
    table: &CsvTable,
    _: &KnownRules,
    problems: &mut Problems,
) -> Vec<ImportEntry<calendar_day::Model>> {
    let kinds: Vec<(&str, DayKind)> = DayKind::ALL.iter().map(|kind| (kind.code(), *kind)).collect();
    entries(table, problems, |cells| {
        let (date, kind, name) = (cells.day("date"), cells.word("kind", &kinds), cells.text("name"));
        Some(calendar_day::Model { date: date?, kind: kind?, name: name? })
    })
}
