//! The current state of an award.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::AwardStatus;
use crate::clock::Clock;
use crate::id::{AwardId, HazardId, OfficerId, ReportId, UnitId};
use crate::money::Fen;
use crate::policy::RuleVersion;

/// The award for one hazard. A hazard has at most one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Award {
    /// The id of the award.
    pub id: AwardId,
    /// The stream version of the last event, counted from 1.
    pub version: i64,
    /// The hazard that was reported.
    pub hazard: HazardId,
    /// The first true report of the hazard.
    pub report: ReportId,
    /// The unit that administers the award; its officers take the steps.
    pub unit: UnitId,
    /// The amount in fen: above 0, and at most [`Fen::MAX`].
    pub amount: Fen,
    /// The current status.
    pub status: AwardStatus,
    /// Whether the award ended because no report qualified for it, and not because an officer rejected it. A voided award
    /// is proposed again if a report qualifies later.
    pub voided: bool,
    /// The status to which the award returns when it is resumed; `None` while it is not on hold.
    pub held_from: Option<AwardStatus>,
    /// When the award was put on hold; `None` while it is not on hold.
    pub held_at: Option<DateTime<Utc>>,
    /// The award that stands for the same matter, since their hazards were merged 合并; this one is double 重复. `None` for
    /// almost all awards.
    pub double_of: Option<AwardId>,
    /// The officer whose step triggered the proposal, or the latest reassignment; `None` if the system triggered it.
    pub proposed_by: Option<OfficerId>,
    /// The officer who reviewed the award; `None` before the review and after a reassignment.
    pub reviewed_by: Option<OfficerId>,
    /// The officer who approved the award; `None` before the approval.
    pub approved_by: Option<OfficerId>,
    /// The officer who started the latest payment attempt; `None` before the first one.
    pub paid_by: Option<OfficerId>,
    /// The officers who verified the report. None of them may review, approve or pay the award.
    pub verifiers: BTreeSet<OfficerId>,
    /// The number of payment attempts so far, which is also the number of the latest one.
    pub attempt: i32,
    /// The time of the latest event. A later event never has an earlier time: the time of a reporter's act is rounded up
    /// and may lie ahead of the clock.
    pub last_at: DateTime<Utc>,
    /// The deadline for collection; `None` until the reporter is notified.
    pub collect_due: Option<DateTime<Utc>>,
    /// The rule version from which the first amount was taken.
    pub rule_version: RuleVersion,
    /// The clocks of the award's steps, in the order in which they started.
    pub clocks: Vec<Clock>,
}

impl Award {
    /// Returns the officers who took part in the decisions on the award or verified its report. None of them may collect
    /// it: an award is never paid to whoever decided on it.
    #[must_use]
    pub fn deciders(&self) -> BTreeSet<OfficerId> {
        let steps = [self.proposed_by, self.reviewed_by, self.approved_by];
        steps.into_iter().flatten().chain(self.verifiers.iter().copied()).collect()
    }
}
