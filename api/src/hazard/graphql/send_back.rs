//! The GraphQL type of a send-back.

use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};
use domain::hazard::{self, SendBackReason, SendBackState};
use domain::id::{AssignmentId, NoteId};
use domain::staff::Role;
use entity::assignment;
use futures::future::try_join_all;

use super::parts::unit;
use crate::dataloader::load;
use crate::error::ApiError;
use crate::journal::graphql::Note;
use crate::journal::loader::NoteById;
use crate::staff::graphql::Unit;

/// A send-back of an assignment.
#[derive(Debug)]
pub(crate) struct SendBack {
    assignment: AssignmentId,
    stored: hazard::SendBack,
}

impl SendBack {
    /// Returns the send-backs of an assignment, in the order in which the unit asked for them.
    pub(super) fn of(row: &assignment::Model) -> impl Iterator<Item = Self> {
        row.send_backs.0.iter().cloned().map(|stored| Self { assignment: row.id, stored })
    }
}

/// A send-back 退单: a unit says that its assignment is not its duty, and somebody decides on that.
#[Object]
impl SendBack {
    /// The id of the assignment.
    async fn assignment_id(&self) -> AssignmentId {
        self.assignment
    }

    /// The state of the send-back.
    async fn state(&self) -> SendBackState {
        self.stored.state
    }

    /// The unit that asked for it.
    async fn unit(&self, ctx: &Context<'_>) -> Result<Option<Unit>, ApiError> {
        unit(ctx, self.stored.unit).await
    }

    /// The reason, as a code.
    async fn cause(&self) -> SendBackReason {
        self.stored.reason
    }

    /// The basis 依据 that the unit named.
    async fn basis(&self, ctx: &Context<'_>) -> Result<Option<Note>, ApiError> {
        note(ctx, self.stored.note).await
    }

    /// The unit that should do the work instead, in the opinion of the unit that asked; null if it knows none.
    async fn proposed_unit(&self, ctx: &Context<'_>) -> Result<Option<Unit>, ApiError> {
        match self.stored.proposed {
            Some(id) => unit(ctx, id).await,
            None => Ok(None),
        }
    }

    /// The time at which the unit asked.
    async fn asked_at(&self) -> DateTime<Utc> {
        self.stored.asked_at
    }

    /// The unit that decided; null if there is no decision.
    async fn decided_by(&self, ctx: &Context<'_>) -> Result<Option<Unit>, ApiError> {
        match self.stored.decided {
            Some(decided) => unit(ctx, decided.unit).await,
            None => Ok(None),
        }
    }

    /// The role of the officer who decided; null if there is no decision.
    async fn decided_as(&self) -> Option<Role> {
        self.stored.decided.map(|decided| decided.role)
    }

    /// The reason of the decision; null if there is no decision.
    async fn decision(&self, ctx: &Context<'_>) -> Result<Option<Note>, ApiError> {
        match self.stored.decided {
            Some(decided) => note(ctx, decided.note).await,
            None => Ok(None),
        }
    }

    /// The time of the decision; null if there is no decision.
    async fn decided_at(&self) -> Option<DateTime<Utc>> {
        self.stored.decided.map(|decided| decided.at)
    }

    /// The units that do the work instead, because it was sent back: at most 101.
    async fn moved_to(&self, ctx: &Context<'_>) -> Result<Vec<Unit>, ApiError> {
        let units = try_join_all(self.stored.named.iter().map(|id| unit(ctx, *id))).await?;
        Ok(units.into_iter().flatten().collect())
    }
}

async fn note(ctx: &Context<'_>, id: NoteId) -> Result<Option<Note>, ApiError> {
    Ok(load::<NoteById>(ctx, id).await?.map(Note))
}
