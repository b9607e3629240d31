//! An assignment 交办: one unit's part.

use domain::hazard::{AssignmentStatus, Measure, Origin, Part};
use domain::id::{AssignmentId, HazardId, OfficerId, PostId, UnitId, WhistleId};
use sea_orm::entity::prelude::*;

/// An assignment 交办: one unit's part.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "assignment")]
pub struct Model {
    /// Random.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AssignmentId,
    /// For which hazard.
    pub hazard_id: HazardId,
    /// From which whistle.
    pub whistle_id: Option<WhistleId>,
    /// Whistle, direct dispatch, or self-handling.
    pub origin: Origin,
    /// Whose part.
    pub unit_id: UnitId,
    /// Lead or support.
    pub part: Part,
    /// Where it stands.
    pub status: AssignmentStatus,
    /// The round of the hazard.
    pub round: i32,
    /// Who holds it.
    pub worker: Option<OfficerId>,
    /// By which post.
    pub worker_post: Option<PostId>,
    /// Everyone who worked on it: a JSON list.
    pub workers: String,
    /// When it was dispatched.
    pub dispatched_at: DateTimeUtc,
    /// 签收.
    pub signed_at: Option<DateTimeUtc>,
    /// 认领; never cleared.
    pub claimed_at: Option<DateTimeUtc>,
    /// 报到; never cleared.
    pub checked_in_at: Option<DateTimeUtc>,
    /// 办结.
    pub finished_at: Option<DateTimeUtc>,
    /// 验收.
    pub accepted_at: Option<DateTimeUtc>,
    /// Who accepted it.
    pub accepted_by: Option<OfficerId>,
    /// 治理方式.
    pub measure: Option<Measure>,
    /// The photos that finishing named: a JSON list.
    pub after_photos: String,
    /// How often it went back.
    pub rework_count: i32,
}

impl ActiveModelBehavior for ActiveModel {}
