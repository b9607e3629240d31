//! A hazard 隐患: an entry of the ledger 台账.

use domain::hazard::{CancelReason, End, HazardStatus, Level};
use domain::id::{AreaId, HazardId, SubjectId, UnitId};
use domain::policy::RuleVersion;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait as _, Query};

/// A hazard 隐患: an entry of the ledger 台账.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "hazard")]
pub struct Model {
    /// The id, which is random.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: HazardId,
    /// The version of the last event.
    pub version: i64,
    /// The status, which is computed from the parts and stored for lists.
    pub status: HazardStatus,
    /// The round of work: 1 at first, and one more with each reopening.
    pub round: i32,
    /// The level.
    pub level: Level,
    /// The code of the category.
    pub category: Option<String>,
    /// The code of the kind of place 场所.
    pub place_kind: Option<String>,
    /// The code of the industry 行业领域.
    pub industry: Option<String>,
    /// The code of the kind of disaster 灾种.
    pub disaster_kind: Option<String>,
    /// The subject that is responsible.
    pub subject_id: Option<SubjectId>,
    /// Whether people are in danger now.
    pub emergency: bool,
    /// The longitude in WGS84, in 10⁻⁷ degree.
    pub lng_e7: i64,
    /// The latitude in WGS84, in 10⁻⁷ degree.
    pub lat_e7: i64,
    /// The Morton code of the place.
    pub cell: i64,
    /// The place in words.
    pub address: Option<String>,
    /// The smallest area that contains it.
    pub area_id: AreaId,
    /// The path of this area; empty outside every area.
    pub area_path: String,
    /// The unit that answers for the territory: it blows whistles, accepts work and closes.
    pub township_unit: UnitId,
    /// The time at which it entered the ledger.
    pub registered_at: DateTimeUtc,
    /// The time of closure.
    pub closed_at: Option<DateTimeUtc>,
    /// How it ended, if an end was recorded.
    pub end_kind: Option<End>,
    /// The reason for which it was cancelled.
    pub end_reason: Option<CancelReason>,
    /// The hazard of which it is a part.
    pub merged_into: Option<HazardId>,
    /// The closed hazard that it repeats.
    pub recurrence_of: Option<HazardId>,
    /// The revision of the rules in force at registration.
    pub rule_version: RuleVersion,
}

impl ActiveModelBehavior for ActiveModel {}

/// The rows that one post may see.
#[derive(Debug, Clone)]
pub struct Scope {
    /// If set, the hazards that this unit answers for or was asked to work on.
    pub unit: Option<UnitId>,
    /// If set, the hazards in the area with this path and below it.
    pub area_path: Option<String>,
    /// A condition on reports: those that do not accuse the unit of the post.
    pub not_accusing: Condition,
}

/// Returns the condition for hazards that at least one of the scopes allows. Without a scope it allows no hazard.
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

/// Returns the condition for hazards in the subtree of an area. It is a range of paths, for which both engines use an
/// index.
#[must_use]
pub fn below(path: &str) -> Condition {
    super::scope::below(Column::AreaPath, path)
}

/// Returns the condition for hazards that a unit answers for or was asked to work on.
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

/// Returns the condition for hazards with a report that is not among `allowed`.
fn accused(allowed: Condition) -> Condition {
    let mut reports = Query::select();
    reports
        .expr(Expr::val(1))
        .from(super::report::Entity)
        .and_where(Expr::col((super::report::Entity, super::report::Column::HazardId)).equals((Entity, Column::Id)))
        .cond_where(allowed.not());
    Condition::all().add(Expr::exists(reports))
}
