//! What the events of a suspension 挂账 do to the case.

use crate::hazard::{AskedSuspension, Case, Event, Suspension};
use crate::id::UnitId;

/// Returns the request; `None` for other events.
pub(super) fn asked(event: &Event) -> Option<AskedSuspension> {
    let Event::SuspensionAsked {
        unit,
        officer,
        post,
        note,
        interim_control,
        exit_condition,
        responsible,
        responsible_unit,
        review_on,
        at,
        ..
    } = *event
    else {
        return None;
    };
    Some(AskedSuspension {
        unit,
        officer,
        post,
        at,
        note,
        interim_control,
        exit_condition,
        responsible,
        responsible_unit,
        review_on,
    })
}

/// Lets the request be in force. The time of the work stands still from now on, so no request for more time 延期 waits any
/// longer.
pub(super) fn grant(case: &mut Case, event: &Event) {
    let (Event::Suspended { officer, post, resumes_at, at, .. }, Some(asked)) = (event, case.suspension_request) else {
        return;
    };
    if case.suspension.is_none() {
        let round = case.round;
        for assignment in case.assignments.iter_mut().filter(|one| one.round == round) {
            assignment.extension = None;
        }
    }
    case.suspension_request = None;
    case.suspended_times += 1;
    case.suspension = Some(Suspension {
        asked,
        decided_by: *officer,
        decided_by_post: *post,
        decided_at: *at,
        resumes_at: *resumes_at,
    });
}

/// Lets a successor 承接单位 stand for the unit of the responsible leader and for the one that asked.
pub(super) fn inherit(case: &mut Case, from: UnitId, to: UnitId) {
    let request = case.suspension_request.as_mut();
    let in_force = case.suspension.as_mut().map(|suspension| &mut suspension.asked);
    for asked in request.into_iter().chain(in_force) {
        for unit in [&mut asked.unit, &mut asked.responsible_unit] {
            if *unit == from {
                *unit = to;
            }
        }
    }
}
