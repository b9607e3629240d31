//! An award 奖励 for the first true report.

use domain::award::AwardStatus;
use domain::id::{AwardId, HazardId, OfficerId, ReportId, UnitId};
use domain::money::Fen;
use domain::policy::RuleVersion;
use sea_orm::entity::prelude::*;

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
