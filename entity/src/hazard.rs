//! A hazard 隐患: an entry of the ledger 台账.

use std::collections::BTreeSet;

use domain::hazard::{AskedSuspension, CancelReason, End, HazardStatus, Level, Major, Suspension, WhistleRequest};
use domain::id::{AreaId, HazardId, OfficerId, SubjectId, UnitId};
use domain::policy::RuleVersion;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait as _, Query};

use crate::JsonList;

/// A hazard 隐患: an entry of the ledger 台账.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "hazard")]
pub struct Model {
    /// The id, which is random.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: HazardId,
    /// The stream version of the last event, which serves as the optimistic lock.
    pub version: i64,
    /// The status, which is derived from the parts and stored for list queries.
    pub status: HazardStatus,
    /// The round of work, counted from 1. Each reopening begins the next one.
    pub round: i32,
    /// The hazard level.
    pub level: Level,
    /// The category code; NULL if the hazard has no known category.
    pub category: Option<String>,
    /// The place kind code 场所.
    pub place_kind: Option<String>,
    /// The industry code 行业领域.
    pub industry: Option<String>,
    /// The disaster kind code 灾种.
    pub disaster_kind: Option<String>,
    /// The responsible subject 责任单位, if it is known.
    pub subject_id: Option<SubjectId>,
    /// Whether people are in danger now.
    pub emergency: bool,
    /// The WGS84 longitude in units of 10⁻⁷ degree.
    pub lng_e7: i64,
    /// The WGS84 latitude in units of 10⁻⁷ degree.
    pub lat_e7: i64,
    /// The Morton code of the place, for proximity queries (see [`domain::place::cell`]).
    pub cell: i64,
    /// The address: the place in words.
    pub address: Option<String>,
    /// The smallest area that contains the hazard.
    pub area_id: AreaId,
    /// The path of this area; empty if the hazard lies outside every area.
    pub area_path: String,
    /// The unit that is responsible for the territory: it blows whistles, accepts work and closes the hazard.
    pub township_unit: UnitId,
    /// When the hazard was registered in the ledger.
    pub registered_at: DateTimeUtc,
    /// The latest time that an event of the hazard tells; NULL if an earlier build wrote the last one.
    pub last_at: Option<DateTimeUtc>,
    /// When the hazard was closed; NULL unless it is closed.
    pub closed_at: Option<DateTimeUtc>,
    /// How the case ended; NULL while it is open.
    pub end_kind: Option<End>,
    /// The reason for cancellation; NULL unless the hazard was cancelled.
    pub end_reason: Option<CancelReason>,
    /// The hazard that stands for this one, if this one was cancelled as its duplicate 重复.
    pub merged_into: Option<HazardId>,
    /// The closed hazard of which this one is a recurrence.
    pub recurrence_of: Option<HazardId>,
    /// The hazard that was registered because a follow-up 回头看 found too late that this one came back.
    pub recurred_as: Option<HazardId>,
    /// A request for a suspension 挂账, or for its renewal, that nobody has decided on yet.
    pub suspension_request: Option<JsonList<AskedSuspension>>,
    /// The suspension in force.
    pub suspension: Option<JsonList<Suspension>>,
    /// How often the hazard was suspended in this round.
    pub suspended_times: i32,
    /// When a suspended hazard comes back by itself; NULL unless it is suspended.
    pub resumes_at: Option<DateTimeUtc>,
    /// The follow-ups 回头看 that are outstanding, each as the number of days after the closure.
    pub follow_ups: JsonList<Vec<u32>>,
    /// The officers who worked on hazards that were merged into this one. None of them may close it.
    pub past_workers: JsonList<BTreeSet<OfficerId>>,
    /// The whistles of all rounds that had to be approved 审核 or divided 分哨 first.
    pub whistle_requests: JsonList<Vec<WhistleRequest>>,
    /// How often a callback said that the hazard is not solved, and opened it again.
    pub not_solved: i32,
    /// What is known of a major hazard 重大事故隐患; NULL if it never was suspected to be one.
    pub major: Option<JsonList<Major>>,
    /// The unit that judges, or has judged, whether it is a major one. It sees the hazard as if it worked on it.
    pub judging_unit: Option<UnitId>,
    /// The rule version in force at registration.
    pub rule_version: RuleVersion,
}

impl ActiveModelBehavior for ActiveModel {}

/// The scope of one post: the hazard rows that it may see.
#[derive(Debug, Clone)]
pub struct Scope {
    /// If set, includes the hazards for which this unit is responsible or has an assignment.
    pub unit: Option<UnitId>,
    /// If set, includes the hazards in the area with this path, or below it.
    pub area_path: Option<String>,
    /// The condition on report rows that do not accuse the unit of this post or a unit above it.
    pub not_accusing_unit: Condition,
}

/// Returns the condition for the hazards that at least one scope includes. An empty list matches no row.
///
/// `not_accusing` is the condition on report rows that accuse no unit of any post of the officer. A hazard that only
/// accusing reports point to is hidden, because it derives from them. It is shown nevertheless to a unit that holds it
/// although they accuse that very unit, so that nobody's open work disappears.
#[must_use]
pub fn seen_by(scopes: Vec<Scope>, not_accusing: &Condition) -> Condition {
    let mut any = Condition::any().add(super::scope::never());
    for scope in scopes {
        let hidden = only_accused(not_accusing);
        if let Some(unit) = scope.unit {
            any = any.add(Condition::all().add(held_by(unit)).add(hidden.clone().not()));
            // Work that went on in another hazard is open there, and not in this one.
            any = any.add(Condition::all().add(held_here(unit)).add(only_accused(&scope.not_accusing_unit)));
            any = any.add(Condition::all().add(COLUMN.judging_unit.eq(unit)).add(hidden.clone().not()));
        }
        if let Some(path) = scope.area_path {
            any = any.add(Condition::all().add(below(&path)).add(hidden.not()));
        }
    }
    any
}

/// Returns the condition for suspended hazards 挂账 whose review date has come.
#[must_use]
pub fn to_resume(now: DateTimeUtc) -> Condition {
    Condition::all().add(COLUMN.resumes_at.lte(now))
}

/// Returns the condition for closed hazards whose follow-ups 回头看 are outstanding.
#[must_use]
pub fn to_be_followed_up() -> Condition {
    Condition::all().add(Expr::col((Entity, Column::FollowUps)).ne("[]"))
}

/// Returns the condition for hazards in the subtree of an area. It is a range of paths, so that both engines can use an
/// index.
#[must_use]
pub fn below(path: &str) -> Condition {
    super::scope::below(Column::AreaPath, path)
}

/// Returns the condition for hazards for which the unit is responsible or has an assignment of any round, in this hazard or
/// in the one into which it was merged: the work may have gone on there.
#[must_use]
pub fn held_by(unit: UnitId) -> Condition {
    Condition::any().add(COLUMN.township_unit.eq(unit)).add(asked(unit, &[Column::Id, Column::MergedInto]))
}

/// Returns the condition for hazards for which the unit is responsible or has an assignment of any round in this very one.
fn held_here(unit: UnitId) -> Condition {
    Condition::any().add(COLUMN.township_unit.eq(unit)).add(asked(unit, &[Column::Id]))
}

/// Returns the condition for hazards of which one of these columns names a hazard in which the unit has an assignment.
fn asked(unit: UnitId, of: &[Column]) -> Expr {
    let mut assignments = Query::select();
    assignments
        .expr(Expr::val(1))
        .from(super::assignment::Entity)
        .and_where(
            Expr::col((super::assignment::Entity, super::assignment::Column::HazardId))
                .is_in(of.iter().map(|column| Expr::col((Entity, *column)))),
        )
        .and_where(super::assignment::COLUMN.unit_id.eq(unit));
    Expr::exists(assignments)
}

/// Returns the condition for hazards that reports point to, or pointed to before they moved, but none of those in
/// `allowed`. A hazard that was merged into another one is therefore not shown to whom its reports accuse.
pub(crate) fn only_accused(allowed: &Condition) -> Condition {
    let any = |which: &Condition| Condition::any().add(has_report(which.clone())).add(had_report(which.clone()));
    Condition::all().add(any(&allowed.clone().not())).add(any(allowed).not())
}

fn has_report(which: Condition) -> Expr {
    let mut reports = Query::select();
    reports
        .expr(Expr::val(1))
        .from(super::report::Entity)
        .and_where(Expr::col((super::report::Entity, super::report::Column::HazardId)).equals((Entity, Column::Id)))
        .cond_where(which);
    Expr::exists(reports)
}

fn had_report(which: Condition) -> Expr {
    use super::{moved_report, report};
    let mut moved = Query::select();
    moved
        .column((moved_report::Entity, moved_report::Column::ReportId))
        .from(moved_report::Entity)
        .and_where(Expr::col((moved_report::Entity, moved_report::Column::HazardId)).equals((Entity, Column::Id)));
    let mut reports = Query::select();
    reports
        .expr(Expr::val(1))
        .from(report::Entity)
        .and_where(Expr::col((report::Entity, report::Column::Id)).in_subquery(moved))
        .cond_where(which);
    Expr::exists(reports)
}

/// Returns the condition for hazards that were registered at this time or later. It names the statuses, because the index on
/// them is the one that has the time of all areas.
#[must_use]
pub fn registered_since(at: DateTimeUtc) -> Condition {
    let statuses = Column::Status.is_in(HazardStatus::ALL.iter().copied());
    Condition::all().add(statuses).add(Column::RegisteredAt.gte(at))
}

/// Returns the condition for hazards that follow this one in the order of their registration.
#[must_use]
pub fn registered_after(at: DateTimeUtc, id: HazardId) -> Condition {
    let same_moment = Condition::all().add(Column::RegisteredAt.eq(at)).add(Column::Id.gt(id));
    let later = Condition::any().add(Column::RegisteredAt.gt(at)).add(same_moment);
    Condition::all().add(Column::RegisteredAt.gte(at)).add(later)
}
