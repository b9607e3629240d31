//! A todo 待办: a step that a unit has to take next, as [`domain::todo`] derives it from the state.

use chrono::{NaiveDate, NaiveTime};
use domain::clock::ClockKind;
use domain::id::{AssignmentId, AwardId, HazardId, IncidentId, OrderId, PostId, ReportId, SupervisionId, UnitId};
use domain::todo::TodoKind;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait as _, Query};
use sea_orm::{Condition, QueryOrder};

/// A todo 待办: a step that a unit has to take next. It belongs to exactly one report, hazard, award or incident.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "todo")]
pub struct Model {
    /// The id, which is random. The todo keeps it as long as the same step waits.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The report that waits.
    pub report_id: Option<ReportId>,
    /// The hazard that waits.
    pub hazard_id: Option<HazardId>,
    /// The award that waits.
    pub award_id: Option<AwardId>,
    /// The incident that waits.
    pub incident_id: Option<IncidentId>,
    /// The step.
    pub kind: TodoKind,
    /// The assignment of the hazard to which the step belongs.
    pub assignment_id: Option<AssignmentId>,
    /// The supervision 督办 that has to be acknowledged.
    pub supervision_id: Option<SupervisionId>,
    /// The order 责令 that has to be re-inspected.
    pub order_id: Option<OrderId>,
    /// The unit that has to take the step.
    pub owner_unit: UnitId,
    /// The post that is expected to take it, if it is known.
    pub owner_post: Option<PostId>,
    /// The path of the area of the report or hazard; empty outside every area.
    pub area_path: String,
    /// The kind of the clock that says when the step is due.
    pub clock: Option<ClockKind>,
    /// When the step is due, or [`never()`], so that lists are in order of this column.
    pub due: DateTimeUtc,
    /// When the owner is warned, or [`never()`].
    pub warn_at: DateTimeUtc,
    /// Whether people are in danger now.
    pub urgent: bool,
    /// When the todo comes out from behind the time veil; 1970 if nothing hides it. No officer sees this column.
    pub visible_from: DateTimeUtc,
    /// Since when the step waits.
    pub since: DateTimeUtc,
    /// When the supervision ladder 督办 looks at it next; NULL if it does not. A process that looks moves it ahead, as a lease.
    pub look_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}

/// The report, hazard, award or incident to which a todo belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Matter {
    /// A report.
    Report(ReportId),
    /// A hazard.
    Hazard(HazardId),
    /// An award.
    Award(AwardId),
    /// An incident.
    Incident(IncidentId),
}

impl Matter {
    /// Returns the condition for the todos of this report, hazard, award or incident.
    #[must_use]
    pub fn todos(self) -> Condition {
        Condition::all().add(match self {
            Self::Report(id) => COLUMN.report_id.eq(id),
            Self::Hazard(id) => COLUMN.hazard_id.eq(id),
            Self::Award(id) => COLUMN.award_id.eq(id),
            Self::Incident(id) => COLUMN.incident_id.eq(id),
        })
    }
}

/// The value of [`Model::due`] and [`Model::warn_at`] of a step that nothing times: the last day of the year 9999, because
/// a column that is empty has no place in an order.
#[must_use]
pub fn never() -> DateTimeUtc {
    NaiveDate::from_ymd_opt(9_999, 12, 31).unwrap_or_default().and_time(NaiveTime::MIN).and_utc()
}

/// Returns the condition for todos that have come out from behind the time veil. Whatever an officer asks for is
/// restricted by it.
#[must_use]
pub fn visible(now: DateTimeUtc) -> Condition {
    Condition::all().add(COLUMN.visible_from.lte(now))
}

/// Returns the condition for todos that are past their due time.
#[must_use]
pub fn overdue(now: DateTimeUtc) -> Condition {
    Condition::all().add(COLUMN.due.lt(now))
}

/// Returns the condition for todos whose owner is to be warned, or is late already.
#[must_use]
pub fn warned(now: DateTimeUtc) -> Condition {
    Condition::all().add(COLUMN.warn_at.lte(now))
}

/// Returns the condition for todos at which the supervision ladder 督办 has to look. A todo that is behind the time veil does not
/// exist for it either.
#[must_use]
pub fn to_look_at(now: DateTimeUtc) -> Condition {
    visible(now).add(COLUMN.look_at.lte(now))
}

/// Returns when the supervision ladder has to look next at any todo.
///
/// # Errors
/// Any database error.
pub async fn next_look<C: ConnectionTrait>(db: &C) -> Result<Option<DateTimeUtc>, DbErr> {
    let next = Entity::find().filter(COLUMN.look_at.is_not_null()).order_by_asc(COLUMN.look_at);
    Ok(next.one(db).await?.and_then(|row| row.look_at))
}

/// Returns the condition for todos in the subtree of an area.
#[must_use]
pub fn below(path: &str) -> Condition {
    super::scope::below(Column::AreaPath, path)
}

/// The part of an inbox that one post has: what its unit has to do, and what it does for its area.
#[derive(Debug, Clone)]
pub struct Scope {
    /// The unit of the post.
    pub unit: UnitId,
    /// The steps of its unit that the post may take.
    pub of_unit: Vec<TodoKind>,
    /// Whether only what is urgent belongs to the inbox.
    pub only_urgent: bool,
    /// The path of the area of the post.
    pub area_path: String,
    /// The steps of awards in its area that the post may take.
    pub of_area: Vec<TodoKind>,
}

/// Returns the condition for the todos of an inbox. Without a step that any of the posts may take, it matches no row.
///
/// A condition that cannot match is left out, because it would keep SQLite from using an index for the others.
#[must_use]
pub fn inbox(scopes: &[Scope]) -> Condition {
    let mut any = Condition::any();
    for Scope { unit, of_unit, only_urgent, area_path, of_area } in scopes {
        if !of_unit.is_empty() {
            let kinds = COLUMN.kind.is_in(of_unit.iter().copied());
            let urgent = only_urgent.then(|| COLUMN.urgent.eq(true));
            any = any.add(Condition::all().add(COLUMN.owner_unit.eq(*unit)).add(kinds).add_option(urgent));
        }
        if !of_area.is_empty() {
            let kinds = COLUMN.kind.is_in(of_area.iter().copied());
            any = any.add(below(area_path).add(COLUMN.award_id.is_not_null()).add(kinds));
        }
    }
    if any.is_empty() { super::scope::never() } else { any }
}

/// The conditions on rows of reports, hazards, awards and incidents under which a reader may know of their todos.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The condition on rows of reports.
    pub reports: Condition,
    /// The condition on rows of hazards.
    pub hazards: Condition,
    /// The condition on rows of awards.
    pub awards: Condition,
    /// The condition on rows of incidents.
    pub incidents: Condition,
}

/// Returns the condition for todos of reports, hazards, awards and incidents that are shown to a reader.
#[must_use]
pub fn shown(shown: Shown) -> Condition {
    use super::{award, hazard, incident, report};
    let mut reports = Query::select();
    reports.expr(Expr::val(1)).from(report::Entity).cond_where(shown.reports);
    reports.and_where(Expr::col((report::Entity, report::Column::Id)).equals((Entity, Column::ReportId)));
    let mut hazards = Query::select();
    hazards.expr(Expr::val(1)).from(hazard::Entity).cond_where(shown.hazards);
    hazards.and_where(Expr::col((hazard::Entity, hazard::Column::Id)).equals((Entity, Column::HazardId)));
    let mut awards = Query::select();
    awards.expr(Expr::val(1)).from(award::Entity).cond_where(shown.awards);
    awards.and_where(Expr::col((award::Entity, award::Column::Id)).equals((Entity, Column::AwardId)));
    let mut incidents = Query::select();
    incidents.expr(Expr::val(1)).from(incident::Entity).cond_where(shown.incidents);
    incidents.and_where(Expr::col((incident::Entity, incident::Column::Id)).equals((Entity, Column::IncidentId)));
    let of_work = Condition::any().add(Expr::exists(reports)).add(Expr::exists(hazards));
    of_work.add(Expr::exists(awards)).add(Expr::exists(incidents))
}
