//! What a file of duties would make of the duty lists 履职事项清单, without writing it.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use domain::id::DutyId;
use domain::time::china_day;
use entity::duty;
use sea_orm::{ConnectionTrait, EntityTrait};

use super::difference::Difference;
use super::file::ImportSource;
use super::known::KnownRules;
use super::{Body, ImportJob, Mode, RuleFile, RuleKind, compare, duties};
use crate::error::{ApiError, ApiResult};
use crate::policy::duties::Duties;

/// The duty lists before and after a file.
pub(crate) struct DutiesAsIf {
    /// What the file changes.
    pub(crate) difference: Difference,
    /// The lists as they are.
    pub(crate) before: Duties,
    /// The lists as the file would make them.
    pub(crate) after: Duties,
    /// The day on which every change of the file has begun; today, if all have.
    pub(crate) day: NaiveDate,
}

/// Computes what a file of duties would make of the lists.
///
/// # Errors
/// `INVALID_INPUT` for `file`, listing every problem of the file.
pub(crate) async fn duties_as_if<C: ConnectionTrait>(
    db: &C,
    source: ImportSource,
    now: DateTime<Utc>,
) -> ApiResult<DutiesAsIf> {
    let RuleFile { kind, source, body, mut problems } = RuleFile::read(RuleKind::Duties, source).await?;
    let Body::Table(table) = body else { return Err(ApiError::internal("a file of duties is a table")) };
    let known = KnownRules::load(db).await?;
    let stored = duty::Entity::find().all(db).await?;
    let given = duties::duties(&table, &known, &mut problems);
    let job = ImportJob { kind: kind.word(), source: &source, mode: Mode::DryRun, now };
    let plan = compare(job, duties::stored(stored.clone(), &known), given, problems)?;
    let mut lists: BTreeMap<DutyId, duty::Model> = stored.iter().map(|row| (row.id, row.clone())).collect();
    let mut day = china_day(now);
    for row in plan.change.into_iter().chain(plan.add) {
        let before = lists.insert(row.model.id, row.model.clone());
        day = day.max(begins(before.as_ref(), &row.model));
    }
    let after = Duties::build(lists.into_values().collect());
    Ok(DutiesAsIf { difference: plan.difference, before: Duties::build(stored), after, day })
}

/// Returns the first day on which an entry differs from what it was.
fn begins(before: Option<&duty::Model>, after: &duty::Model) -> NaiveDate {
    let Some(before) = before else { return after.valid_from };
    let ends_alone = duty::Model { valid_to: after.valid_to, ..before.clone() } == *after;
    let ends = [before.valid_to, after.valid_to].into_iter().flatten().min();
    ends.filter(|_| ends_alone).unwrap_or(after.valid_from)
}
