//! Writes what reports wait for 待办: their review 审核, or a unit that may review them 补派.

use chrono::{DateTime, Utc};
use domain::report::Report;
use domain::todo::{Review, of_report};
use entity::batch::InsertSet;
use entity::todo::Matter;
use entity::{report, unassigned_report};
use sea_orm::{ConnectionTrait, EntityTrait, QuerySelect};

use crate::error::{ApiError, ApiResult};
use crate::policy::todos;

/// Adds the todos of a new report to the rows of its submission.
pub(crate) fn add(inserts: &mut InsertSet, row: &report::Model, report: &Report, is_unassigned: bool) -> ApiResult<()> {
    let todos = of_report(report, Review { visible_from: row.visible_from, is_unassigned });
    Ok(inserts.add(todos::new_rows(Matter::Report(row.id), &row.area_path, &todos))?)
}

/// Writes the todos of a report, which the caller has locked and saved.
pub(crate) async fn save<C: ConnectionTrait>(txn: &C, report: &Report) -> ApiResult<()> {
    let row = report::Entity::find_by_id(report.id).select_only();
    let row = row.columns([report::Column::AreaPath, report::Column::VisibleFrom]);
    let row: Option<(String, DateTime<Utc>)> = row.into_tuple().one(txn).await?;
    let (area_path, visible_from) = row.ok_or_else(|| ApiError::internal("a report that was saved has no row"))?;
    let is_unassigned = unassigned_report::Entity::find_by_id(report.id).one(txn).await?.is_some();
    let todos = of_report(report, Review { visible_from, is_unassigned });
    todos::save(txn, Matter::Report(report.id), &area_path, &todos).await
}
