//! What happens to the inspections, orders and penalties 行政执法 of a case.

use chrono::{DateTime, Utc};

use crate::hazard::enforcement::{CorrectionOrder, Enforcement, Inspection, OrderState, Penalty, Reinspection};
use crate::hazard::{Case, Event};
use crate::id::{OrderId, PenaltyId};

/// Applies an event of enforcement.
pub(super) fn enforce(case: &mut Case, event: &Event) {
    inspect(case, event);
    case.enforcement.orders.extend(ordered(event));
    case.enforcement.penalties.extend(penalised(event));
    end_order(case, event);
    if let Event::PenaltyPaid { penalty, paid_on, .. } = event {
        of(case, *penalty, |one| one.paid_on = Some(*paid_on));
    }
    if let Event::PenaltyVoided { penalty, note, .. } = event {
        of(case, *penalty, |one| one.voided = Some(*note));
    }
}

/// Notes the result of a re-inspection, and ends an order that was met, revoked or followed by a penalty.
fn end_order(case: &mut Case, event: &Event) {
    if let Event::Reinspected { order, inspection, met, officer, at, .. } = event {
        let one = Reinspection { inspection: *inspection, met: *met, officer: *officer, at: *at };
        with(case, *order, |order| order.reinspections.push(one));
        if *met {
            end(case, *order, OrderState::Met, *at);
        }
    }
    if let Event::OrderRevoked { order, at, .. } = event {
        end(case, *order, OrderState::Revoked, *at);
    }
    if let Event::Penalised { order: Some(order), at, .. } = event {
        end(case, *order, OrderState::Penalised, *at);
    }
}

/// Adds a record. The hazard gets its subject 责任单位 if it has none, or if it has that of the record that was wrong.
fn inspect(case: &mut Case, event: &Event) {
    let Some(new) = inspected(event) else { return };
    let was = new.corrects.and_then(|id| case.enforcement.inspection(id)).and_then(|one| one.subject);
    if case.subject.is_none() || case.subject == was {
        case.subject = new.subject.or(case.subject);
    }
    case.enforcement.inspections.push(new);
}

fn inspected(event: &Event) -> Option<Inspection> {
    let Event::Inspected {
        inspection,
        unit,
        officer,
        post,
        second_officer,
        subject,
        inspected_at,
        distance_metres,
        photos,
        corrects,
        note,
        at,
    } = event
    else {
        return None;
    };
    Some(Inspection {
        id: *inspection,
        unit: *unit,
        officer: *officer,
        post: *post,
        second_officer: second_officer.clone(),
        subject: *subject,
        inspected_at: *inspected_at,
        distance_metres: *distance_metres,
        photos: photos.clone(),
        corrects: *corrects,
        note: *note,
        at: *at,
    })
}

fn ordered(event: &Event) -> Option<CorrectionOrder> {
    let Event::Ordered { order, inspection, order_kind, unit, officer, until, holds, note, at, clocks: _ } = event
    else {
        return None;
    };
    Some(CorrectionOrder {
        id: *order,
        inspection: *inspection,
        kind: *order_kind,
        unit: *unit,
        officer: *officer,
        until: *until,
        holds: *holds,
        note: *note,
        at: *at,
        reinspections: Vec::new(),
        state: OrderState::Open,
        ended_at: None,
    })
}

fn penalised(event: &Event) -> Option<Penalty> {
    let Event::Penalised {
        penalty,
        inspection,
        order,
        subject,
        unit,
        officer,
        document,
        fine,
        decided_on,
        note,
        at,
        clocks: _,
    } = event
    else {
        return None;
    };
    Some(Penalty {
        id: *penalty,
        inspection: *inspection,
        order: *order,
        subject: *subject,
        unit: *unit,
        officer: *officer,
        document: document.clone(),
        fine: *fine,
        decided_on: *decided_on,
        note: *note,
        at: *at,
        paid_on: None,
        voided: None,
    })
}

fn with(case: &mut Case, id: OrderId, change: impl FnOnce(&mut CorrectionOrder)) {
    if let Some(order) = case.enforcement.orders.iter_mut().find(|one| one.id == id) {
        change(order);
    }
}

fn of(case: &mut Case, id: PenaltyId, change: impl FnOnce(&mut Penalty)) {
    if let Some(penalty) = case.enforcement.penalties.iter_mut().find(|one| one.id == id) {
        change(penalty);
    }
}

fn end(case: &mut Case, id: OrderId, state: OrderState, at: DateTime<Utc>) {
    with(case, id, |order| (order.state, order.ended_at) = (state, Some(at)));
}

/// Ends the orders that are open when the hazard ends.
pub(super) fn lapse(case: &mut Case, at: DateTime<Utc>) {
    for order in case.enforcement.orders.iter_mut().filter(|one| one.is_open()) {
        (order.state, order.ended_at) = (OrderState::Lapsed, Some(at));
    }
}

/// Lets a successor 承接 re-inspect what it took over with its clock.
pub(super) fn inherit(case: &mut Case) {
    let owner = |id: OrderId| {
        let clock = case.clocks.iter().find(|clock| clock.key.order == Some(id) && clock.is_open());
        clock.map(|clock| clock.key.owner_unit)
    };
    for order in &mut case.enforcement.orders {
        order.unit = owner(order.id).unwrap_or(order.unit);
    }
}

/// Takes records out of a case.
pub(super) fn leave(case: &mut Case, left: &Enforcement) {
    let own = &mut case.enforcement;
    own.inspections.retain(|one| left.inspection(one.id).is_none());
    own.orders.retain(|one| left.order(one.id).is_none());
    own.penalties.retain(|one| left.penalty(one.id).is_none());
}

/// Adds records to a case, each list in order of creation.
pub(super) fn take_in(case: &mut Case, arriving: &Enforcement) {
    let own = &mut case.enforcement;
    own.inspections.extend(arriving.inspections.iter().cloned());
    own.inspections.sort_by_key(|one| (one.at, one.id));
    own.orders.extend(arriving.orders.iter().cloned());
    own.orders.sort_by_key(|one| (one.at, one.id));
    own.penalties.extend(arriving.penalties.iter().cloned());
    own.penalties.sort_by_key(|one| (one.at, one.id));
}
