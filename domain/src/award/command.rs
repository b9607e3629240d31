//! The commands of an award, and the facts that a decision needs.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use crate::access::By;
use crate::clock::Timing;
use crate::hazard::End;
use crate::id::{NoteId, OfficerId, ReportId};
use crate::money::Fen;
use crate::policy::AwardPolicy;

/// A command that can be asked of an award.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Reviews the award 审核: the facts and the amount are right.
    Review,
    /// Approves the award 审批: the budget is committed.
    Approve,
    /// Rejects the award 不予奖励, before it is approved.
    Reject {
        /// The reason.
        note: NoteId,
    },
    /// Notifies the reporter 通知, who then has the days of the policy to collect the award.
    Notify,
    /// Collects the award 领取; the reporter does it.
    Collect,
    /// Starts a payment 发放, also after one has failed.
    StartPayment,
    /// Records that the payment arrived.
    PaymentSucceeded {
        /// The number of the payment.
        attempt: i32,
    },
    /// Records that the payment did not arrive and the money is back.
    PaymentFailed {
        /// The number of the payment.
        attempt: i32,
    },
    /// Records that the result of the payment is not known.
    PaymentUnknown {
        /// The number of the payment.
        attempt: i32,
    },
    /// Forfeits the award 视为放弃: it was not collected in time.
    Forfeit,
    /// Holds the award 暂缓: its hazard was reopened.
    Hold,
    /// Resumes the award: its hazard is closed again.
    Resume,
    /// Moves the award to another report, which turned out to be the first true one, or to another amount.
    Reassign {
        /// The report that is the first true one now.
        report: ReportId,
        /// The officers who found it to be true.
        verifiers: BTreeSet<OfficerId>,
        /// The amount by the policy.
        amount: Fen,
    },
    /// Voids the award 失效: no report of its hazard earns it any more.
    Void,
}

/// The state of the hazard, as far as the award depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HazardNow {
    /// The hazard was never closed, is closed, or was cancelled.
    NotReopened,
    /// The hazard is open again, so the award waits.
    Reopened,
}

impl HazardNow {
    /// Returns the state of a hazard in this round of work with this end, if it has ended.
    #[must_use]
    pub const fn of(round: i32, end: Option<End>) -> Self {
        if round > 1 && end.is_none() { Self::Reopened } else { Self::NotReopened }
    }
}

/// The facts that are known when something is asked of an award.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The time of arrival.
    pub now: DateTime<Utc>,
    /// The party that asks; [`By::Reporter`] is the author of the report.
    pub by: By,
    /// Whether the hazard lies in the area of the post that asks, or below it.
    pub in_area: bool,
    /// Whether the officer who asks is the author of the report.
    pub own_report: bool,
    /// Whether the identity of the person who collects has been verified.
    pub payee_verified: bool,
    /// Whether the hazard is open again.
    pub hazard: HazardNow,
    /// The policy in force.
    pub policy: &'a AwardPolicy,
    /// The rules by which clocks are set.
    pub timing: Timing<'a>,
}
