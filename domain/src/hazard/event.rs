//! What happened to a case. Events hold ids, codes and times, never words.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Axes, CancelReason, Level, Measure, Origin, Part, ReopenCause};
use crate::clock::ClockChange;
use crate::id::{AreaId, AssignmentId, HazardId, NoteId, OfficerId, PhotoId, PostId, SubjectId, UnitId, WhistleId};
use crate::policy::WhistleClass;

/// What happened to a case.
///
/// `at` is the time that counts: of a step taken without network, the time at which it was taken if policy allows.
/// `late_arrival` marks a step that arrived more than a minute after it was taken. `clocks` are the clocks that
/// started, stopped or went on with the step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "the fields say what the same words say in the case and its commands")]
pub enum Event {
    /// The case began.
    Registered(Registered),
    /// 归类: a review found what it is; nothing else changes.
    Classified {
        level: Level,
        category: Option<String>,
        axes: Axes,
        subject: Option<SubjectId>,
        recurrence_of: Option<HazardId>,
        at: DateTime<Utc>,
    },
    /// 派单: units were asked without a whistle.
    Dispatched { at: DateTime<Utc>, assignments: Vec<NewAssignment>, clocks: Vec<ClockChange> },
    /// 吹哨: units were asked by a whistle.
    Blown {
        whistle: WhistleId,
        type_code: String,
        class: WhistleClass,
        post: PostId,
        unit: UnitId,
        note: NoteId,
        at: DateTime<Utc>,
        assignments: Vec<NewAssignment>,
        clocks: Vec<ClockChange>,
    },
    /// 签收.
    Signed { assignment: AssignmentId, at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// 认领, and 签收 if nobody had signed.
    Claimed { assignment: AssignmentId, officer: OfficerId, post: PostId, at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// Given back to the unit.
    Released { assignment: AssignmentId, note: NoteId, at: DateTime<Utc> },
    /// Handed to another worker of the unit.
    HandedOver { assignment: AssignmentId, officer: OfficerId, post: PostId, note: NoteId, at: DateTime<Utc> },
    /// 报到.
    CheckedIn {
        assignment: AssignmentId,
        /// Whole metres, rounded up.
        distance_metres: u32,
        far_reason: Option<NoteId>,
        at: DateTime<Utc>,
        late_arrival: bool,
        clocks: Vec<ClockChange>,
    },
    /// 办结.
    Finished {
        assignment: AssignmentId,
        /// Whole metres, rounded up.
        distance_metres: u32,
        measure: Measure,
        photos: Vec<PhotoId>,
        note: Option<NoteId>,
        at: DateTime<Utc>,
        late_arrival: bool,
        clocks: Vec<ClockChange>,
    },
    /// 验收.
    Accepted { assignment: AssignmentId, officer: OfficerId, note: NoteId, at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// 返工.
    Reworked { assignment: AssignmentId, note: NoteId, at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// 销号.
    Closed { note: NoteId, at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// A new round began.
    Reopened { cause: ReopenCause, note: Option<NoteId>, at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// 撤销: with it its open work.
    Cancelled { reason: CancelReason, note: Option<NoteId>, at: DateTime<Utc>, clocks: Vec<ClockChange> },
}

/// How a case began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registered {
    /// The hazard.
    pub hazard: HazardId,
    /// How grave it is.
    pub level: Level,
    /// Code of its category.
    pub category: Option<String>,
    /// Its place, industry and disaster kinds.
    pub axes: Axes,
    /// The subject responsible for it.
    pub subject: Option<SubjectId>,
    /// The smallest area that contains it.
    pub area: AreaId,
    /// The unit that answers for the territory.
    pub township: UnitId,
    /// Whether people are in danger now.
    pub emergency: bool,
    /// The closed hazard that it repeats.
    pub recurrence_of: Option<HazardId>,
    /// When; of an emergency, which is registered with its report, the end of that minute.
    pub at: DateTime<Utc>,
    /// The clocks that started.
    pub clocks: Vec<ClockChange>,
}

/// One unit that was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewAssignment {
    /// Its id.
    pub id: AssignmentId,
    /// The unit.
    pub unit: UnitId,
    /// Whether it leads or supports.
    pub part: Part,
    /// How it came to be.
    pub origin: Origin,
}

domain_event! { Event {
    first { Registered = "REGISTERED" }
    with_clocks {
        Dispatched = "DISPATCHED",
        Blown = "BLOWN",
        Signed = "SIGNED",
        Claimed = "CLAIMED",
        CheckedIn = "CHECKED_IN",
        Finished = "FINISHED",
        Accepted = "ACCEPTED",
        Reworked = "REWORKED",
        Closed = "CLOSED",
        Reopened = "REOPENED",
        Cancelled = "CANCELLED",
    }
    without_clocks {
        Classified = "CLASSIFIED",
        Released = "RELEASED",
        HandedOver = "HANDED_OVER",
    }
} }
