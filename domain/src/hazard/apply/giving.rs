//! How assignments come into a case, and what becomes of the lead if one goes.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use crate::hazard::{Assignment, AssignmentStatus, Case, NewAssignment, Part, WhistleEnd};
use crate::id::{AssignmentId, PostId, UnitId, WhistleId};

/// How, by whom and when assignments were given.
pub(super) struct Giving {
    pub(super) whistle: Option<WhistleId>,
    pub(super) unit: Option<UnitId>,
    pub(super) post: Option<PostId>,
    pub(super) at: DateTime<Utc>,
}

pub(super) fn add_assignments(case: &mut Case, giving: &Giving, added: &[NewAssignment]) {
    let round = case.round;
    let Giving { whistle, unit: given_by, post: given_by_post, at } = *giving;
    case.assignments.extend(added.iter().map(|new| Assignment {
        id: new.id,
        whistle,
        origin: new.origin,
        unit: new.unit,
        given_by,
        given_by_post,
        part: new.part,
        status: AssignmentStatus::Open,
        worker: None,
        worker_post: None,
        round,
        dispatched_at: at,
        last_step_at: None,
        reworked_at: None,
        signed_at: None,
        claimed_at: None,
        checked_in_at: None,
        finished_at: None,
        accepted_at: None,
        accepted_by: None,
        measure: None,
        after_photos: Vec::new(),
        rework_count: 0,
        workers: BTreeSet::new(),
        extension: None,
        send_backs: Vec::new(),
        rating: None,
    }));
}

/// Lets another assignment lead after one has gone, and ends a whistle of which no assignment is left.
pub(super) fn replace(case: &mut Case, whistle: Option<WhistleId>, lead: Option<AssignmentId>) {
    if let Some(lead) = case.assignments.iter_mut().find(|assignment| Some(assignment.id) == lead) {
        lead.part = Part::Lead;
    }
    let left = case.live().any(|other| other.whistle == whistle);
    if let Some(whistle) = case.whistles.iter_mut().find(|one| !left && Some(one.id) == whistle) {
        whistle.end = Some(WhistleEnd::Cancelled);
    }
}
