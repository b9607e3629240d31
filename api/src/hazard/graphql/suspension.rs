//! The GraphQL types of suspensions: the request that waits, and the suspension in force.

use async_graphql::{Context, Object};
use chrono::{DateTime, NaiveDate, Utc};
use domain::hazard::{AskedSuspension, Suspension};
use domain::id::{NoteId, PostId};

use super::parts::unit;
use crate::dataloader::load;
use crate::error::ApiError;
use crate::journal::graphql::Note;
use crate::journal::loader::NoteById;
use crate::staff::graphql::Unit;

/// A request for a suspension.
#[derive(Debug)]
pub(crate) struct SuspensionRequest(pub(super) AskedSuspension);

/// A request for a suspension 申请挂账, or for its renewal, with what a suspension needs.
#[Object]
impl SuspensionRequest {
    /// The unit that asked.
    async fn unit(&self, ctx: &Context<'_>) -> Result<Option<Unit>, ApiError> {
        unit(ctx, self.0.unit).await
    }

    /// The id of the post whose holder asked.
    async fn asked_by_post_id(&self) -> PostId {
        self.0.post
    }

    /// The time at which the unit asked.
    async fn asked_at(&self) -> DateTime<Utc> {
        self.0.at
    }

    /// The reason 挂账理由.
    async fn reason(&self, ctx: &Context<'_>) -> Result<Option<Note>, ApiError> {
        note(ctx, self.0.note).await
    }

    /// How the risk is controlled until the matter continues 临时管控措施.
    async fn interim_control(&self, ctx: &Context<'_>) -> Result<Option<Note>, ApiError> {
        note(ctx, self.0.interim_control).await
    }

    /// The condition under which the matter continues 解除条件.
    async fn exit_condition(&self, ctx: &Context<'_>) -> Result<Option<Note>, ApiError> {
        note(ctx, self.0.exit_condition).await
    }

    /// The id of the post of the responsible leader 责任领导.
    async fn responsible_post_id(&self) -> PostId {
        self.0.responsible
    }

    /// The unit of the responsible leader, or its successor.
    async fn responsible_unit(&self, ctx: &Context<'_>) -> Result<Option<Unit>, ApiError> {
        unit(ctx, self.0.responsible_unit).await
    }

    /// The review date 复核日期, in China.
    async fn review_on(&self) -> NaiveDate {
        self.0.review_on
    }
}

/// A suspension in force.
#[derive(Debug)]
pub(crate) struct SuspensionInForce(pub(super) Suspension);

/// A suspension 挂账 in force: the deadlines of the work stand still until the review date.
#[Object(name = "Suspension")]
impl SuspensionInForce {
    /// What was asked for and granted.
    async fn terms(&self) -> SuspensionRequest {
        SuspensionRequest(self.0.asked)
    }

    /// The time at which it was granted or last renewed.
    async fn decided_at(&self) -> DateTime<Utc> {
        self.0.decided_at
    }

    /// The id of the post whose holder granted it.
    async fn decided_by_post_id(&self) -> PostId {
        self.0.decided_by_post
    }

    /// The time at which the hazard comes back by itself: the start of the working day of the review date.
    async fn resumes_at(&self) -> DateTime<Utc> {
        self.0.resumes_at
    }
}

async fn note(ctx: &Context<'_>, id: NoteId) -> Result<Option<Note>, ApiError> {
    Ok(load::<NoteById>(ctx, id).await?.map(Note))
}
