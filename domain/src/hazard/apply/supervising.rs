//! What happens to the supervisions 督办 of a case.

use crate::clock::Clock;
use crate::hazard::{Acknowledgement, Case, Event, Supervision};

/// Adds a rung that was set, or notes who acknowledged it.
pub(super) fn supervise(case: &mut Case, event: &Event) {
    match event {
        Event::SupervisionAcknowledged { supervision, officer, post, at, .. } => {
            if let Some(one) = case.supervisions.iter_mut().find(|one| one.id == *supervision) {
                one.acknowledged = Some(Acknowledgement { officer: *officer, post: *post, at: *at });
            }
        }
        event => case.supervisions.extend(set(case.round, event)),
    }
}

/// Returns the supervision that an event sets in this round.
fn set(round: i32, event: &Event) -> Option<Supervision> {
    let Event::Supervised {
        supervision,
        rung,
        trigger,
        to,
        unit,
        roles,
        assignment,
        deadline,
        count,
        post,
        note,
        at,
        clocks: _,
    } = event
    else {
        return None;
    };
    Some(Supervision {
        id: *supervision,
        rung: *rung,
        trigger: *trigger,
        to: *to,
        unit: *unit,
        roles: roles.clone(),
        assignment: *assignment,
        round,
        deadline: *deadline,
        count: *count,
        by_post: *post,
        note: *note,
        at: *at,
        acknowledged: None,
    })
}

/// Lets a successor 承接 acknowledge what it took over with its clock.
pub(super) fn inherit(case: &mut Case) {
    for one in &mut case.supervisions {
        let mut open =
            case.clocks.iter().filter(|clock| clock.key.supervision == Some(one.id)).filter(|clock| clock.is_open());
        if let Some(Clock { key, .. }) = open.next() {
            one.unit = key.owner_unit;
        }
    }
}
