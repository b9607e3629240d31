//! What a file changes: its rows against those that are stored.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use sea_orm::ConnectionTrait;

use super::difference::{Change, Difference, DocumentParts};
use super::problem::Problems;
use crate::error::ApiResult;

/// A row that can be imported.
///
/// Rows with one natural key follow one another by their first days: each ends where the next begins, or earlier if the
/// file says so. A row of the same key and first day replaces the stored one under its id.
pub(crate) trait ImportRow: Clone + Send + Sync {
    /// The natural key, without the first day; also what people read.
    fn key(&self) -> String;
    /// The first day. The same for all rows of tables that are not dated by key.
    fn since(&self) -> NaiveDate;
    /// First day on which it is no longer, if it ends.
    fn until(&self) -> Option<NaiveDate>;
    /// Sets the end.
    fn end(&mut self, until: Option<NaiveDate>);
    /// What makes two versions of the row differ, for people: names of columns with their values.
    fn fields(&self) -> Vec<(&'static str, String)>;
    /// The parts of the document that the row holds, if it holds one: each is compared like a column.
    fn parts(&self) -> DocumentParts {
        DocumentParts::new()
    }
    /// Takes over what a stored row keeps for ever, its id first.
    fn adopt(&mut self, stored: &Self);
    /// Writes new rows.
    ///
    /// # Errors
    /// Whatever the database says.
    fn insert<C: ConnectionTrait>(txn: &C, rows: Vec<Self>) -> impl Future<Output = ApiResult<()>> + Send;
    /// Writes a row that is stored under the same id.
    ///
    /// # Errors
    /// Whatever the database says.
    fn update<C: ConnectionTrait>(txn: &C, row: Self) -> impl Future<Output = ApiResult<()>> + Send;
}

/// A row of a file, with its line.
#[derive(Debug, Clone)]
pub(crate) struct ImportEntry<R> {
    /// The line, from 1.
    pub line: u64,
    /// The row.
    pub row: R,
}

/// What is to be written, and how that reads.
#[derive(Debug)]
pub(crate) struct ImportPlan<R> {
    /// New rows, in the order of the file.
    pub add: Vec<R>,
    /// Rows that change.
    pub change: Vec<R>,
    /// The same for people.
    pub difference: Difference,
}

/// Rows by their keys, and under each by their first days.
type Groups<R> = BTreeMap<String, BTreeMap<NaiveDate, RowPair<R>>>;

/// Compares. Stored rows whose key the file does not have stay as they are.
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

/// The rows of a file by key and first day, and these in the order of the file.
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

struct RowPair<R> {
    stored: Option<R>,
    given: Option<ImportEntry<R>>,
}

impl<R: ImportRow> RowPair<R> {
    const fn empty() -> Self {
        Self { stored: None, given: None }
    }

    /// Notes a change in the plan, or answers a row to add.
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

/// A row for people: its key, and since when where that matters.
fn label<R: ImportRow>(row: &R) -> String {
    if row.since() == NaiveDate::MIN { row.key() } else { format!("{} since {}", row.key(), row.since()) }
}
