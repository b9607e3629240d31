//! Who accepts finished work, for every way in which a unit gets it. Written by hand: somebody always may.

use domain::Code;
use domain::access::By;
use domain::hazard::{Case, Command};
use domain::id::UnitId;
use domain::staff::Role;

use crate::scene::*;

/// How the unit was asked.
#[derive(Debug, Clone, Copy)]
enum Asked {
    /// By a dispatch, where the policy lets the own unit accept.
    Dispatch,
    /// By a dispatch, where the policy wants another unit to accept.
    DispatchWithPolicy,
    Whistle,
}

/// An officer of this unit who may accept, and did not do the work.
fn judge(unit: UnitId) -> By {
    let role = if unit == CENTRE { Role::CommandCentre } else { Role::TownshipLeader };
    By::Officer(person(unit, 5, role))
}

/// Work of `unit` on a hazard of `township`, which is finished.
fn finished(world: &World, township: UnitId, unit: UnitId, asked: Asked) -> Case {
    let mut case = world.case(false).0;
    case.township = township;
    let command = match asked {
        Asked::Dispatch | Asked::DispatchWithPolicy => dispatch(1, unit),
        Asked::Whistle => blow(1, "joint_enforcement", task(1, unit), Vec::new()),
    };
    world.play(&mut case, 1, judge(township), command);
    work(world, &mut case, 2, 1, unit);
    case
}

#[test]
fn somebody_may_accept_whatever_unit_did_the_work() {
    use Asked as A;
    // Who holds the hazard, who did the work and how it was asked; whether another unit has somebody who may accept; whether
    // the own unit may then accept, and the township.
    let table = [
        (TOWN, FIRE, A::Whistle, true, false, true),
        (TOWN, FIRE, A::DispatchWithPolicy, true, false, true),
        (TOWN, TOWN, A::Dispatch, true, true, true),
        (TOWN, TOWN, A::DispatchWithPolicy, true, false, false),
        (TOWN, TOWN, A::Whistle, true, false, false),
        (TOWN, TOWN, A::DispatchWithPolicy, false, true, true),
        (TOWN, TOWN, A::Whistle, false, true, true),
        (CENTRE, CENTRE, A::Dispatch, false, true, true),
        (CENTRE, CENTRE, A::DispatchWithPolicy, false, true, true),
        (CENTRE, CENTRE, A::Whistle, false, true, true),
        (CENTRE, CENTRE, A::Whistle, true, false, false),
        (CENTRE, FIRE, A::Whistle, true, false, true),
    ];
    for (township, unit, asked, others, own, by_township) in table {
        let row = format!("{township:?} {unit:?} {asked:?}, others: {others}");
        let mut world = World::new();
        world.policy.whistles.iter_mut().for_each(|kind| kind.may_blow.push(Role::CommandCentre));
        world.policy.accept_by_other_unit = matches!(asked, A::DispatchWithPolicy);
        world.other_unit_accepts = others;
        let case = finished(&world, township, unit, asked);
        assert_eq!(world.ask(&case, 9, judge(unit), accept(1)).is_ok(), own, "own unit: {row}");
        assert_eq!(world.ask(&case, 9, judge(township), accept(1)).is_ok(), by_township, "township: {row}");
        if others && township != CENTRE {
            assert!(world.ask(&case, 9, judge(CENTRE), accept(1)).is_ok(), "command centre: {row}");
        }
        let worker = person(unit, 1, if unit == CENTRE { Role::CommandCentre } else { Role::TownshipLeader });
        let own_work = world.ask(&case, 9, By::Officer(worker), accept(1)).unwrap_err();
        assert!(matches!(own_work.code, Code::NotYourOwn | Code::Forbidden), "the worker: {row}");
        let rework = Command::Rework { assignment: id(1), note: NOTE };
        assert_eq!(world.ask(&case, 9, judge(unit), rework).is_ok(), own, "rework: {row}");
    }
}
