//! Inspections 检查, orders 责令 and penalties 行政处罚: the tables, and what each rule of them means.
//! Long because the tables and the situations in which they are played stand together.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use domain::Refusal;
use domain::access::By;
use domain::award::{self, AwardStatus};
use domain::clock::{Clock, ClockState};
use domain::hazard::enforcement::{
    Enforce, Inspect, IssueOrder, OrderHolds, OrderKind, OrderState, Penalise, PenaltyState,
};
use domain::hazard::{self, AssignmentStatus, Case, Command, HazardStatus, OpenWork, ReopenCause, Stage};
use domain::id::SubjectId;
use domain::inheritance::Inheritance;
use domain::money::Fen;
use domain::staff::Role;
use domain::time::china_day;
use uuid::Uuid;

use crate::merging::{as_before, merged, other};
use crate::scene::*;
use crate::status_table::{award_asker, award_in, dispatched, hazard_in};
use crate::turns::everybody_has_a_deadline;

/// Plays each cell of a section, whose first row has the words of the columns.
fn check(name: &str, play: impl Fn(&str, &str) -> Result<(), Refusal>) {
    let table = include_str!("../data/inspection_table.txt");
    let lines = table.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut lines =
        lines.skip_while(|line| *line != format!("[{name}]")).skip(1).take_while(|line| !line.starts_with('['));
    let columns: Vec<&str> = lines.next().unwrap().split_whitespace().collect();
    let mut rows = BTreeSet::new();
    for line in lines {
        let mut cells = line.split_whitespace();
        let row = cells.next().unwrap();
        let cells: Vec<&str> = cells.collect();
        assert_eq!(cells.len(), columns.len(), "{name}: {row}");
        assert!(rows.insert(row), "{name}: {row} twice");
        for (column, cell) in columns.iter().zip(cells) {
            let got = play(row, column);
            let got = got.map_or_else(|refusal| refusal.rule.unwrap_or(refusal.code.as_str()), |()| "ok");
            assert_eq!(got, cell, "{name}: {row} × {column}");
        }
    }
    assert!(!rows.is_empty(), "{name}");
}

/// The page for people shows the tables that are tested.
#[test]
fn the_page_shows_the_tables() {
    let table = include_str!("../data/inspection_table.txt");
    let sections = table[table.find("# Who may").unwrap()..].trim_end();
    assert!(include_str!("../../../docs/inspections.md").contains(sections));
}

fn fire() -> By {
    clerk_of_unit(FIRE)
}

/// A hazard on which FIRE works, with the record 1 of an inspection, as FIRE made it in minute 20.
fn inspected_case(status: AssignmentStatus) -> Case {
    let mut case = dispatched(status);
    World::new().play(&mut case, 20, fire(), inspect(1, 20));
    case
}

/// The same with the order 1.
fn ordered_case(status: AssignmentStatus, world: &World) -> Case {
    let mut case = inspected_case(status);
    world.play(&mut case, 21, fire(), order(1, 1));
    case
}

fn answer(world: &World, case: &Case, minute: i64, by: By, command: Command) -> Result<(), Refusal> {
    world.ask(case, minute, by, command).map(drop)
}

#[test]
fn every_cell_of_who_may_holds() {
    check("who", |who, what| {
        let (world, by) = match who {
            "FIRE_WORKER" => (World::new(), worker(FIRE, 3)),
            "FIRE_CLERK" => (World::new(), fire()),
            "FIRE_LEADER" => (World::new(), By::Officer(person(FIRE, 3, Role::DepartmentLeader))),
            "GAS_CLERK" => (World::new(), clerk_of_unit(GAS)),
            "TOWN_CLERK" => (World::new(), clerk()),
            "TOWN_LEADER" => (World::new(), leader()),
            "GRID_WORKER" => (World::new(), By::Officer(person(TOWN, 3, Role::GridWorker))),
            "VILLAGE_OFFICER" => (World::new(), By::Officer(person(VILLAGE, 3, Role::VillageOfficer))),
            "CENTRE" => (World::new(), centre()),
            "SUPERVISOR" => (World::new(), supervisor()),
            "TOWN_HAS_ENDED" => (World::without(TOWN), centre()),
            _ => (World::without(FIRE), fire()),
        };
        let mut case = ordered_case(AssignmentStatus::Signed, &World::new());
        World::new().play(&mut case, 22, fire(), inspect(2, 22));
        let command = match what {
            "INSPECT" => inspect(3, 23),
            "ORDER" => order(2, 2),
            "FOLLOW" => reinspect(1, 2, true),
            "REVOKE" => revoke(1),
            _ => penalise(1, 1, None),
        };
        answer(&world, &case, 30, by, command)
    });
}

/// A case whose order is in this state, with the fresh record 9 of an inspection.
fn order_in(state: &str) -> Case {
    let world = World::new();
    let mut case = ordered_case(AssignmentStatus::Accepted, &world);
    world.play(&mut case, 22, fire(), inspect(2, 22));
    match state {
        "OPEN" => {}
        "NOT_MET" => world.play(&mut case, 23, fire(), reinspect(1, 2, false)),
        "MET" => world.play(&mut case, 23, fire(), reinspect(1, 2, true)),
        "REVOKED" => world.play(&mut case, 23, fire(), revoke(1)),
        _ => world.play(&mut case, 23, fire(), penalise(1, 1, Some(1))),
    }
    world.play(&mut case, 24, fire(), inspect(9, 24));
    case
}

#[test]
fn every_cell_of_an_order_holds() {
    check("order", |state, what| {
        let case = order_in(state);
        let (by, command) = match what {
            "MET" => (fire(), reinspect(1, 9, true)),
            "NOT_MET" => (fire(), reinspect(1, 9, false)),
            "REVOKE" => (fire(), revoke(1)),
            "PENALISE" => (fire(), penalise(2, 1, Some(1))),
            _ => (leader(), Command::Close { note: NOTE }),
        };
        answer(&World::new(), &case, 30, by, command)
    });
}

#[test]
fn every_cell_of_what_an_order_holds_up_holds() {
    check("holds", |holds, what| {
        let mut world = World::new();
        world.policy.enforcement.open_order_holds = OrderHolds::from_code(holds).unwrap();
        let is_finish = what == "FINISH";
        let status = if is_finish { AssignmentStatus::OnSite } else { AssignmentStatus::Accepted };
        let case = ordered_case(status, &world);
        everybody_has_a_deadline(&case).unwrap();
        // The policy that is in force later does not count.
        let (by, command) =
            if is_finish { (worker(FIRE, 1), finish(1)) } else { (leader(), Command::Close { note: NOTE }) };
        answer(&World::new(), &case, 30, by, command)
    });
}

fn penalty_in(state: PenaltyState) -> Case {
    let world = World::new();
    let mut case = inspected_case(AssignmentStatus::Signed);
    let fine = if state == PenaltyState::NoFine { Fen(0) } else { Fen(2_000_000) };
    let said = Penalise { fine, ..penalised(1, 1, None) };
    world.play(&mut case, 21, fire(), Command::Enforce(Enforce::Penalise(said)));
    match state {
        PenaltyState::Paid => world.play(&mut case, 22, fire(), pay_fine(1, 22)),
        PenaltyState::Voided => world.play(&mut case, 22, fire(), void_penalty(1)),
        PenaltyState::NoFine | PenaltyState::Unpaid => {}
    }
    assert_eq!(case.enforcement.penalties[0].state(), state);
    case
}

#[test]
fn every_cell_of_a_penalty_holds() {
    check("penalty", |state, what| {
        let case = penalty_in(PenaltyState::from_code(state).unwrap());
        let again = Penalise { penalty: penalty_id(2), ..penalised(1, 1, None) };
        let command = match what {
            "PAY" => pay_fine(1, 30),
            "VOID" => void_penalty(1),
            _ => Command::Enforce(Enforce::Penalise(again)),
        };
        answer(&World::new(), &case, 30, fire(), command)
    });
}

#[test]
fn every_cell_of_what_follows_the_end_holds() {
    check("ended", |end, what| {
        let world = World::new();
        let mut case = order_in("MET");
        world.play(&mut case, 25, fire(), penalise(1, 1, None));
        let cancel = Command::Cancel { reason: hazard::CancelReason::Unfounded, note: Some(NOTE), into: None };
        let ends = if end == "CLOSED" { (leader(), Command::Close { note: NOTE }) } else { (clerk(), cancel) };
        world.play(&mut case, 26, ends.0, ends.1);
        let corrected = Inspect { corrects: Some(inspection_id(9)), ..inspected(10, 24) };
        let command = match what {
            "INSPECT" => inspect(10, 24),
            "CORRECT" => Command::Enforce(Enforce::Inspect(corrected)),
            "ORDER" => order(2, 1),
            "REVOKE" => revoke(1),
            "PENALISE" => penalise(2, 1, None),
            "PAY" => pay_fine(1, 30),
            _ => void_penalty(1),
        };
        // An accepted assignment stays, so that FIRE still takes part; a cancelled one does not.
        answer(
            &world,
            &case,
            30,
            if what == "PENALISE" || what == "INSPECT" || what == "ORDER" { clerk() } else { fire() },
            command,
        )
    });
}

#[test]
fn every_cell_of_the_days_holds() {
    const DAY: i64 = 24 * 60;
    const NOW: i64 = 9 * DAY + 60;
    check("days", |day, what| {
        let world = World::new();
        let mut case = dispatched(AssignmentStatus::Signed);
        world.play(&mut case, DAY + 10, fire(), inspect(1, DAY + 10));
        let minute = match day {
            "BEFORE_ALL" => -DAY,
            "REGISTERED" => 0,
            "SECOND_DAY" => DAY + 10,
            "TODAY" => NOW,
            "TOMORROW" => NOW + DAY,
            _ => NOW + 181 * DAY,
        };
        let on: NaiveDate = china_day(at(minute));
        let decided = Penalise { decided_on: china_day(at(DAY + 10)), ..penalised(1, 1, None) };
        let command = match what {
            "INSPECTED_AT" => inspect(2, minute),
            "UNTIL" => {
                let (order, inspection) = (order_id(1), inspection_id(1));
                let kind = OrderKind::StopWork;
                Command::Enforce(Enforce::Order(IssueOrder { order, inspection, kind, until: Some(on), note: NOTE }))
            }
            "DECIDED_ON" => Command::Enforce(Enforce::Penalise(Penalise { decided_on: on, ..decided })),
            _ => {
                world.play(&mut case, DAY + 20, fire(), Command::Enforce(Enforce::Penalise(decided)));
                pay_fine(1, minute)
            }
        };
        answer(&world, &case, NOW, fire(), command)
    });
}

#[test]
fn an_order_at_once_has_no_day_and_the_others_have_one() {
    let (world, case) = (World::new(), inspected_case(AssignmentStatus::Signed));
    for kind in OrderKind::ALL {
        for until in [None, Some(china_day(at(21)))] {
            let (order, inspection) = (order_id(1), inspection_id(1));
            let said = IssueOrder { order, inspection, kind: *kind, until, note: NOTE };
            let asked = answer(&world, &case, 21, fire(), Command::Enforce(Enforce::Order(said)));
            assert_eq!(asked.is_ok(), (*kind == OrderKind::Immediately) == until.is_none(), "{kind:?} {until:?}");
        }
    }
}

/// The story begins on a Friday at 08:00: an order that ends with Wednesday is re-inspected within five working days.
#[test]
fn the_time_for_a_re_inspection_is_counted_from_the_end_of_the_order_and_then_from_the_last_one() {
    let world = World::new();
    let mut case = ordered_case(AssignmentStatus::Signed, &world);
    let clock = |case: &Case| case.clocks.iter().find(|clock| clock.key.order == Some(order_id(1))).cloned().unwrap();
    let (first, until): (Clock, DateTime<Utc>) = (clock(&case), case.enforcement.orders[0].until);
    assert_eq!(until, at(5 * 24 * 60 + DAY_END), "the midnight with which the fifth day ends");
    assert_eq!(
        (first.start, first.counted_from(), first.due),
        (at(21), until, world.calendar.due(until, world.policy.enforcement.reinspect))
    );

    world.play(&mut case, 30, fire(), inspect(2, 30));
    world.play(&mut case, 31, fire(), reinspect(1, 2, false));
    let second = clock(&case);
    assert_eq!((second.state, second.counted_from()), (ClockState::Running, at(31)));
    assert_eq!(case.enforcement.orders[0].state, OrderState::Open);
    let refused = answer(&world, &case, 32, fire(), reinspect(1, 2, true)).unwrap_err();
    assert_eq!(refused.rule, Some("order.inspected_since"), "one inspection has one result");

    world.play(&mut case, 40, clerk(), inspect(3, 40));
    world.play(&mut case, 41, clerk(), reinspect(1, 3, true));
    assert_eq!((clock(&case).state, case.enforcement.orders[0].state), (ClockState::Met, OrderState::Met));
    everybody_has_a_deadline(&case).unwrap();
}

#[test]
fn the_clock_of_a_phone_may_be_a_minute_fast() {
    let (world, mut case) = (World::new(), dispatched(AssignmentStatus::Signed));
    let refused = answer(&world, &case, 20, fire(), inspect(1, 22)).unwrap_err();
    assert_eq!(refused.rule, Some("inspection.time"));
    world.play(&mut case, 20, fire(), inspect(1, 21));
    assert_eq!(case.enforcement.inspections[0].inspected_at, at(20), "it took place just now");
}

#[test]
fn nobody_has_to_close_what_an_order_holds_up_and_the_whole_time_runs_afterwards() {
    let world = World::new();
    let mut case = ordered_case(AssignmentStatus::Accepted, &world);
    let closing = |case: &Case| {
        case.clocks.iter().any(|clock| clock.key.kind == domain::clock::ClockKind::Close && clock.is_open())
    };
    assert!(!closing(&case));
    world.play(&mut case, 3_000, fire(), revoke(1));
    assert!(closing(&case));
    let clock = case.clocks.iter().find(|clock| clock.key.kind == domain::clock::ClockKind::Close).unwrap();
    assert_eq!(clock.due, world.calendar.due(at(3_000), world.policy.close));
}

#[test]
fn a_correction_names_the_record_and_takes_its_place() {
    let world = World::new();
    let mut case = inspected_case(AssignmentStatus::Signed);
    let wrong = case.enforcement.inspections[0].clone();
    let right = Some(SubjectId(Uuid::from_u128(91)));
    let said = Inspect { corrects: Some(wrong.id), subject: right, ..inspected(2, 19) };
    world.play(&mut case, 25, fire(), Command::Enforce(Enforce::Inspect(said.clone())));
    assert_eq!(case.enforcement.inspections[0], wrong, "a record never changes");
    assert_eq!(case.subject, right, "the hazard had the subject of the wrong record");
    let again = Inspect { inspection: inspection_id(3), ..said };
    for command in [Command::Enforce(Enforce::Inspect(again)), order(1, 1), penalise(1, 1, None)] {
        let refused = answer(&world, &case, 26, fire(), command).unwrap_err();
        assert_eq!(refused.rule, Some("inspection.corrected"));
    }
    world.play(&mut case, 26, fire(), penalise(1, 2, None));
    assert_eq!(Some(case.enforcement.penalties[0].subject), right);
}

#[test]
fn the_end_of_a_hazard_ends_its_orders_and_a_new_round_has_none() {
    let mut world = World::new();
    world.policy.enforcement.open_order_holds = OrderHolds::Nothing;
    let mut case = ordered_case(AssignmentStatus::Accepted, &world);
    world.play(&mut case, 30, leader(), Command::Close { note: NOTE });
    assert_eq!(case.enforcement.orders[0].state, OrderState::Lapsed);
    world.play(&mut case, 31, By::Reporter, Command::Reopen { cause: ReopenCause::Callback, note: None });
    assert_eq!(case.enforcement.open_orders().count(), 0);
    everybody_has_a_deadline(&case).unwrap();
    world.play(&mut case, 32, clerk(), inspect(2, 32));
    world.play(&mut case, 33, clerk(), order(2, 2));
    everybody_has_a_deadline(&case).unwrap();
}

/// A hazard on which somebody has inspected is no longer as nobody had acted: the reporter's withdrawal does not strike it.
#[test]
fn what_was_inspected_is_not_struck_with_its_report() {
    let world = World::new();
    let mut case = hazard_in(HazardStatus::Registered);
    assert_eq!(case.stage(), Stage::Open);
    world.play(&mut case, 20, clerk(), inspect(1, 20));
    assert_eq!(case.stage(), Stage::Dispatched);
}

#[test]
fn records_move_with_a_merge_whatever_becomes_of_the_work_and_come_back() {
    let world = World::new();
    for work in [OpenWork::Carry, OpenWork::Cancel] {
        let mut case = ordered_case(AssignmentStatus::Signed, &world);
        world.play(&mut case, 22, fire(), penalise(1, 1, None));
        let after = merged(&case, &other(dispatched(AssignmentStatus::Claimed)), work).unwrap();
        assert!(after.from.enforcement.is_empty());
        let moved = &after.into.enforcement;
        assert_eq!((moved.inspections.len(), moved.penalties.len()), (1, 1));
        let order = &moved.orders[0];
        assert_eq!(order.state, OrderState::Open, "{work:?}");
        assert!(after.into.clocks.iter().any(|clock| clock.key.order == Some(order.id) && clock.is_open()));
        everybody_has_a_deadline(&after.into).unwrap();
        everybody_has_a_deadline(&after.from).unwrap();
        let back = after.undone().unwrap();
        assert_eq!(as_before(&back.from), as_before(&case), "{work:?}");
    }
}

#[test]
fn a_successor_re_inspects_what_its_predecessor_ordered() {
    let mut case = ordered_case(AssignmentStatus::Signed, &World::new());
    let event = Inheritance { from: FIRE, to: GAS, at: at(500) }.of_case(&case, false, &[id(1)]).unwrap();
    hazard::apply(&mut case, &event);
    assert_eq!(case.enforcement.orders[0].unit, GAS);
    everybody_has_a_deadline(&case).unwrap();
    World::without(FIRE).play(&mut case, 501, clerk_of_unit(GAS), revoke(1));
}

/// An award that is promised goes back to its review with the new amount, and the money to the budget.
#[test]
fn an_award_follows_the_fines_until_it_is_collected() {
    use AwardStatus as Is;
    let rebase = || award::Command::Rebase { amount: Fen(40_000) };
    for status in [Is::Proposed, Is::Reviewed, Is::Approved, Is::Notified] {
        let mut one = award_in(status);
        let was = one.amount;
        let events = World::new().ask_award(&one, 10, award_asker(&rebase()), rebase()).unwrap();
        let lines: Vec<_> = events.iter().flat_map(|event| award::postings(event, Fen(40_000))).collect();
        let is_promised = matches!(status, Is::Approved | Is::Notified);
        let moved: Vec<_> = lines.iter().map(|line| line.amount).collect();
        assert_eq!(moved, if is_promised { vec![Fen(-was.0), was] } else { Vec::new() }, "{status:?}");
        for event in &events {
            award::apply(&mut one, event);
        }
        assert_eq!((one.status, one.amount, one.collect_due), (Is::Proposed, Fen(40_000), None));
        assert_eq!((one.reviewed_by, one.approved_by), (None, None));
    }
    let collected = World::new().ask_award(&award_in(Is::Collected), 10, By::System, rebase()).unwrap_err();
    assert_eq!(collected.rule, Some("award.can_be_rebased"));
    let same = award::Command::Rebase { amount: award_in(Is::Approved).amount };
    let refused = World::new().ask_award(&award_in(Is::Approved), 10, By::System, same).unwrap_err();
    assert_eq!(refused.rule, Some("award.amount_differs"));
}
