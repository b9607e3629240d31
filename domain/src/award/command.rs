//! The award commands, and the context in which they are decided.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::PayeeDigest;
use crate::access::By;
use crate::clock::Timing;
use crate::hazard::End;
use crate::id::{AwardId, NoteId, OfficerId, ReportId, UnitId};
use crate::money::Fen;
use crate::policy::AwardPolicy;

/// A command to an award.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Reviews the award 审核: confirms that the facts and the amount are correct.
    Review,
    /// Approves the award 审批 and commits the budget.
    Approve,
    /// Rejects the award 不予奖励. This is possible until the award is approved, and while it is on hold because it is double
    /// 重复.
    Reject {
        /// The reason for the rejection.
        note: NoteId,
    },
    /// Notifies the reporter 通知, who must collect the award within the policy's collection period.
    Notify,
    /// Collects the award 领取. Only the reporter may issue this command.
    Collect,
    /// Starts a payment attempt 发放: the first one, or a retry after a failed one.
    StartPayment {
        /// The digest of the payee to whom this attempt pays.
        payee: PayeeDigest,
    },
    /// Records that the payment succeeded.
    PaymentSucceeded {
        /// The number of the payment attempt, counted from 1.
        attempt: i32,
    },
    /// Records that the payment failed and the money was returned.
    PaymentFailed {
        /// The number of the payment attempt, counted from 1.
        attempt: i32,
    },
    /// Records that the payment result is unknown, for example because the payment provider did not respond.
    PaymentUnknown {
        /// The number of the payment attempt, counted from 1.
        attempt: i32,
    },
    /// Forfeits the award 视为放弃, because the reporter did not collect it in time.
    Forfeit,
    /// Puts the award on hold 暂缓, because its hazard was reopened.
    Hold,
    /// Resumes the award 恢复, because its hazard has been closed again.
    Resume,
    /// Reassigns the award to the report that is now the first true one, or changes the amount. Proposes a voided award
    /// again.
    Reassign {
        /// The report that is now the first true one.
        report: ReportId,
        /// The unit that accepted this report, and therefore administers the award 谁受理、谁奖励.
        unit: UnitId,
        /// The officer whose step makes this report the first true one, and who thereby proposes the award.
        proposed_by: Option<OfficerId>,
        /// The officers who verified this report.
        verifiers: BTreeSet<OfficerId>,
        /// The amount according to the award policy.
        amount: Fen,
    },
    /// Changes the amount 调整金额, because fines 罚款 were paid or voided. The award is then reviewed again.
    Rebase {
        /// The amount according to the award policy and the fines that were paid.
        amount: Fen,
    },
    /// Voids the award 失效, because no report of its hazard qualifies any longer.
    Void,
    /// Marks an approved award as double 重复, because its hazard was merged with that of another award, which stands.
    MarkDouble {
        /// The award that stands.
        of: AwardId,
    },
    /// Clears this mark, because the merge was undone.
    ClearDouble,
}

/// The part of the hazard's state on which an award depends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HazardNow {
    /// The hazard is in its first round, is closed, or was cancelled.
    NotReopened,
    /// The hazard is open again after a closure, so the award is put on hold.
    Reopened,
}

impl HazardNow {
    /// Derives the state from the hazard's round (counted from 1) and its end; `end` is `None` while it is open.
    #[must_use]
    pub const fn of(round: i32, end: Option<End>) -> Self {
        if round > 1 && end.is_none() { Self::Reopened } else { Self::NotReopened }
    }
}

/// The context of an award command: everything outside the award on which the decision depends.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The time that the events tell: for an act of a reporter, a boundary of the veil ([`crate::time::Moment`]).
    pub now: DateTime<Utc>,
    /// When the server received the command. Deadlines of reporters are judged by it.
    pub exact: DateTime<Utc>,
    /// The party that issues the command; [`By::Reporter`] is the author of the report.
    pub by: By,
    /// Whether the hazard lies in the area of the acting post, or below it.
    pub in_area: bool,
    /// Whether the acting officer is the author of the report.
    pub own_report: bool,
    /// Whether the payee's identity has been verified.
    pub payee_verified: bool,
    /// Whether the hazard has been reopened.
    pub hazard: HazardNow,
    /// The award policy in force.
    pub policy: &'a AwardPolicy,
    /// The calendar and the rules that determine due times.
    pub timing: Timing<'a>,
}
