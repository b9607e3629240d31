//! The award events. They contain ids, codes, times and the amount, and never free text.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Account, PayeeDigest};
use crate::clock::ClockChange;
use crate::id::{AwardId, HazardId, NoteId, OfficerId, ReportId, UnitId};
use crate::money::Fen;
use crate::policy::RuleVersion;

/// An award event. `officer` is the acting officer; `clocks` lists the clocks that the step started, stopped or
/// resumed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "the fields say what the same words say in the award and its commands")]
pub enum Event {
    /// The award was proposed.
    Proposed(Proposed),
    /// The award was reviewed 审核.
    Reviewed { officer: OfficerId, at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// The award was approved 审批.
    Approved { officer: OfficerId, at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// The award was rejected 不予奖励. `released` is the account from which the money of a double award 重复 goes back to the
    /// budget; an award is otherwise rejected before any money is promised.
    Rejected {
        officer: OfficerId,
        note: NoteId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        released: Option<Account>,
        at: DateTime<Utc>,
        clocks: Vec<ClockChange>,
    },
    /// The reporter was notified 通知.
    Notified { collect_due: DateTime<Utc>, at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// The reporter collected the award 领取.
    Collected { at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// A payment attempt was started 发放. `payee` identifies the payee without naming them; `None` in events of earlier
    /// builds.
    PaymentStarted {
        officer: OfficerId,
        attempt: i32,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        payee: Option<PayeeDigest>,
        at: DateTime<Utc>,
    },
    /// The payment succeeded.
    Paid { attempt: i32, at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// The payment failed and the money was returned.
    PaymentFailed { attempt: i32, at: DateTime<Utc> },
    /// The payment result is unknown.
    PaymentUnknown { attempt: i32, at: DateTime<Utc> },
    /// The award was forfeited 视为放弃.
    Forfeited { at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// The award was put on hold 暂缓.
    Held { at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// The award was resumed 恢复 in the status in which it had been put on hold.
    Resumed { collect_due: Option<DateTime<Utc>>, at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// The award was reassigned to another report, unit or amount, or proposed again after it had been voided, and
    /// returned to the status proposed. `unit` and `proposed_by` are `None` in events of earlier builds, which kept both.
    Reassigned {
        report: ReportId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unit: Option<UnitId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        proposed_by: Option<OfficerId>,
        verifiers: BTreeSet<OfficerId>,
        amount: Fen,
        at: DateTime<Utc>,
        clocks: Vec<ClockChange>,
    },
    /// The amount changed, because fines 罚款 were paid or voided, and the award returned to the status proposed. `released` is
    /// the account from which the money of an approved award goes back to the budget, and `was` the amount.
    Rebased { amount: Fen, was: Fen, released: Option<Account>, at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// The hazard was merged into that of another award, which stands: this one is double 重复. It is on hold from now on,
    /// unless money is on its way or paid out, or it was on hold already: `held` says so.
    MarkedDouble { of: AwardId, held: bool, at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// The merge was undone, and the award is double no longer. `resumed` says whether it is no longer on hold either.
    ClearedDouble { resumed: bool, collect_due: Option<DateTime<Utc>>, at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// A unit ended 撤并, and its successor took over 承接 the award.
    Inherited { from: UnitId, to: UnitId, at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// The calendar changed, and the deadlines of running clocks were counted again.
    Recounted { at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// The award was voided 失效, because no report qualifies for it any longer.
    Voided { at: DateTime<Utc>, clocks: Vec<ClockChange> },
}

/// The first event of an award, which contains everything that the award starts with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposed {
    /// The id of the award.
    pub award: AwardId,
    /// The hazard that was reported.
    pub hazard: HazardId,
    /// The first true report of the hazard.
    pub report: ReportId,
    /// The unit that administers the award.
    pub unit: UnitId,
    /// The amount according to the award policy, in fen.
    pub amount: Fen,
    /// The officer whose step triggered the proposal; `None` if the system triggered it.
    pub proposed_by: Option<OfficerId>,
    /// The officers who verified the report.
    pub verifiers: BTreeSet<OfficerId>,
    /// The rule version from which the amount was taken.
    pub rule_version: RuleVersion,
    /// When the award was proposed.
    pub at: DateTime<Utc>,
    /// The clocks that the proposal started: the review clock.
    pub clocks: Vec<ClockChange>,
}

domain_event! { Event {
    first { Proposed = "PROPOSED" }
    with_clocks {
        Reviewed = "REVIEWED",
        Approved = "APPROVED",
        Rejected = "REJECTED",
        Notified = "NOTIFIED",
        Collected = "COLLECTED",
        Paid = "PAID",
        Forfeited = "FORFEITED",
        Held = "HELD",
        Resumed = "RESUMED",
        Reassigned = "REASSIGNED",
        Rebased = "REBASED",
        Voided = "VOIDED",
        Inherited = "INHERITED",
        Recounted = "RECOUNTED",
        MarkedDouble = "MARKED_DOUBLE",
        ClearedDouble = "CLEARED_DOUBLE",
    }
    without_clocks {
        PaymentStarted = "PAYMENT_STARTED",
        PaymentFailed = "PAYMENT_FAILED",
        PaymentUnknown = "PAYMENT_UNKNOWN",
    }
} }
