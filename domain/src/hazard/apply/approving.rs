//! What approvals 审核 do to the whistles that were asked for.

use crate::hazard::{Case, Event, WhistleDecision, WhistleRequest, WhistleRequestState};
use crate::id::{UnitId, WhistleId};

/// Applies an event of a whistle that waits.
pub(super) fn request(case: &mut Case, event: &Event) {
    use WhistleRequestState as Is;
    match event {
        Event::WhistleAsked { .. } => ask(case, event),
        Event::WhistleApproved { whistle, .. } => with(case, *whistle, |one| {
            one.state = Is::AwaitsUnits;
            one.decided = decision(event);
        }),
        Event::WhistleRefused { whistle, reason, .. } => with(case, *whistle, |one| {
            one.state = Is::Refused;
            one.reason = Some(*reason);
            one.decided = decision(event);
        }),
        Event::WhistleWithdrawn { whistle, .. } => with(case, *whistle, |one| one.state = Is::Withdrawn),
        Event::Blown { whistle, .. } => with(case, *whistle, |one| one.state = Is::Blown),
        _ => {}
    }
}

fn ask(case: &mut Case, event: &Event) {
    let Event::WhistleAsked {
        whistle,
        type_code,
        class,
        post,
        unit,
        officer,
        asked,
        for_approval,
        note,
        at,
        clocks: _,
    } = event
    else {
        return;
    };
    let state = if *for_approval { WhistleRequestState::AwaitsApproval } else { WhistleRequestState::AwaitsUnits };
    case.whistle_requests.push(WhistleRequest {
        whistle: *whistle,
        type_code: type_code.clone(),
        class: *class,
        round: case.round,
        unit: *unit,
        post: *post,
        officer: *officer,
        note: *note,
        asked_at: *at,
        asked: asked.clone(),
        state,
        reason: None,
        decided: None,
    });
}

fn decision(event: &Event) -> Option<WhistleDecision> {
    let (Event::WhistleApproved { unit, role, officer, note, at, .. }
    | Event::WhistleRefused { unit, role, officer, note, at, .. }) = event
    else {
        return None;
    };
    Some(WhistleDecision { unit: *unit, role: *role, officer: *officer, note: *note, at: *at })
}

fn with(case: &mut Case, whistle: WhistleId, change: impl FnOnce(&mut WhistleRequest)) {
    if let Some(one) = case.whistle_requests.iter_mut().find(|one| one.whistle == whistle) {
        change(one);
    }
}

/// Lets a successor 承接 withdraw what its predecessor asked for.
pub(super) fn inherit(case: &mut Case, from: UnitId, to: UnitId) {
    for one in case.whistle_requests.iter_mut().filter(|one| one.unit == from && one.state.awaits().is_some()) {
        one.unit = to;
    }
}

/// Ends the whistle that waits, because another unit holds the hazard.
pub(super) fn lapse(case: &mut Case) {
    for one in case.whistle_requests.iter_mut().filter(|one| one.state.awaits().is_some()) {
        one.state = WhistleRequestState::Lapsed;
    }
}
