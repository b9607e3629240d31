//! Compares the rows of a file with the stored rows and plans the changes.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use sea_orm::ConnectionTrait;

use super::difference::{Change, Difference, DocumentParts};
use super::problem::Problems;
use crate::error::ApiResult;

/// A row type that can be imported.
///
/// Rows with the same natural key are versions, ordered by their first days. Each version ends where the next one
/// begins, or earlier if the file says so. A row with the same key and first day as a stored row replaces it and keeps
/// its id.
pub(crate) trait ImportRow: Clone + Send + Sync {
    /// Returns the natural key, without the first day. It is also displayed to people.
    fn key(&self) -> String;
    /// Returns the first day of validity. It is constant for tables whose keys have no versions.
    fn since(&self) -> NaiveDate;
    /// Returns the exclusive end of validity; `None` if the row is open-ended.
    fn until(&self) -> Option<NaiveDate>;
    /// Sets the exclusive end of validity.
    fn end(&mut self, until: Option<NaiveDate>);
    /// Returns the compared columns with their values, formatted for people.
    fn fields(&self) -> Vec<(&'static str, String)>;
    /// Returns the named parts of the row's document, if it has one. Each is compared like a column.
    fn parts(&self) -> DocumentParts {
        DocumentParts::new()
    }
    /// Copies the values that a stored row keeps, such as its id.
    fn adopt(&mut self, stored: &Self);
    /// Inserts new rows in batches.
    fn insert<C: ConnectionTrait>(txn: &C, rows: Vec<Self>) -> impl Future<Output = ApiResult<()>> + Send;
    /// Updates the stored row with the same id.
    fn update<C: ConnectionTrait>(txn: &C, row: Self) -> impl Future<Output = ApiResult<()>> + Send;
}

/// A parsed row with its line number.
#[derive(Debug, Clone)]
pub(crate) struct ImportEntry<R> {
    /// The line number in the file, starting at 1.
    pub line: u64,
    /// The row.
    pub row: R,
}

/// The rows that an import writes, and a human-readable diff of them.
#[derive(Debug)]
pub(crate) struct ImportPlan<R> {
    /// The rows to insert, in file order.
    pub add: Vec<R>,
    /// The stored rows to update.
    pub change: Vec<R>,
    /// The same changes as a human-readable diff.
    pub difference: Difference,
}

/// Row pairs grouped by natural key, and within each key by first day.
type Groups<R> = BTreeMap<String, BTreeMap<NaiveDate, RowPair<R>>>;

/// Compares the rows and returns the plan. Stored rows whose key is not in the file stay unchanged.
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

/// Groups the rows of a file by key and first day, and also returns these pairs in file order.
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

/// The stored row and the file's row with the same key and first day, if they exist.
struct RowPair<R> {
    stored: Option<R>,
    given: Option<ImportEntry<R>>,
}

impl<R: ImportRow> RowPair<R> {
    const fn empty() -> Self {
        Self { stored: None, given: None }
    }

    /// Adds an update to the plan if the stored row changes, or returns the row to insert.
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

/// Formats a row's key for people, with the first day if the key has versions.
fn label<R: ImportRow>(row: &R) -> String {
    if row.since() == NaiveDate::MIN { row.key() } else { format!("{} since {}", row.key(), row.since()) }
}
