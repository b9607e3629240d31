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
    /// The rewarded report: the first true report of the hazard.
    pub report_id: ReportId,
    /// The unit that administers the award; its officers take the steps.
    pub unit_id: UnitId,
    /// The current status.
    pub status: AwardStatus,
    /// The stream version of the last event, which serves as the optimistic lock.
    pub version: i64,
    /// The amount in fen.
    pub amount_fen: Fen,
    /// Whether the award ended because no report qualified for it, and not because an officer rejected it.
    pub voided: bool,
    /// The time of the latest event, before which no later event lies.
    pub last_at: Option<DateTimeUtc>,
    /// The status to which the award returns when it is resumed; NULL while it is not on hold.
    pub held_from: Option<AwardStatus>,
    /// When the award was put on hold; NULL while it is not on hold.
    pub held_at: Option<DateTimeUtc>,
    /// The award that stands for the same matter, if this one is double 重复 since a merge of hazards.
    pub double_of: Option<AwardId>,
    /// The officer whose step triggered the proposal; NULL if the system triggered it.
    pub proposed_by: Option<OfficerId>,
    /// The officer who reviewed the award.
    pub reviewed_by: Option<OfficerId>,
    /// The officer who approved the award.
    pub approved_by: Option<OfficerId>,
    /// The officer who started the latest payment attempt.
    pub paid_by: Option<OfficerId>,
    /// The officers who verified the report. None of them may approve the award.
    pub verifiers: JsonList<BTreeSet<OfficerId>>,
    /// The number of payment attempts so far.
    pub attempt: i32,
    /// When the award was proposed.
    pub proposed_at: DateTimeUtc,
    /// The collection deadline; NULL until the reporter is notified.
    pub collect_due: Option<DateTimeUtc>,
    /// When the payment succeeded.
    pub paid_at: Option<DateTimeUtc>,
    /// The legal basis, as the award policy cites it.
    pub basis: String,
    /// The rule version from which the amount was taken.
    pub rule_version: RuleVersion,
}

impl ActiveModelBehavior for ActiveModel {}

/// The scope of one post: the award rows that it may see.
#[derive(Debug, Clone)]
pub struct Scope {
    /// If set, includes the awards that this unit administers.
    pub unit: Option<UnitId>,
    /// If set, includes the awards for hazards in the area with this path, or below it.
    pub area_path: Option<String>,
    /// The condition on report rows that do not accuse the post's unit. Awards for other reports are excluded.
    pub not_accusing: Condition,
}

/// Returns the condition for the awards that at least one scope includes. An empty list matches no row.
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
