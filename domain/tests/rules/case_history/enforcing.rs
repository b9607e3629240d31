//! Inspections, orders and penalties 行政执法 in the random histories of cases.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use domain::access::By;
use domain::event::DomainEvent;
use domain::hazard::enforcement::{
    Enforce, Enforcement, Inspect, IssueOrder, OrderHolds, OrderKind, OrderState, Penalise, PenaltyState,
};
use domain::hazard::{Case, Command, End, Event, HazardStatus};
use domain::id::{InspectionId, UnitId};
use domain::money::Fen;
use domain::staff::Role;
use domain::time::china_day;
use proptest::prelude::*;

use crate::history::{Dice, Tally};
use crate::scene::*;

/// The rules of enforcement that refuse something. `inspections.rs` tests the rest.
pub(super) const RULES: [&str; 14] = [
    "closing.orders_ended",
    "inspection.corrected",
    "inspection.id_taken",
    "inspection.photos",
    "inspection.subject_known",
    "inspection.time",
    "inspection.two_officers",
    "order.inspected_since",
    "order.open",
    "order.until",
    "penalty.days",
    "penalty.document_once",
    "penalty.stands",
    "penalty.unpaid",
];

pub(super) fn words() -> impl Iterator<Item = String> {
    let orders = OrderState::ALL.iter().map(|state| format!("order {}", state.code()));
    let penalties = PenaltyState::ALL.iter().map(|state| format!("penalty {}", state.code()));
    let rules = RULES.iter().map(|rule| format!("refusal {rule}"));
    orders.chain(penalties).chain(rules).chain(["order NOT_MET".to_owned(), "inspection CORRECTED".to_owned()])
}

pub(super) fn see(case: &Case, tally: &mut Tally) {
    let Enforcement { inspections, orders, penalties } = &case.enforcement;
    for order in orders {
        tally.seen("order", order.state.code());
        if order.reinspections.iter().any(|one| !one.met) {
            tally.seen("order", "NOT_MET");
        }
    }
    for one in penalties {
        tally.seen("penalty", one.state().code());
    }
    if inspections.iter().any(|one| one.corrects.is_some()) {
        tally.seen("inspection", "CORRECTED");
    }
}

/// A number that no record has yet, so that ids are free; at times one that is taken.
fn next(case: &Case, die: &Dice) -> u128 {
    let Enforcement { inspections, orders, penalties } = &case.enforcement;
    let count = inspections.len() + orders.len() + penalties.len();
    if die.bold.is_multiple_of(23) { 2_000 } else { 2_000 + count as u128 }
}

fn number(id: uuid::Uuid) -> u128 {
    id.as_u128()
}

/// Somebody of a unit that takes part, or of the one that holds the hazard.
fn enforcer(case: &Case, die: &Dice) -> By {
    let units: Vec<UnitId> = case.live().map(|one| one.unit).filter(|unit| *unit != VILLAGE).collect();
    let unit = die.of(&units).copied().unwrap_or(case.township);
    let role = if unit == CENTRE {
        Role::CommandCentre
    } else if unit == TOWN {
        Role::TownshipClerk
    } else {
        Role::DepartmentClerk
    };
    By::Officer(person(unit, 30, role))
}

/// The clerk of the unit that made a record, or of the one that holds the hazard.
fn of(unit: UnitId) -> By {
    if unit == CENTRE { centre() } else { clerk_of_unit(unit) }
}

/// A step of enforcement that is possible, at about every third die.
pub(super) fn sensible(case: &Case, die: &Dice, minute: i64) -> Vec<(By, Command)> {
    if !die.who.is_multiple_of(3) {
        return Vec::new();
    }
    let (next, by) = (next(case, die), enforcer(case, die));
    let mut all = vec![(by, inspect(next, minute))];
    if die.pick.is_multiple_of(3) {
        all.push((by, Command::Enforce(Enforce::Inspect(odd(next, die, minute)))));
    }
    let Enforcement { inspections, orders, penalties } = &case.enforcement;
    if let Some(last) = inspections.last().map(|one| number(one.id.0)) {
        all.push((by, limited(next, last, die, minute)));
        all.push((by, penalise(next, last, orders.iter().find(|one| one.is_open()).map(|one| number(one.id.0)))));
    }
    if let Some((one, last)) = penalties.last().zip(inspections.last()).filter(|_| die.pick.is_multiple_of(3)) {
        let said = penalised(number(one.id.0), number(last.id.0), None);
        all.push((by, Command::Enforce(Enforce::Penalise(Penalise { penalty: penalty_id(next), ..said }))));
    }
    for order in orders.iter().filter(|one| one.is_open()) {
        let (by, id) = (of(order.unit), number(order.id.0));
        let last = inspections.last().map_or(0, |one| number(one.id.0));
        all.extend([
            (by, reinspect(id, last, !die.pick.is_multiple_of(3))),
            (by, inspect(next, minute)),
            (by, revoke(id)),
        ]);
        all.push((By::Officer(person(TOWN, 3, Role::TownshipLeader)), Command::Close { note: NOTE }));
    }
    all.extend(after_the_end(case, die, minute));
    all
}

/// An order of some kind, with or without a limit.
fn limited(id: u128, inspection: u128, die: &Dice, minute: i64) -> Command {
    let kind = OrderKind::ALL[usize::from(die.pick) % 3];
    let day = china_day(at(minute)) + TimeDelta::days(i64::from(die.pick % 7) - 1);
    let until = (kind != OrderKind::Immediately || die.bold.is_multiple_of(9)).then_some(day);
    let (order, inspection) = (order_id(id), inspection_id(inspection));
    Command::Enforce(Enforce::Order(IssueOrder { order, inspection, kind, until, note: NOTE }))
}

/// What may follow the end of a hazard: a penalty, its payment or voiding, and the correction of a record.
pub(super) fn after_the_end(case: &Case, die: &Dice, minute: i64) -> Vec<(By, Command)> {
    let Enforcement { inspections, penalties, .. } = &case.enforcement;
    let mut all = Vec::new();
    for penalty in penalties.iter().filter(|_| die.who.is_multiple_of(2)) {
        let (by, id) = (of(penalty.unit), number(penalty.id.0));
        all.extend([(by, pay_fine(id, minute)), (by, void_penalty(id))]);
    }
    if let Some(one) = die.of(inspections).filter(|_| die.who.is_multiple_of(5)) {
        let corrects = Some(one.id);
        let said = inspected(next(case, die), minute);
        all.push((of(one.unit), Command::Enforce(Enforce::Inspect(Inspect { corrects, ..said }))));
    }
    all
}

/// An inspection about which something is often wrong.
fn odd(number: u128, die: &Dice, minute: i64) -> Inspect {
    let said = inspected(number, minute - i64::from(die.minutes % 190));
    match die.minutes % 7 {
        0 => Inspect { second_officer: None, ..said },
        1 => Inspect { photos: vec![photo(5), photo(1)], ..said },
        2 => Inspect { photos: vec![photo(1), photo(1)], ..said },
        3 => Inspect { inspected_at: at(minute + 2), ..said },
        4 => Inspect { inspected_at: at(-1), ..said },
        _ => Inspect { subject: None, ..said },
    }
}

/// Any step of enforcement, often a wrong one.
pub(super) fn anything(case: &Case, die: &Dice, minute: i64) -> Command {
    let Enforcement { inspections, orders, penalties } = &case.enforcement;
    let inspection = die.of(inspections).map_or(InspectionId(uuid::Uuid::from_u128(1)), |one| one.id);
    let order = die.of(orders).map(|one| one.id);
    let (next, some) = (next(case, die), number(inspection.0));
    match (die.pick / 7 + die.who % 8) % 8 {
        0 => {
            let corrects = die.who.is_multiple_of(7).then_some(inspection);
            Command::Enforce(Enforce::Inspect(Inspect { corrects, ..odd(next, die, minute) }))
        }
        1 => limited(next, some, die, minute),
        2 => reinspect(order.map_or(1, |id| number(id.0)), some, die.who.is_multiple_of(2)),
        3 => revoke(order.map_or(1, |id| number(id.0))),
        4 | 5 => {
            let said =
                penalised(if die.who.is_multiple_of(9) { 2_001 } else { next }, some, order.map(|id| number(id.0)));
            let fine = if die.who.is_multiple_of(4) { Fen(0) } else { Fen(i64::from(die.who) * 100) };
            let decided_on = china_day(at(minute)) + TimeDelta::days(i64::from(die.who % 4) - 2);
            let order = said.order.filter(|_| die.who.is_multiple_of(3));
            Command::Enforce(Enforce::Penalise(Penalise { order, fine, decided_on, ..said }))
        }
        6 => pay_fine(
            die.of(penalties).map_or(1, |one| number(one.id.0)),
            minute + i64::from(die.who % 3) * 1_440 - 1_440,
        ),
        _ => void_penalty(die.of(penalties).map_or(1, |one| number(one.id.0))),
    }
}

/// Returns whether an event may follow the end of its case.
pub(super) fn may_follow_the_end(before: &Case, event: &Event) -> bool {
    let is_closed = before.end == Some(End::Closed);
    match event {
        Event::PenaltyPaid { .. } | Event::PenaltyVoided { .. } => true,
        Event::Penalised { .. } | Event::Inspected { corrects: Some(_), .. } => is_closed,
        _ => false,
    }
}

/// Checks that no record changes or is lost, that what is open holds up what it should, and that the end of a hazard ends its
/// orders.
pub(super) fn step_rules(before: &Case, after: &Case, event: &Event) -> Result<(), TestCaseError> {
    let (old, new) = (&before.enforcement, &after.enforcement);
    prop_assert!(new.inspections.starts_with(&old.inspections), "a record of an inspection changed");
    for (one, then) in old.orders.iter().zip(&new.orders) {
        prop_assert!(one.is_open() || one == then, "an order that had ended changed");
        prop_assert!((one.id, one.at, one.note) == (then.id, then.at, then.note));
        prop_assert!(then.reinspections.starts_with(&one.reinspections));
    }
    for (one, then) in old.penalties.iter().zip(&new.penalties) {
        prop_assert_eq!((&one.document, one.fine, one.subject), (&then.document, then.fine, then.subject));
        prop_assert!(one.paid_on.is_none() || one.paid_on == then.paid_on, "a payment was forgotten");
        prop_assert!(one.voided.is_none() || one == then, "a voided penalty changed");
    }
    if matches!(event, Event::Closed { .. }) {
        prop_assert!(!old.holds(OrderHolds::Closing), "closed while an order was open");
    }
    let lost = new.fines_paid() < old.fines_paid();
    prop_assert!(!lost || matches!(event, Event::PenaltyVoided { .. }), "a fine was lost by {}", event.kind());
    Ok(())
}

/// Checks what is true of the records of every case.
pub(super) fn state_rules(case: &Case) -> Result<(), TestCaseError> {
    let Enforcement { inspections, orders, penalties } = &case.enforcement;
    let corrected: Vec<_> = inspections.iter().filter_map(|one| one.corrects).collect();
    prop_assert_eq!(corrected.iter().collect::<BTreeSet<_>>().len(), corrected.len(), "a record was corrected twice");
    for one in inspections {
        prop_assert!(one.second_officer.is_some() && one.unit != ACCUSED && one.unit != VILLAGE);
        prop_assert!(case.registered_at <= one.inspected_at && one.inspected_at <= one.at);
    }
    for one in orders {
        prop_assert!(case.end.is_none() || !one.is_open(), "an order outlives its hazard");
        prop_assert_eq!(one.is_open(), one.ended_at.is_none());
        let met = one.reinspections.iter().filter(|one| one.met).count();
        prop_assert_eq!(met, usize::from(one.state == OrderState::Met));
        prop_assert!(case.enforcement.inspection(one.inspection).is_some_and(|of| of.subject.is_some()));
        let by_penalty = penalties.iter().filter(|penalty| penalty.order == Some(one.id)).count();
        prop_assert_eq!(by_penalty, usize::from(one.state == OrderState::Penalised), "one penalty ends an order");
    }
    let standing = penalties.iter().filter(|one| one.state() != PenaltyState::Voided).map(|one| &one.document);
    let numbers: Vec<_> = standing.collect();
    prop_assert_eq!(numbers.iter().collect::<BTreeSet<_>>().len(), numbers.len(), "two penalties have one number");
    for one in penalties {
        let decided = case.enforcement.inspection(one.inspection).map(|of| china_day(of.inspected_at));
        prop_assert!(decided.is_some_and(|day| day <= one.decided_on) && one.decided_on <= china_day(one.at));
        prop_assert!(one.paid_on.is_none_or(|day| one.decided_on <= day && one.fine > Fen(0)));
    }
    let is_held = case.enforcement.holds(OrderHolds::Closing);
    prop_assert!(!is_held || case.status() != HazardStatus::Closed);
    Ok(())
}
