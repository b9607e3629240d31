//! An assignment 交办: one unit's part of the work on a hazard.

use std::collections::BTreeSet;

use domain::hazard::{AskedExtension, AssignmentStatus, Measure, Origin, Part, Rating, SendBack};
use domain::id::{AssignmentId, HazardId, OfficerId, PhotoId, PostId, UnitId, WhistleId};
use sea_orm::entity::prelude::*;

use crate::JsonList;

/// An assignment 交办: one unit's part of the work on a hazard.
#[sea_orm::model]
#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "assignment")]
pub struct Model {
    /// The id, which is random.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AssignmentId,
    /// The hazard on which the unit works.
    pub hazard_id: HazardId,
    /// The whistle that created the assignment; `None` for a dispatch.
    pub whistle_id: Option<WhistleId>,
    /// The origin: a whistle, a direct dispatch, or self-handling.
    pub origin: Origin,
    /// The unit that has to do the work.
    pub unit_id: UnitId,
    /// The unit that gave the assignment; NULL if an earlier build dispatched it.
    pub given_by: Option<UnitId>,
    /// The post that gave the assignment; NULL if an earlier build did not say.
    pub given_by_post: Option<PostId>,
    /// Whether the unit leads or supports.
    pub part: Part,
    /// The current status.
    pub status: AssignmentStatus,
    /// The round of the hazard in which the assignment was created, counted from 1.
    pub round: i32,
    /// The worker who holds or finished the assignment; NULL before a claim, and after a release or rework.
    pub worker: Option<OfficerId>,
    /// The post in which this worker acts.
    pub worker_post: Option<PostId>,
    /// All officers who have ever held the assignment.
    pub workers: JsonList<BTreeSet<OfficerId>>,
    /// When the assignment was created.
    pub dispatched_at: DateTimeUtc,
    /// When its last step was taken; NULL before the first one.
    pub last_step_at: Option<DateTimeUtc>,
    /// When the work was last sent back for rework 返工.
    pub reworked_at: Option<DateTimeUtc>,
    /// When the unit signed for the assignment 签收, explicitly or by a claim.
    pub signed_at: Option<DateTimeUtc>,
    /// When the assignment was first claimed 认领. A release or rework does not clear it.
    pub claimed_at: Option<DateTimeUtc>,
    /// When a worker first checked in 报到. A release or rework does not clear it.
    pub checked_in_at: Option<DateTimeUtc>,
    /// When the current work was finished 办结; NULL after it was sent back for rework.
    pub finished_at: Option<DateTimeUtc>,
    /// When the work was accepted 验收.
    pub accepted_at: Option<DateTimeUtc>,
    /// The officer who accepted the work.
    pub accepted_by: Option<OfficerId>,
    /// The measure taken 治理方式, as stated on finishing; NULL after the work was sent back.
    pub measure: Option<Measure>,
    /// The photos of the finished work; empty after it was sent back.
    pub after_photos: JsonList<Vec<PhotoId>>,
    /// How many times the work was sent back for rework 返工.
    pub rework_count: i32,
    /// A request for more time 延期 that nobody has decided on yet.
    pub extension: Option<JsonList<AskedExtension>>,
    /// The send-backs 退单 for which the unit asked, in order.
    pub send_backs: JsonList<Vec<SendBack>>,
    /// The rating 评哨 of the answer to a whistle; NULL until the township has rated it.
    pub rating: Option<JsonList<Rating>>,
}

impl ActiveModelBehavior for ActiveModel {}
