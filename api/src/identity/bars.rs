//! Recusal 回避: a unit that a report accuses is barred from it. The report is never routed or shown to that unit.
//!
//! The table stores a keyed hash of each barred unit, so that it does not reveal which unit is accused. A query can
//! only test whether a given unit is barred.

use std::collections::HashSet;

use domain::id::{ReportId, UnitId};
use entity::report;
use entity::vault::report_bar::{ActiveModel, Column, Entity};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter};

use super::keys::Keys;
use crate::error::ApiResult;

/// Bars units from a report. The operation is idempotent.
#[cfg(test)]
pub(crate) async fn bar<C: ConnectionTrait>(txn: &C, keys: &Keys, report: ReportId, units: &[UnitId]) -> ApiResult<()> {
    bar_all(txn, keys, &[(report, units)]).await
}

/// Bars units from many reports with one INSERT statement. The operation is idempotent.
pub(crate) async fn bar_all<C: ConnectionTrait>(
    txn: &C,
    keys: &Keys,
    reports: &[(ReportId, &[UnitId])],
) -> ApiResult<()> {
    let rows: Vec<ActiveModel> = reports
        .iter()
        .flat_map(|(report, units)| units.iter().map(|unit| (*report, keys.accused_tag(*unit))))
        .map(|(report_id, unit_tag)| ActiveModel { report_id: Set(report_id), unit_tag: Set(unit_tag) })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    let there = OnConflict::columns([Column::ReportId, Column::UnitTag]).do_nothing().to_owned();
    Entity::insert_many(rows).on_conflict(there).exec_without_returning(txn).await?;
    Ok(())
}

/// Returns the subset of these units that is barred from the report.
pub(crate) async fn barred_units<C: ConnectionTrait>(
    db: &C,
    keys: &Keys,
    report: ReportId,
    units: &[UnitId],
) -> ApiResult<Vec<UnitId>> {
    let rows = Entity::find().filter(Column::ReportId.eq(report)).all(db).await?;
    let tags: HashSet<Vec<u8>> = rows.into_iter().map(|row| row.unit_tag).collect();
    Ok(units.iter().copied().filter(|unit| tags.contains(&keys.accused_tag(*unit))).collect())
}

/// Checks whether the unit is barred from the report.
#[cfg(test)]
pub(crate) async fn is_barred<C: ConnectionTrait>(
    db: &C,
    keys: &Keys,
    report: ReportId,
    unit: UnitId,
) -> ApiResult<bool> {
    Ok(Entity::find_by_id((report, keys.accused_tag(unit))).one(db).await?.is_some())
}

/// Returns a SQL condition on `report.id`: none of these units is barred from the report. Other slices add it to their
/// queries, so that a list neither shows nor counts a report that its reader may not see.
#[must_use]
pub(crate) fn not_barred(keys: &Keys, units: &[UnitId]) -> Condition {
    if units.is_empty() {
        return Condition::all();
    }
    let tags = units.iter().map(|unit| keys.accused_tag(*unit));
    let barred = Query::select()
        .expr(Expr::value(1))
        .from(Entity)
        .and_where(Expr::col((Entity, Column::ReportId)).equals((report::Entity, report::Column::Id)))
        .and_where(Expr::col((Entity, Column::UnitTag)).is_in(tags))
        .take();
    Condition::all().add(Expr::exists(barred).not())
}
