//! Queries hazards and assignments, restricted to those that the officer may see.

use domain::Code;
use domain::access::Action;
use domain::hazard::HazardStatus;
use domain::id::{AreaId, AssignmentId, HazardId, UnitId};
use entity::{assignment, hazard};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::app::App;
use crate::caller::{Caller, OfficerCaller};
use crate::error::ApiResult;
use crate::hazard::scope::visible;
use crate::page::Page;
use crate::report::reading::area_path;

/// The filter of a hazard list; an absent condition does not restrict it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    /// The statuses; an empty list means all.
    pub statuses: Vec<HazardStatus>,
    /// The area, which includes all its descendants.
    pub area: Option<AreaId>,
    /// The unit that is responsible for the hazard or has an assignment on it.
    pub unit: Option<UnitId>,
    /// `true` for emergencies only, `false` for all others only.
    pub emergency: Option<bool>,
    /// The category code.
    pub category: Option<String>,
}

/// Returns one page of the hazards that an officer may see, latest registration first, plus one extra row that tells
/// whether a next page exists.
///
/// # Errors
/// `UNAUTHENTICATED`, `FORBIDDEN` for a caller who is not an officer, `OUTSIDE_AREA` for an area that no post of the
/// officer covers.
pub(crate) async fn list(app: &App, caller: &Caller, filter: &Filter, page: &Page) -> ApiResult<Vec<hazard::Model>> {
    let officer = caller.officer()?;
    let mut rows = hazard::Entity::find().filter(visible(app, officer, Action::ReadHazard));
    if !filter.statuses.is_empty() {
        rows = rows.filter(hazard::COLUMN.status.is_in(filter.statuses.iter().copied()));
    }
    if let Some(area) = filter.area {
        rows = rows.filter(hazard::below(&area_path(app, officer, area).await?));
    }
    if let Some(unit) = filter.unit {
        rows = rows.filter(hazard::held_by(unit));
    }
    if let Some(emergency) = filter.emergency {
        rows = rows.filter(hazard::COLUMN.emergency.eq(emergency));
    }
    if let Some(category) = &filter.category {
        rows = rows.filter(hazard::COLUMN.category.eq(category.as_str()));
    }
    Ok(page.newest_first(rows, hazard::Column::RegisteredAt, hazard::Column::Id).all(app.db()).await?)
}

/// Loads one hazard.
///
/// # Errors
/// `NOT_FOUND` if the officer may not see the hazard.
pub(crate) async fn one(app: &App, caller: &Caller, id: HazardId) -> ApiResult<hazard::Model> {
    let rows = hazard::Entity::find_by_id(id).filter(visible(app, caller.officer()?, Action::ReadHazard));
    Ok(rows.one(app.db()).await?.ok_or(Code::NotFound)?)
}

/// Checks in a transaction that an officer may see a hazard.
///
/// # Errors
/// `NOT_FOUND` if the officer may not see the hazard.
pub(super) async fn sees<C: ConnectionTrait>(
    app: &App,
    txn: &C,
    officer: &OfficerCaller,
    id: HazardId,
) -> ApiResult<()> {
    let rows = hazard::Entity::find_by_id(id).filter(visible(app, officer, Action::ReadHazard));
    Ok(rows.one(txn).await?.map(drop).ok_or(Code::NotFound)?)
}

/// Loads one assignment.
///
/// # Errors
/// `NOT_FOUND` if the officer may not see the hazard.
pub(crate) async fn assignment(app: &App, caller: &Caller, id: AssignmentId) -> ApiResult<assignment::Model> {
    let row = assignment::Entity::find_by_id(id).one(app.db()).await?.ok_or(Code::NotFound)?;
    one(app, caller, row.hazard_id).await?;
    Ok(row)
}
