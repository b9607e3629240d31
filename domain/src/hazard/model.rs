//! The current state of a case and its parts.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::enforcement::Enforcement;
use super::{
    AskedExtension, AskedSuspension, AssignmentStatus, CancelReason, End, Level, Major, Measure, Origin, Part, Rating,
    SendBack, Supervision, Suspension, WhistleEnd, WhistleJudgement, WhistleRequest,
};
use crate::clock::Clock;
use crate::id::{AreaId, AssignmentId, HazardId, OfficerId, PhotoId, PostId, SubjectId, UnitId, WhistleId};
use crate::policy::WhistleClass;

/// The case aggregate: a hazard with all the parts that are decided on together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// The id of the hazard.
    pub id: HazardId,
    /// The stream version of the last event, counted from 1.
    pub version: i64,
    /// The latest time that an event of the case tells. No later step tells an earlier one, because the order of the
    /// events would tell when a reporter acted.
    pub last_at: DateTime<Utc>,
    /// When the hazard was registered.
    pub registered_at: DateTime<Utc>,
    /// The round of work, counted from 1. Each reopening begins the next one.
    pub round: i32,
    /// The hazard level.
    pub level: Level,
    /// The category code; `None` if the hazard has no known category.
    pub category: Option<String>,
    /// The place kind, industry and disaster kind.
    pub axes: Axes,
    /// The responsible subject 责任单位: an enterprise, owner or place, if it is known.
    pub subject: Option<SubjectId>,
    /// The smallest area that contains the hazard.
    pub area: AreaId,
    /// The unit that is responsible for the territory and whose leader closes the hazard. It is the township, or the
    /// county's command centre if the hazard lies in no township or its township is recused.
    pub township: UnitId,
    /// Whether people are in danger now.
    pub emergency: bool,
    /// How the case ended; `None` while it is open.
    pub end: Option<End>,
    /// When the hazard was closed; `None` while the case is open, or if it was cancelled.
    pub closed_at: Option<DateTime<Utc>>,
    /// The reason for cancellation; `None` unless the case was cancelled.
    pub cancel_reason: Option<CancelReason>,
    /// The hazard that stands for this one, if this one was cancelled as its duplicate 重复.
    pub merged_into: Option<HazardId>,
    /// The closed hazard of which this one is a recurrence.
    pub recurrence_of: Option<HazardId>,
    /// The hazard that was registered because a follow-up 回头看 found too late that this one came back.
    pub recurred_as: Option<HazardId>,
    /// A request for a suspension 挂账, or for its renewal, that nobody has decided on yet.
    pub suspension_request: Option<AskedSuspension>,
    /// The suspension in force; `None` if the work goes on.
    pub suspension: Option<Suspension>,
    /// How often the hazard was suspended in this round, renewals included.
    pub suspended_times: i32,
    /// The follow-ups 回头看 that are outstanding, each as the number of days after the closure. Empty while the case is
    /// open.
    pub follow_ups: Vec<u32>,
    /// The officers who worked on hazards that were merged into this one 合并. None of them may close it.
    pub past_workers: BTreeSet<OfficerId>,
    /// The whistles of all rounds, in order of creation.
    pub whistles: Vec<Whistle>,
    /// The assignments of all rounds, in order of creation.
    pub assignments: Vec<Assignment>,
    /// The whistles of all rounds that had to be approved or divided 分哨 first, in order.
    pub whistle_requests: Vec<WhistleRequest>,
    /// The supervisions 督办 of all rounds, in order of creation.
    pub supervisions: Vec<Supervision>,
    /// The inspections, orders and penalties 行政执法 of all rounds.
    pub enforcement: Enforcement,
    /// How often a callback said that the hazard is not solved, and opened it again.
    pub not_solved: i32,
    /// What is known of a major hazard 重大事故隐患, or of the suspicion that it is one.
    pub major: Major,
    /// The clocks of all rounds, in order of creation.
    pub clocks: Vec<Clock>,
}

/// The three independent code lists by which the ledger is classified.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Axes {
    /// The place kind code 场所.
    pub place_kind: Option<String>,
    /// The industry code 行业领域.
    pub industry: Option<String>,
    /// The disaster kind code 灾种.
    pub disaster_kind: Option<String>,
}

/// A whistle 哨: a township's formal call for other departments. Events of merges store it, so a new field needs a serde
/// default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Whistle {
    /// The id of the whistle.
    pub id: WhistleId,
    /// The code of the whistle type, as the policy lists it.
    pub type_code: String,
    /// The class of this type when the whistle was blown.
    pub class: WhistleClass,
    /// The round in which the whistle was blown.
    pub round: i32,
    /// The post that blew the whistle.
    pub blown_by_post: PostId,
    /// The unit of this post.
    pub blown_by_unit: UnitId,
    /// When the whistle was blown.
    pub blown_at: DateTime<Utc>,
    /// How the whistle ended other than by completion; `None` if it is open or completed.
    pub end: Option<WhistleEnd>,
    /// The judgement that the whistle was without need 乱吹哨; `None` if nobody judged so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub judgement: Option<WhistleJudgement>,
}

/// An assignment 交办: one unit's part of the work. Events of merges store it, so a new field needs a serde default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// The id of the assignment.
    pub id: AssignmentId,
    /// The whistle that created the assignment; `None` for a dispatch.
    pub whistle: Option<WhistleId>,
    /// Whether a whistle, a direct dispatch or self-handling created the assignment.
    pub origin: Origin,
    /// The unit that has to do the work.
    pub unit: UnitId,
    /// The unit that gave the assignment; `None` if an earlier build dispatched it.
    pub given_by: Option<UnitId>,
    /// The post that gave the assignment; `None` if an earlier build did not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_by_post: Option<PostId>,
    /// Whether the unit leads or supports.
    pub part: Part,
    /// The current status.
    pub status: AssignmentStatus,
    /// The worker who holds or finished the assignment; `None` before a claim, and after a release or rework.
    pub worker: Option<OfficerId>,
    /// The post in which this worker acts.
    pub worker_post: Option<PostId>,
    /// The round in which the assignment was created.
    pub round: i32,
    /// When the assignment was created.
    pub dispatched_at: DateTime<Utc>,
    /// When the last step of the assignment was taken; `None` before the first one. No later step counts from before it.
    pub last_step_at: Option<DateTime<Utc>>,
    /// When the work was last sent back for rework.
    pub reworked_at: Option<DateTime<Utc>>,
    /// When the unit signed for the assignment, explicitly or by a claim.
    pub signed_at: Option<DateTime<Utc>>,
    /// When the assignment was first claimed. A release or rework does not clear it.
    pub claimed_at: Option<DateTime<Utc>>,
    /// When a worker first checked in. A release or rework does not clear it.
    pub checked_in_at: Option<DateTime<Utc>>,
    /// When the current work was finished; `None` after it was sent back for rework.
    pub finished_at: Option<DateTime<Utc>>,
    /// When the work was accepted.
    pub accepted_at: Option<DateTime<Utc>>,
    /// The officer who accepted the work.
    pub accepted_by: Option<OfficerId>,
    /// The measure taken 治理方式, as stated on finishing; `None` after the work was sent back.
    pub measure: Option<Measure>,
    /// The photos of the finished work; empty after it was sent back.
    pub after_photos: Vec<PhotoId>,
    /// How many times the work was sent back for rework 返工.
    pub rework_count: i32,
    /// All officers who have ever held the assignment. None of them may accept the work or close the hazard.
    pub workers: BTreeSet<OfficerId>,
    /// A request for more time 延期 that nobody has decided on yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<AskedExtension>,
    /// The send-backs 退单 for which the unit asked, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub send_backs: Vec<SendBack>,
    /// The rating 评哨 of the answer to a whistle; `None` until the township has rated it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<Rating>,
}
