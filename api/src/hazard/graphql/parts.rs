//! The parts of a hazard, as the published schema shows them: its subject, its whistles, its assignments.

use async_graphql::{Context, Object};
use chrono::{DateTime, Utc};
use domain::hazard::{AssignmentStatus, Measure, Origin, Part, WhistleStatus};
use domain::id::{AssignmentId, HazardId, OfficerId, PhotoId, SubjectId, UnitId, WhistleId};
use domain::policy::WhistleClass;
use entity::{assignment, subject, whistle};

use crate::dataloader::load;
use crate::error::ApiError;
use crate::hazard::rows;
use crate::photo::graphql::Photo;
use crate::photo::loader::PhotosOfParent;
use crate::staff::graphql::Unit;
use crate::staff::loader::UnitById;

/// A unit by its id.
pub(super) async fn unit(ctx: &Context<'_>, id: UnitId) -> Result<Option<Unit>, ApiError> {
    Ok(load::<UnitById>(ctx, id).await?.map(Unit))
}

/// A subject.
#[derive(Debug)]
pub struct Subject(pub subject::Model);

/// The subject 责任单位 of a hazard: the enterprise, owner or place responsible for it.
#[Object]
impl Subject {
    /// The subject.
    async fn id(&self) -> SubjectId {
        self.0.id
    }

    /// Its name.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Its unified social credit code (GB 32100-2015).
    async fn uscc(&self) -> Option<&str> {
        self.0.uscc.as_deref()
    }
}

/// A whistle.
#[derive(Debug)]
pub struct Whistle(pub whistle::Model);

/// A whistle 哨: a township's call for departments.
#[Object]
impl Whistle {
    /// The whistle.
    async fn id(&self) -> WhistleId {
        self.0.id
    }

    /// Its type, as in `whistleTypes`.
    async fn type_code(&self) -> &str {
        &self.0.type_code
    }

    /// Its class.
    async fn class(&self) -> WhistleClass {
        self.0.class
    }

    /// Where it stands, computed from its assignments.
    async fn status(&self) -> WhistleStatus {
        self.0.status
    }

    /// The unit that blew it.
    async fn blown_by(&self, ctx: &Context<'_>) -> Result<Option<Unit>, ApiError> {
        unit(ctx, self.0.blown_by_unit).await
    }

    /// When it was blown.
    async fn blown_at(&self) -> DateTime<Utc> {
        self.0.blown_at
    }
}

/// An assignment.
#[derive(Debug)]
pub struct Assignment(pub assignment::Model);

/// An assignment 交办: one unit's part in a hazard. It is signed, claimed by one worker, worked on, finished and accepted.
#[Object]
#[expect(clippy::unused_async, reason = "the library takes resolvers as async functions")]
impl Assignment {
    /// The assignment.
    async fn id(&self) -> AssignmentId {
        self.0.id
    }

    /// Its hazard.
    async fn hazard_id(&self) -> HazardId {
        self.0.hazard_id
    }

    /// The whistle it came from.
    async fn whistle_id(&self) -> Option<WhistleId> {
        self.0.whistle_id
    }

    /// Whistle, direct dispatch, or self-handling 自办.
    async fn origin(&self) -> Origin {
        self.0.origin
    }

    /// Lead 主责 or support 协办.
    async fn part(&self) -> Part {
        self.0.part
    }

    /// Whose part it is.
    async fn unit(&self, ctx: &Context<'_>) -> Result<Option<Unit>, ApiError> {
        unit(ctx, self.0.unit_id).await
    }

    /// Where it stands.
    async fn status(&self) -> AssignmentStatus {
        self.0.status
    }

    /// The round of the hazard.
    async fn round(&self) -> i32 {
        self.0.round
    }

    /// The officer who holds it.
    async fn worker_id(&self) -> Option<OfficerId> {
        self.0.worker
    }

    /// When it was dispatched 派单.
    async fn dispatched_at(&self) -> DateTime<Utc> {
        self.0.dispatched_at
    }

    /// When it was signed 签收.
    async fn signed_at(&self) -> Option<DateTime<Utc>> {
        self.0.signed_at
    }

    /// When it was first claimed 认领.
    async fn claimed_at(&self) -> Option<DateTime<Utc>> {
        self.0.claimed_at
    }

    /// When its unit was first on the spot 报到.
    async fn checked_in_at(&self) -> Option<DateTime<Utc>> {
        self.0.checked_in_at
    }

    /// When its work was finished 办结.
    async fn finished_at(&self) -> Option<DateTime<Utc>> {
        self.0.finished_at
    }

    /// When its work was accepted 验收.
    async fn accepted_at(&self) -> Option<DateTime<Utc>> {
        self.0.accepted_at
    }

    /// What was done 治理方式.
    async fn measure(&self) -> Option<Measure> {
        self.0.measure
    }

    /// How often it went back for rework 返工.
    async fn rework_count(&self) -> i32 {
        self.0.rework_count
    }

    /// The photos that finishing named.
    async fn after_photo_ids(&self) -> Result<Vec<PhotoId>, ApiError> {
        rows::list(&self.0.after_photos)
    }

    /// All its photos.
    async fn photos(&self, ctx: &Context<'_>) -> Result<Vec<Photo>, ApiError> {
        let rows = load::<PhotosOfParent>(ctx, self.0.id.0).await?;
        Ok(rows.unwrap_or_default().into_iter().map(Photo).collect())
    }
}
