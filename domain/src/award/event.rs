//! What happened to an award. Events hold ids, codes, times and the amount, never words.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::clock::ClockChange;
use crate::id::{AwardId, HazardId, NoteId, OfficerId, ReportId, UnitId};
use crate::money::Fen;
use crate::policy::RuleVersion;

/// What happened to an award. `officer` is who did it, `clocks` are the clocks that started, stopped or went on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "the fields say what the same words say in the award and its commands")]
pub enum Event {
    /// It began.
    Proposed(Proposed),
    /// 审核.
    Reviewed { officer: OfficerId, at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// 审批.
    Approved { officer: OfficerId, at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// 不予奖励.
    Rejected { officer: OfficerId, note: NoteId, at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// 通知.
    Notified { collect_due: DateTime<Utc>, at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// 领取.
    Collected { at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// 发放.
    PaymentStarted { officer: OfficerId, attempt: i32, at: DateTime<Utc> },
    /// The payment arrived.
    Paid { attempt: i32, at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// The payment did not arrive.
    PaymentFailed { attempt: i32, at: DateTime<Utc> },
    /// Nobody knows what became of the payment.
    PaymentUnknown { attempt: i32, at: DateTime<Utc> },
    /// 视为放弃.
    Forfeited { at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// 暂缓.
    Held { at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// It goes on where it was held.
    Resumed { collect_due: Option<DateTime<Utc>>, at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// It rests on another report or is worth another amount, and is proposed anew.
    Reassigned {
        report: ReportId,
        verifiers: BTreeSet<OfficerId>,
        amount: Fen,
        at: DateTime<Utc>,
        clocks: Vec<ClockChange>,
    },
    /// 失效: nobody earns it any more.
    Voided { at: DateTime<Utc>, clocks: Vec<ClockChange> },
}

/// How an award began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposed {
    /// Its id.
    pub award: AwardId,
    /// The hazard.
    pub hazard: HazardId,
    /// The first true report.
    pub report: ReportId,
    /// The unit that keeps it.
    pub unit: UnitId,
    /// What it is worth.
    pub amount: Fen,
    /// Whose step made the policy propose it.
    pub proposed_by: Option<OfficerId>,
    /// Who found the report to be true.
    pub verifiers: BTreeSet<OfficerId>,
    /// The rules that gave the amount.
    pub rule_version: RuleVersion,
    /// When.
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
