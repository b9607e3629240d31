//! The case and its parts, as they stand.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{AssignmentStatus, CancelReason, End, Level, Measure, Origin, Part, WhistleEnd};
use crate::clock::Clock;
use crate::id::{AreaId, AssignmentId, HazardId, OfficerId, PhotoId, PostId, SubjectId, UnitId, WhistleId};
use crate::policy::WhistleClass;

/// A hazard with everything that is decided on together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// The hazard.
    pub id: HazardId,
    /// The stream version of its last event, from 1.
    pub version: i64,
    /// The round of work: 1, and one more with each reopening.
    pub round: i32,
    /// How grave it is.
    pub level: Level,
    /// Code of its category, if it has one.
    pub category: Option<String>,
    /// Its place, industry and disaster kinds.
    pub axes: Axes,
    /// The enterprise, owner or place responsible for it 责任单位.
    pub subject: Option<SubjectId>,
    /// The smallest area that contains it.
    pub area: AreaId,
    /// The unit that answers for the territory and whose leader closes: its township, or the command centre of the
    /// county where it lies in no township or its township must stand aside.
    pub township: UnitId,
    /// Whether people are in danger now.
    pub emergency: bool,
    /// How it ended, if it did.
    pub end: Option<End>,
    /// When it was closed; nothing while it is open or when it was cancelled.
    pub closed_at: Option<DateTime<Utc>>,
    /// Why it was cancelled.
    pub cancel_reason: Option<CancelReason>,
    /// The closed hazard that it repeats.
    pub recurrence_of: Option<HazardId>,
    /// Its whistles, first blown first.
    pub whistles: Vec<Whistle>,
    /// Its assignments, first made first; those of earlier rounds stay.
    pub assignments: Vec<Assignment>,
    /// Its clocks, first started first.
    pub clocks: Vec<Clock>,
}

/// The three independent code lists by which the ledger is cut.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Axes {
    /// Code of the kind of place 场所.
    pub place_kind: Option<String>,
    /// Code of the industry 行业领域.
    pub industry: Option<String>,
    /// Code of the kind of disaster 灾种.
    pub disaster_kind: Option<String>,
}

/// A township's call for departments 哨.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whistle {
    /// Its id.
    pub id: WhistleId,
    /// Code of its type, a row of the policy.
    pub type_code: String,
    /// The class of its type when it was blown.
    pub class: WhistleClass,
    /// The round in which it was blown.
    pub round: i32,
    /// The post that blew it.
    pub blown_by_post: PostId,
    /// The unit that blew it.
    pub blown_by_unit: UnitId,
    /// When.
    pub blown_at: DateTime<Utc>,
    /// How it ended, if otherwise than by its work.
    pub end: Option<WhistleEnd>,
}

/// One unit's part of the work 交办.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// Its id.
    pub id: AssignmentId,
    /// The whistle that made it, if one did.
    pub whistle: Option<WhistleId>,
    /// How it came to be.
    pub origin: Origin,
    /// The unit that is asked.
    pub unit: UnitId,
    /// Whether the unit leads or supports.
    pub part: Part,
    /// Where it stands.
    pub status: AssignmentStatus,
    /// The worker who holds it, or who finished it.
    pub worker: Option<OfficerId>,
    /// The post that the worker acts by.
    pub worker_post: Option<PostId>,
    /// The round in which it was made.
    pub round: i32,
    /// When the unit was asked.
    pub dispatched_at: DateTime<Utc>,
    /// When the unit signed; claiming signs too.
    pub signed_at: Option<DateTime<Utc>>,
    /// When it was first claimed: never cleared.
    pub claimed_at: Option<DateTime<Utc>>,
    /// When a worker was first on the spot: never cleared.
    pub checked_in_at: Option<DateTime<Utc>>,
    /// When the work that stands was finished; nothing after it was sent back for rework.
    pub finished_at: Option<DateTime<Utc>>,
    /// When it was accepted.
    pub accepted_at: Option<DateTime<Utc>>,
    /// Who accepted it.
    pub accepted_by: Option<OfficerId>,
    /// What was done, as finished.
    pub measure: Option<Measure>,
    /// The photos after the work that finishing named.
    pub after_photos: Vec<PhotoId>,
    /// How often it was sent back for rework.
    pub rework_count: i32,
    /// Everyone who ever held it: none of them accepts it or closes the hazard.
    pub workers: BTreeSet<OfficerId>,
}
