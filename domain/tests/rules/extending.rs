//! Extension 延期: who asks and decides, when, how often and how long, and what becomes of a request.

use chrono::NaiveDate;
use domain::Refusal;
use domain::access::By;
use domain::clock::{Clock, ClockKind, ClockState};
use domain::hazard::{AssignmentStatus, Case, Command};
use domain::id::UnitId;
use domain::staff::Role;

use crate::scene::*;
use crate::status_table::dispatched;

fn answer(asked: Result<Vec<domain::hazard::Event>, Refusal>) -> &'static str {
    asked.map_or_else(|refusal| refusal.rule.unwrap_or(refusal.code.as_str()), |_| "ok")
}

fn officer(unit: UnitId, number: u128, role: Role) -> By {
    By::Officer(person(unit, number, role))
}

fn fire_clerk() -> By {
    officer(FIRE, 5, Role::DepartmentClerk)
}

fn until(day: &str) -> Command {
    Command::AskExtension { assignment: id(1), until: day.parse::<NaiveDate>().unwrap(), note: NOTE }
}

fn grant() -> Command {
    Command::GrantExtension { assignment: id(1), note: NOTE }
}

fn refuse() -> Command {
    Command::RefuseExtension { assignment: id(1), note: NOTE }
}

fn clock(case: &Case, kind: ClockKind) -> &Clock {
    case.clocks.iter().find(|clock| clock.key.kind == kind).unwrap()
}

/// A hazard whose work by FIRE was dispatched at minute 1 of Friday, 4 October 2024, and is due on Saturday at the same time.
fn asked() -> Case {
    let mut case = dispatched(AssignmentStatus::Claimed);
    World::new().play(&mut case, 30, fire_clerk(), until("2024-10-09"));
    case
}

#[test]
fn the_policy_says_who_asks_how_long_and_how_often() {
    let world = World::new();
    let case = dispatched(AssignmentStatus::Claimed);
    for (by, minute, day, expected) in [
        (fire_clerk(), 30, "2024-10-09", "ok"),
        (officer(FIRE, 5, Role::DepartmentLeader), 30, "2024-10-09", "ok"),
        (worker(FIRE, 1), 30, "2024-10-09", "extension.may_ask"),
        (officer(GAS, 5, Role::DepartmentClerk), 30, "2024-10-09", "FORBIDDEN"),
        (clerk(), 30, "2024-10-09", "FORBIDDEN"),
        (By::Reporter, 30, "2024-10-09", "FORBIDDEN"),
        (fire_clerk(), 24 * 60 + 1, "2024-10-09", "ok"), // the last minute
        (fire_clerk(), 24 * 60 + 2, "2024-10-09", "extension.before_due"),
        (fire_clerk(), 30, "2024-10-04", "extension.at_most"), // not later
        (fire_clerk(), 30, "2024-10-05", "ok"),                // a Saturday, so it is the Monday
        (fire_clerk(), 30, "2024-10-18", "ok"),                // ten working days after it
        (fire_clerk(), 30, "2024-10-19", "extension.at_most"),
    ] {
        assert_eq!(answer(world.ask(&case, minute, by, until(day))), expected, "{by:?} {minute} {day}");
    }
    let mut case = asked();
    assert_eq!(answer(world.ask(&case, 31, fire_clerk(), until("2024-10-10"))), "extension.asked_once");
    world.play(&mut case, 40, leader_of_town(), grant());
    assert_eq!(answer(world.ask(&case, 41, fire_clerk(), until("2024-10-11"))), "extension.times");
    let mut twice = World::new();
    twice.policy.extension.times = 2;
    twice.play(&mut case, 41, fire_clerk(), until("2024-10-11"));
    twice.play(&mut case, 42, leader_of_town(), grant());
    assert_eq!(clock(&case, ClockKind::Finish).extensions.len(), 2);
}

fn leader_of_town() -> By {
    officer(TOWN, 3, Role::TownshipLeader)
}

#[test]
fn another_person_whom_the_policy_names_decides() {
    let world = World::new();
    for command in [grant(), refuse()] {
        for (by, expected) in [
            (leader_of_town(), "ok"),
            (officer(CENTRE, 1, Role::CommandCentre), "ok"),
            (clerk(), "FORBIDDEN"),
            (officer(FIRE, 6, Role::DepartmentLeader), "FORBIDDEN"),
            (By::System, "FORBIDDEN"),
        ] {
            assert_eq!(answer(world.ask(&asked(), 40, by, command.clone())), expected, "{by:?}");
        }
        let mut strict = World::new();
        strict.policy.extension.may_decide = vec![Role::CommandCentre];
        assert_eq!(answer(strict.ask(&asked(), 40, leader_of_town(), command.clone())), "extension.may_decide");
        let nobody = dispatched(AssignmentStatus::Claimed);
        assert_eq!(answer(world.ask(&nobody, 40, leader_of_town(), command)), "extension.asked");
    }
    // The township keeps a matter for itself: its leader asks, and another one decides.
    let mut own = world.case(false).0;
    world.play(&mut own, 1, clerk(), dispatch(1, TOWN));
    world.play(&mut own, 2, leader_of_town(), until("2024-10-09"));
    assert_eq!(answer(world.ask(&own, 3, leader_of_town(), grant())), "extension.another_person");
    assert_eq!(answer(world.ask(&own, 3, officer(TOWN, 4, Role::TownshipLeader), grant())), "ok");
}

#[test]
fn a_granted_extension_moves_the_deadline_and_a_refused_one_never_stopped_it() {
    let (world, mut case) = (World::new(), asked());
    let due = clock(&case, ClockKind::Finish).due;
    assert!(clock(&case, ClockKind::Finish).is_running() && clock(&case, ClockKind::Extend).is_running());
    world.play(&mut case, 40, leader_of_town(), refuse());
    assert_eq!((clock(&case, ClockKind::Finish).due, clock(&case, ClockKind::Extend).state), (due, ClockState::Met));
    world.play(&mut case, 50, fire_clerk(), until("2024-10-08"));
    world.play(&mut case, 60, leader_of_town(), grant());
    let finish = clock(&case, ClockKind::Finish);
    assert_eq!((finish.due, finish.original_due()), ("2024-10-08T10:00:00Z".parse().unwrap(), due));
    let [extension] = finish.extensions[..] else { panic!("{finish:?}") };
    assert_eq!((extension.from, extension.at, extension.officer), (due, at(60), person(TOWN, 3, Role::Worker).officer));

    // Decided late, it still helps; but not when the day has passed.
    assert_eq!(answer(world.ask(&asked(), 3 * 24 * 60, leader_of_town(), grant())), "ok");
    assert_eq!(answer(world.ask(&asked(), 8 * 24 * 60, leader_of_town(), grant())), "extension.later");
    assert_eq!(answer(world.ask(&asked(), 8 * 24 * 60, leader_of_town(), refuse())), "ok");
}

#[test]
fn a_request_ends_with_its_work() {
    let world = World::new();
    let mut finished = asked();
    world.play(&mut finished, 50, worker(FIRE, 1), check_in(1));
    let early = Command::Finish {
        assignment: id(1),
        distance_metres: 0.0,
        measure: domain::hazard::Measure::Cleared,
        photos: vec![photo(1)],
        note: None,
        occurred_at: None,
    };
    world.play(&mut finished, 60, worker(FIRE, 1), early);
    let mut taken = asked();
    world.play(&mut taken, 50, clerk(), take_back(1, None));
    for case in [finished, taken] {
        assert_eq!(case.assignments[0].extension, None);
        assert_eq!(clock(&case, ClockKind::Extend).state, ClockState::Cancelled);
        assert_eq!(answer(world.ask(&case, 70, leader_of_town(), grant())), "extension.asked");
        assert_eq!(answer(world.ask(&case, 70, fire_clerk(), until("2024-10-09"))), "extension.unfinished");
    }
}

/// Sent back 退单, work is as if it was taken back; until that is decided, a request may be granted, but not made.
#[test]
fn a_request_ends_with_the_send_back_of_its_work() {
    let world = World::new();
    let mut back = asked();
    world.play(&mut back, 50, clerk_of_unit(FIRE), ask_send_back(1, Some(GAS)));
    assert!(back.assignments[0].extension.is_some() && clock(&back, ClockKind::Extend).is_running());
    assert_eq!(answer(world.ask(&back, 60, leader_of_town(), grant())), "ok");
    assert_eq!(answer(world.ask(&back, 60, leader_of_town(), refuse())), "ok");
    world.play(&mut back, 60, clerk(), accept_send_back(1, Some(task(50, GAS))));
    assert_eq!((back.assignments[0].status, back.assignments[0].extension), (AssignmentStatus::SentBack, None));
    assert_eq!(clock(&back, ClockKind::Extend).state, ClockState::Cancelled);
    assert_eq!(answer(world.ask(&back, 70, fire_clerk(), until("2024-10-09"))), "extension.unfinished");
    let mut waits = dispatched(AssignmentStatus::Claimed);
    world.play(&mut waits, 50, clerk_of_unit(FIRE), ask_send_back(1, Some(GAS)));
    assert_eq!(answer(world.ask(&waits, 60, fire_clerk(), until("2024-10-09"))), "send_back.waits");
}

#[test]
fn a_request_is_no_step_of_the_work_and_none_is_made_for_an_ended_unit() {
    let world = World::new();
    // Checked in offline before the clerk asked, it counts from then.
    let mut case = asked();
    let offline =
        Command::CheckIn { assignment: id(1), distance_metres: 0.0, far_reason: None, occurred_at: Some(at(10)) };
    world.play(&mut case, 40, worker(FIRE, 1), offline);
    assert_eq!(case.assignments[0].checked_in_at, Some(at(10)));
    let gone = World::without(FIRE);
    let open = dispatched(AssignmentStatus::Claimed);
    assert_eq!(answer(gone.ask(&open, 30, fire_clerk(), until("2024-10-09"))), "assignment.unit_ended");
    assert_eq!(answer(gone.ask(&asked(), 40, leader_of_town(), grant())), "assignment.unit_ended");
    assert_eq!(answer(gone.ask(&asked(), 40, leader_of_town(), refuse())), "ok");
}
