//! The GraphQL type of a whistle 哨 that was asked for.

use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};
use domain::hazard::{self, WhistleFault, WhistleRequestState};
use domain::id::{NoteId, PostId, WhistleId};
use domain::policy::WhistleClass;
use domain::staff::Role;
use entity::hazard as row;
use futures::future::try_join_all;

use super::parts::unit;
use crate::dataloader::load;
use crate::error::ApiError;
use crate::journal::graphql::Note;
use crate::journal::loader::NoteById;
use crate::staff::graphql::Unit;

/// A whistle that was asked for, with the state in which it stands.
#[derive(Debug)]
pub(crate) struct WhistleRequest {
    stored: hazard::WhistleRequest,
    state: WhistleRequestState,
}

impl WhistleRequest {
    /// Checks whether this is the whistle with this id.
    pub(super) fn is(&self, id: WhistleId) -> bool {
        self.stored.whistle == id
    }

    /// Returns the whistles of a hazard that were asked for, in order.
    pub(super) fn of(row: &row::Model) -> Vec<Self> {
        let state = |one: &hazard::WhistleRequest| one.state_in(row.round, row.end_kind);
        row.whistle_requests.0.iter().map(|one| Self { state: state(one), stored: one.clone() }).collect()
    }
}

/// A whistle 哨 that has to be approved 审核 before it calls anybody, or whose units the command centre names 分哨. Once it is blown,
/// `whistles` has a whistle with the same id.
#[Object]
impl WhistleRequest {
    /// The id of the whistle.
    async fn id(&self) -> WhistleId {
        self.stored.whistle
    }

    /// The state.
    async fn state(&self) -> WhistleRequestState {
        self.state
    }

    /// The code of the whistle type, from `whistleTypes`.
    async fn type_code(&self) -> &str {
        &self.stored.type_code
    }

    /// The class of the whistle.
    async fn class(&self) -> WhistleClass {
        self.stored.class
    }

    /// The round of the hazard in which it was asked for.
    async fn round(&self) -> i32 {
        self.stored.round
    }

    /// The unit that asked for it.
    async fn unit(&self, ctx: &Context<'_>) -> Result<Option<Unit>, ApiError> {
        unit(ctx, self.stored.unit).await
    }

    /// The id of the post 岗位 that asked for it.
    async fn post_id(&self) -> PostId {
        self.stored.post
    }

    /// The reason 吹哨理由.
    async fn reason(&self, ctx: &Context<'_>) -> Result<Option<Note>, ApiError> {
        note(ctx, self.stored.note).await
    }

    /// The time at which it was asked for.
    async fn asked_at(&self) -> DateTime<Utc> {
        self.stored.asked_at
    }

    /// The units that it calls, the leading one first: at most 101. An empty list means that the command centre names them.
    async fn units(&self, ctx: &Context<'_>) -> Result<Vec<Unit>, ApiError> {
        let units = try_join_all(self.stored.asked.iter().map(|new| unit(ctx, new.unit))).await?;
        Ok(units.into_iter().flatten().collect())
    }

    /// Why it was refused, as a code; null if it was not refused.
    async fn cause(&self) -> Option<WhistleFault> {
        self.stored.reason
    }

    /// The unit that approved or refused it last; null if there is no decision.
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

    /// The opinion 审核意见, or the reason of the refusal; null if there is no decision.
    async fn opinion(&self, ctx: &Context<'_>) -> Result<Option<Note>, ApiError> {
        match self.stored.decided {
            Some(decided) => note(ctx, decided.note).await,
            None => Ok(None),
        }
    }

    /// The time of the decision; null if there is no decision.
    async fn decided_at(&self) -> Option<DateTime<Utc>> {
        self.stored.decided.map(|decided| decided.at)
    }
}

async fn note(ctx: &Context<'_>, id: NoteId) -> Result<Option<Note>, ApiError> {
    Ok(load::<NoteById>(ctx, id).await?.map(Note))
}
