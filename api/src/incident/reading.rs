//! Queries of incidents, restricted to those that the officer may see.

use domain::Code;
use domain::access::{Action, Relation, may};
use domain::id::{AreaId, HazardId, IncidentId, SituationReportId, UnitId};
use domain::incident::{IncidentGrade, IncidentStatus};
use entity::incident::{self, Scope, seen_by};
use entity::situation_report;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter};

use crate::app::App;
use crate::caller::{Caller, OfficerCaller, PostHeld};
use crate::error::ApiResult;
use crate::identity::bars;
use crate::page::Page;
use crate::report::reading::area_path;

/// Builds the SQL condition that restricts a query to the incidents that an officer may see. An incident of a hazard of which every
/// report accuses a unit of the officer, or a unit above it, is hidden 回避.
#[must_use]
pub(crate) fn visible(app: &App, officer: &OfficerCaller) -> Condition {
    let scope = |post: &PostHeld| Scope {
        unit: may(post.role, Action::ReadIncident, Relation::OwnUnit).then_some(post.unit),
        area_path: may(post.role, Action::ReadIncident, Relation::OwnArea).then(|| post.area_path.clone()),
        not_accusing_unit: bars::not_barred(&app.keys, &post.line),
    };
    seen_by(officer.posts.iter().map(scope).collect(), &bars::not_barred(&app.keys, &officer.lines()))
}

/// The filter of a list of incidents; an absent condition does not restrict it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    /// The status.
    pub status: Option<IncidentStatus>,
    /// The grades; an empty list means all.
    pub grades: Vec<IncidentGrade>,
    /// The unit that sends the reports.
    pub unit: Option<UnitId>,
    /// The unit that receives them.
    pub receiver: Option<UnitId>,
    /// The area, which includes all its descendants.
    pub area: Option<AreaId>,
    /// The hazard.
    pub hazard: Option<HazardId>,
    /// Whether a report was late.
    pub late: Option<bool>,
    /// Whether a report awaits its acknowledgement.
    pub unreceived: Option<bool>,
}

/// Returns one page of the incidents that an officer may see, newest first, plus one extra row that tells whether a next page
/// exists.
///
/// # Errors
/// `UNAUTHENTICATED`, `FORBIDDEN` for a caller who is not an officer, `OUTSIDE_AREA` for an area that no post of the officer
/// covers.
pub(crate) async fn list(app: &App, caller: &Caller, filter: &Filter, page: &Page) -> ApiResult<Vec<incident::Model>> {
    let officer = caller.officer()?;
    let path = match filter.area {
        Some(area) => Some(area_path(app, officer, area).await?),
        None => None,
    };
    let narrowed = Condition::all()
        .add_option(filter.status.map(|status| incident::COLUMN.status.eq(status)))
        .add_option(filter.unit.map(|unit| incident::COLUMN.unit_id.eq(unit)))
        .add_option(filter.receiver.map(|unit| incident::COLUMN.receiver_unit.eq(unit)))
        .add_option(path.map(|path| incident::below(&path)))
        .add_option(filter.hazard.map(|hazard| incident::COLUMN.hazard_id.eq(hazard)))
        .add_option(filter.late.map(|late| incident::COLUMN.late.eq(late)))
        .add_option(filter.unreceived.map(|unreceived| incident::COLUMN.unreceived.eq(unreceived)));
    let mut rows = incident::Entity::find().filter(visible(app, officer)).filter(narrowed);
    if !filter.grades.is_empty() {
        rows = rows.filter(incident::COLUMN.grade.is_in(filter.grades.iter().copied()));
    }
    Ok(page.newest_first(rows, incident::Column::OpenedAt, incident::Column::Id).all(app.db()).await?)
}

/// Loads one incident.
///
/// # Errors
/// `UNAUTHENTICATED`, `FORBIDDEN` for members of the public, `NOT_FOUND` for an incident that the officer may not see.
pub(crate) async fn one(app: &App, caller: &Caller, id: IncidentId) -> ApiResult<incident::Model> {
    let rows = incident::Entity::find_by_id(id).filter(visible(app, caller.officer()?));
    Ok(rows.one(app.db()).await?.ok_or(Code::NotFound)?)
}

/// Loads one situation report with its incident.
///
/// # Errors
/// `NOT_FOUND` for a report of an incident that the officer may not see.
pub(crate) async fn report(
    app: &App,
    caller: &Caller,
    id: SituationReportId,
) -> ApiResult<(incident::Model, situation_report::Model)> {
    let row = situation_report::Entity::find_by_id(id).one(app.db()).await?.ok_or(Code::NotFound)?;
    Ok((one(app, caller, row.incident_id).await?, row))
}
