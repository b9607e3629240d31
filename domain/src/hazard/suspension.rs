//! A suspension 挂账: a matter that cannot be solved for a long time rests until a review date, under interim risk control.
//! `docs/suspension.md` has the tables.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{Assignment, Case, Context};
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

/// Returns the changes after which the clocks of the work stand still: those that run, and those of the round that may run
/// again while the hazard rests or afterwards, so that work that is sent back 返工 or taken back 收回 loses no time by it.
pub(super) fn rest(case: &Case, context: &Context<'_>) -> Vec<ClockChange> {
    let of_work = case.clocks.iter().filter(|clock| stands_still(clock.key.kind) && case.may_run(clock));
    of_work.filter_map(|clock| context.timing.pause_for_later(clock, context.now, PauseReason::Suspended)).collect()
}

/// Returns whether this work rests: the hazard is suspended, and the work was asked for before. What units are asked for
/// afterwards, and what a merge brings, runs as ever.
pub(super) fn rests(case: &Case, work: &Assignment) -> bool {
    let runs =
        |clock: &Clock| clock.is_running() && clock.key.assignment == Some(work.id) && stands_still(clock.key.kind);
    case.suspension.is_some() && !case.clocks.iter().any(runs)
}

/// Returns the changes after which these new clocks of work stand still.
pub(super) fn begin_at_rest(started: &[ClockChange], context: &Context<'_>) -> Vec<ClockChange> {
    let clocks = started.iter().filter_map(|change| match change {
        ClockChange::Started(clock) => Some(clock),
        ClockChange::Stopped { .. }
        | ClockChange::Resumed { .. }
        | ClockChange::Recounted(_)
        | ClockChange::Removed { .. }
        | ClockChange::Paused { .. }
        | ClockChange::Continued { .. }
        | ClockChange::Extended { .. } => None,
    });
    let of_work = clocks.filter(|clock| stands_still(clock.key.kind));
    of_work.filter_map(|clock| context.timing.pause(clock, context.now, PauseReason::Suspended)).collect()
}

/// Returns the changes after which the clocks that stood still go on with the time that was left. The due time of a clock that
/// cannot run again stays as it was: its work has ended, or another unit has its step.
pub(super) fn go_on(case: &Case, context: &Context<'_>) -> Vec<ClockChange> {
    let of_round = case.clocks.iter().filter(|clock| clock.key.round == case.round);
    let goes_on = |clock: &Clock| {
        let Context { timing, now, .. } = context;
        if case.may_run(clock) { timing.go_on(clock, *now) } else { timing.end_pause(clock, *now) }
    };
    of_round.filter_map(goes_on).collect()
}
