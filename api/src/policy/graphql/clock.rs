//! Clocks in the GraphQL schema.

use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};
use domain::clock::{ClockKind, ClockState};
use domain::id::{AssignmentId, UnitId};
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

    /// The time at which the clock stopped; null while it is running.
    async fn stopped_at(&self) -> Option<DateTime<Utc>> {
        self.0.stopped_at
    }
}
