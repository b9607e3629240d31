//! The importer for rule files of every kind.
//!
//! A file is imported as a whole, or rejected with a list of all its problems. An import is one transaction with one
//! new revision, by which running servers notice it, and one journal event. Stored rows that the file does not contain
//! stay unchanged. The import is idempotent: importing the same file again changes no row and creates no revision.

pub(crate) mod areas;
pub(crate) mod as_if;
pub(crate) mod difference;
pub(crate) mod duties;
mod edges;
pub(crate) mod features;
pub(crate) mod file;
pub(crate) mod geometry;
mod kind;
pub(crate) mod known;
pub(crate) mod lists;
mod nesting;
pub(crate) mod policies;
pub(crate) mod problem;
pub(crate) mod progress;
mod resting;
mod rings;
pub(crate) mod rows;
pub(crate) mod settle;
mod sweep;
pub(crate) mod table;
#[cfg(test)]
mod tests;
pub(crate) mod tree;
pub(crate) mod units;
pub(crate) mod values;
pub(crate) mod write;

use chrono::{DateTime, Utc};
use domain::Code;
use domain::policy::RuleVersion;
use entity::{area, calendar_day, category, code_entry, duty, policy, revision, unit};
use sea_orm::{ConnectionTrait, EntityTrait};

pub(crate) use self::difference::Difference;
use self::features::Feature;
use self::file::ImportSource;
pub use self::kind::RuleKind;
use self::known::KnownRules;
use self::problem::Problems;
use self::settle::{ImportEntry, ImportPlan, ImportRow, settle};
use self::table::{Columns, CsvTable};
use super::defaults::NATIONAL;
use super::recounting;
use crate::database::Database;
use crate::error::{ApiError, ApiResult};

/// Whether an import writes its changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Only computes what would change.
    DryRun,
    /// Writes the changes in one transaction.
    Write,
}

/// Imports a file, or computes what importing it would change. Before the first write to an empty database, it imports
/// the national defaults.
///
/// # Errors
/// `INVALID_INPUT` for `file`, listing every problem of the file; `CHANGED_MEANWHILE` if a concurrent import commits
/// first.
pub async fn import(
    db: &Database,
    kind: RuleKind,
    file_name: &str,
    bytes: &[u8],
    mode: Mode,
    now: DateTime<Utc>,
) -> ApiResult<Difference> {
    let file = RuleFile::read(kind, ImportSource::new(file_name, bytes)).await?;
    if mode == Mode::DryRun {
        return file.apply(&db.read, mode, now).await;
    }
    first_rules(db, now).await?;
    let txn = db.begin_write().await?;
    let difference = file.apply(&txn, mode, now).await?;
    txn.commit().await?;
    Ok(difference)
}

/// Imports a file within a transaction of the caller, who commits it or takes it back.
///
/// # Errors
/// Those of [`import`].
pub(crate) async fn import_within<C: ConnectionTrait>(
    txn: &C,
    kind: RuleKind,
    source: ImportSource,
    now: DateTime<Utc>,
) -> ApiResult<Difference> {
    RuleFile::read(kind, source).await?.apply(txn, Mode::Write, now).await
}

/// Imports all national defaults in one transaction if the database has no rules yet. Returns whether it did.
pub(crate) async fn first_rules(db: &Database, now: DateTime<Utc>) -> ApiResult<bool> {
    if revision::Entity::newest(&db.read).await? > 0 {
        return Ok(false);
    }
    let mut files = Vec::with_capacity(NATIONAL.len());
    for file in NATIONAL {
        files.push(RuleFile::read(file.kind, ImportSource::new(file.name, file.bytes)).await?);
    }
    let txn = db.begin_write().await?;
    if revision::Entity::newest(&txn).await? > 0 {
        return Ok(false); // another process has imported the defaults in the meantime
    }
    for file in files {
        match file.apply(&txn, Mode::Write, now).await {
            Err(ApiError::Refused(refusal)) if refusal.code == Code::ChangedMeanwhile => return Ok(false),
            other => drop(other?),
        }
    }
    txn.commit().await?;
    Ok(true)
}

/// A rule file, parsed as far as this is possible without the database.
pub(super) struct RuleFile {
    kind: RuleKind,
    source: ImportSource,
    body: Body,
    problems: Problems,
}

enum Body {
    Features(Vec<Feature>),
    Table(CsvTable),
    Text,
}

/// The import parameters that all kinds of files share.
#[derive(Clone, Copy)]
pub(crate) struct ImportJob<'a> {
    /// The name of the file kind, which the revision stores.
    pub kind: &'a str,
    /// The source file.
    pub source: &'a ImportSource,
    /// Whether the import writes its changes.
    pub mode: Mode,
    /// When the import takes place.
    pub now: DateTime<Utc>,
}

impl RuleFile {
    /// Parses a file on the blocking thread pool.
    pub(super) async fn read(kind: RuleKind, source: ImportSource) -> ApiResult<Self> {
        // Validating boundaries takes long, so it must not block a request thread.
        tokio::task::spawn_blocking(move || Self::parse(kind, source)).await.map_err(ApiError::internal)?
    }

    fn parse(kind: RuleKind, source: ImportSource) -> ApiResult<Self> {
        source.check()?;
        let mut problems = Problems::default();
        let body = match columns(kind) {
            Some(columns) => Body::Table(CsvTable::read(&source, columns, &mut problems)),
            None if kind == RuleKind::Areas => Body::Features(features::read(&source, &mut problems)),
            None => Body::Text,
        };
        Ok(Self { kind, source, body, problems })
    }

    /// Compares the file with the database, and writes the changes unless `mode` is a dry run.
    pub(super) async fn apply<C: ConnectionTrait>(
        self,
        db: &C,
        mode: Mode,
        now: DateTime<Utc>,
    ) -> ApiResult<Difference> {
        let known = KnownRules::load(db).await?;
        let job = ImportJob { kind: self.kind.word(), source: &self.source, mode, now };
        match self.body {
            Body::Features(features) => apply_areas(db, job, &known, features, self.problems).await,
            Body::Table(table) => apply_table(db, job, &known, self.kind, &table, self.problems).await,
            Body::Text => apply_policies(db, job, &known, self.problems).await,
        }
    }
}

const fn columns(kind: RuleKind) -> Option<Columns> {
    match kind {
        RuleKind::Areas | RuleKind::Policies => None,
        RuleKind::Units => Some(units::UNITS),
        RuleKind::Codes => Some(lists::CODES),
        RuleKind::Categories => Some(lists::CATEGORIES),
        RuleKind::Duties => Some(duties::DUTIES),
        RuleKind::Calendar => Some(lists::CALENDAR),
    }
}

async fn apply_areas<C: ConnectionTrait>(
    db: &C,
    job: ImportJob<'_>,
    known: &KnownRules,
    features: Vec<Feature>,
    mut problems: Problems,
) -> ApiResult<Difference> {
    let stored = areas::stored(area::Entity::find().all(db).await?, known);
    let given = tree::areas(features, known, &mut problems);
    finish(db, job, stored, given, problems).await
}

async fn apply_policies<C: ConnectionTrait>(
    db: &C,
    job: ImportJob<'_>,
    known: &KnownRules,
    mut problems: Problems,
) -> ApiResult<Difference> {
    let stored = policies::stored(policy::Entity::find().all(db).await?, known);
    let version = RuleVersion(revision::Entity::newest(db).await? + 1);
    let given = policies::policies(job.source, known, version, &mut problems);
    finish(db, job, stored, given, problems).await
}

async fn apply_table<C: ConnectionTrait>(
    db: &C,
    job: ImportJob<'_>,
    known: &KnownRules,
    kind: RuleKind,
    table: &CsvTable,
    mut problems: Problems,
) -> ApiResult<Difference> {
    let found = &mut problems;
    match kind {
        RuleKind::Areas | RuleKind::Policies => Err(ApiError::internal("areas and policies are no tables")),
        RuleKind::Units => {
            let stored = units::stored(unit::Entity::find().all(db).await?, known);
            finish(db, job, stored, units::units(table, known, found), problems).await
        }
        RuleKind::Codes => {
            let stored = code_entry::Entity::find().all(db).await?;
            finish(db, job, stored, lists::codes(table, known, found), problems).await
        }
        RuleKind::Categories => {
            let stored = category::Entity::find().all(db).await?;
            finish(db, job, stored, lists::categories(table, known, found), problems).await
        }
        RuleKind::Duties => {
            let stored = duties::stored(duty::Entity::find().all(db).await?, known);
            finish(db, job, stored, duties::duties(table, known, found), problems).await
        }
        RuleKind::Calendar => {
            let stored = calendar_day::Entity::find().all(db).await?;
            let before = stored.clone();
            let done = finish(db, job, stored, lists::calendar(table, known, found), problems).await?;
            if let Some(version) = done.revision {
                recounting::note(db, version, before).await?;
            }
            Ok(done)
        }
    }
}

/// Compares the rows, rejects a file with problems, and writes the changes unless the mode is a dry run.
async fn finish<R: ImportRow, C: ConnectionTrait>(
    db: &C,
    job: ImportJob<'_>,
    stored: Vec<R>,
    given: Vec<ImportEntry<R>>,
    problems: Problems,
) -> ApiResult<Difference> {
    let plan = compare(job, stored, given, problems)?;
    match job.mode {
        Mode::DryRun => Ok(plan.difference),
        Mode::Write => write::plan(db, plan, job.now).await,
    }
}

/// Computes what a file would change.
///
/// # Errors
/// `INVALID_INPUT` for `file`, listing every problem of the file.
pub(crate) fn compare<R: ImportRow>(
    job: ImportJob<'_>,
    stored: Vec<R>,
    given: Vec<ImportEntry<R>>,
    mut problems: Problems,
) -> ApiResult<ImportPlan<R>> {
    let mut plan = settle(stored, given, &mut problems);
    problems.refuse(&job.source.name)?;
    job.kind.clone_into(&mut plan.difference.kind);
    plan.difference.file.clone_from(&job.source.name);
    plan.difference.sha256.clone_from(&job.source.sha256);
    Ok(plan)
}
