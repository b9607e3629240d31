//! The events of an award. They hold ids, codes, times and the amount, and never free text.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::clock::ClockChange;
use crate::id::{AwardId, HazardId, NoteId, OfficerId, ReportId, UnitId};
use crate::money::Fen;
use crate::policy::RuleVersion;

/// An event of an award. `officer` is the officer who acted; `clocks` are the clocks that started, stopped or went on.
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
    /// The award was rejected 不予奖励.
    Rejected { officer: OfficerId, note: NoteId, at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// The reporter was notified 通知.
    Notified { collect_due: DateTime<Utc>, at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// The reporter collected the award 领取.
    Collected { at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// A payment was started 发放.
    PaymentStarted { officer: OfficerId, attempt: i32, at: DateTime<Utc> },
    /// The payment arrived.
    Paid { attempt: i32, at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// The payment did not arrive.
    PaymentFailed { attempt: i32, at: DateTime<Utc> },
    /// The result of the payment is not known.
    PaymentUnknown { attempt: i32, at: DateTime<Utc> },
    /// The award was forfeited 视为放弃.
    Forfeited { at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// The award was held 暂缓.
    Held { at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// The award went on where it had been held.
    Resumed { collect_due: Option<DateTime<Utc>>, at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// The award moved to another report or another amount, and was proposed again.
    Reassigned {
        report: ReportId,
        verifiers: BTreeSet<OfficerId>,
        amount: Fen,
        at: DateTime<Utc>,
        clocks: Vec<ClockChange>,
    },
    /// The award was voided 失效: no report earns it any more.
    Voided { at: DateTime<Utc>, clocks: Vec<ClockChange> },
}

/// The beginning of an award.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposed {
    /// The id of the award.
    pub award: AwardId,
    /// The hazard.
    pub hazard: HazardId,
    /// The first true report.
    pub report: ReportId,
    /// The unit that keeps it.
    pub unit: UnitId,
    /// The amount.
    pub amount: Fen,
    /// The officer whose step made the policy propose it, if it was an officer's.
    pub proposed_by: Option<OfficerId>,
    /// The officers who found the report to be true.
    pub verifiers: BTreeSet<OfficerId>,
    /// The rules that gave the amount.
    pub rule_version: RuleVersion,
    /// The time of the proposal.
    pub at: DateTime<Utc>,
    /// The clocks that started.
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
        Voided = "VOIDED",
    }
    without_clocks {
        PaymentStarted = "PAYMENT_STARTED",
        PaymentFailed = "PAYMENT_FAILED",
        PaymentUnknown = "PAYMENT_UNKNOWN",
    }
} }
