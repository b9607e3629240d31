//! What can be asked of an award, and what is known when it is asked.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use crate::access::By;
use crate::clock::Timing;
use crate::hazard::End;
use crate::id::{NoteId, OfficerId, ReportId};
use crate::money::Fen;
use crate::policy::AwardPolicy;

/// What can be asked of an award.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// 审核: the facts and the amount are right.
    Review,
    /// 审批: the budget is committed.
    Approve,
    /// 不予奖励, before it is approved.
    Reject {
        /// Why.
        note: NoteId,
    },
    /// 通知: the reporter is told and has the policy's days to collect.
    Notify,
    /// 领取: the reporter takes it.
    Collect,
    /// 发放: a payment is started; again after one has failed.
    StartPayment,
    /// The payment arrived.
    PaymentSucceeded {
        /// Which attempt.
        attempt: i32,
    },
    /// The payment did not arrive, and the money is back.
    PaymentFailed {
        /// Which attempt.
        attempt: i32,
    },
    /// Nobody knows what became of the payment.
    PaymentUnknown {
        /// Which attempt.
        attempt: i32,
    },
    /// 视为放弃: it was not collected in time.
    Forfeit,
    /// 暂缓: its hazard was reopened.
    Hold,
    /// Its hazard is closed again.
    Resume,
    /// Another report turned out to be the first true one, or its hazard to be worth another amount.
    Reassign {
        /// The first true report now.
        report: ReportId,
        /// Who found it to be true.
        verifiers: BTreeSet<OfficerId>,
        /// What it is worth by the policy.
        amount: Fen,
    },
    /// 失效: no report of its hazard earns it any more.
    Void,
}

/// Where the hazard of an award stands, as far as the award depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HazardNow {
    /// Never closed yet, or closed, or struck.
    NotReopened,
    /// Open again: the award waits.
    Reopened,
}

impl HazardNow {
    /// Where a hazard stands that is in this round of work and ended so, if it ended.
    #[must_use]
    pub const fn of(round: i32, end: Option<End>) -> Self {
        if round > 1 && end.is_none() { Self::Reopened } else { Self::NotReopened }
    }
}

/// What is known when something is asked of an award.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The time of arrival.
    pub now: DateTime<Utc>,
    /// Who asks; [`By::Reporter`] is the author of its report.
    pub by: By,
    /// Whether the hazard lies in the area subtree of the post that asks.
    pub in_area: bool,
    /// Whether the officer who asks is the author of its report.
    pub own_report: bool,
    /// Whether the identity of who collects has been verified.
    pub payee_verified: bool,
    /// Whether its hazard is open again.
    pub hazard: HazardNow,
    /// The policy in force.
    pub policy: &'a AwardPolicy,
    /// How clocks are set.
    pub timing: Timing<'a>,
}
