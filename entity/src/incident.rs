//! An incident 突发事件 on which a unit sends situation reports.

use domain::id::{AreaId, HazardId, IncidentId, UnitId};
use domain::incident::{IncidentGrade, IncidentStatus, IncidentType};
use domain::policy::RuleVersion;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait as _, Query};

/// An incident 突发事件 on which a unit sends situation reports.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "incident")]
pub struct Model {
    /// The id, which is random.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: IncidentId,
    /// The stream version of the last event, which serves as the optimistic lock.
    pub version: i64,
    /// The hazard from which it came.
    pub hazard_id: Option<HazardId>,
    /// The unit that sends the reports.
    pub unit_id: UnitId,
    /// The unit that receives them.
    pub receiver_unit: UnitId,
    /// The area of the hazard, or of the sending unit.
    pub area_id: AreaId,
    /// The path of that area.
    pub area_path: String,
    /// The status, which is stored for list queries.
    pub status: IncidentStatus,
    /// The type, as the latest report says it.
    pub incident_type: IncidentType,
    /// The grade, as the latest report says it.
    pub grade: IncidentGrade,
    /// Whether any report was late.
    pub late: bool,
    /// Whether a report awaits its acknowledgement.
    pub unreceived: bool,
    /// When the initial report was sent.
    pub opened_at: DateTimeUtc,
    /// The time of the latest event.
    pub last_at: DateTimeUtc,
    /// When the final report was sent.
    pub ended_at: Option<DateTimeUtc>,
    /// The rule version under which it was opened.
    pub rule_version: RuleVersion,
}

impl ActiveModelBehavior for ActiveModel {}

/// The scope of one post: the incidents that it may see.
#[derive(Debug, Clone)]
pub struct Scope {
    /// If set, includes the incidents that this unit reports or receives.
    pub unit: Option<UnitId>,
    /// If set, includes the incidents in the area with this path, or below it.
    pub area_path: Option<String>,
    /// The condition on report rows that do not accuse the post's unit.
    pub not_accusing_unit: Condition,
}

/// Returns the condition for the incidents that at least one scope includes. An empty list matches no row.
///
/// `not_accusing` is the condition on report rows that accuse no unit of any post of the officer. An incident of a hazard that
/// only accusing reports point to is hidden like the hazard ([`super::hazard::seen_by`]). It is shown nevertheless to the unit
/// that reports it although they accuse that very unit, so that nobody's open work disappears.
#[must_use]
pub fn seen_by(scopes: Vec<Scope>, not_accusing: &Condition) -> Condition {
    let open = |accused: Condition| Condition::any().add(COLUMN.hazard_id.is_null()).add(of_hazard(accused.not()));
    let hidden = || super::hazard::only_accused(not_accusing);
    let mut any = Condition::any().add(super::scope::never());
    for Scope { unit, area_path, not_accusing_unit } in scopes {
        if let Some(unit) = unit {
            let own = super::hazard::only_accused(&not_accusing_unit);
            let sent = Condition::all().add(COLUMN.unit_id.eq(unit));
            any = any.add(sent.add(Condition::any().add(open(hidden())).add(of_hazard(own))));
            any = any.add(Condition::all().add(COLUMN.receiver_unit.eq(unit)).add(open(hidden())));
        }
        if let Some(path) = area_path {
            any = any.add(below(&path).add(open(hidden())));
        }
    }
    any
}

fn of_hazard(which: Condition) -> Expr {
    use super::hazard;
    let mut hazards = Query::select();
    hazards.expr(Expr::val(1)).from(hazard::Entity).cond_where(which);
    hazards.and_where(Expr::col((hazard::Entity, hazard::Column::Id)).equals((Entity, Column::HazardId)));
    Expr::exists(hazards)
}

/// Returns the condition for incidents in the subtree of an area.
#[must_use]
pub fn below(path: &str) -> Condition {
    super::scope::below(Column::AreaPath, path)
}
