//! The award, as it stands.

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
    /// Its id.
    pub id: AwardId,
    /// The stream version of its last event, from 1.
    pub version: i64,
    /// The hazard.
    pub hazard: HazardId,
    /// The first true report of the hazard.
    pub report: ReportId,
    /// The unit that keeps it and takes its steps.
    pub unit: UnitId,
    /// What it is worth: above 0, at most [`Fen::MAX`].
    pub amount: Fen,
    /// Where it stands.
    pub status: AwardStatus,
    /// Where it stood when it was held; nothing while it is not.
    pub held_from: Option<AwardStatus>,
    /// Since when it is held.
    pub held_at: Option<DateTime<Utc>>,
    /// Whose step made the policy propose it; nothing if no officer's did.
    pub proposed_by: Option<OfficerId>,
    /// Who reviewed it.
    pub reviewed_by: Option<OfficerId>,
    /// Who approved it.
    pub approved_by: Option<OfficerId>,
    /// Who started its last payment.
    pub paid_by: Option<OfficerId>,
    /// Who found its report to be true: none of them approves it.
    pub verifiers: BTreeSet<OfficerId>,
    /// Payments started, from 0.
    pub attempt: i32,
    /// By when the reporter has to collect it, once told.
    pub collect_due: Option<DateTime<Utc>>,
    /// The rules that gave the amount.
    pub rule_version: RuleVersion,
    /// Its clocks.
    pub clocks: Vec<Clock>,
}
