//! Recusal 回避: a unit that a report accuses is barred from it, with every unit below it. The report is never routed or
//! shown to these units.
//!
//! The table stores a keyed hash of each accused unit, so that it does not reveal which unit is accused. A query can
//! only test whether a given unit is accused. The units below it are not stored: whoever asks for a unit asks for its
//! line, that is the unit and all units above it today. So the bar follows every import of units by itself.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use domain::id::{ReportId, UnitId};
use entity::vault::report_bar::{ActiveModel, Column, Entity, Model};
use entity::{batch, hazard, report};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QuerySelect,
    RelationDef,
};

use super::keys::Keys;
use crate::error::{ApiError, ApiResult};

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

/// Bars a successor from every report from which its predecessor is barred. It keeps those that it reviews or whose hazard
/// it holds already: it knows them, and somebody has to go on with them.
pub(crate) async fn inherit<C: ConnectionTrait>(txn: &C, keys: &Keys, from: UnitId, to: UnitId) -> ApiResult<()> {
    let of_hazards = Query::select()
        .column(hazard::Column::Id)
        .from(hazard::Entity)
        .and_where(hazard::Column::TownshipUnit.eq(to))
        .take();
    let held = Query::select()
        .column(report::Column::Id)
        .from(report::Entity)
        .cond_where(
            Condition::any()
                .add(report::Column::ReviewUnit.eq(to))
                .add(report::Column::HazardId.in_subquery(of_hazards)),
        )
        .take();
    let barred = Query::select()
        .column(Column::ReportId)
        .expr(Expr::value(keys.accused_tag(to)))
        .from(Entity)
        .and_where(Column::UnitTag.eq(keys.accused_tag(from)))
        .and_where(Column::ReportId.not_in_subquery(held))
        .take();
    let mut rows = Query::insert();
    rows.into_table(Entity).columns([Column::ReportId, Column::UnitTag]);
    rows.select_from(barred).map_err(ApiError::internal)?;
    rows.on_conflict(OnConflict::columns([Column::ReportId, Column::UnitTag]).do_nothing().to_owned());
    txn.execute(&rows).await?;
    Ok(())
}

/// Returns the units among these that a report accuses itself or through a unit above them. Each unit comes as its line:
/// the unit first, then the units above it.
pub(crate) async fn barred_units<C: ConnectionTrait>(
    db: &C,
    keys: &Keys,
    report: ReportId,
    lines: &[Vec<UnitId>],
) -> ApiResult<Vec<UnitId>> {
    let tags: HashSet<Vec<u8>> = tags_of(db, &[report]).await?.into_iter().map(|row| row.unit_tag).collect();
    let is_barred = |line: &&Vec<UnitId>| line.iter().any(|unit| tags.contains(&keys.accused_tag(*unit)));
    Ok(lines.iter().filter(is_barred).filter_map(|line| line.first().copied()).collect())
}

/// Returns the units that each of these reports names as accused, of all the units of this system. Reports that accuse
/// no unit have no entry. The caller must have checked that the reports may be read.
pub(crate) async fn accused_by<C: ConnectionTrait>(
    db: &C,
    keys: &Keys,
    reports: &[ReportId],
    units: impl IntoIterator<Item = UnitId>,
) -> ApiResult<HashMap<ReportId, Vec<UnitId>>> {
    let rows = tags_of(db, reports).await?;
    let mut accused: HashMap<ReportId, Vec<UnitId>> = HashMap::new();
    if rows.is_empty() {
        return Ok(accused);
    }
    let by_tag: HashMap<Vec<u8>, UnitId> = units.into_iter().map(|unit| (keys.accused_tag(unit), unit)).collect();
    for row in rows {
        if let Some(unit) = by_tag.get(&row.unit_tag) {
            accused.entry(row.report_id).or_default().push(*unit);
        }
    }
    Ok(accused)
}

async fn tags_of<C: ConnectionTrait>(db: &C, reports: &[ReportId]) -> ApiResult<Vec<Model>> {
    let reports = batch::padded(reports.to_vec());
    Ok(Entity::find().filter(Column::ReportId.is_in(reports)).all(db).await?)
}

/// Returns a SQL condition on `report.id`: the report accuses at least one unit.
#[must_use]
pub(crate) fn accuses_a_unit() -> Condition {
    let accused = Query::select().column(Column::ReportId).from(Entity).take();
    Condition::all().add(Expr::col((report::Entity, report::Column::Id)).in_subquery(accused))
}

/// Returns a SQL condition on `report.id`: whoever may read `other` may read the report too, as far as accusations go. It
/// accuses no unit, or only units that `other` accuses as well.
#[must_use]
pub(crate) fn shown_with(other: ReportId) -> Condition {
    let of_other = Query::select().column(Column::UnitTag).from(Entity).and_where(Column::ReportId.eq(other)).take();
    let hidden = Query::select()
        .expr(Expr::value(1))
        .from(Entity)
        .and_where(Expr::col((Entity, Column::ReportId)).equals((report::Entity, report::Column::Id)))
        .and_where(Expr::col((Entity, Column::UnitTag)).not_in_subquery(of_other))
        .take();
    Condition::all().add(Expr::exists(hidden).not())
}

/// Groups reports by what they accuse: those of one group are hidden from the same officers.
pub(crate) async fn grouped_by_accused<C: ConnectionTrait>(
    db: &C,
    reports: &[ReportId],
) -> ApiResult<Vec<Vec<ReportId>>> {
    let mut tags: BTreeMap<ReportId, BTreeSet<Vec<u8>>> = reports.iter().map(|id| (*id, BTreeSet::new())).collect();
    for row in tags_of(db, reports).await? {
        tags.entry(row.report_id).or_default().insert(row.unit_tag);
    }
    let mut groups: BTreeMap<BTreeSet<Vec<u8>>, Vec<ReportId>> = BTreeMap::new();
    for (report, accused) in tags {
        groups.entry(accused).or_default().push(report);
    }
    Ok(groups.into_values().collect())
}

/// Returns the rows of the reports that match `reports` and accuse one of these units, with one statement.
pub(crate) async fn accusing<C: ConnectionTrait>(
    db: &C,
    keys: &Keys,
    reports: Condition,
    units: &BTreeSet<UnitId>,
) -> ApiResult<Vec<Accusation>> {
    let tags: HashMap<Vec<u8>, UnitId> = units.iter().map(|unit| (keys.accused_tag(*unit), *unit)).collect();
    let to_report: RelationDef =
        Entity::belongs_to(report::Entity).from(Column::ReportId).to(report::Column::Id).into();
    let rows = Entity::find()
        .join(JoinType::InnerJoin, to_report)
        .filter(Column::UnitTag.is_in(batch::padded(tags.keys().cloned().collect())))
        .filter(reports)
        .all(db)
        .await?;
    let named = |row: Model| Some(Accusation { report: row.report_id, unit: *tags.get(&row.unit_tag)? });
    Ok(rows.into_iter().filter_map(named).collect())
}

/// A report and a unit that it accuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Accusation {
    /// The report.
    pub report: ReportId,
    /// The unit that it accuses.
    pub unit: UnitId,
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
