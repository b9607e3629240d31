//! After a unit has ended 撤并, every step that becomes due again is timed at its successor, with the due time that it had.

use domain::access::By;
use domain::clock::{Clock, ClockKind};
use domain::hazard::{self, Case, Command};
use domain::id::UnitId;
use domain::inheritance::Inheritance;
use domain::staff::Role;

use crate::scene::*;

fn centre() -> By {
    By::Officer(person(CENTRE, 1, Role::CommandCentre))
}

fn inherit(case: &mut Case, from: UnitId, to: UnitId) {
    let assignments: Vec<_> = case.assignments.iter().map(|one| one.id).collect();
    let inheritance = Inheritance { from, to, at: at(500) };
    let event = inheritance.of_case(case, true, &assignments).unwrap();
    hazard::apply(case, &event);
}

fn running(case: &Case, kind: ClockKind) -> Vec<&Clock> {
    case.clocks.iter().filter(|clock| clock.is_running() && clock.key.kind == kind).collect()
}

/// An emergency that was dispatched to the fire brigade, whose work is finished.
fn finished() -> Case {
    let world = World::new();
    let mut case = world.case(true).0;
    world.play(&mut case, 1, clerk(), dispatch(1, FIRE));
    world.play(&mut case, 2, worker(FIRE, 1), Command::Claim { assignment: id(1) });
    world.play(&mut case, 3, worker(FIRE, 1), check_in(1));
    world.play(&mut case, 4, worker(FIRE, 1), finish(1));
    case
}

#[test]
fn rework_is_due_at_the_successor_when_it_was_due_before() {
    for successors in [&[GAS][..], &[GAS, TOWN], &[GAS, FIRE]] {
        let world = World::new();
        let mut case = finished();
        let due = case.clocks.iter().find(|clock| clock.key.kind == ClockKind::Finish).unwrap().due;
        let mut from = FIRE;
        for to in successors {
            inherit(&mut case, from, *to);
            from = *to;
        }

        world.play(&mut case, 600, centre(), Command::Rework { assignment: id(1), note: NOTE });

        let clocks = running(&case, ClockKind::Finish);
        assert_eq!((clocks.len(), clocks[0].key.owner_unit, clocks[0].due), (1, from, due), "{successors:?}");
    }
}

#[test]
fn an_emergency_that_is_taken_back_is_due_at_the_successor_when_it_was_due_before() {
    for there_and_back in [false, true] {
        let world = World::new();
        let mut case = world.case(true).0;
        let due = case.clocks[0].due;
        if there_and_back {
            inherit(&mut case, TOWN, CENTRE); // the clock runs, and comes back to a key that exists
            inherit(&mut case, CENTRE, TOWN);
            assert_eq!(running(&case, ClockKind::Dispatch)[0].key.owner_unit, TOWN);
        }
        world.play(&mut case, 1, clerk(), dispatch(1, FIRE));
        inherit(&mut case, TOWN, CENTRE);

        world.play(&mut case, 600, centre(), take_back(1, None));

        let clocks = running(&case, ClockKind::Dispatch);
        assert_eq!((clocks.len(), clocks[0].key.owner_unit, clocks[0].due), (1, CENTRE, due), "{there_and_back}");
    }
}

#[test]
fn the_successor_of_a_township_stands_for_it_as_the_giver_of_work() {
    let world = World::new();
    let mut case = world.case(false).0;
    world.play(&mut case, 1, clerk(), dispatch(1, FIRE));
    world.play(&mut case, 2, centre(), dispatch(2, GAS));

    inherit(&mut case, TOWN, VILLAGE);

    assert_eq!(case.assignments[0].given_by, Some(VILLAGE));
    assert_eq!(case.assignments[1].given_by, Some(CENTRE), "what somebody else gave stays theirs");
}
