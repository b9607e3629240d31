//! Clocks, as the published schema shows them, and their loader.

use std::collections::HashMap;

use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};
use domain::clock::{ClockKind, ClockState};
use domain::id::{AssignmentId, UnitId};
use entity::clock;
use sea_orm::{EntityTrait, QueryFilter, QueryOrder};

use crate::error::ApiResult;
use crate::grouping::grouped;
use crate::journal::Stream;
use crate::loading::{Loader, Reader};
use crate::schema::app;

/// Clocks by their stream, first due first.
#[derive(Debug)]
pub struct ClocksOfStream;

impl Loader for ClocksOfStream {
    type Key = Stream;
    type Value = Vec<clock::Model>;

    async fn load(reader: &Reader, streams: &[Self::Key]) -> ApiResult<HashMap<Self::Key, Self::Value>> {
        let by_text: HashMap<String, Stream> = streams.iter().map(|stream| (stream.to_string(), *stream)).collect();
        let rows = clock::Entity::find()
            .filter(clock::COLUMN.stream.is_in(by_text.keys().cloned()))
            .order_by_asc(clock::COLUMN.due)
            .order_by_asc(clock::COLUMN.kind)
            .order_by_asc(clock::COLUMN.owner_unit)
            .all(reader.app.db())
            .await?;
        Ok(grouped(rows.into_iter().filter_map(|row| Some((*by_text.get(&row.stream)?, row)))))
    }
}

/// A clock.
#[derive(Debug)]
pub struct Clock(pub clock::Model);

/// A clock 时限: a step, who must take it, and until when.
#[Object]
impl Clock {
    /// Which step is due.
    async fn kind(&self) -> ClockKind {
        self.0.kind
    }

    /// The round of the hazard, from 1.
    async fn round(&self) -> i32 {
        self.0.round
    }

    /// The unit that must act.
    async fn owner_unit_id(&self) -> UnitId {
        self.0.owner_unit
    }

    /// The assignment whose step it is, if it is one.
    async fn assignment_id(&self) -> Option<AssignmentId> {
        self.0.assignment_id
    }

    /// From when it counts.
    async fn start(&self) -> DateTime<Utc> {
        self.0.start
    }

    /// Until when the step must be taken; counted in the calendar that the policy names.
    async fn due(&self) -> DateTime<Utc> {
        self.0.due
    }

    /// When its owner is warned.
    async fn warn_at(&self) -> DateTime<Utc> {
        self.0.warn_at
    }

    /// Running, met, late or cancelled.
    async fn state(&self) -> ClockState {
        self.0.state
    }

    /// Whether it runs and its time is over.
    async fn overdue(&self, ctx: &Context<'_>) -> bool {
        self.0.state == ClockState::Running && app(ctx).now() > self.0.due
    }

    /// When the step was taken.
    async fn stopped_at(&self) -> Option<DateTime<Utc>> {
        self.0.stopped_at
    }
}
