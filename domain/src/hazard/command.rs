//! The commands of a case, and the facts that a decision needs.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::{CancelReason, Classification, Measure, ReopenCause};
use crate::access::{Actor, By};
use crate::clock::Timing;
use crate::id::{AssignmentId, NoteId, PhotoId, UnitId, WhistleId};
use crate::policy::HandlingPolicy;
use crate::staff::UnitKind;

/// A command that can be asked of a case. The caller stores free texts as notes and brings the ids of new parts.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Files the hazard as a review found it 归类.
    Classify(Classification),
    /// Asks units without a whistle 派单. A unit that names itself handles the matter itself 自办.
    Dispatch {
        /// The unit that leads.
        lead: Task,
        /// The units that support.
        supports: Vec<Task>,
    },
    /// Blows a whistle 吹哨.
    Blow {
        /// The id of the new whistle.
        whistle: WhistleId,
        /// The code of its type, as the policy lists it.
        type_code: String,
        /// The unit that leads.
        lead: Task,
        /// The units that support.
        supports: Vec<Task>,
        /// What is asked, and why the township cannot do it alone.
        note: NoteId,
    },
    /// Signs an assignment 签收.
    Sign {
        /// The assignment.
        assignment: AssignmentId,
    },
    /// Claims an assignment 认领: exactly one worker holds it. An unsigned assignment is signed as well.
    Claim {
        /// The assignment.
        assignment: AssignmentId,
    },
    /// Gives a claimed assignment back to the unit.
    Release {
        /// The assignment.
        assignment: AssignmentId,
        /// The reason.
        note: NoteId,
    },
    /// Hands a claimed assignment to another worker of the unit. Its status does not change.
    HandOver {
        /// The assignment.
        assignment: AssignmentId,
        /// The post that takes over, as stored now.
        to: Actor,
        /// The reason.
        note: NoteId,
    },
    /// Checks the worker in on site 报到.
    CheckIn {
        /// The assignment.
        assignment: AssignmentId,
        /// The distance of the worker from the hazard, in metres.
        distance_metres: f64,
        /// The reason why the worker is farther away than the policy allows.
        far_reason: Option<NoteId>,
        /// The time of the step, if it was taken before it arrived.
        occurred_at: Option<DateTime<Utc>>,
    },
    /// Finishes the work 办结.
    Finish {
        /// The assignment.
        assignment: AssignmentId,
        /// The distance of the worker from the hazard, in metres. It is kept for the officer who accepts the work.
        distance_metres: f64,
        /// The measure that was taken.
        measure: Measure,
        /// The photos after the work.
        photos: Vec<PhotoId>,
        /// A remark of the worker.
        note: Option<NoteId>,
        /// The time of the step, if it was taken before it arrived.
        occurred_at: Option<DateTime<Utc>>,
    },
    /// Accepts finished work 验收.
    Accept {
        /// The assignment.
        assignment: AssignmentId,
        /// The opinion 验收意见.
        note: NoteId,
    },
    /// Sends finished work back 返工.
    Rework {
        /// The assignment.
        assignment: AssignmentId,
        /// What is missing.
        note: NoteId,
    },
    /// Closes the hazard 销号.
    Close {
        /// The opinion.
        note: NoteId,
    },
    /// Reopens a closed hazard: a new round begins.
    Reopen {
        /// What causes it.
        cause: ReopenCause,
        /// The reason; an officer must give one.
        note: Option<NoteId>,
    },
    /// Cancels the hazard 撤销.
    Cancel {
        /// The reason, as a code.
        reason: CancelReason,
        /// The reason in words; an officer must give one.
        note: Option<NoteId>,
    },
}

/// One unit that is asked, with the id of the assignment that asks it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Task {
    /// The id of the new assignment.
    pub id: AssignmentId,
    /// The unit.
    pub unit: UnitId,
}

/// The facts that are known when something is asked of a case.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The time of arrival.
    pub now: DateTime<Utc>,
    /// The party that asks.
    pub by: By,
    /// Whether the hazard lies in the area of the post that asks, or below it.
    pub in_area: bool,
    /// The policy in force at the place.
    pub policy: &'a HandlingPolicy,
    /// The rules by which clocks are set.
    pub timing: Timing<'a>,
    /// The kind of each unit that the command names. A unit that is absent does not exist.
    pub units: &'a BTreeMap<UnitId, UnitKind>,
    /// The units that a report of this hazard accuses.
    pub barred: &'a BTreeSet<UnitId>,
    /// What the duty list says about this hazard; `None` if it does not mention it.
    pub duty: Option<DutyFacts>,
    /// The photos of the assignment that have been verified.
    pub verified_photos: &'a BTreeSet<PhotoId>,
}

/// What the duty list 履职事项清单 says about one category in one county.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DutyFacts {
    /// Whether a township may lead.
    pub township_may_lead: bool,
}
