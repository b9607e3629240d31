//! Clocks 时限: a clock is the deadline of one step, with the unit that has to take it. Long because the kinds of clocks, their keys
//! and their timing stand together.
//!
//! A clock has no id of its own. Within its event stream it is identified by its [`ClockKey`]: kind, round, owner unit and
//! assignment. Each key starts at most once ([`check_starts`]). Events contain the clock changes, and [`apply()`] applies
//! them. Long because the kinds of clocks stand with what is true of each.

mod change;
mod pausing;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::id::{AssignmentId, OrderId, PostId, SupervisionId, UnitId};
use crate::policy::RuleVersion;
use crate::roster::Roster;
use crate::time::{Calendar, Span, later};

pub(crate) use change::without_null;
pub use change::{
    ClockChange, Counted, apply, cancel_all, cancel_of, cancel_where, check_starts, hand_to, proceed, replace, run,
    stop,
};
pub(crate) use pausing::same_share;
pub use pausing::{Extension, Pause, PauseReason};

coded_enum! {
    /// The step that a clock times.
    pub enum ClockKind {
        /// 审核: a report awaits review.
        Review = "REVIEW",
        /// 派单: a hazard awaits its first dispatch or whistle.
        Dispatch = "DISPATCH",
        /// 签收: the unit must sign for an assignment.
        Sign = "SIGN",
        /// 报到: a worker must arrive on site.
        CheckIn = "CHECK_IN",
        /// 办结: the work of an assignment must be finished.
        Finish = "FINISH",
        /// 延期审批: a request for more time awaits its decision.
        Extend = "EXTENSION",
        /// 答复退单: the unit that gave an assignment must answer a send-back.
        AnswerSendBack = "ANSWER_SEND_BACK",
        /// 裁定: a send-back awaits a ruling.
        Rule = "RULE",
        /// 吹哨审核: a whistle awaits its approval.
        ApproveWhistle = "APPROVE_WHISTLE",
        /// 分哨: the command centre must name the units that a whistle calls.
        NameUnits = "NAME_UNITS",
        /// 评哨: the township must rate the answer of a unit to its whistle.
        RateAnswer = "RATE_ANSWER",
        /// 评哨裁定: an objection to a rating awaits a ruling.
        RuleOnRating = "RULE_ON_RATING",
        /// 挂账审批: a request for a suspension awaits its decision.
        DecideSuspension = "SUSPENSION",
        /// 挂账复核: a suspended hazard awaits its review, on whose date it comes back by itself.
        ReviewSuspension = "REVIEW_SUSPENSION",
        /// 签收督办: a unit must acknowledge a supervision.
        Acknowledge = "ACKNOWLEDGE_SUPERVISION",
        /// 复查: an order awaits its re-inspection.
        Reinspect = "REINSPECT",
        /// 重大隐患判定: a suspicion awaits its judgement.
        JudgeMajor = "JUDGE_MAJOR",
        /// 五落实、治理方案: the unit that leads must enter the plan of a major hazard.
        PlanMajor = "PLAN_MAJOR",
        /// 挂牌期限: a listed hazard must be delisted.
        Delist = "DELIST",
        /// 现场验收: the work on a major hazard awaits its acceptance on the spot.
        AcceptMajor = "ACCEPT_MAJOR",
        /// 同意销号: the closure of a major hazard awaits the consent of the department.
        ConsentMajor = "CONSENT_MAJOR",
        /// 撤离人员: people must leave the place.
        Evacuate = "EVACUATE",
        /// 停产停用: production or use must stop.
        StopUse = "STOP_USE",
        /// 停止供电: power must be cut, after the notice.
        CutPower = "CUT_POWER",
        /// 验收: finished work awaits acceptance.
        Accept = "ACCEPT",
        /// 销号: all work is accepted, and the hazard awaits its closure.
        Close = "CLOSE",
        /// 回头看: a closed hazard is to be looked at again.
        FollowUp = "FOLLOW_UP",
        /// 奖励审核: an award awaits review.
        ReviewAward = "REVIEW_AWARD",
        /// 奖励审批: an award awaits approval.
        ApproveAward = "APPROVE_AWARD",
        /// 领取: the reporter must collect an award.
        Collect = "COLLECT",
        /// 发放: a collected award awaits payment.
        Pay = "PAY",
        /// 签收信息报告: a situation report awaits its acknowledgement.
        AcknowledgeSituationReport = "ACKNOWLEDGE_SITUATION_REPORT",
        /// 续报、终报: the next situation report of an incident is due.
        NextSituationReport = "NEXT_SITUATION_REPORT",
    }
}

coded_enum! {
    /// The state of a clock. Being overdue is not a state: it follows from the current time.
    pub enum ClockState {
        /// The clock is still running.
        Running = "RUNNING",
        /// 中止: the clock stands still for a reason, and later continues with the time that is left.
        Paused = "PAUSED",
        /// The clock stopped on time.
        Met = "MET",
        /// The clock stopped after it was due.
        Late = "LATE",
        /// The step is no longer required.
        Cancelled = "CANCELLED",
    }
}

impl ClockKind {
    /// Returns whether the step is one of a major hazard 重大事故隐患, which goes on whoever holds the hazard.
    #[must_use]
    pub const fn is_of_major(self) -> bool {
        matches!(
            self,
            Self::JudgeMajor
                | Self::PlanMajor
                | Self::Delist
                | Self::AcceptMajor
                | Self::ConsentMajor
                | Self::Evacuate
                | Self::StopUse
                | Self::CutPower
        )
    }

    /// Returns whether a unit answers an emergency with this step, so that it falls to whoever is on duty 值班 when the clock
    /// starts. Later steps last longer than a shift.
    #[must_use]
    pub const fn is_for_duty(self) -> bool {
        match self {
            Self::Review | Self::Dispatch | Self::Sign | Self::CheckIn | Self::AcknowledgeSituationReport => true,
            Self::Finish
            | Self::Extend
            | Self::AnswerSendBack
            | Self::Rule
            | Self::ApproveWhistle
            | Self::NameUnits
            | Self::RateAnswer
            | Self::RuleOnRating
            | Self::DecideSuspension
            | Self::ReviewSuspension
            | Self::Acknowledge
            | Self::Reinspect
            | Self::JudgeMajor
            | Self::PlanMajor
            | Self::Delist
            | Self::AcceptMajor
            | Self::ConsentMajor
            | Self::Evacuate
            | Self::StopUse
            | Self::CutPower
            | Self::Accept
            | Self::Close
            | Self::FollowUp
            | Self::ReviewAward
            | Self::ApproveAward
            | Self::Collect
            | Self::Pay
            | Self::NextSituationReport => false,
        }
    }

    /// Returns whether the system itself takes the step when the clock is due, so that no unit can be late for it.
    #[must_use]
    pub const fn ends_by_itself(self) -> bool {
        matches!(self, Self::ReviewSuspension)
    }

    /// Returns whether the step is due although its hazard has been closed, or has been opened again since. It is no step of
    /// the hazard.
    #[must_use]
    pub const fn outlives_closure(self) -> bool {
        matches!(self, Self::RateAnswer | Self::RuleOnRating)
    }
}

/// The key of a clock, which is unique within its event stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ClockKey {
    /// The step that has to be taken.
    pub kind: ClockKind,
    /// The round of work, counted from 1. Reopening a hazard begins the next one.
    pub round: i32,
    /// The unit that has to take the step.
    pub owner_unit: UnitId,
    /// The assignment to which the step belongs; `None` for a step of the whole case, a report or an award. It is part
    /// of the key, because a unit can be asked twice in one round.
    #[serde(default)]
    pub assignment: Option<AssignmentId>,
    /// The supervision 督办 that has to be acknowledged, which may be one of several of a unit; `None` for all other steps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supervision: Option<SupervisionId>,
    /// The order 责令 that has to be re-inspected; `None` for all other steps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<OrderId>,
}

impl ClockKey {
    /// Returns the key of a clock of a whole case, a report or an award.
    #[must_use]
    pub const fn of(kind: ClockKind, round: i32, owner_unit: UnitId) -> Self {
        Self { kind, round, owner_unit, assignment: None, supervision: None, order: None }
    }

    /// Returns the key of a clock of one assignment.
    #[must_use]
    pub const fn of_assignment(kind: ClockKind, round: i32, owner_unit: UnitId, assignment: AssignmentId) -> Self {
        Self { assignment: Some(assignment), ..Self::of(kind, round, owner_unit) }
    }

    /// Returns the key of the clock for the acknowledgement of a supervision 督办.
    #[must_use]
    pub const fn of_supervision(round: i32, owner_unit: UnitId, supervision: SupervisionId) -> Self {
        Self { supervision: Some(supervision), ..Self::of(ClockKind::Acknowledge, round, owner_unit) }
    }

    /// Returns the key of the clock for the re-inspection 复查 of an order.
    #[must_use]
    pub const fn of_order(round: i32, owner_unit: UnitId, order: OrderId) -> Self {
        Self { order: Some(order), ..Self::of(ClockKind::Reinspect, round, owner_unit) }
    }
}

/// A clock 时限: the deadline of one step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    /// The key of the clock.
    #[serde(flatten)]
    pub key: ClockKey,
    /// The post that is expected to take the step; `None` if it is not known.
    pub owner_post: Option<PostId>,
    /// When the clock started.
    pub start: DateTime<Utc>,
    /// The deadline, inclusive: a step taken exactly at this time is on time.
    pub due: DateTime<Utc>,
    /// When the owner is warned.
    pub warn_at: DateTime<Utc>,
    /// Whether the clock runs, and how it stopped.
    pub state: ClockState,
    /// When the clock stopped; `None` while it runs.
    pub stopped_at: Option<DateTime<Utc>>,
    /// The rule version from which the span was taken.
    pub rule_version: RuleVersion,
    /// From when the span is counted, if the clock was resumed with a whole new span; otherwise it is counted from the
    /// start. Clocks of earlier builds do not have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counted_from: Option<DateTime<Utc>>,
    /// The span from which the due time was counted; `None` if a date was given, and for clocks of earlier builds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub span: Option<Span>,
    /// The due time that the span gave, if an extension or a pause has moved it; otherwise it is the due time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original_due: Option<DateTime<Utc>>,
    /// The extensions 延期 since the span was last counted as a whole, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extensions: Vec<Extension>,
    /// The pauses 中止 since the span was last counted as a whole, in order. Only the last one can be open.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pauses: Vec<Pause>,
}

impl Clock {
    /// Returns the time from which the span is counted.
    #[must_use]
    pub fn counted_from(&self) -> DateTime<Utc> {
        self.counted_from.unwrap_or(self.start)
    }

    /// Returns whether the clock is running and `now` is past its due time.
    #[must_use]
    pub fn is_overdue(&self, now: DateTime<Utc>) -> bool {
        self.is_running() && now > self.due
    }

    /// Returns whether the clock is running. A clock that is paused does not.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.state == ClockState::Running
    }

    /// Returns whether the step is still required: the clock runs, or it is paused.
    #[must_use]
    pub fn is_open(&self) -> bool {
        matches!(self.state, ClockState::Running | ClockState::Paused)
    }

    /// Returns the due time without extensions and pauses.
    #[must_use]
    pub fn original_due(&self) -> DateTime<Utc> {
        self.original_due.unwrap_or(self.due)
    }

    /// Sets the post that has to take the step.
    #[must_use]
    pub fn for_post(mut self, post: Option<PostId>) -> Self {
        self.owner_post = post;
        self
    }
}

/// The rules for setting clocks: the local calendar and the rule version in force.
#[derive(Debug, Clone, Copy)]
pub struct Timing<'a> {
    /// The calendar of working days and office hours.
    pub calendar: &'a Calendar,
    /// The share of a span after which the owner is warned, in percent. Values above 100 are treated as 100.
    pub warn_percent: u8,
    /// The rule version in force.
    pub rule_version: RuleVersion,
    /// The duty roster 值班, which names the owner's post of what an emergency needs first.
    pub roster: &'a Roster,
}

impl Timing<'_> {
    /// Returns a running clock that starts at `start` and is due after `span`, counted in the calendar.
    #[must_use]
    pub fn clock(&self, key: ClockKey, start: DateTime<Utc>, span: Span) -> Clock {
        Clock { span: Some(span), ..self.clock_until(key, start, self.calendar.due(start, span)) }
    }

    /// Returns a running clock that starts at `start` and is due at `due`.
    #[must_use]
    pub fn clock_until(&self, key: ClockKey, start: DateTime<Utc>, due: DateTime<Utc>) -> Clock {
        Clock {
            key,
            owner_post: None,
            start,
            due,
            warn_at: self.warn_at(start, due),
            state: ClockState::Running,
            stopped_at: None,
            rule_version: self.rule_version,
            counted_from: None,
            span: None,
            original_due: None,
            extensions: Vec::new(),
            pauses: Vec::new(),
        }
    }

    /// Lets the post that is on duty at this moment own the clock of an emergency, if it has no owner's post yet and is one of
    /// those with which a unit answers ([`ClockKind::is_for_duty`]). Without such a post, the unit itself owns the clock.
    #[must_use]
    pub fn for_duty(&self, clock: Clock, at: DateTime<Utc>) -> Clock {
        if clock.owner_post.is_some() || !clock.key.kind.is_for_duty() {
            return clock;
        }
        let on_duty = self.roster.on_duty(clock.key.owner_unit, at);
        clock.for_post(on_duty.map(|duty| duty.post))
    }

    /// Returns the warning time, to the second: `start` plus [`Timing::warn_percent`] of the interval between `start`
    /// and `due`. Returns `start` if `due` is not after it.
    #[must_use]
    pub fn warn_at(&self, start: DateTime<Utc>, due: DateTime<Utc>) -> DateTime<Utc> {
        let seconds = (due - start).num_seconds().max(0);
        later(start, TimeDelta::seconds(seconds * i64::from(self.warn_percent.min(100)) / 100))
    }
}

/// Returns the clock with this key, or `None` if there is none.
#[must_use]
pub fn find(clocks: &[Clock], key: ClockKey) -> Option<&Clock> {
    clocks.iter().find(|clock| clock.key == key)
}

/// Returns the clock of this step, whichever unit had to take it: the one with this key, otherwise the one of the same
/// kind, round and assignment that ran last. A unit that has taken over from another has no clock of its own for a step
/// that was not due at that time.
#[must_use]
pub fn of_step(clocks: &[Clock], key: ClockKey) -> Option<&Clock> {
    let same = |clock: &&Clock| ClockKey { owner_unit: key.owner_unit, ..clock.key } == key;
    let ran_last = || clocks.iter().filter(same).max_by_key(|clock| (clock.is_open(), clock.stopped_at));
    find(clocks, key).or_else(ran_last)
}

#[cfg(test)]
mod tests;
