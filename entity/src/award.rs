//! An award 奖励 for the first true report.

use domain::award::AwardStatus;
use domain::id::{AwardId, HazardId, OfficerId, ReportId, UnitId};
use domain::money::Fen;
use domain::policy::RuleVersion;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Query;

/// An award 奖励 for the first true report.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "award")]
pub struct Model {
    /// Random.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AwardId,
    /// One hazard, one award.
    pub hazard_id: HazardId,
    /// The report it belongs to.
    pub report_id: ReportId,
    /// The unit that keeps it and takes its steps.
    pub unit_id: UnitId,
    /// Where it stands.
    pub status: AwardStatus,
    /// Version of its last event.
    pub version: i64,
    /// The amount.
    pub amount_fen: Fen,
    /// Where it stood when it was held.
    pub held_from: Option<AwardStatus>,
    /// Since when it is held.
    pub held_at: Option<DateTimeUtc>,
    /// Whose step made the policy propose it.
    pub proposed_by: Option<OfficerId>,
    /// Who reviewed it.
    pub reviewed_by: Option<OfficerId>,
    /// Who approved it.
    pub approved_by: Option<OfficerId>,
    /// Who paid it.
    pub paid_by: Option<OfficerId>,
    /// Who found the report true: a JSON list.
    pub verifiers: String,
    /// Attempts to pay so far.
    pub attempt: i32,
    /// When it was proposed.
    pub proposed_at: DateTimeUtc,
    /// Until when it can be collected.
    pub collect_due: Option<DateTimeUtc>,
    /// When it was paid.
    pub paid_at: Option<DateTimeUtc>,
    /// The document it rests on.
    pub basis: String,
    /// The rules by which it was counted.
    pub rule_version: RuleVersion,
}

impl ActiveModelBehavior for ActiveModel {}

/// What one post lets be seen.
#[derive(Debug, Clone)]
pub struct Scope {
    /// Awards that this unit keeps.
    pub unit: Option<UnitId>,
    /// Awards for hazards below this path.
    pub area_path: Option<String>,
    /// A condition on reports: those that do not accuse the post's unit. The award of any other is not there.
    pub not_accusing: Condition,
}

/// The awards that at least one of the scopes lets be seen; none without a scope.
#[must_use]
pub fn seen_by(scopes: Vec<Scope>) -> Condition {
    let mut any = Condition::any().add(super::scope::never());
    for scope in scopes {
        let mut held = Condition::any();
        if let Some(unit) = scope.unit {
            held = held.add(COLUMN.unit_id.eq(unit));
        }
        if let Some(path) = scope.area_path {
            held = held.add(for_hazards_below(&path));
        }
        if !held.is_empty() {
            any = any.add(Condition::all().add(held).add(for_reports(scope.not_accusing)));
        }
    }
    any
}

fn for_hazards_below(path: &str) -> Expr {
    let mut hazards = Query::select();
    hazards.column(super::hazard::Column::Id).from(super::hazard::Entity).cond_where(super::hazard::below(path));
    Column::HazardId.in_subquery(hazards)
}

fn for_reports(condition: Condition) -> Expr {
    let mut reports = Query::select();
    reports.column(super::report::Column::Id).from(super::report::Entity).cond_where(condition);
    Column::ReportId.in_subquery(reports)
}
