//! A hazard 隐患: one entry of the ledger 台账.

use domain::hazard::{CancelReason, End, HazardStatus, Level};
use domain::id::{AreaId, HazardId, SubjectId, UnitId};
use domain::policy::RuleVersion;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait as _, Query};

/// A hazard 隐患: one entry of the ledger 台账.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "hazard")]
pub struct Model {
    /// Random.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: HazardId,
    /// Version of its last event.
    pub version: i64,
    /// Computed from its parts; stored for lists.
    pub status: HazardStatus,
    /// Counts its lives: 1, and one more for each reopening.
    pub round: i32,
    /// How grave.
    pub level: Level,
    /// Code of the category.
    pub category: Option<String>,
    /// 场所.
    pub place_kind: Option<String>,
    /// 行业领域.
    pub industry: Option<String>,
    /// 灾种.
    pub disaster_kind: Option<String>,
    /// Who is responsible for it.
    pub subject_id: Option<SubjectId>,
    /// People are in danger now.
    pub emergency: bool,
    /// Longitude, WGS84, 1e-7 degree.
    pub lng_e7: i64,
    /// Latitude, WGS84, 1e-7 degree.
    pub lat_e7: i64,
    /// Morton code of the place.
    pub cell: i64,
    /// The place in words.
    pub address: Option<String>,
    /// The smallest area that contains it.
    pub area_id: AreaId,
    /// Its path; empty outside every area.
    pub area_path: String,
    /// The territorial unit: blows, accepts, closes.
    pub township_unit: UnitId,
    /// When it entered the ledger.
    pub registered_at: DateTimeUtc,
    /// When it left the ledger.
    pub closed_at: Option<DateTimeUtc>,
    /// How it ended, as recorded.
    pub end_kind: Option<End>,
    /// Why it was cancelled.
    pub end_reason: Option<CancelReason>,
    /// The hazard it is part of.
    pub merged_into: Option<HazardId>,
    /// The hazard that came back.
    pub recurrence_of: Option<HazardId>,
    /// The rules in force at registration.
    pub rule_version: RuleVersion,
}

impl ActiveModelBehavior for ActiveModel {}

/// What one post lets be seen.
#[derive(Debug, Clone)]
pub struct Scope {
    /// What this unit answers for or was asked to do.
    pub unit: Option<UnitId>,
    /// What lies below this path.
    pub area_path: Option<String>,
    /// A condition on reports: those that do not accuse the post's unit.
    pub not_accusing: Condition,
}

/// The hazards that at least one of the scopes lets be seen; none without a scope.
#[must_use]
pub fn seen_by(scopes: Vec<Scope>) -> Condition {
    let mut any = Condition::any();
    let mut empty = true;
    for scope in scopes {
        if let Some(unit) = scope.unit {
            any = any.add(held_by(unit));
            empty = false;
        }
        if let Some(path) = scope.area_path {
            any = any.add(Condition::all().add(below(&path)).add(accused(scope.not_accusing).not()));
            empty = false;
        }
    }
    if empty { super::scope::never() } else { any }
}

/// Hazards in the subtree of an area: a range of paths, by an index on both engines.
#[must_use]
pub fn below(path: &str) -> Condition {
    super::scope::below(Column::AreaPath, path)
}

/// Hazards that a unit answers for or was asked to work on.
#[must_use]
pub fn held_by(unit: UnitId) -> Condition {
    Condition::any().add(COLUMN.township_unit.eq(unit)).add(asked(unit))
}

fn asked(unit: UnitId) -> Expr {
    let mut assignments = Query::select();
    assignments
        .expr(Expr::val(1))
        .from(super::assignment::Entity)
        .and_where(
            Expr::col((super::assignment::Entity, super::assignment::Column::HazardId)).equals((Entity, Column::Id)),
        )
        .and_where(super::assignment::COLUMN.unit_id.eq(unit));
    Expr::exists(assignments)
}

/// Hazards with a report that is not among `allowed`.
fn accused(allowed: Condition) -> Condition {
    let mut reports = Query::select();
    reports
        .expr(Expr::val(1))
        .from(super::report::Entity)
        .and_where(Expr::col((super::report::Entity, super::report::Column::HazardId)).equals((Entity, Column::Id)))
        .cond_where(allowed.not());
    Condition::all().add(Expr::exists(reports))
}
