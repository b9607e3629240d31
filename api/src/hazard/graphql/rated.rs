//! The GraphQL types of a rating 评哨 and of the judgement of a whistle.

use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};
use domain::hazard::{self, ObjectionOutcome, RatingGrade, WhistleFault};
use domain::id::{NoteId, PostId, UnitId};
use domain::staff::Role;

use crate::dataloader::load;
use crate::error::ApiError;
use crate::journal::graphql::Note;
use crate::journal::loader::NoteById;
use crate::staff::graphql::Unit;
use crate::staff::loader::UnitById;

async fn unit(ctx: &Context<'_>, id: UnitId) -> Result<Option<Unit>, ApiError> {
    Ok(load::<UnitById>(ctx, id).await?.map(Unit))
}

async fn note(ctx: &Context<'_>, id: Option<NoteId>) -> Result<Option<Note>, ApiError> {
    match id {
        Some(id) => Ok(load::<NoteById>(ctx, id).await?.map(Note)),
        None => Ok(None),
    }
}

/// A rating of an assignment.
#[derive(Debug)]
pub(crate) struct Rating(pub hazard::Rating);

/// The rating 评哨 of the answer of a unit to a whistle.
#[Object]
impl Rating {
    /// The unit that rated.
    async fn unit(&self, ctx: &Context<'_>) -> Result<Option<Unit>, ApiError> {
        unit(ctx, self.0.unit).await
    }

    /// The id of the post 岗位 that rated.
    async fn post_id(&self) -> PostId {
        self.0.post
    }

    /// Whether the unit came on time 到场及时.
    async fn on_time(&self) -> RatingGrade {
        self.0.grades.on_time
    }

    /// Whether those came who were needed 到岗到位.
    async fn in_place(&self) -> RatingGrade {
        self.0.grades.in_place
    }

    /// Whether the work was effective 处置有效.
    async fn effective(&self) -> RatingGrade {
        self.0.grades.effective
    }

    /// The reason; null if no reason was given.
    async fn reason(&self, ctx: &Context<'_>) -> Result<Option<Note>, ApiError> {
        note(ctx, self.0.note).await
    }

    /// The time at which it was rated.
    async fn rated_at(&self) -> DateTime<Utc> {
        self.0.at
    }

    /// Whether the rating counts. It does, unless a ruling on an objection says otherwise.
    async fn counts(&self) -> bool {
        self.0.counts()
    }

    /// The reason of the objection 评哨异议; null if the unit has not objected.
    async fn objection(&self, ctx: &Context<'_>) -> Result<Option<Note>, ApiError> {
        note(ctx, self.0.objection.map(|objection| objection.note)).await
    }

    /// The time of the objection; null if the unit has not objected.
    async fn objected_at(&self) -> Option<DateTime<Utc>> {
        self.0.objection.map(|objection| objection.at)
    }

    /// The outcome of the ruling on the objection 评哨裁定; null until it is ruled.
    async fn outcome(&self) -> Option<ObjectionOutcome> {
        self.ruling().map(|ruling| ruling.outcome)
    }

    /// The unit that ruled; null until it is ruled.
    async fn ruled_by(&self, ctx: &Context<'_>) -> Result<Option<Unit>, ApiError> {
        match self.ruling() {
            Some(ruling) => unit(ctx, ruling.unit).await,
            None => Ok(None),
        }
    }

    /// The role of the officer who ruled; null until it is ruled.
    async fn ruled_as(&self) -> Option<Role> {
        self.ruling().map(|ruling| ruling.role)
    }

    /// The reason of the ruling; null until it is ruled.
    async fn ruling_reason(&self, ctx: &Context<'_>) -> Result<Option<Note>, ApiError> {
        note(ctx, self.ruling().map(|ruling| ruling.note)).await
    }

    /// The time of the ruling; null until it is ruled.
    async fn ruled_at(&self) -> Option<DateTime<Utc>> {
        self.ruling().map(|ruling| ruling.at)
    }
}

impl Rating {
    fn ruling(&self) -> Option<hazard::RatingRuling> {
        self.0.objection.and_then(|objection| objection.ruling)
    }
}

/// A judgement of a whistle.
#[derive(Debug)]
pub(crate) struct WhistleJudgement(pub hazard::WhistleJudgement);

/// The judgement that a whistle was without need 乱吹哨.
#[Object]
impl WhistleJudgement {
    /// Why, as a code.
    async fn cause(&self) -> WhistleFault {
        self.0.fault
    }

    /// The unit that judged.
    async fn unit(&self, ctx: &Context<'_>) -> Result<Option<Unit>, ApiError> {
        unit(ctx, self.0.unit).await
    }

    /// The reason.
    async fn reason(&self, ctx: &Context<'_>) -> Result<Option<Note>, ApiError> {
        note(ctx, Some(self.0.note)).await
    }

    /// The time at which it was judged.
    async fn judged_at(&self) -> DateTime<Utc> {
        self.0.at
    }
}
