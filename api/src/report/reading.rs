//! Who may read which report.
//!
//! An officer reads a report that the post's unit reviews, that lies in the area of a post which oversees, or whose
//! hazard the officer may see; never one that accuses the unit. An author reads the own report.

use domain::Code;
use domain::access::{Action, Relation, may};
use domain::id::{AreaId, ReportId, UnitId};
use domain::report::ReportStatus;
use entity::scope::never;
use entity::{hazard, report};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{ColumnTrait, Condition, DatabaseTransaction, EntityTrait, QueryFilter};

use super::rows::{self, Loaded};
use crate::app::App;
use crate::caller::{Caller, OfficerCaller, PostHeld, Who};
use crate::error::ApiResult;
use crate::identity::{authorship, bars, payee};
use crate::page::Page;

/// The report, for its author or the holder of its follow-up code.
///
/// # Errors
/// `UNAUTHENTICATED` for nobody, `NOT_FOUND` for everybody else.
pub(crate) async fn author(app: &App, caller: &Caller, id: ReportId) -> ApiResult<report::Model> {
    if matches!(caller.who, Who::Nobody) {
        return Err(Code::Unauthenticated.into());
    }
    let row = report::Entity::find_by_id(id).one(app.db()).await?.ok_or(Code::NotFound)?;
    if payee::wrote(app.db(), &app.keys, caller, id).await? { Ok(row) } else { Err(Code::NotFound.into()) }
}

/// The reports of the person who asks, newest first. Anonymous ones are opened by their code instead.
///
/// # Errors
/// `UNAUTHENTICATED` for nobody, `FORBIDDEN` for an officer.
pub(crate) async fn mine(app: &App, caller: &Caller, page: &Page) -> ApiResult<Vec<report::Model>> {
    let ids = authorship::reports_of(app.db(), &app.keys, caller.person()?).await?;
    let rows = report::Entity::find().filter(report::COLUMN.id.is_in(ids));
    Ok(page.newest_first(rows, report::Column::ReceivedAt, report::Column::Id).all(app.db()).await?)
}

/// What a list of reports is narrowed to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    /// These statuses.
    pub statuses: Vec<ReportStatus>,
    /// Below this area.
    pub area: Option<AreaId>,
    /// Emergencies, or not.
    pub emergency: Option<bool>,
}

/// The reports that an officer may read, newest first.
///
/// # Errors
/// `UNAUTHENTICATED`, `FORBIDDEN` for whoever is no officer, `OUTSIDE_AREA` for an area of no post of theirs.
pub(crate) async fn list(app: &App, caller: &Caller, filter: &Filter, page: &Page) -> ApiResult<Vec<report::Model>> {
    let mut rows = report::Entity::find().filter(visible(app, caller.officer()?));
    if !filter.statuses.is_empty() {
        rows = rows.filter(report::COLUMN.status.is_in(filter.statuses.iter().copied()));
    }
    if let Some(area) = filter.area {
        let path = area_path(app, caller.officer()?, area).await?;
        rows = rows.filter(report::below(&path));
    }
    if let Some(emergency) = filter.emergency {
        rows = rows.filter(report::COLUMN.emergency.eq(emergency));
    }
    Ok(page.newest_first(rows, report::Column::ShownAt, report::Column::Id).all(app.db()).await?)
}

/// The path of an area that lies in the area of one of the officer's posts.
///
/// # Errors
/// `OUTSIDE_AREA` where it lies in none.
pub(crate) async fn area_path(app: &App, officer: &OfficerCaller, area: AreaId) -> ApiResult<String> {
    let rules = app.rules_to_read().await?;
    let path = rules.areas.get(area).map(|node| node.path.clone()).ok_or(Code::OutsideArea)?;
    let inside = officer.posts.iter().any(|post| post.covers(&path));
    if inside { Ok(path) } else { Err(Code::OutsideArea.into()) }
}

/// One report that an officer may read.
///
/// # Errors
/// `NOT_FOUND` if not.
pub(crate) async fn one(app: &App, caller: &Caller, id: ReportId) -> ApiResult<report::Model> {
    let rows = report::Entity::find_by_id(id).filter(visible(app, caller.officer()?));
    Ok(rows.one(app.db()).await?.ok_or(Code::NotFound)?)
}

/// What the officer's posts let be read, for finders.
#[must_use]
pub(crate) fn visible(app: &App, officer: &OfficerCaller) -> Condition {
    let mut any = Condition::any();
    for post in &officer.posts {
        any = any.add(Condition::all().add(by_post(post)).add(bars::not_barred(&app.keys, &[post.unit])));
    }
    if officer.posts.is_empty() { never() } else { any }
}

fn by_post(post: &PostHeld) -> Condition {
    let mut any = Condition::any().add(never());
    if may(post.role, Action::ReadReport, Relation::OwnUnit) {
        any = any.add(report::COLUMN.review_unit.eq(post.unit));
    }
    if may(post.role, Action::ReadReport, Relation::OwnArea) {
        any = any.add(report::below(&post.area_path));
    }
    if may(post.role, Action::ReadHazard, Relation::OwnUnit) {
        any = any.add(of_hazards(held_by(post.unit)));
    }
    if may(post.role, Action::ReadHazard, Relation::OwnArea) {
        any = any.add(of_hazards(hazard::below(&post.area_path)));
    }
    any
}

fn held_by(unit: UnitId) -> Condition {
    hazard::held_by(unit)
}

fn of_hazards(hazards: Condition) -> Expr {
    let ids =
        Query::select().column((hazard::Entity, hazard::Column::Id)).from(hazard::Entity).cond_where(hazards).take();
    Expr::col((report::Entity, report::Column::HazardId)).in_subquery(ids)
}

/// A report for a decision, locked, if the officer may read it.
///
/// # Errors
/// `NOT_FOUND` if not.
pub(crate) async fn seen_locked(
    app: &App,
    txn: &DatabaseTransaction,
    officer: &OfficerCaller,
    id: ReportId,
) -> ApiResult<Loaded> {
    let loaded = rows::load_locked(txn, id).await?.ok_or(Code::NotFound)?;
    let visible = report::Entity::find_by_id(id).filter(visible(app, officer)).one(txn).await?;
    if visible.is_some() { Ok(loaded) } else { Err(Code::NotFound.into()) }
}
