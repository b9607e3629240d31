//! The events of a case. They hold ids, codes and times, and never free text.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Axes, CancelReason, Level, Measure, Origin, Part, ReopenCause};
use crate::clock::ClockChange;
use crate::id::{AreaId, AssignmentId, HazardId, NoteId, OfficerId, PhotoId, PostId, SubjectId, UnitId, WhistleId};
use crate::policy::WhistleClass;

/// An event of a case.
///
/// `at` is the time that counts; for a step that was taken without a network it is the time of the step, if the policy
/// allows it. `late_arrival` marks a step that arrived more than a minute after it was taken. `clocks` are the clocks
/// that started, stopped or went on with the step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "the fields say what the same words say in the case and its commands")]
pub enum Event {
    /// The case began.
    Registered(Registered),
    /// A review classified the hazard 归类; only that changed.
    Classified {
        level: Level,
        category: Option<String>,
        axes: Axes,
        subject: Option<SubjectId>,
        recurrence_of: Option<HazardId>,
        at: DateTime<Utc>,
    },
    /// Units were asked without a whistle 派单.
    Dispatched { at: DateTime<Utc>, assignments: Vec<NewAssignment>, clocks: Vec<ClockChange> },
    /// Units were asked by a whistle 吹哨.
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
    /// A unit signed an assignment 签收.
    Signed { assignment: AssignmentId, at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// A worker claimed an assignment 认领, and signed it if it was unsigned.
    Claimed { assignment: AssignmentId, officer: OfficerId, post: PostId, at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// A worker gave an assignment back to the unit.
    Released { assignment: AssignmentId, note: NoteId, at: DateTime<Utc> },
    /// An assignment was handed to another worker of the unit.
    HandedOver { assignment: AssignmentId, officer: OfficerId, post: PostId, note: NoteId, at: DateTime<Utc> },
    /// A worker checked in on site 报到.
    CheckedIn {
        assignment: AssignmentId,
        /// Whole metres, rounded up.
        distance_metres: u32,
        far_reason: Option<NoteId>,
        at: DateTime<Utc>,
        late_arrival: bool,
        clocks: Vec<ClockChange>,
    },
    /// A worker finished the work 办结.
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
    /// Finished work was accepted 验收.
    Accepted { assignment: AssignmentId, officer: OfficerId, note: NoteId, at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// Finished work was sent back 返工.
    Reworked { assignment: AssignmentId, note: NoteId, at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// The hazard was closed 销号.
    Closed { note: NoteId, at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// The hazard was reopened, and a new round began.
    Reopened { cause: ReopenCause, note: Option<NoteId>, at: DateTime<Utc>, clocks: Vec<ClockChange> },
    /// The hazard was cancelled with its open work 撤销.
    Cancelled { reason: CancelReason, note: Option<NoteId>, at: DateTime<Utc>, clocks: Vec<ClockChange> },
}

/// The beginning of a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registered {
    /// The hazard.
    pub hazard: HazardId,
    /// The level.
    pub level: Level,
    /// The code of the category.
    pub category: Option<String>,
    /// The kinds of place, industry and disaster.
    pub axes: Axes,
    /// The subject that is responsible.
    pub subject: Option<SubjectId>,
    /// The smallest area that contains it.
    pub area: AreaId,
    /// The unit that answers for the territory.
    pub township: UnitId,
    /// Whether people are in danger now.
    pub emergency: bool,
    /// The closed hazard that it repeats.
    pub recurrence_of: Option<HazardId>,
    /// The time of registration. An emergency is registered with its report, so it is the end of the minute.
    pub at: DateTime<Utc>,
    /// The clocks that started.
    pub clocks: Vec<ClockChange>,
}

/// One unit that was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewAssignment {
    /// The id of the assignment.
    pub id: AssignmentId,
    /// The unit.
    pub unit: UnitId,
    /// Whether the unit leads or supports.
    pub part: Part,
    /// The origin of the assignment.
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
