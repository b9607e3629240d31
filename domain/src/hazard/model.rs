//! The current state of a case and its parts.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{AssignmentStatus, CancelReason, End, Level, Measure, Origin, Part, WhistleEnd};
use crate::clock::Clock;
use crate::id::{AreaId, AssignmentId, HazardId, OfficerId, PhotoId, PostId, SubjectId, UnitId, WhistleId};
use crate::policy::WhistleClass;

/// A hazard with all parts that are decided on together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// The id of the hazard.
    pub id: HazardId,
    /// The stream version of the last event, counted from 1.
    pub version: i64,
    /// The round of work: 1 at first, and one more with each reopening.
    pub round: i32,
    /// The level.
    pub level: Level,
    /// The code of the category, if there is one.
    pub category: Option<String>,
    /// The kinds of place, industry and disaster.
    pub axes: Axes,
    /// The enterprise, owner or place that is responsible 责任单位.
    pub subject: Option<SubjectId>,
    /// The smallest area that contains it.
    pub area: AreaId,
    /// The unit that answers for the territory and whose leader closes. It is the township, or the command centre of
    /// the county if the hazard lies in no township or its township is recused.
    pub township: UnitId,
    /// Whether people are in danger now.
    pub emergency: bool,
    /// How the case ended, if it did.
    pub end: Option<End>,
    /// The time of closure; `None` while the case is open, or if it was cancelled.
    pub closed_at: Option<DateTime<Utc>>,
    /// The reason for which it was cancelled.
    pub cancel_reason: Option<CancelReason>,
    /// The closed hazard that it repeats.
    pub recurrence_of: Option<HazardId>,
    /// The whistles, in the order in which they were blown.
    pub whistles: Vec<Whistle>,
    /// The assignments, in the order in which they were made. Those of earlier rounds stay.
    pub assignments: Vec<Assignment>,
    /// The clocks, in the order in which they started.
    pub clocks: Vec<Clock>,
}

/// The three independent code lists by which the ledger is grouped.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Axes {
    /// The code of the kind of place 场所.
    pub place_kind: Option<String>,
    /// The code of the industry 行业领域.
    pub industry: Option<String>,
    /// The code of the kind of disaster 灾种.
    pub disaster_kind: Option<String>,
}

/// A whistle 哨: the call of a township for departments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whistle {
    /// The id of the whistle.
    pub id: WhistleId,
    /// The code of the type, as the policy lists it.
    pub type_code: String,
    /// The class of the type at the time of the whistle.
    pub class: WhistleClass,
    /// The round in which it was blown.
    pub round: i32,
    /// The post that blew it.
    pub blown_by_post: PostId,
    /// The unit that blew it.
    pub blown_by_unit: UnitId,
    /// The time at which it was blown.
    pub blown_at: DateTime<Utc>,
    /// How it ended, if not by its work.
    pub end: Option<WhistleEnd>,
}

/// An assignment 交办: the part of the work of one unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// The id of the assignment.
    pub id: AssignmentId,
    /// The whistle that made it, if one did.
    pub whistle: Option<WhistleId>,
    /// The origin of the assignment.
    pub origin: Origin,
    /// The unit that is asked.
    pub unit: UnitId,
    /// Whether the unit leads or supports.
    pub part: Part,
    /// The status.
    pub status: AssignmentStatus,
    /// The worker who holds it, or who finished it.
    pub worker: Option<OfficerId>,
    /// The post of this worker.
    pub worker_post: Option<PostId>,
    /// The round in which it was made.
    pub round: i32,
    /// The time at which the unit was asked.
    pub dispatched_at: DateTime<Utc>,
    /// The time at which the unit signed; claiming signs as well.
    pub signed_at: Option<DateTime<Utc>>,
    /// The time of the first claim; it is never cleared.
    pub claimed_at: Option<DateTime<Utc>>,
    /// The time of the first check-in; it is never cleared.
    pub checked_in_at: Option<DateTime<Utc>>,
    /// The time at which the current work was finished; `None` after it was sent back.
    pub finished_at: Option<DateTime<Utc>>,
    /// The time of acceptance.
    pub accepted_at: Option<DateTime<Utc>>,
    /// The officer who accepted it.
    pub accepted_by: Option<OfficerId>,
    /// The measure that was taken, as the worker finished it.
    pub measure: Option<Measure>,
    /// The photos of the finished work.
    pub after_photos: Vec<PhotoId>,
    /// How often it was sent back for rework.
    pub rework_count: i32,
    /// Every officer who ever held it. None of them accepts it or closes the hazard.
    pub workers: BTreeSet<OfficerId>,
}
