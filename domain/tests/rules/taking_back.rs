//! Taking an assignment back 收回: who may, what becomes of the lead, and what becomes of clocks and statuses.

use domain::Refusal;
use domain::access::By;
use domain::clock::{ClockKind, ClockState};
use domain::hazard::{AssignmentStatus, Case, Command, HazardStatus, Origin, Part, Task, WhistleStatus};
use domain::id::UnitId;
use domain::staff::Role;
use uuid::Uuid;

use crate::scene::*;

fn centre() -> By {
    By::Officer(person(CENTRE, 1, Role::CommandCentre))
}

fn answer(asked: Result<Vec<domain::hazard::Event>, Refusal>) -> &'static str {
    asked.map_or_else(|refusal| refusal.rule.unwrap_or(refusal.code.as_str()), |_| "ok")
}

/// A hazard with these units, of which the first leads, called by a whistle or dispatched.
fn given(whistle: bool, units: &[UnitId]) -> Case {
    let mut tasks: Vec<Task> = (1..).zip(units).map(|(number, unit)| task(number, *unit)).collect();
    let lead = tasks.remove(0);
    let mut case = World::new().case(false).0;
    let (by, command) = if whistle {
        (leader(), blow(1, "joint_enforcement", lead, tasks))
    } else {
        (clerk(), Command::Dispatch { lead, supports: tasks })
    };
    World::new().play(&mut case, 1, by, command);
    case
}

#[test]
fn a_whistle_or_a_dispatch_never_loses_its_lead() {
    let nobody = UnitId(Uuid::from_u128(99));
    // The units asked, the first of which leads; which of them is taken back; who leads instead; the answer.
    let table: &[(&[UnitId], u128, Option<UnitId>, &str)] = &[
        (&[FIRE], 1, None, "ok"),
        (&[FIRE], 1, Some(GAS), "ok"),
        (&[FIRE], 1, Some(FIRE), "take_back.another_unit"),
        (&[FIRE], 1, Some(nobody), "NOT_FOUND"),
        (&[FIRE], 1, Some(ACCUSED), "UNIT_BARRED"),
        (&[FIRE, GAS], 1, None, "take_back.new_lead"),
        (&[FIRE, GAS], 1, Some(GAS), "ok"),
        (&[FIRE, GAS], 1, Some(TOWN), "ok"),
        (&[FIRE, GAS], 2, None, "ok"),
        (&[FIRE, GAS], 2, Some(TOWN), "INVALID_INPUT"),
        (&[FIRE, VILLAGE], 1, Some(VILLAGE), "lead.never_a_village"),
        (&[FIRE, VILLAGE], 1, Some(GAS), "ok"),
        (&[FIRE, VILLAGE], 2, None, "ok"),
    ];
    let world = World::new();
    for whistle in [true, false] {
        for (units, number, instead, expected) in table {
            let mut case = given(whistle, units);
            let command = take_back(*number, instead.map(|unit| task(50, unit)));
            let row = format!("whistle {whistle}, {units:?}, {number}, {instead:?}");
            let asked = world.ask(&case, 5, leader(), command.clone());
            assert_eq!(answer(asked), *expected, "{row}");
            if *expected == "ok" {
                world.play(&mut case, 5, leader(), command);
                let leads: Vec<_> = case.live().filter(|one| one.part == Part::Lead).map(|one| one.unit).collect();
                let lead = instead.or((*number == 2).then_some(FIRE));
                assert_eq!(leads, Vec::from_iter(lead), "{row}");
            }
        }
    }
}

#[test]
fn a_support_that_has_finished_can_lead_instead_and_the_hazard_is_closed() {
    let (world, mut case) = (World::new(), given(true, &[FIRE, GAS]));
    work(&world, &mut case, 2, 2, GAS);
    world.play(&mut case, 6, clerk(), accept(2));
    world.play(&mut case, 7, leader(), take_back(1, Some(task(50, GAS))));
    assert_eq!(case.whistle_status(&case.whistles[0]), WhistleStatus::Completed);
    world.play(&mut case, 8, leader(), Command::Close { note: NOTE });
}

#[test]
fn a_unit_that_takes_part_already_takes_no_second_part() {
    let (world, mut case) = (World::new(), given(true, &[FIRE, TOWN]));
    world.play(&mut case, 2, clerk(), dispatch(3, GAS));
    assert_eq!(answer(world.ask(&case, 5, leader(), take_back(1, Some(task(50, GAS))))), "assignment.one_per_unit");
    assert_eq!(answer(world.ask(&case, 5, leader(), take_back(3, Some(task(1, CENTRE))))), "assignment.id_taken");
    world.play(&mut case, 5, clerk(), take_back(3, Some(task(4, CENTRE))));
    assert_eq!(case.assignments.last().map(|one| one.origin), Some(Origin::Direct));
}

#[test]
fn a_second_dispatch_keeps_its_own_lead() {
    let (world, mut case) = (World::new(), given(false, &[FIRE]));
    world.play(&mut case, 2, clerk(), dispatch(2, GAS));
    world.play(&mut case, 3, clerk(), take_back(1, None));
    assert_eq!(case.status(), HazardStatus::Assigned);
}

#[test]
fn only_the_unit_that_gave_it_takes_it_back_or_the_command_centre_above() {
    let department = By::Officer(person(FIRE, 3, Role::DepartmentLeader));
    let by_town = given(false, &[FIRE]);
    for (by, expected) in [
        (clerk(), "ok"),
        (leader(), "ok"),
        (centre(), "ok"),
        (department, "FORBIDDEN"),
        (worker(TOWN, 2), "FORBIDDEN"),
        (By::Reporter, "FORBIDDEN"),
        (By::System, "FORBIDDEN"),
    ] {
        assert_eq!(answer(World::new().ask(&by_town, 5, by, take_back(1, None))), expected, "{by:?}");
    }
    let mut by_centre = World::new().case(false).0;
    World::new().play(&mut by_centre, 1, centre(), dispatch(1, FIRE));
    assert_eq!(answer(World::new().ask(&by_centre, 5, clerk(), take_back(1, None))), "take_back.giver");
    assert_eq!(answer(World::new().ask(&by_centre, 5, centre(), take_back(1, None))), "ok");
    assert_eq!(answer(World::without(CENTRE).ask(&by_centre, 5, clerk(), take_back(1, None))), "ok");
    let mut by_an_earlier_build = by_town;
    by_an_earlier_build.assignments[0].given_by = None;
    assert_eq!(answer(World::new().ask(&by_an_earlier_build, 5, clerk(), take_back(1, None))), "ok");
}

#[test]
fn its_clocks_are_cancelled_and_a_new_assignment_of_the_same_unit_has_its_own() {
    let (world, mut case) = (World::new(), given(true, &[FIRE]));
    world.play(&mut case, 2, leader(), take_back(1, None));
    let mut of_it = case.clocks.iter().filter(|clock| clock.key.assignment.is_some()).peekable();
    assert!(of_it.peek().is_some() && of_it.all(|clock| clock.state == ClockState::Cancelled));
    assert_eq!(case.whistle_status(&case.whistles[0]), WhistleStatus::Cancelled);
    assert_eq!((case.status(), case.is_dispatched()), (HazardStatus::Registered, false));
    assert_eq!(answer(world.ask(&case, 3, leader(), Command::Close { note: NOTE })), "closing.all_accepted");
    world.play(&mut case, 3, clerk(), dispatch(2, FIRE));
    let running: Vec<_> = case.clocks.iter().filter(|clock| clock.is_running()).collect();
    assert!(
        running.len() == 3 && running.iter().all(|clock| clock.key.assignment == Some(id(2)) && clock.start == at(3))
    );
}

#[test]
fn taking_back_gains_no_time_for_an_emergency() {
    let (world, mut case) = (World::new(), World::new().case(true).0);
    let dispatch_clock = |case: &Case| {
        let clock = case.clocks.iter().find(|clock| clock.key.kind == ClockKind::Dispatch).unwrap();
        (clock.state, clock.due)
    };
    world.play(&mut case, 1, clerk(), dispatch(1, FIRE));
    assert_eq!(dispatch_clock(&case), (ClockState::Met, at(5)));
    world.play(&mut case, 3, clerk(), take_back(1, None));
    assert_eq!(dispatch_clock(&case), (ClockState::Running, at(5)));
    world.play(&mut case, 9, clerk(), dispatch(2, GAS));
    assert_eq!(dispatch_clock(&case), (ClockState::Late, at(5)));
    world.play(&mut case, 10, clerk(), take_back(2, Some(task(3, FIRE))));
    assert_eq!(dispatch_clock(&case), (ClockState::Late, at(5)), "somebody is still asked");
}

#[test]
fn a_part_that_was_held_or_sent_back_is_taken_back_too() {
    let (world, mut case) = (World::new(), given(false, &[FIRE]));
    work(&world, &mut case, 2, 1, FIRE);
    assert_eq!(answer(world.ask(&case, 6, clerk(), take_back(1, None))), "take_back.not_finished");
    world.play(&mut case, 6, clerk(), Command::Rework { assignment: id(1), note: NOTE });
    world.play(&mut case, 7, worker(FIRE, 2), Command::Claim { assignment: id(1) });
    world.play(&mut case, 8, clerk(), take_back(1, None));
    assert_eq!(case.assignments[0].status, AssignmentStatus::Cancelled);
    let running: Vec<_> = case.clocks.iter().filter(|clock| clock.is_running()).map(|clock| clock.key.kind).collect();
    assert_eq!(running, [ClockKind::Dispatch], "somebody has to be asked again");
    assert_eq!(answer(world.ask(&case, 9, clerk(), take_back(1, None))), "assignment.over");
}

/// Somebody who may not blow a whistle of this type calls no unit with it by taking its lead back either.
#[test]
fn only_who_may_blow_the_whistle_names_another_lead() {
    for units in [&[FIRE][..], &[FIRE, GAS]] {
        for (whistle, by, expected) in [
            (true, clerk(), "whistle.may_blow"),
            (true, leader(), "ok"),
            (true, centre(), "ok"),
            (false, clerk(), "ok"),
            (false, leader(), "ok"),
        ] {
            let asked = World::new().ask(&given(whistle, units), 5, by, take_back(1, Some(task(50, GAS))));
            assert_eq!(answer(asked), expected, "whistle {whistle}, {units:?}");
        }
    }
    assert_eq!(answer(World::new().ask(&given(true, &[FIRE]), 5, clerk(), take_back(1, None))), "ok");
    assert_eq!(answer(World::new().ask(&given(true, &[FIRE, GAS]), 5, clerk(), take_back(2, None))), "ok");
}
