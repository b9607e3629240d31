//! Assigns waiting reports 补派 as soon as somebody may review them, and takes their hazards along. A report waits if each
//! unit that could review it is recused 回避, or every officer there is, be it by another post. The job looks again in each
//! round, because imports of units, officers and posts change who may review, and so does a new day.

use std::sync::Arc;

use chrono::NaiveDate;
use domain::Code;
use domain::access::By;
use domain::hazard::{Case, Command as CaseCommand, Stage};
use domain::id::{ReportId, UnitId};
use domain::report::{ReportStatus, assign};
use domain::time::china_day;
use entity::{hazard, report};
use futures::FutureExt;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter};

use super::command_handler::follow;
use super::own_hazard::LockedHazards;
use crate::app::App;
use crate::error::{ApiError, ApiResult};
use crate::identity::bars;
use crate::journal::Author;
use crate::policy::route::{RouteRequest, route};
use crate::policy::routing::{Routing, RoutingRule};
use crate::policy::rulebook::RuleBook;
use crate::policy::units::{can_review, is_on};
use crate::report::rows::{self, Loaded};
use crate::report::unassigned::{self, Cursor, Unreviewed};
use crate::retry::retry;
use crate::staff::reviewers::Staffing;

/// The number of waiting reports at which one round looks. The next round goes on behind them, so that reports that wait
/// for ever do not keep later ones from being assigned.
const PAGE: u64 = 1_000;
/// The number of reports whose recusals are loaded with one statement.
const CHUNK: usize = 500;

/// The job that assigns waiting reports, and what it knows from its earlier rounds.
#[derive(Debug, Default)]
pub(crate) struct Assigner {
    /// The last report at which the round before has looked; `None` if it came to the end.
    after: Option<Cursor>,
    /// The number of waiting reports that was logged last.
    told: u64,
}

impl Assigner {
    /// Assigns the waiting reports that somebody may review by now, and tells the operator how many still wait. A report
    /// that cannot be assigned for another reason does not end the round.
    pub(crate) async fn round(&mut self, app: &App) -> ApiResult<()> {
        let today = Today::of(app, app.db(), app.rules_to_read().await?).await?;
        await_somebody(app, &today).await?;
        let page = unassigned::page(app.db(), app.now(), self.after, PAGE).await?;
        self.after = page.last().copied().filter(|_| page.len() as u64 == PAGE);
        let page: Vec<ReportId> = page.into_iter().map(Cursor::report).collect();
        for chunk in page.chunks(CHUNK) {
            for report in ready(app, &today, chunk).await? {
                if let Err(error) = retry(|| attempt(app, report).boxed()).await {
                    tracing::error!(%report, cause = ?error, "a waiting report was not assigned and will be tried again");
                }
            }
        }
        self.tell(unassigned::count(app.db(), app.now()).await?);
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

/// The rules and the staff of today, by which reports are routed again.
struct Today {
    rules: Arc<RuleBook>,
    staffing: Staffing,
    day: NaiveDate,
}

impl Today {
    async fn of<C: ConnectionTrait>(app: &App, db: &C, rules: Arc<RuleBook>) -> ApiResult<Self> {
        let day = china_day(app.now());
        let staffing = Staffing::load(db, &rules.units, day).await?;
        Ok(Self { rules, staffing, day })
    }

    fn may_review(&self, unit: UnitId, accused: &[UnitId]) -> bool {
        self.staffing.may_review(unit, accused)
    }

    /// Returns the units in which somebody could review a report, if it accused nobody.
    fn reviewing(&self) -> impl Iterator<Item = UnitId> {
        let day = self.day;
        let units = self.rules.units.iter().filter(move |unit| can_review(unit.kind) && is_on(unit, day));
        units.map(|unit| unit.id)
    }

    /// Routes the report again. The rule is [`RoutingRule::Unassigned`] if still nobody may review it; the result is
    /// `None` if there is no unit at all.
    fn reroute(&self, row: &report::Model, accused: &[UnitId]) -> ApiResult<Option<Routing>> {
        let without_reviewer: Vec<UnitId> = self.reviewing().filter(|unit| !self.may_review(*unit, accused)).collect();
        let request = RouteRequest {
            point: rows::point_of(row.lng_e7, row.lat_e7)?,
            category: row.category.as_deref(),
            emergency: row.emergency,
            day: self.day,
            accused,
            without_reviewer: &without_reviewer,
        };
        match route(&self.rules, &request) {
            Ok(routing) => Ok(Some(routing)),
            Err(ApiError::Refused(refusal)) if refusal.code == Code::TryLater => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Returns the unit that dispatches the hazard of an emergency while its report waits: the one that holds it, if
    /// somebody there sees it, otherwise the next one in which somebody does.
    fn dispatcher(&self, holder: UnitId, routing: &Routing, accused: &[UnitId]) -> UnitId {
        let units = [holder, routing.review_unit].into_iter().chain(self.reviewing());
        let mut units = units.filter(|unit| self.staffing.may_dispatch(*unit, accused));
        units.next().unwrap_or(holder)
    }
}

/// Lets the reports wait that nobody in their unit may review any more, because it is recused, or everybody in it is.
async fn await_somebody(app: &App, today: &Today) -> ApiResult<()> {
    let reports = unassigned::accusing(app.db()).await?;
    for chunk in reports.chunks(CHUNK) {
        let ids: Vec<ReportId> = chunk.iter().map(|report| report.id).collect();
        let units = today.rules.units.iter().map(|unit| unit.id);
        let accused = bars::accused_by(app.db(), &app.keys, &ids, units).await?;
        let of = |report: ReportId| accused.get(&report).map(Vec::as_slice).unwrap_or_default();
        let is_stuck = |report: &&Unreviewed| !today.may_review(report.review_unit, of(report.id));
        let stuck: Vec<Unreviewed> = chunk.iter().filter(is_stuck).copied().collect();
        if !stuck.is_empty() {
            let txn = app.begin_write().await?;
            unassigned::wait(&txn, &stuck).await?;
            app.commit(txn).await?;
        }
    }
    Ok(())
}

/// Returns those of the waiting reports for which there is something to do, without a lock.
async fn ready(app: &App, today: &Today, reports: &[ReportId]) -> ApiResult<Vec<ReportId>> {
    let rows = report::Entity::find().filter(report::COLUMN.id.is_in(reports.to_vec())).all(app.db()).await?;
    let hazards: Vec<_> = rows.iter().filter(|row| row.emergency).filter_map(|row| row.hazard_id).collect();
    let hazards = hazard::Entity::find().filter(hazard::COLUMN.id.is_in(hazards)).all(app.db()).await?;
    let units = today.rules.units.iter().map(|unit| unit.id);
    let accused = bars::accused_by(app.db(), &app.keys, reports, units).await?;
    let mut ready = Vec::new();
    for row in rows {
        let accused = accused.get(&row.id).map(Vec::as_slice).unwrap_or_default();
        let holder = hazards.iter().find(|hazard| Some(hazard.id) == row.hazard_id).map(|hazard| hazard.township_unit);
        let is_ready = row.status != ReportStatus::Received
            || match today.reroute(&row, accused) {
                Ok(Some(routing)) if routing.rule == RoutingRule::Unassigned => {
                    holder.is_some_and(|holder| today.dispatcher(holder, &routing, accused) != holder)
                }
                Ok(routing) => routing.is_some(),
                Err(error) => {
                    tracing::error!(report = %row.id, cause = ?error, "a waiting report cannot be routed");
                    false
                }
            };
        if is_ready {
            ready.push(row.id);
        }
    }
    Ok(ready)
}

/// Assigns one report if somebody may review it. A report that was withdrawn or reviewed waits no longer.
async fn attempt(app: &App, id: ReportId) -> ApiResult<()> {
    let txn = app.begin_write().await?;
    let loaded = rows::load_locked(&txn, id).await?.ok_or(Code::NotFound)?;
    if !unassigned::is_waiting(&txn, id).await? {
        return Ok(()); // another process was faster
    }
    if loaded.report.status == ReportStatus::Received {
        let today = Today::of(app, &txn, app.rules(&txn).await?).await?;
        let units = today.rules.units.iter().map(|unit| unit.id);
        let accused = bars::accused_by(&txn, &app.keys, &[id], units).await?.remove(&id).unwrap_or_default();
        let Some(routing) = today.reroute(&loaded.row, &accused)? else { return Ok(()) };
        let own = movable(&txn, &loaded).await?;
        if routing.rule == RoutingRule::Unassigned {
            if let Some(own) = own {
                take_along(app, &txn, &today.rules, &own, today.dispatcher(own.township, &routing, &accused)).await?;
            }
            return app.commit(txn).await; // the report goes on waiting
        }
        reassign(app, &txn, &today.rules, &loaded, &routing).await?;
        if let Some(own) = own {
            take_along(app, &txn, &today.rules, &own, routing.review_unit).await?;
        }
        tracing::info!(report = %id, unit = %routing.review_unit, "a report that waited was assigned");
    }
    unassigned::end(&txn, id).await?;
    app.commit(txn).await
}

/// Returns the hazard of the report, locked, if nobody has been asked to act and no other report points to it.
async fn movable(txn: &DatabaseTransaction, loaded: &Loaded) -> ApiResult<Option<Case>> {
    let own = LockedHazards::own(txn, &loaded.report).await?.own.filter(|own| own.stage() == Stage::Open);
    let Some(own) = own else { return Ok(None) };
    let is_joined = rows::is_joined(txn, own.id, loaded.report.id).await?;
    Ok((!is_joined).then_some(own))
}

/// Moves the hazard, with its dispatch clock, to a unit that can dispatch it.
async fn take_along(app: &App, txn: &DatabaseTransaction, rules: &RuleBook, own: &Case, to: UnitId) -> ApiResult<()> {
    if own.township == to {
        return Ok(());
    }
    follow(app, txn, rules, own, CaseCommand::Transfer { to, note: None }, By::System).await.map(drop)
}

/// Lets the unit of the routing review the report. If that unit has it already, the report only waits no longer.
async fn reassign(
    app: &App,
    txn: &DatabaseTransaction,
    rules: &RuleBook,
    loaded: &Loaded,
    routing: &Routing,
) -> ApiResult<()> {
    if routing.review_unit == loaded.report.review_unit {
        return Ok(());
    }
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
