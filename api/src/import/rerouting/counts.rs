//! Counts the hazards of the last months by what the duty lists depend on.

use chrono::{DateTime, Utc};
use domain::hazard::{AssignmentStatus, Part};
use domain::id::{AreaId, UnitId};
use entity::{assignment, hazard};
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use sea_orm::{ColumnTrait, ConnectionTrait, FromQueryResult};

use crate::error::ApiResult;

/// Hazards of one area and category.
#[derive(Debug, FromQueryResult)]
pub(super) struct Group {
    pub(super) area_id: AreaId,
    pub(super) category: Option<String>,
    pub(super) hazards: i64,
}

/// Hazards of one area and category that one unit leads or led.
#[derive(Debug, FromQueryResult)]
pub(super) struct Led {
    pub(super) area_id: AreaId,
    pub(super) category: Option<String>,
    pub(super) unit_id: UnitId,
    pub(super) hazards: i64,
}

/// The counts.
#[derive(Debug)]
pub(super) struct Groups {
    pub(super) hazards: Vec<Group>,
    pub(super) led: Vec<Led>,
}

/// Counts the hazards that were registered since then.
pub(super) async fn load<C: ConnectionTrait>(db: &C, since: DateTime<Utc>) -> ApiResult<Groups> {
    let (area, category) = ((hazard::Entity, hazard::Column::AreaId), (hazard::Entity, hazard::Column::Category));
    let count = Expr::col((hazard::Entity, hazard::Column::Id)).count_distinct();
    let by_place = Query::select()
        .columns([area, category])
        .expr_as(count.clone(), "hazards")
        .from(hazard::Entity)
        .cond_where(hazard::registered_since(since))
        .group_by_columns([area, category])
        .take();
    let unit = (assignment::Entity, assignment::Column::UnitId);
    let of_hazard = (assignment::Entity, assignment::Column::HazardId);
    let is_of_hazard = Expr::col(of_hazard).equals((hazard::Entity, hazard::Column::Id));
    let gone = [AssignmentStatus::SentBack, AssignmentStatus::Cancelled];
    let by_lead = Query::select()
        .columns([area, category])
        .column(unit)
        .expr_as(count, "hazards")
        .from(hazard::Entity)
        .inner_join(assignment::Entity, is_of_hazard)
        .cond_where(hazard::registered_since(since))
        .and_where(assignment::Column::Part.eq(Part::Lead))
        .and_where(assignment::Column::Status.is_not_in(gone))
        .group_by_columns([area, category])
        .group_by_col(unit)
        .take();
    let backend = db.get_database_backend();
    Ok(Groups {
        hazards: Group::find_by_statement(backend.build(&by_place)).all(db).await?,
        led: Led::find_by_statement(backend.build(&by_lead)).all(db).await?,
    })
}
