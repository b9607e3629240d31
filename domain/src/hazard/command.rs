//! What can be asked of a case, and what is known when it is asked.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use super::{CancelReason, Classification, Measure, ReopenCause};
use crate::access::{Actor, By};
use crate::clock::Timing;
use crate::id::{AssignmentId, NoteId, PhotoId, UnitId, WhistleId};
use crate::policy::HandlingPolicy;
use crate::staff::UnitKind;

/// What can be asked of a case. Free texts are notes that the caller stores; ids of new parts come with the command.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// 归类: what a review found the hazard to be.
    Classify(Classification),
    /// 派单: asks units without a whistle. A unit that names itself handles the matter itself 自办.
    Dispatch {
        /// Who leads.
        lead: Task,
        /// Who supports.
        supports: Vec<Task>,
    },
    /// 吹哨.
    Blow {
        /// Id of the new whistle.
        whistle: WhistleId,
        /// Code of its type, a row of the policy.
        type_code: String,
        /// Who leads.
        lead: Task,
        /// Who supports.
        supports: Vec<Task>,
        /// What is asked, and why the township cannot do it alone.
        note: NoteId,
    },
    /// 签收.
    Sign {
        /// Which assignment.
        assignment: AssignmentId,
    },
    /// 认领: exactly one worker holds an assignment. Signs too, if nobody has.
    Claim {
        /// Which assignment.
        assignment: AssignmentId,
    },
    /// Gives a claimed assignment back to the unit.
    Release {
        /// Which assignment.
        assignment: AssignmentId,
        /// Why.
        note: NoteId,
    },
    /// Hands a claimed assignment to another worker of the unit; its status stays.
    HandOver {
        /// Which assignment.
        assignment: AssignmentId,
        /// To whom: a post of the same unit, as stored now.
        to: Actor,
        /// Why.
        note: NoteId,
    },
    /// 报到: the worker is on the spot.
    CheckIn {
        /// Which assignment.
        assignment: AssignmentId,
        /// How far the worker is from the hazard, in metres.
        distance_metres: f64,
        /// Why the worker is farther than the policy allows.
        far_reason: Option<NoteId>,
        /// When it happened, if that was before it arrived.
        occurred_at: Option<DateTime<Utc>>,
    },
    /// 办结.
    Finish {
        /// Which assignment.
        assignment: AssignmentId,
        /// How far the worker is from the hazard, in metres: kept with the step, for whoever accepts it.
        distance_metres: f64,
        /// What was done.
        measure: Measure,
        /// The photos after the work.
        photos: Vec<PhotoId>,
        /// What else is to be said.
        note: Option<NoteId>,
        /// When it happened, if that was before it arrived.
        occurred_at: Option<DateTime<Utc>>,
    },
    /// 验收: finished work is good.
    Accept {
        /// Which assignment.
        assignment: AssignmentId,
        /// The opinion 验收意见.
        note: NoteId,
    },
    /// 返工: finished work is not good yet.
    Rework {
        /// Which assignment.
        assignment: AssignmentId,
        /// What is missing.
        note: NoteId,
    },
    /// 销号.
    Close {
        /// The opinion.
        note: NoteId,
    },
    /// Opens a closed hazard again: a new round.
    Reopen {
        /// Who says so.
        cause: ReopenCause,
        /// Why; an officer must say.
        note: Option<NoteId>,
    },
    /// 撤销.
    Cancel {
        /// Why.
        reason: CancelReason,
        /// Why, in words; an officer must say.
        note: Option<NoteId>,
    },
}

/// One unit to be asked, under the id of the assignment that asks it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Task {
    /// Id of the new assignment.
    pub id: AssignmentId,
    /// The unit.
    pub unit: UnitId,
}

/// What is known when something is asked of a case.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The time of arrival.
    pub now: DateTime<Utc>,
    /// Who asks.
    pub by: By,
    /// Whether the hazard lies in the area subtree of the post that asks.
    pub in_area: bool,
    /// The policy in force at the place.
    pub policy: &'a HandlingPolicy,
    /// How clocks are set.
    pub timing: Timing<'a>,
    /// The kind of each unit that the command names; one that is not here does not exist.
    pub units: &'a BTreeMap<UnitId, UnitKind>,
    /// Units that a report of this hazard accuses.
    pub barred: &'a BTreeSet<UnitId>,
    /// What the duty list says about this hazard; nothing if it is silent.
    pub duty: Option<DutyFacts>,
    /// Which photos of the assignment have been verified.
    pub verified_photos: &'a BTreeSet<PhotoId>,
}

/// What the duty list 履职事项清单 says about one category in one county.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DutyFacts {
    /// Whether a township may lead.
    pub township_may_lead: bool,
}
