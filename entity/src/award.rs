//! An award 奖励 for the first true report of a hazard.

use std::collections::BTreeSet;

use domain::award::AwardStatus;
use domain::id::{AwardId, HazardId, OfficerId, ReportId, UnitId};
use domain::money::Fen;
use domain::policy::RuleVersion;
use sea_orm::Condition;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::Query;

use crate::JsonList;

/// An award 奖励 for the first true report of a hazard.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "award")]
pub struct Model {
    /// The id, which is random.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AwardId,
    /// The hazard. A hazard has at most one award.
    pub hazard_id: HazardId,
    /// The report that is rewarded.
    pub report_id: ReportId,
    /// The unit that keeps it and takes its steps.
    pub unit_id: UnitId,
    /// The status.
    pub status: AwardStatus,
    /// The version of the last event.
    pub version: i64,
    /// The amount.
    pub amount_fen: Fen,
    /// The status in which it was held.
    pub held_from: Option<AwardStatus>,
    /// The time since which it is held.
    pub held_at: Option<DateTimeUtc>,
    /// The officer whose step made the policy propose it.
    pub proposed_by: Option<OfficerId>,
    /// The officer who reviewed it.
    pub reviewed_by: Option<OfficerId>,
    /// The officer who approved it.
    pub approved_by: Option<OfficerId>,
    /// The officer who started the last payment.
    pub paid_by: Option<OfficerId>,
    /// The officers who found the report to be true.
    pub verifiers: JsonList<BTreeSet<OfficerId>>,
    /// The number of payments so far.
    pub attempt: i32,
    /// The time of the proposal.
    pub proposed_at: DateTimeUtc,
    /// The time until which it can be collected.
    pub collect_due: Option<DateTimeUtc>,
    /// The time of the payment.
    pub paid_at: Option<DateTimeUtc>,
    /// The document on which it rests.
    pub basis: String,
    /// The revision of the rules that gave the amount.
    pub rule_version: RuleVersion,
}

impl ActiveModelBehavior for ActiveModel {}

/// The rows that one post may see.
#[derive(Debug, Clone)]
pub struct Scope {
    /// If set, the awards that this unit keeps.
    pub unit: Option<UnitId>,
    /// If set, the awards for hazards in the area with this path and below it.
    pub area_path: Option<String>,
    /// A condition on reports: those that do not accuse the unit of the post. Awards of other reports are not found.
    pub not_accusing: Condition,
}

/// Returns the condition for awards that at least one of the scopes allows. Without a scope it allows no award.
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
