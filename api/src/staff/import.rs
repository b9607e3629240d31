//! Imports officer files and post files, through the importer that all rule files use.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::id::OfficerId;
use entity::{officer, post};
use sea_orm::{ConnectionTrait, DatabaseTransaction, EntityTrait};

use super::phones::Phones;
use super::rows::{self, OFFICERS, OfficerRow, POSTS, PostRow};
use crate::database::Database;
use crate::error::ApiResult;
use crate::policy::import::difference::{Change, FieldChange};
use crate::policy::import::file::ImportSource;
use crate::policy::import::known::KnownRules;
use crate::policy::import::problem::Problems;
use crate::policy::import::settle::ImportPlan;
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
    let (source, table, mut problems) = read(file_name, bytes, OFFICERS)?;
    let txn = db.begin_write().await?;
    let known = KnownRules::load(&txn).await?;
    let stored = stored_officers(&txn, &known).await?;
    let given = rows::officers(&table, &known, &ids(&stored), &mut problems);
    let in_file: Vec<OfficerRow> = given.iter().map(|entry| entry.row.clone()).collect();
    let job = ImportJob { kind: "officers", source: &source, mode, now };
    let mut plan = compare(job, stored, given, problems)?;
    let moved = compare_phones(&txn, &in_file, &mut plan, phones).await?;
    if mode == Mode::DryRun {
        return Ok(plan.difference);
    }
    let difference = write::plan(&txn, plan, now).await?;
    for row in moved {
        phones.keep(&txn, row.model.id, &row.phone).await?;
    }
    txn.commit().await?;
    Ok(difference)
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

fn read(file_name: &str, bytes: &[u8], columns: Columns) -> ApiResult<(ImportSource, CsvTable, Problems)> {
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

/// Returns the officers whose phone number has to be stored. An officer of whom only the phone number has changed
/// counts as changed in `plan`.
async fn compare_phones(
    txn: &DatabaseTransaction,
    in_file: &[OfficerRow],
    plan: &mut ImportPlan<OfficerRow>,
    phones: &dyn Phones,
) -> ApiResult<Vec<OfficerRow>> {
    let mut moved = Vec::new();
    for row in in_file {
        let is_new = plan.add.iter().any(|added| added.model.id == row.model.id);
        if is_new || !phones.is_kept(txn, row.model.id, &row.phone).await? {
            moved.push(row.clone());
        }
        if !is_new && moved.last().is_some_and(|last| last.model.id == row.model.id) {
            note_phone(plan, row);
        }
    }
    Ok(moved)
}

fn note_phone(plan: &mut ImportPlan<OfficerRow>, row: &OfficerRow) {
    let hidden = || "(hidden)".to_owned();
    let field = FieldChange { name: "phone".into(), from: hidden(), to: hidden() };
    let number = &row.model.staff_no;
    if let Some(change) = plan.difference.changed.iter_mut().find(|change| change.key == *number) {
        change.fields.push(field);
        return;
    }
    plan.difference.unchanged = plan.difference.unchanged.saturating_sub(1);
    plan.difference.changed.push(Change { key: number.clone(), fields: vec![field] });
}
