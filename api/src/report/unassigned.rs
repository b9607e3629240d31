//! Reports that no unit may review 待指定受理单位, because each unit that could is recused. They wait here, and are assigned
//! as soon as a unit that may review them exists.

use chrono::{DateTime, Utc};
use domain::Code;
use domain::id::{ReportId, UnitId};
use domain::report::{ReportStatus, assign};
use entity::batch::InsertSet;
use entity::unassigned_report::{ActiveModel, Column, Entity};
use entity::{area, report};
use futures::FutureExt;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, FromQueryResult, JoinType,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, RelationDef,
};

use super::rows;
use crate::app::App;
use crate::error::{ApiError, ApiResult};
use crate::identity::bars;
use crate::journal::Author;
use crate::policy::route::{RouteRequest, route};
use crate::policy::routing::{Routing, RoutingRule};
use crate::policy::rulebook::RuleBook;
use crate::policy::units::can_review;
use crate::retry::retry;
use domain::policy::RuleVersion;
use domain::time::china_day;

/// The number of waiting reports that one round tries to assign, the oldest first.
const TRIED: u64 = 200;
/// The number of reports whose recusals are loaded with one statement.
const CHUNK: usize = 500;

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

/// Adds the row of a report that no unit may review to the rows of its submission.
pub(crate) fn add(inserts: &mut InsertSet, row: &report::Model, routing: &Routing) -> ApiResult<()> {
    let waits = (routing.rule == RoutingRule::Unassigned)
        .then_some(ActiveModel { report_id: Set(row.id), since: Set(row.visible_from) });
    Ok(inserts.add(waits.into_iter().collect())?)
}

/// Returns the reports that wait at `now`, the oldest first. One behind the time veil does not wait yet.
pub(crate) async fn waiting<C: ConnectionTrait>(
    db: &C,
    now: DateTime<Utc>,
    limit: Option<u64>,
) -> ApiResult<Vec<Waiting>> {
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
        .order_by_asc(Column::ReportId)
        .limit(limit);
    Ok(rows.into_model().all(db).await?)
}

/// The job that assigns waiting reports, and what it knows from its earlier rounds.
#[derive(Debug, Default)]
pub(crate) struct Assigner {
    /// The rules under which every report was checked for a reviewing unit that is recused meanwhile.
    checked: Option<RuleVersion>,
    /// The number of waiting reports that was logged last.
    told: u64,
}

impl Assigner {
    /// Assigns the waiting reports that a unit may review by now, and tells the operator how many still wait.
    pub(crate) async fn round(&mut self, app: &App) -> ApiResult<()> {
        let rules = app.rules_to_read().await?;
        if self.checked != Some(rules.version) {
            await_another_unit(app, &rules).await?;
            self.checked = Some(rules.version);
        }
        for row in waiting(app.db(), app.now(), Some(TRIED)).await? {
            if is_ready(app, &rules, row.report_id).await? {
                retry(|| attempt(app, row.report_id).boxed()).await?;
            }
        }
        self.tell(Entity::find().filter(Column::Since.lte(app.now())).count(app.db()).await?);
        Ok(())
    }

    #[expect(clippy::cast_precision_loss, reason = "a gauge is a float, and counts of rows fit")]
    fn tell(&mut self, waiting: u64) {
        metrics::gauge!("chuishao_reports_unassigned").set(waiting as f64);
        if waiting > self.told {
            tracing::warn!(
                waiting,
                "reports wait because no unit may review them; `chuishao reports unassigned` lists them"
            );
        }
        self.told = waiting;
    }
}

/// Finds the reports whose reviewing unit is recused since the units changed, or cannot review (an earlier build could
/// choose such a unit), and lets them wait for another unit.
async fn await_another_unit(app: &App, rules: &RuleBook) -> ApiResult<()> {
    let rows = report::Entity::find()
        .filter(report::COLUMN.status.eq(ReportStatus::Received))
        .filter(bars::accuses_a_unit())
        .all(app.db())
        .await?;
    for chunk in rows.chunks(CHUNK) {
        let ids: Vec<ReportId> = chunk.iter().map(|row| row.id).collect();
        let accused = bars::accused_by(app.db(), &app.keys, &ids, rules.units.iter().map(|unit| unit.id)).await?;
        let is_recused = |row: &&report::Model| {
            let accused = accused.get(&row.id).map(Vec::as_slice).unwrap_or_default();
            let may_review = rules.unit(row.review_unit).is_some_and(|unit| can_review(unit.kind));
            !may_review || rules.units.line(row.review_unit).iter().any(|unit| accused.contains(unit))
        };
        let waits: Vec<ActiveModel> = chunk
            .iter()
            .filter(is_recused)
            .map(|row| ActiveModel { report_id: Set(row.id), since: Set(row.visible_from) })
            .collect();
        if !waits.is_empty() {
            let txn = app.begin_write().await?;
            let there = OnConflict::column(Column::ReportId).do_nothing().to_owned();
            Entity::insert_many(waits).on_conflict(there).exec_without_returning(&txn).await?;
            app.commit(txn).await?;
        }
    }
    Ok(())
}

/// Checks without a lock whether a waiting report can be assigned, or need not wait any longer.
async fn is_ready(app: &App, rules: &RuleBook, id: ReportId) -> ApiResult<bool> {
    let Some(row) = report::Entity::find_by_id(id).one(app.db()).await? else { return Ok(false) };
    Ok(row.status != ReportStatus::Received || reroute(app, app.db(), rules, &row).await?.is_some())
}

/// Assigns one report if a unit may review it. A report that was withdrawn or reviewed waits no longer.
async fn attempt(app: &App, id: ReportId) -> ApiResult<()> {
    let txn = app.begin_write().await?;
    let loaded = rows::load_locked(&txn, id).await?.ok_or(Code::NotFound)?;
    if Entity::find_by_id(id).one(&txn).await?.is_none() {
        return Ok(()); // another process was faster
    }
    let rules = app.rules(&txn).await?;
    if loaded.report.status == ReportStatus::Received {
        let Some(routing) = reroute(app, &txn, &rules, &loaded.row).await? else { return Ok(()) };
        carry_out(app, &txn, &rules, &loaded, &routing).await?;
        tracing::info!(report = %id, unit = %routing.review_unit, "a report that waited was assigned");
    }
    Entity::delete_by_id(id).exec(&txn).await?;
    app.commit(txn).await
}

/// Routes the report again under the rules of today. Returns `None` if still no unit may review it.
async fn reroute<C: ConnectionTrait>(
    app: &App,
    txn: &C,
    rules: &RuleBook,
    row: &report::Model,
) -> ApiResult<Option<Routing>> {
    let units = rules.units.iter().map(|unit| unit.id);
    let accused: Vec<UnitId> =
        bars::accused_by(txn, &app.keys, &[row.id], units).await?.remove(&row.id).unwrap_or_default();
    let request = RouteRequest {
        point: rows::point_of(row.lng_e7, row.lat_e7)?,
        category: row.category.as_deref(),
        emergency: row.emergency,
        day: china_day(app.now()),
        accused: &accused,
    };
    match route(rules, &request) {
        Ok(routing) if routing.rule == RoutingRule::Unassigned => Ok(None),
        Ok(routing) => Ok(Some(routing)),
        Err(ApiError::Refused(refusal)) if refusal.code == Code::TryLater => Ok(None),
        Err(error) => Err(error),
    }
}

async fn carry_out(
    app: &App,
    txn: &DatabaseTransaction,
    rules: &RuleBook,
    loaded: &rows::Loaded,
    routing: &Routing,
) -> ApiResult<()> {
    let now = app.now();
    let area = loaded.row.area_id.or_else(|| rules.unit(routing.review_unit).map(|unit| unit.area_id));
    let timing = rules.timing(area.ok_or(Code::TryLater)?, now)?;
    let policy = rules.handling(area, china_day(now))?;
    let assigned = assign(&loaded.report, routing.review_unit, now, policy, &timing)?;
    rows::carry_out(app, txn, rules, &loaded.report, &[assigned], Author::default()).await?;
    let routing = serde_json::to_string(routing).map_err(ApiError::internal)?;
    report::Entity::update_many()
        .set(report::ActiveModel { routing: Set(routing), ..Default::default() })
        .filter(report::COLUMN.id.eq(loaded.report.id))
        .exec(txn)
        .await?;
    Ok(())
}
