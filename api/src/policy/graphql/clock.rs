//! Clocks in the GraphQL schema.

use async_graphql::{Context, Enum, Object, SimpleObject};
use chrono::{DateTime, Utc};
use domain::clock::{ClockKind, ClockState, Extension, Pause, PauseReason};
use domain::id::{AssignmentId, PostId, UnitId};
use domain::time::TimeLeft;
use entity::clock;

use crate::context::app;

/// The clock row behind the GraphQL object.
#[derive(Debug)]
pub(crate) struct Clock(pub clock::Model);

/// A clock 时限: a step, the unit that must take it, and the time by which it must be taken.
#[Object]
impl Clock {
    /// The step that the clock times.
    async fn kind(&self) -> ClockKind {
        self.0.kind
    }

    /// The round of the hazard, starting at 1.
    async fn round(&self) -> i32 {
        self.0.round
    }

    /// The id of the unit that must act.
    async fn owner_unit_id(&self) -> UnitId {
        self.0.owner_unit
    }

    /// The id of the post that is expected to act, such as the one that was on duty 值班 when the clock of an emergency started;
    /// null if the unit itself owns the clock.
    async fn owner_post_id(&self) -> Option<PostId> {
        self.0.owner_post
    }

    /// The id of the assignment to which the step belongs; null for other steps.
    async fn assignment_id(&self) -> Option<AssignmentId> {
        self.0.assignment()
    }

    /// The time from which the clock counts.
    async fn start(&self) -> DateTime<Utc> {
        self.0.start
    }

    /// The last moment, inclusive, at which the step is on time, counted in the calendar that the policy names.
    async fn due(&self) -> DateTime<Utc> {
        self.0.due
    }

    /// The due time without extensions and pauses.
    async fn original_due(&self) -> DateTime<Utc> {
        self.0.original_due.unwrap_or(self.0.due)
    }

    /// The extensions 延期 that were granted, in order.
    #[graphql(complexity = "4 * child_complexity + 1")]
    async fn extensions(&self) -> Vec<ClockExtension> {
        self.0.extensions.0.iter().map(ClockExtension::of).collect()
    }

    /// The pauses 中止, in order. While the clock is paused, the last one is open.
    #[graphql(complexity = "4 * child_complexity + 1")]
    async fn pauses(&self) -> Vec<ClockPause> {
        self.0.pauses.0.iter().map(ClockPause::of).collect()
    }

    /// The time at which the owner of the step is warned.
    async fn warn_at(&self) -> DateTime<Utc> {
        self.0.warn_at
    }

    /// The state of the clock.
    async fn state(&self) -> ClockState {
        self.0.state
    }

    /// Whether the clock is still running after it was due.
    async fn overdue(&self, ctx: &Context<'_>) -> bool {
        self.0.state == ClockState::Running && app(ctx).now() > self.0.due
    }

    /// The time at which the clock stopped; null while it is running or paused.
    async fn stopped_at(&self) -> Option<DateTime<Utc>> {
        self.0.stopped_at
    }
}

/// An extension 延期 of a clock.
#[derive(Debug, SimpleObject)]
pub(crate) struct ClockExtension {
    /// The due time before the extension.
    previous_due: DateTime<Utc>,
    /// The due time after the extension.
    due: DateTime<Utc>,
    /// The time at which the extension was granted.
    granted_at: DateTime<Utc>,
    /// The id of the post whose holder granted it.
    granted_by_post_id: PostId,
}

impl ClockExtension {
    const fn of(extension: &Extension) -> Self {
        let Extension { from, to, at, officer: _, post } = *extension;
        Self { previous_due: from, due: to, granted_at: at, granted_by_post_id: post }
    }
}

/// A pause 中止 of a clock.
#[derive(Debug, SimpleObject)]
pub(crate) struct ClockPause {
    /// The time from which the clock stands still.
    from: DateTime<Utc>,
    /// The time until which it stood still; null while the pause is open.
    until: Option<DateTime<Utc>>,
    /// The reason for the pause.
    reason: PauseReason,
    /// The time that was left when the pause began; null if the clock was overdue.
    left: Option<ClockTime>,
}

impl ClockPause {
    fn of(pause: &Pause) -> Self {
        let Pause { from, until, reason, left } = *pause;
        Self { from, until, reason, left: left.map(ClockTime::of) }
    }
}

/// An amount of time, counted as the span of its clock is counted.
#[derive(Debug, SimpleObject)]
pub(crate) struct ClockTime {
    /// What the amount is counted in.
    unit: ClockTimeUnit,
    /// The amount.
    amount: i32,
}

/// What an amount of time is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum ClockTimeUnit {
    /// Seconds by the wall clock.
    Seconds,
    /// Seconds in which the office is open 工作时间.
    OfficeSeconds,
    /// Working days 工作日 after the one on which the clock was paused.
    WorkingDays,
}

impl ClockTime {
    fn of(left: TimeLeft) -> Self {
        let seconds = |micros: i64| i32::try_from(micros / 1_000_000).unwrap_or(i32::MAX);
        match left {
            TimeLeft::WallClock { micros } => Self { unit: ClockTimeUnit::Seconds, amount: seconds(micros) },
            TimeLeft::OfficeHours { micros } => Self { unit: ClockTimeUnit::OfficeSeconds, amount: seconds(micros) },
            TimeLeft::WorkingDays { days } => {
                Self { unit: ClockTimeUnit::WorkingDays, amount: i32::try_from(days).unwrap_or(i32::MAX) }
            }
        }
    }
}
