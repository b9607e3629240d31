//! Compares the rows of a file with the stored rows and plans the changes.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use sea_orm::ConnectionTrait;

use super::difference::{Change, Difference, DocumentParts};
use super::problem::Problems;
use crate::error::ApiResult;

/// A row that can be imported.
///
/// Rows with the same natural key follow one another by their first days. Each ends where the next begins, or earlier
/// if the file says so. A row with the key and first day of a stored row replaces it under the same id.
pub(crate) trait ImportRow: Clone + Send + Sync {
    /// Returns the natural key, without the first day. People read it too.
    fn key(&self) -> String;
    /// Returns the first day. It is the same for all rows of a table that is not dated by key.
    fn since(&self) -> NaiveDate;
    /// Returns the first day on which the row no longer holds, if it ends.
    fn until(&self) -> Option<NaiveDate>;
    /// Sets the end.
    fn end(&mut self, until: Option<NaiveDate>);
    /// Returns the columns that are compared, with their values, for people.
    fn fields(&self) -> Vec<(&'static str, String)>;
    /// Returns the parts of the row's document, if it has one. Each is compared like a column.
    fn parts(&self) -> DocumentParts {
        DocumentParts::new()
    }
    /// Takes over the values that a stored row keeps, such as its id.
    fn adopt(&mut self, stored: &Self);
    /// Writes new rows.
    fn insert<C: ConnectionTrait>(txn: &C, rows: Vec<Self>) -> impl Future<Output = ApiResult<()>> + Send;
    /// Writes a row that is stored under the same id.
    fn update<C: ConnectionTrait>(txn: &C, row: Self) -> impl Future<Output = ApiResult<()>> + Send;
}

/// A row of a file, with its line.
#[derive(Debug, Clone)]
pub(crate) struct ImportEntry<R> {
    /// The line, starting at 1.
    pub line: u64,
    /// The row.
    pub row: R,
}

/// The rows that an import writes, and the difference for people.
#[derive(Debug)]
pub(crate) struct ImportPlan<R> {
    /// The new rows, in the order of the file.
    pub add: Vec<R>,
    /// The rows that change.
    pub change: Vec<R>,
    /// The same changes, for people.
    pub difference: Difference,
}

/// The rows by key, and for each key by first day.
type Groups<R> = BTreeMap<String, BTreeMap<NaiveDate, RowPair<R>>>;

/// Compares the rows and returns the plan. Stored rows whose key the file does not have stay as they are.
pub(crate) fn settle<R: ImportRow>(
    stored: Vec<R>,
    given: Vec<ImportEntry<R>>,
    problems: &mut Problems,
) -> ImportPlan<R> {
    let (mut groups, order) = group(given, problems);
    for row in stored {
        if let Some(group) = groups.get_mut(&row.key()) {
            let since = row.since();
            group.entry(since).or_insert_with(RowPair::empty).stored = Some(row);
        }
    }
    let mut plan = ImportPlan { add: Vec::new(), change: Vec::new(), difference: Difference::default() };
    let mut added = BTreeMap::new();
    for (key, group) in groups {
        let starts: Vec<NaiveDate> = group.keys().copied().collect();
        for (at, (since, pair)) in group.into_iter().enumerate() {
            if let Some(row) = pair.decide(starts.get(at + 1).copied(), &mut plan) {
                added.insert((key.clone(), since), row);
            }
        }
    }
    for row in order.into_iter().filter_map(|place| added.remove(&place)) {
        plan.difference.added.push(label(&row));
        plan.add.push(row);
    }
    plan
}

/// Groups the rows of a file by key and first day, and returns these also in the order of the file.
fn group<R: ImportRow>(given: Vec<ImportEntry<R>>, problems: &mut Problems) -> (Groups<R>, Vec<(String, NaiveDate)>) {
    let mut groups: Groups<R> = BTreeMap::new();
    let mut order = Vec::new();
    for entry in given {
        let (key, since) = (entry.row.key(), entry.row.since());
        let pair = groups.entry(key.clone()).or_default().entry(since).or_insert_with(RowPair::empty);
        if let Some(ImportEntry { line, .. }) = pair.given {
            let what = format!("line {line} already contains `{key}` with the same first day: remove one of them");
            problems.line(entry.line, what);
            continue;
        }
        order.push((key, since));
        pair.given = Some(entry);
    }
    (groups, order)
}

/// The stored and the given row with one key and first day.
struct RowPair<R> {
    stored: Option<R>,
    given: Option<ImportEntry<R>>,
}

impl<R: ImportRow> RowPair<R> {
    const fn empty() -> Self {
        Self { stored: None, given: None }
    }

    /// Adds a change to the plan, or returns a row to add.
    fn decide(self, next: Option<NaiveDate>, plan: &mut ImportPlan<R>) -> Option<R> {
        let is_given = self.given.is_some();
        let mut wanted = self.given.map(|entry| entry.row).or_else(|| self.stored.clone())?;
        let until = [wanted.until(), next].into_iter().flatten().min();
        wanted.end(until);
        let Some(stored) = self.stored else { return Some(wanted) };
        wanted.adopt(&stored);
        let mut fields = Change::between_parts(&stored.parts(), &wanted.parts());
        fields.extend(Change::between(stored.fields(), wanted.fields()));
        if fields.is_empty() {
            plan.difference.unchanged += usize::from(is_given);
        } else {
            plan.difference.changed.push(Change { key: label(&wanted), fields });
            plan.change.push(wanted);
        }
        None
    }
}

/// Returns the key of a row for people, with the first day if the table is dated by key.
fn label<R: ImportRow>(row: &R) -> String {
    if row.since() == NaiveDate::MIN { row.key() } else { format!("{} since {}", row.key(), row.since()) }
}
