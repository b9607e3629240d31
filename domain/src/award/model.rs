//! The current state of an award.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::AwardStatus;
use crate::clock::Clock;
use crate::id::{AwardId, HazardId, OfficerId, ReportId, UnitId};
use crate::money::Fen;
use crate::policy::RuleVersion;

/// The one award of one hazard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Award {
    /// The id of the award.
    pub id: AwardId,
    /// The stream version of the last event, counted from 1.
    pub version: i64,
    /// The hazard.
    pub hazard: HazardId,
    /// The first true report of the hazard.
    pub report: ReportId,
    /// The unit that keeps the award and takes its steps.
    pub unit: UnitId,
    /// The amount: above 0, and at most [`Fen::MAX`].
    pub amount: Fen,
    /// The status.
    pub status: AwardStatus,
    /// The status in which it was held; `None` while it is not held.
    pub held_from: Option<AwardStatus>,
    /// The time since which it is held.
    pub held_at: Option<DateTime<Utc>>,
    /// The officer whose step made the policy propose it; `None` if no officer's step did.
    pub proposed_by: Option<OfficerId>,
    /// The officer who reviewed it.
    pub reviewed_by: Option<OfficerId>,
    /// The officer who approved it.
    pub approved_by: Option<OfficerId>,
    /// The officer who started the last payment.
    pub paid_by: Option<OfficerId>,
    /// The officers who found the report to be true. None of them approves the award.
    pub verifiers: BTreeSet<OfficerId>,
    /// The number of payments that were started.
    pub attempt: i32,
    /// The time by which the reporter has to collect it, after the notice.
    pub collect_due: Option<DateTime<Utc>>,
    /// The rules that gave the amount.
    pub rule_version: RuleVersion,
    /// Its clocks.
    pub clocks: Vec<Clock>,
}
