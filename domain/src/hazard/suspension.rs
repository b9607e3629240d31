//! A suspension 挂账: a matter that cannot be solved for a long time rests until a review date, under interim risk control.
//! `docs/suspension.md` has the tables.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::Context;
use crate::clock::{Clock, ClockChange, ClockKind, PauseReason};
use crate::id::{NoteId, OfficerId, PostId, UnitId};

/// A request for a suspension, with everything that a suspension needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedSuspension {
    /// The unit that asks.
    pub unit: UnitId,
    /// The officer who asked.
    pub officer: OfficerId,
    /// The post in which this officer asked.
    pub post: PostId,
    /// When the officer asked.
    pub at: DateTime<Utc>,
    /// The reason 挂账理由.
    pub note: NoteId,
    /// How the risk is controlled meanwhile 临时管控措施.
    pub interim_control: NoteId,
    /// Under which condition the matter goes on 解除条件.
    pub exit_condition: NoteId,
    /// The post of the responsible leader 责任领导.
    pub responsible: PostId,
    /// The unit of this post, or its successor.
    pub responsible_unit: UnitId,
    /// The review date 复核日期.
    pub review_on: NaiveDate,
}

/// A suspension in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspension {
    /// What was asked for.
    pub asked: AskedSuspension,
    /// The officer who granted it.
    pub decided_by: OfficerId,
    /// The post in which this officer decided.
    pub decided_by_post: PostId,
    /// When it was granted.
    pub decided_at: DateTime<Utc>,
    /// When the hazard comes back by itself: the start of the working day of the review date.
    pub resumes_at: DateTime<Utc>,
}

/// Returns whether a suspension lets a clock of this kind stand still: those of the work do. The steps of others go on, and
/// a clock of a safety measure never stands still.
pub(super) const fn stands_still(kind: ClockKind) -> bool {
    match kind {
        ClockKind::Dispatch | ClockKind::Sign | ClockKind::CheckIn | ClockKind::Finish => true,
        ClockKind::Review
        | ClockKind::Extend
        | ClockKind::AnswerSendBack
        | ClockKind::Rule
        | ClockKind::ApproveWhistle
        | ClockKind::NameUnits
        | ClockKind::RateAnswer
        | ClockKind::RuleOnRating
        | ClockKind::DecideSuspension
        | ClockKind::ReviewSuspension
        | ClockKind::Acknowledge
        | ClockKind::Reinspect
        | ClockKind::JudgeMajor
        | ClockKind::PlanMajor
        | ClockKind::Delist
        | ClockKind::AcceptMajor
        | ClockKind::ConsentMajor
        | ClockKind::Evacuate
        | ClockKind::StopUse
        | ClockKind::CutPower
        | ClockKind::Accept
        | ClockKind::Close
        | ClockKind::FollowUp
        | ClockKind::ReviewAward
        | ClockKind::ApproveAward
        | ClockKind::Collect
        | ClockKind::Pay
        | ClockKind::AcknowledgeSituationReport
        | ClockKind::NextSituationReport => false,
    }
}

/// Returns the changes after which the clocks of the work stand still.
pub(super) fn rest<'c>(clocks: impl IntoIterator<Item = &'c Clock>, context: &Context<'_>) -> Vec<ClockChange> {
    let of_work = clocks.into_iter().filter(|clock| stands_still(clock.key.kind));
    of_work.filter_map(|clock| context.timing.pause(clock, context.now, PauseReason::Suspended)).collect()
}
