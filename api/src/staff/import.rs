//! Imports officer files and post files, through the importer that all rule files use.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::id::OfficerId;
use entity::{officer, post};
use sea_orm::{ConnectionTrait, DatabaseTransaction, EntityTrait};

use super::phones::{NumberChange, OfficerNumber, Phones};
use super::rows::{self, OFFICERS, OfficerRow, POSTS, PostRow};
use crate::database::Database;
use crate::error::ApiResult;
use crate::policy::import::difference::{Change, FieldChange};
use crate::policy::import::file::ImportSource;
use crate::policy::import::known::KnownRules;
use crate::policy::import::problem::Problems;
use crate::policy::import::settle::{ImportEntry, ImportPlan};
use crate::policy::import::table::{Columns, CsvTable};
use crate::policy::import::{Difference, ImportJob, Mode, compare, write};

/// Imports officers, or with [`Mode::DryRun`] only computes what the import would change. Phone numbers go to `phones`
/// and are never displayed.
///
/// # Errors
/// `INVALID_INPUT` if the file has problems, or if an officer outside the file has one of the phone numbers.
pub(crate) async fn officers(
    db: &Database,
    file_name: &str,
    bytes: &[u8],
    mode: Mode,
    now: DateTime<Utc>,
    phones: &dyn Phones,
) -> ApiResult<Difference> {
    let (mut source, table, mut problems) = read(file_name, bytes, OFFICERS)?;
    source.sha256 = phones.keyed_hash(&source.sha256);
    let txn = db.begin_write().await?;
    let known = KnownRules::load(&txn).await?;
    let stored = stored_officers(&txn, &known).await?;
    let given = rows::officers(&table, &known, &ids(&stored), &mut problems);
    let numbers = numbers(&txn, &given, phones, &mut problems).await?;
    let job = ImportJob { kind: "officers", source: &source, mode, now };
    let turned = turned(&stored, &given);
    let mut plan = compare(job, stored, given, problems)?;
    for changed in numbers.iter().filter(|number| number.change == NumberChange::Changed) {
        note_phone(&mut plan, &changed.staff_no);
    }
    if mode == Mode::DryRun {
        return Ok(plan.difference);
    }
    let difference = write::plan(&txn, plan, now).await?;
    let numbers: Vec<OfficerNumber> = numbers.into_iter().map(|each| each.number).collect();
    phones.keep(&txn, &numbers, now).await?;
    phones.end_logins(&txn, &turned, now).await?;
    txn.commit().await?;
    Ok(difference)
}

/// Returns the officers whom the file ends, and those who were ended before and whom it brings back.
fn turned(stored: &[OfficerRow], given: &[ImportEntry<OfficerRow>]) -> Vec<OfficerId> {
    let before: HashMap<OfficerId, bool> = stored.iter().map(|row| (row.model.id, row.model.active)).collect();
    let rows = given.iter().map(|entry| &entry.row.model);
    rows.filter(|row| before.get(&row.id).is_some_and(|active| *active != row.active)).map(|row| row.id).collect()
}

/// Imports posts, or with [`Mode::DryRun`] only computes what the import would change.
///
/// # Errors
/// `INVALID_INPUT` if the file has problems.
pub(crate) async fn posts(
    db: &Database,
    file_name: &str,
    bytes: &[u8],
    mode: Mode,
    now: DateTime<Utc>,
) -> ApiResult<Difference> {
    let (source, table, mut problems) = read(file_name, bytes, POSTS)?;
    let txn = db.begin_write().await?;
    let known = KnownRules::load(&txn).await?;
    let officers = stored_officers(&txn, &known).await?;
    let given = rows::posts(&table, &known, &ids(&officers), &mut problems);
    let stored = stored_posts(&txn, &known, &officers).await?;
    let job = ImportJob { kind: "posts", source: &source, mode, now };
    let plan = compare(job, stored, given, problems)?;
    if mode == Mode::DryRun {
        return Ok(plan.difference);
    }
    let difference = write::plan(&txn, plan, now).await?;
    txn.commit().await?;
    Ok(difference)
}

/// Reads the table of a file.
pub(super) fn read(file_name: &str, bytes: &[u8], columns: Columns) -> ApiResult<(ImportSource, CsvTable, Problems)> {
    let source = ImportSource::new(file_name, bytes);
    source.check()?;
    let mut problems = Problems::default();
    let table = CsvTable::read(&source, columns, &mut problems);
    Ok((source, table, problems))
}

fn ids(officers: &[OfficerRow]) -> HashMap<String, OfficerId> {
    officers.iter().map(|row| (row.model.staff_no.clone(), row.model.id)).collect()
}

async fn stored_officers<C: ConnectionTrait>(db: &C, known: &KnownRules) -> ApiResult<Vec<OfficerRow>> {
    let row = |model: officer::Model| OfficerRow {
        unit: known.unit_code(model.unit_id),
        says_active: true,
        phone: String::new(),
        model,
    };
    Ok(officer::Entity::find().all(db).await?.into_iter().map(row).collect())
}

async fn stored_posts<C: ConnectionTrait>(
    db: &C,
    known: &KnownRules,
    officers: &[OfficerRow],
) -> ApiResult<Vec<PostRow>> {
    let numbers: HashMap<OfficerId, &str> =
        officers.iter().map(|row| (row.model.id, row.model.staff_no.as_str())).collect();
    let row = |model: post::Model| PostRow {
        staff_no: numbers.get(&model.officer_id).copied().unwrap_or_default().to_owned(),
        unit: known.unit_code(model.unit_id),
        area: known.area_code(model.area_id, model.valid_from),
        model,
    };
    Ok(post::Entity::find().all(db).await?.into_iter().map(row).collect())
}

/// The number of one line, and what storing it would do.
struct FileNumber {
    staff_no: String,
    number: OfficerNumber,
    change: NumberChange,
}

/// Returns the numbers of the file. A number that an officer outside the file has is a problem of its line. Officers of
/// the file may exchange their numbers.
async fn numbers(
    txn: &DatabaseTransaction,
    given: &[ImportEntry<OfficerRow>],
    phones: &dyn Phones,
    problems: &mut Problems,
) -> ApiResult<Vec<FileNumber>> {
    let numbers: Vec<OfficerNumber> = given.iter().map(|entry| entry.row.number()).collect();
    let changes = phones.compare(txn, &numbers).await?;
    let mut all = Vec::with_capacity(given.len());
    for ((entry, number), change) in given.iter().zip(numbers).zip(changes) {
        if change == NumberChange::Taken {
            let advice = "an officer who is not in this file has this number: add their line with their new number";
            problems.at(entry.line, "phone", advice);
        }
        all.push(FileNumber { staff_no: entry.row.model.staff_no.clone(), number, change });
    }
    Ok(all)
}

/// Notes in the difference that an officer's number changes, without the number.
fn note_phone(plan: &mut ImportPlan<OfficerRow>, staff_no: &str) {
    let hidden = || "(hidden)".to_owned();
    let field = FieldChange { name: "phone".into(), from: hidden(), to: hidden() };
    if let Some(change) = plan.difference.changed.iter_mut().find(|change| change.key == staff_no) {
        change.fields.push(field);
        return;
    }
    plan.difference.unchanged = plan.difference.unchanged.saturating_sub(1);
    plan.difference.changed.push(Change { key: staff_no.to_owned(), fields: vec![field] });
}
