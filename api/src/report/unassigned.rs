//! Reports that no unit may review 待指定受理单位, because each unit that could is recused, or every officer in it. They
//! wait here until they are assigned (`hazard::service::assigning`), as soon as somebody may review them.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::id::{ReportId, UnitId};
use domain::report::ReportStatus;
use entity::batch::InsertSet;
use entity::unassigned_report::{ActiveModel, Column, Entity};
use entity::{area, report};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, RelationDef,
};

use super::{rows, todos};
use crate::error::ApiResult;
use crate::identity::bars;
use crate::policy::routing::{Routing, RoutingRule};

/// A waiting report, as the operator sees it.
#[derive(Debug, FromQueryResult)]
pub(crate) struct Waiting {
    /// The id of the report.
    pub report_id: ReportId,
    /// Since when it waits.
    pub since: DateTime<Utc>,
    /// The name of the smallest area that contains the place; `None` outside every area.
    pub area: Option<String>,
}

/// A report that awaits its review.
#[derive(Debug, Clone, Copy, FromQueryResult)]
pub(crate) struct Unreviewed {
    /// The id of the report.
    pub id: ReportId,
    /// The unit that has to review it.
    pub review_unit: UnitId,
    /// When it comes out from behind the time veil.
    pub visible_from: DateTime<Utc>,
}

/// Adds the row of a report that no unit may review to the rows of its submission.
pub(crate) fn add(inserts: &mut InsertSet, row: &report::Model, routing: &Routing) -> ApiResult<()> {
    let waits = is_unassigned(routing).then(|| waits(row.id, row.visible_from));
    Ok(inserts.add(waits.into_iter().collect())?)
}

/// Returns whether a report that was routed in this way waits.
#[must_use]
pub(crate) fn is_unassigned(routing: &Routing) -> bool {
    routing.rule == RoutingRule::Unassigned
}

fn waits(report: ReportId, visible_from: DateTime<Utc>) -> ActiveModel {
    ActiveModel { report_id: Set(report), since: Set(visible_from) }
}

/// Returns the reports that wait at `now`, the oldest first. One behind the time veil does not wait yet.
pub(crate) async fn waiting<C: ConnectionTrait>(db: &C, now: DateTime<Utc>) -> ApiResult<Vec<Waiting>> {
    let to_report: RelationDef =
        Entity::belongs_to(report::Entity).from(Column::ReportId).to(report::Column::Id).into();
    let to_area: RelationDef =
        report::Entity::belongs_to(area::Entity).from(report::Column::AreaId).to(area::Column::Id).into();
    let rows = Entity::find()
        .select_only()
        .columns([Column::ReportId, Column::Since])
        .column_as(area::Column::Name, "area")
        .join(JoinType::InnerJoin, to_report)
        .join(JoinType::LeftJoin, to_area)
        .filter(Column::Since.lte(now))
        .order_by_asc(Column::Since)
        .order_by_asc(Column::ReportId);
    Ok(rows.into_model().all(db).await?)
}

/// The place of a waiting report in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cursor {
    since: DateTime<Utc>,
    report: ReportId,
}

impl Cursor {
    /// The report at this place.
    #[must_use]
    pub(crate) const fn report(self) -> ReportId {
        self.report
    }
}

/// Returns the next reports that wait at `now` behind `after`, the oldest first, or the very first ones.
pub(crate) async fn page<C: ConnectionTrait>(
    db: &C,
    now: DateTime<Utc>,
    after: Option<Cursor>,
    rows: u64,
) -> ApiResult<Vec<Cursor>> {
    let mut waiting = Entity::find().filter(Column::Since.lte(now));
    if let Some(Cursor { since, report }) = after {
        let same_time = Condition::all().add(Column::Since.eq(since)).add(Column::ReportId.gt(report));
        waiting = waiting.filter(Condition::any().add(Column::Since.gt(since)).add(same_time));
    }
    let waiting = waiting.order_by_asc(Column::Since).order_by_asc(Column::ReportId).limit(rows).all(db).await?;
    Ok(waiting.into_iter().map(|row| Cursor { since: row.since, report: row.report_id }).collect())
}

/// Returns how many reports wait at `now`.
pub(crate) async fn count<C: ConnectionTrait>(db: &C, now: DateTime<Utc>) -> ApiResult<u64> {
    Ok(Entity::find().filter(Column::Since.lte(now)).count(db).await?)
}

/// Returns whether the report waits, now or behind the time veil.
pub(crate) async fn is_waiting<C: ConnectionTrait>(db: &C, report: ReportId) -> ApiResult<bool> {
    Ok(Entity::find_by_id(report).one(db).await?.is_some())
}

/// Lets reports wait for another unit, from the boundary at which each becomes visible. The operation is idempotent.
pub(crate) async fn wait<C: ConnectionTrait>(txn: &C, reports: &[Unreviewed]) -> ApiResult<()> {
    if reports.is_empty() {
        return Ok(());
    }
    let rows = reports.iter().map(|report| waits(report.id, report.visible_from));
    let there = OnConflict::column(Column::ReportId).do_nothing().to_owned();
    Entity::insert_many(rows).on_conflict(there).exec_without_returning(txn).await?;
    // By ascending id, because each of them is locked.
    let reports: BTreeSet<ReportId> = reports.iter().map(|report| report.id).collect();
    for report in reports {
        write_todos(txn, report).await?;
    }
    Ok(())
}

/// Lets the report wait no longer.
pub(crate) async fn end<C: ConnectionTrait>(txn: &C, report: ReportId) -> ApiResult<()> {
    Entity::delete_by_id(report).exec(txn).await?;
    write_todos(txn, report).await
}

/// Locks the report and writes what it waits for now.
async fn write_todos<C: ConnectionTrait>(txn: &C, report: ReportId) -> ApiResult<()> {
    match rows::load_locked(txn, report).await? {
        Some(loaded) => todos::save(txn, &loaded.report).await,
        None => Ok(()),
    }
}

/// Returns the reports that accuse a unit and await the review of a unit that could be recused.
pub(crate) async fn accusing<C: ConnectionTrait>(db: &C) -> ApiResult<Vec<Unreviewed>> {
    unreviewed(db, bars::accuses_a_unit()).await
}

/// Returns the reports that await the review of these units and are still behind the time veil at `now`.
pub(crate) async fn veiled<C: ConnectionTrait>(
    db: &C,
    units: Vec<UnitId>,
    now: DateTime<Utc>,
) -> ApiResult<Vec<Unreviewed>> {
    let of_units = Condition::all().add(report::COLUMN.review_unit.is_in(units));
    unreviewed(db, of_units.add(report::COLUMN.visible_from.gt(now))).await
}

/// Returns the reports that await their review, without those that wait for another unit already.
async fn unreviewed<C: ConnectionTrait>(db: &C, which: Condition) -> ApiResult<Vec<Unreviewed>> {
    let waiting = Query::select().column(Column::ReportId).from(Entity).take();
    let rows = report::Entity::find()
        .select_only()
        .columns([report::Column::Id, report::Column::ReviewUnit, report::Column::VisibleFrom])
        .filter(report::COLUMN.status.eq(ReportStatus::Received))
        .filter(which)
        .filter(Expr::col((report::Entity, report::Column::Id)).in_subquery(waiting).not());
    Ok(rows.into_model().all(db).await?)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use sea_orm::{ActiveModelTrait, IntoActiveModel};

    use super::*;
    use crate::database::Engine;
    use crate::testing::{World, received_report};

    #[rstest]
    #[case::sqlite(Engine::Sqlite)]
    #[case::postgres(Engine::Postgres)]
    #[tokio::test]
    async fn the_pages_hold_every_waiting_report_once(#[case] engine: Engine) {
        let world = World::on(engine).await;
        let at: DateTime<Utc> = "2026-11-24T02:00:00Z".parse().unwrap();
        let txn = world.app.begin_write().await.unwrap();
        let mut expected = Vec::new();
        for number in 0..7 {
            let since = at + chrono::TimeDelta::minutes(number / 4); // four at the same time
            let row = received_report(world.township_unit, since);
            expected.push((since, row.id));
            row.clone().into_active_model().insert(&txn).await.unwrap();
            let report = Unreviewed { id: row.id, review_unit: row.review_unit, visible_from: since };
            wait(&txn, &[report]).await.unwrap();
        }
        txn.commit().await.unwrap();
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let page = page(world.app.db(), at + chrono::TimeDelta::hours(1), after, 3).await.unwrap();
            after = page.last().copied();
            seen.extend(page.iter().map(|place| (place.since, place.report)));
            if page.len() < 3 {
                break;
            }
        }
        expected.sort_unstable();
        assert_eq!(seen, expected);
    }
}
