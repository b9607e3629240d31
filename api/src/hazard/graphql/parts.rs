//! GraphQL types of the subject, the whistles and the assignments of a hazard.

use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};
use domain::hazard::{AssignmentStatus, Measure, Origin, Part, WhistleStatus};
use domain::id::{AssignmentId, HazardId, OfficerId, PhotoId, PostId, SubjectId, UnitId, WhistleId};
use domain::policy::WhistleClass;
use entity::{assignment, subject, whistle};

use super::extending::ExtensionRequest;
use super::rated::{Rating, WhistleJudgement};
use super::send_back::SendBack;
use crate::dataloader::load;
use crate::error::ApiError;
use crate::hazard::enforcement_loader::RepeatsOfSubject;
use crate::hazard::loader::WhistlesOfHazard;
use crate::photo::graphql::Photo;
use crate::photo::loader::PhotosOfParent;
use crate::staff::graphql::Unit;
use crate::staff::loader::UnitById;

/// Resolves a unit through the dataloader.
pub(super) async fn unit(ctx: &Context<'_>, id: UnitId) -> Result<Option<Unit>, ApiError> {
    Ok(load::<UnitById>(ctx, id).await?.map(Unit))
}

/// The GraphQL object that wraps a row of table `subject`.
#[derive(Debug)]
pub(crate) struct Subject(pub subject::Model);

/// The party responsible for a hazard 责任单位: an enterprise, an owner or a place.
#[Object]
impl Subject {
    /// The id of the responsible party.
    async fn id(&self) -> SubjectId {
        self.0.id
    }

    /// The name of the responsible party.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The unified social credit code 统一社会信用代码 (GB 32100-2015).
    async fn uscc(&self) -> Option<&str> {
        self.0.uscc.as_deref()
    }

    /// The number of hazards of the party 屡次 that were registered within the policy's window, one year by default, as far as
    /// the caller may see them. Hazards that were cancelled do not count.
    async fn hazard_count(&self, ctx: &Context<'_>) -> Result<i64, ApiError> {
        Ok(load::<RepeatsOfSubject>(ctx, self.0.id).await?.unwrap_or_default())
    }
}

/// The GraphQL object that wraps a row of table `whistle`.
#[derive(Debug)]
pub(crate) struct Whistle(pub whistle::Model);

impl Whistle {
    /// Returns the whistles of the hazard before this one, in order.
    async fn earlier(&self, ctx: &Context<'_>) -> Result<Vec<WhistleId>, ApiError> {
        let rows = load::<WhistlesOfHazard>(ctx, self.0.hazard_id).await?.unwrap_or_default();
        Ok(rows.into_iter().map(|row| row.id).take_while(|id| *id != self.0.id).collect())
    }
}

/// A whistle 哨: a township's call for departments.
#[Object]
impl Whistle {
    /// The id of the whistle.
    async fn id(&self) -> WhistleId {
        self.0.id
    }

    /// The code of the whistle type, from `whistleTypes`.
    async fn type_code(&self) -> &str {
        &self.0.type_code
    }

    /// The class of the whistle.
    async fn class(&self) -> WhistleClass {
        self.0.class
    }

    /// The status of the whistle, derived from its assignments.
    async fn status(&self) -> WhistleStatus {
        self.0.status
    }

    /// The number of the whistle among those of its hazard, of all rounds, counted from 1.
    async fn number(&self, ctx: &Context<'_>) -> Result<i32, ApiError> {
        i32::try_from(self.earlier(ctx).await?.len() + 1).map_err(ApiError::internal)
    }

    /// The id of the whistle before it, if units have been called for the hazard before: a repeated whistle 重复吹哨. Null for
    /// the first whistle.
    async fn repeats(&self, ctx: &Context<'_>) -> Result<Option<WhistleId>, ApiError> {
        Ok(self.earlier(ctx).await?.last().copied())
    }

    /// The unit that blew the whistle.
    async fn blown_by(&self, ctx: &Context<'_>) -> Result<Option<Unit>, ApiError> {
        unit(ctx, self.0.blown_by_unit).await
    }

    /// The judgement that the whistle was without need 乱吹哨; null if nobody judged so.
    async fn judgement(&self) -> Option<WhistleJudgement> {
        self.0.judgement.as_ref().map(|judged| WhistleJudgement(judged.0))
    }

    /// The time at which the whistle was blown.
    async fn blown_at(&self) -> DateTime<Utc> {
        self.0.blown_at
    }
}

/// The GraphQL object that wraps a row of table `assignment`.
#[derive(Debug)]
pub(crate) struct Assignment(pub assignment::Model);

/// An assignment 交办: one unit's part in handling a hazard. The unit signs for it, a worker claims it, works on it and
/// finishes it, and the township accepts the work.
#[Object]
impl Assignment {
    /// The id of the assignment.
    async fn id(&self) -> AssignmentId {
        self.0.id
    }

    /// The id of the hazard.
    async fn hazard_id(&self) -> HazardId {
        self.0.hazard_id
    }

    /// The id of the whistle that created the assignment; null if no whistle did.
    async fn whistle_id(&self) -> Option<WhistleId> {
        self.0.whistle_id
    }

    /// The origin of the assignment: a whistle, a direct dispatch, or self-handling 自办.
    async fn origin(&self) -> Origin {
        self.0.origin
    }

    /// Whether the unit leads 主责 or supports 协办.
    async fn part(&self) -> Part {
        self.0.part
    }

    /// The unit that received the assignment.
    async fn unit(&self, ctx: &Context<'_>) -> Result<Option<Unit>, ApiError> {
        unit(ctx, self.0.unit_id).await
    }

    /// The unit that gave the assignment; null for older assignments, where it is not known.
    async fn given_by(&self, ctx: &Context<'_>) -> Result<Option<Unit>, ApiError> {
        match self.0.given_by {
            Some(id) => unit(ctx, id).await,
            None => Ok(None),
        }
    }

    /// The request for more time 延期 that awaits its decision; null if nobody has asked. The clocks of the hazard show what was
    /// granted.
    async fn extension_request(&self) -> Option<ExtensionRequest> {
        self.0.extension.as_ref().map(|asked| ExtensionRequest::of(&asked.0))
    }

    /// The id of the post 岗位 that gave the assignment; null for older assignments, where it is not known.
    async fn given_by_post_id(&self) -> Option<PostId> {
        self.0.given_by_post
    }

    /// The send-backs 退单 for which the unit asked, in order: at most two in a round.
    async fn send_backs(&self) -> Vec<SendBack> {
        SendBack::of(&self.0).collect()
    }

    /// The rating 评哨 of the answer to a whistle; null until the township has rated it.
    async fn rating(&self) -> Option<Rating> {
        self.0.rating.as_ref().map(|rating| Rating(rating.0))
    }

    /// The status of the assignment.
    async fn status(&self) -> AssignmentStatus {
        self.0.status
    }

    /// The round of the hazard, starting at 1.
    async fn round(&self) -> i32 {
        self.0.round
    }

    /// The id of the officer who holds the assignment; null while no officer holds it.
    async fn worker_id(&self) -> Option<OfficerId> {
        self.0.worker
    }

    /// The time at which the assignment was dispatched 派单.
    async fn dispatched_at(&self) -> DateTime<Utc> {
        self.0.dispatched_at
    }

    /// The time at which the unit signed for the assignment 签收; null until then.
    async fn signed_at(&self) -> Option<DateTime<Utc>> {
        self.0.signed_at
    }

    /// The time at which a worker first claimed the assignment 认领; null until then.
    async fn claimed_at(&self) -> Option<DateTime<Utc>> {
        self.0.claimed_at
    }

    /// The time at which a worker of the unit first checked in on site 报到; null until then.
    async fn checked_in_at(&self) -> Option<DateTime<Utc>> {
        self.0.checked_in_at
    }

    /// The time at which the work was finished 办结; null until then.
    async fn finished_at(&self) -> Option<DateTime<Utc>> {
        self.0.finished_at
    }

    /// The time at which the work was accepted 验收; null until then.
    async fn accepted_at(&self) -> Option<DateTime<Utc>> {
        self.0.accepted_at
    }

    /// The measure taken 治理方式; null until the work is finished.
    async fn measure(&self) -> Option<Measure> {
        self.0.measure
    }

    /// The number of times the work was sent back for rework 返工.
    async fn rework_count(&self) -> i32 {
        self.0.rework_count
    }

    /// The ids of the photos that `finishAssignment` named.
    async fn after_photo_ids(&self) -> &[PhotoId] {
        &self.0.after_photos.0
    }

    /// All photos of the assignment.
    async fn photos(&self, ctx: &Context<'_>) -> Result<Vec<Photo>, ApiError> {
        let rows = load::<PhotosOfParent>(ctx, self.0.id.0).await?;
        Ok(rows.unwrap_or_default().into_iter().map(Photo::shown).collect())
    }
}
