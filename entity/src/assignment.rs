//! An assignment 交办: the part of one unit in the work on a hazard.

use std::collections::BTreeSet;

use domain::hazard::{AssignmentStatus, Measure, Origin, Part};
use domain::id::{AssignmentId, HazardId, OfficerId, PhotoId, PostId, UnitId, WhistleId};
use sea_orm::entity::prelude::*;

use crate::JsonList;

/// An assignment 交办: the part of one unit in the work on a hazard.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "assignment")]
pub struct Model {
    /// The id, which is random.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AssignmentId,
    /// The hazard.
    pub hazard_id: HazardId,
    /// The whistle that made it, if one did.
    pub whistle_id: Option<WhistleId>,
    /// The origin: a whistle, a direct dispatch, or self-handling.
    pub origin: Origin,
    /// The unit.
    pub unit_id: UnitId,
    /// Whether the unit leads or supports.
    pub part: Part,
    /// The status.
    pub status: AssignmentStatus,
    /// The round of the hazard in which it was made.
    pub round: i32,
    /// The worker who holds it.
    pub worker: Option<OfficerId>,
    /// The post of this worker.
    pub worker_post: Option<PostId>,
    /// Every officer who ever held it.
    pub workers: JsonList<BTreeSet<OfficerId>>,
    /// The time at which the unit was asked.
    pub dispatched_at: DateTimeUtc,
    /// The time at which it was signed 签收.
    pub signed_at: Option<DateTimeUtc>,
    /// The time at which it was first claimed 认领; it is never cleared.
    pub claimed_at: Option<DateTimeUtc>,
    /// The time of the first check-in 报到; it is never cleared.
    pub checked_in_at: Option<DateTimeUtc>,
    /// The time at which the current work was finished 办结.
    pub finished_at: Option<DateTimeUtc>,
    /// The time at which the work was accepted 验收.
    pub accepted_at: Option<DateTimeUtc>,
    /// The officer who accepted it.
    pub accepted_by: Option<OfficerId>,
    /// The measure that was taken 治理方式.
    pub measure: Option<Measure>,
    /// The photos of the finished work.
    pub after_photos: JsonList<Vec<PhotoId>>,
    /// How often the work was sent back.
    pub rework_count: i32,
}

impl ActiveModelBehavior for ActiveModel {}
