//! Whistles 哨 that are approved first 审核, and those whose units the command centre names 分哨: who may do what, and what
//! becomes of the clocks. Long because each rule has its table.

use domain::Refusal;
use domain::access::By;
use domain::clock::{Clock, ClockKind, ClockState};
use domain::hazard::{self, Case, Command, HazardStatus, Origin, WhistleRequestState, WhistleStatus};
use domain::id::UnitId;
use domain::inheritance::Inheritance;
use domain::policy::HandlingPolicy;
use domain::staff::{Role, UnitKind};

use crate::merging::{as_before, merged, other};
use crate::scene::*;
use crate::status_table::requested;
use crate::turns::everybody_has_a_deadline;

fn answer(asked: Result<Vec<hazard::Event>, Refusal>) -> String {
    match asked {
        Err(refusal) => refusal.rule.unwrap_or(refusal.code.as_str()).to_owned(),
        Ok(events) => events.iter().map(domain::event::DomainEvent::kind).collect::<Vec<_>>().join(" "),
    }
}

fn officer(unit: UnitId, number: u128, role: Role) -> By {
    By::Officer(person(unit, number, role))
}

fn clock(case: &Case, kind: ClockKind) -> &Clock {
    case.clocks.iter().find(|clock| clock.key.kind == kind).unwrap()
}

fn awaiting() -> Case {
    requested(WhistleRequestState::AwaitsApproval)
}

#[test]
fn the_policy_says_whose_whistles_wait_and_for_whom() {
    let key_work = || blow_key_work(9, task(1, FIRE));
    let emergency = || blow(9, "emergency", task(1, FIRE), Vec::new());
    let of_centre = || officer(CENTRE, 1, Role::CommandCentre);
    for (by, in_danger, command, expected) in [
        (clerk(), false, key_work(), "WHISTLE_ASKED"),
        (leader(), false, key_work(), "BLOWN"),
        (of_centre(), false, key_work(), "BLOWN"),
        (clerk(), true, key_work(), "BLOWN"), // danger never waits
        (clerk(), false, emergency(), "BLOWN"),
        (clerk(), false, blow(9, "joint_enforcement", task(1, FIRE), Vec::new()), "whistle.may_blow"),
        (clerk(), false, blow_key_work(9, task(1, VILLAGE)), "lead.never_a_village"),
        (leader(), false, blow_key_work(9, task(1, TOWN)), "whistle.may_call"),
        (clerk(), false, blow_key_work(9, task(1, TOWN)), "whistle.may_call"),
        (clerk(), false, blow_key_work(9, task(1, ACCUSED)), "UNIT_BARRED"),
        (clerk(), false, blow_through_centre(9, "key_work"), "WHISTLE_ASKED"),
        (leader(), false, blow_through_centre(9, "key_work"), "WHISTLE_ASKED"),
        (of_centre(), false, blow_through_centre(9, "key_work"), "whistle.centre_itself"),
        (leader(), true, blow_through_centre(9, "key_work"), "whistle.emergency_at_once"),
        (leader(), false, blow_through_centre(9, "joint_enforcement"), "whistle.names_its_units"),
    ] {
        let world = World::new();
        let case = world.case(in_danger).0;
        assert_eq!(answer(world.ask(&case, 1, by, command.clone())), expected, "{by:?} {command:?}");
    }
}

#[test]
fn an_emergency_type_never_waits_even_if_the_policy_says_so() {
    let mut world = World::new();
    let approval = world.policy.whistle("key_work").unwrap().approval.clone();
    world.policy.whistles[0].approval = approval;
    let case = world.case(false).0;
    let emergency = blow(9, "emergency", task(1, FIRE), Vec::new());
    assert_eq!(answer(world.ask(&case, 1, clerk(), emergency)), "BLOWN");
}

#[test]
fn somebody_else_whom_the_policy_names_approves_or_refuses() {
    let world = World::new();
    let mut strict = World::new();
    strict.policy.whistles[2].approval.as_mut().unwrap().by = vec![Role::CommandCentre];
    let of_centre = || officer(CENTRE, 1, Role::CommandCentre);
    for (by, expected, strictly) in [
        (leader(), "ok", "whistle.approved_by"),
        (of_centre(), "ok", "ok"),
        (officer(TOWN, 0, Role::TownshipLeader), "whistle.another_person", "whistle.approved_by"), // the clerk's other post
        (clerk(), "FORBIDDEN", "FORBIDDEN"),
        (officer(FIRE, 1, Role::DepartmentLeader), "FORBIDDEN", "FORBIDDEN"),
        (By::Reporter, "FORBIDDEN", "FORBIDDEN"),
        (By::System, "FORBIDDEN", "FORBIDDEN"),
    ] {
        for (command, ok) in [(approve(9), "WHISTLE_APPROVED BLOWN"), (refuse_whistle(9), "WHISTLE_REFUSED")] {
            let ok = |word: &'static str| if word == "ok" { ok } else { word };
            assert_eq!(answer(world.ask(&awaiting(), 5, by, command.clone())), ok(expected), "{by:?}");
            assert_eq!(answer(strict.ask(&awaiting(), 5, by, command.clone())), ok(strictly), "{by:?} strictly");
        }
    }
    // The type asks for no approval any more, while a whistle waits for it.
    let mut lenient = World::new();
    lenient.policy.whistles[2].approval = None;
    assert_eq!(answer(lenient.ask(&awaiting(), 5, leader(), approve(9))), "WHISTLE_APPROVED BLOWN");
    // The township has ended: the command centre stands in.
    let mut by_leader = World::without(TOWN);
    by_leader.policy.whistles[2].approval.as_mut().unwrap().by = vec![Role::TownshipLeader];
    assert_eq!(answer(by_leader.ask(&awaiting(), 5, of_centre(), approve(9))), "WHISTLE_APPROVED BLOWN");
}

#[test]
fn an_approved_whistle_calls_its_units_and_their_time_begins_then() {
    let (world, mut case) = (World::new(), awaiting());
    assert!(case.whistles.is_empty() && case.assignments.is_empty());
    world.play(&mut case, 100, leader(), approve(9));
    let (whistle, one) = (&case.whistles[0], &case.assignments[0]);
    assert_eq!(
        (case.whistle_status(whistle), whistle.blown_by_unit, whistle.blown_at),
        (WhistleStatus::Blown, TOWN, at(100))
    );
    assert_eq!(whistle.blown_by_post, person(TOWN, 0, Role::TownshipClerk).post, "the clerk blew it");
    assert_eq!((one.origin, one.given_by, one.dispatched_at), (Origin::Whistle, Some(TOWN), at(100)));
    assert_eq!((clock(&case, ClockKind::Sign).start, clock(&case, ClockKind::Finish).start), (at(100), at(100)));
    assert_eq!(clock(&case, ClockKind::ApproveWhistle).state, ClockState::Met);
    assert_eq!(clock(&case, ClockKind::Dispatch).stopped_at, Some(at(1)), "the township had done its part");
}

#[test]
fn an_approval_after_its_time_is_late_and_calls_the_units_all_the_same() {
    let (world, mut case) = (World::new(), awaiting());
    world.play(&mut case, 122, leader(), approve(9));
    assert_eq!(clock(&case, ClockKind::ApproveWhistle).state, ClockState::Late);
    assert_eq!(case.status(), HazardStatus::Assigned);
}

/// Whoever asks in vain has no more time than before.
#[test]
fn a_refused_or_withdrawn_whistle_lets_the_dispatch_go_on_with_its_old_due_time() {
    let world = World::new();
    let due = clock(&world.case(false).0, ClockKind::Dispatch).due;
    for (by, command, state) in [
        (leader(), refuse_whistle(9), WhistleRequestState::Refused),
        (clerk(), withdraw_whistle(9), WhistleRequestState::Withdrawn),
    ] {
        let mut case = awaiting();
        world.play(&mut case, 100, by, command);
        assert_eq!(case.whistle_request_state(&case.whistle_requests[0]), state);
        let dispatch = clock(&case, ClockKind::Dispatch);
        assert!(dispatch.is_running() && !clock(&case, ClockKind::ApproveWhistle).is_open());
        assert_eq!(dispatch.due, due);
        // The clerk may ask again, and the second whistle has a whole time of its own.
        world.play(&mut case, 110, clerk(), blow_key_work(10, task(2, GAS)));
        assert_eq!(clock(&case, ClockKind::ApproveWhistle).due, at(110 + 120));
        everybody_has_a_deadline(&case).unwrap();
    }
}

#[test]
fn only_the_unit_that_asked_withdraws_and_nobody_decides_twice() {
    let world = World::new();
    for (case, by, command, expected) in vec![
        (awaiting(), officer(CENTRE, 1, Role::CommandCentre), withdraw_whistle(9), "whistle.asker"),
        (awaiting(), worker(TOWN, 1), withdraw_whistle(9), "FORBIDDEN"),
        (awaiting(), leader(), withdraw_whistle(9), "WHISTLE_WITHDRAWN"),
        (awaiting(), clerk(), blow_key_work(10, task(2, GAS)), "whistle.one_at_a_time"),
        (awaiting(), clerk(), blow_key_work(9, task(2, GAS)), "whistle.id_taken"),
        (awaiting(), leader(), blow_key_work(10, task(2, GAS)), "BLOWN"),
        (awaiting(), leader(), approve(10), "NOT_FOUND"),
        (awaiting(), centre(), name_units(9, task(2, GAS)), "whistle.names_its_units"),
        (requested(WhistleRequestState::Blown), leader(), approve(9), "whistle.waits"),
        (requested(WhistleRequestState::Refused), leader(), refuse_whistle(9), "whistle.waits"),
        (requested(WhistleRequestState::Withdrawn), clerk(), withdraw_whistle(9), "whistle.waits"),
        (requested(WhistleRequestState::Lapsed), leader(), approve(9), "case.ended"),
    ] {
        assert_eq!(answer(world.ask(&case, 5, by, command.clone())), expected, "{by:?} {command:?}");
    }
}

/// The units are checked again, because things have changed meanwhile.
#[test]
fn what_no_longer_fits_is_not_called_by_an_approval() {
    let approval = |world: &World, case: &Case| answer(world.ask(case, 5, leader(), approve(9)));
    let mut dispatched = awaiting();
    World::new().play(&mut dispatched, 3, clerk(), dispatch(5, FIRE));
    assert_eq!(approval(&World::new(), &dispatched), "assignment.one_per_unit");
    assert_eq!(answer(World::new().ask(&dispatched, 5, leader(), refuse_whistle(9))), "WHISTLE_REFUSED");
    assert_eq!(approval(&World::without(FIRE), &awaiting()), "NOT_FOUND");
    let mut accused = World::new();
    accused.barred.insert(FIRE);
    assert_eq!(approval(&accused, &awaiting()), "UNIT_BARRED");
    let mut narrower = World::new();
    narrower.policy.whistles[2].may_call = vec![UnitKind::Utility];
    assert_eq!(approval(&narrower, &awaiting()), "whistle.may_call");
}

#[test]
fn the_command_centre_names_the_units_or_refuses() {
    let world = World::new();
    let case = || requested(WhistleRequestState::AwaitsUnits);
    assert_eq!(clock(&case(), ClockKind::NameUnits).key.owner_unit, CENTRE);
    let two =
        |supports| Command::NameUnits { whistle: case().whistle_requests[0].whistle, lead: task(1, FIRE), supports };
    for (by, command, expected) in [
        (centre(), name_units(9, task(1, FIRE)), "BLOWN"),
        (centre(), two(vec![task(2, GAS)]), "BLOWN"),
        (centre(), two(vec![task(2, FIRE)]), "assignment.one_per_unit"),
        (centre(), name_units(9, task(1, TOWN)), "whistle.may_call"),
        (centre(), refuse_whistle(9), "WHISTLE_REFUSED"),
        (leader(), name_units(9, task(1, FIRE)), "FORBIDDEN"),
        (leader(), refuse_whistle(9), "FORBIDDEN"),
        (centre(), approve(9), "whistle.approved"),
        (clerk(), withdraw_whistle(9), "WHISTLE_WITHDRAWN"),
    ] {
        assert_eq!(answer(world.ask(&case(), 5, by, command.clone())), expected, "{by:?} {command:?}");
    }
    let mut named = case();
    world.play(&mut named, 5, centre(), name_units(9, task(1, FIRE)));
    assert_eq!((named.whistles[0].blown_by_unit, named.assignments[0].given_by), (TOWN, Some(CENTRE)));
    assert_eq!(clock(&named, ClockKind::NameUnits).state, ClockState::Met);
}

/// A leader who also holds a post of the command centre does not name the units of their own whistle.
#[test]
fn nobody_names_the_units_of_their_own_whistle() {
    let (world, mut case) = (World::new(), World::new().case(false).0);
    world.play(&mut case, 1, leader(), blow_through_centre(9, "key_work"));
    let both = domain::access::Actor {
        officer: person(TOWN, 1, Role::TownshipLeader).officer,
        ..person(CENTRE, 1, Role::CommandCentre)
    };
    for command in [name_units(9, task(1, FIRE)), refuse_whistle(9)] {
        assert_eq!(answer(world.ask(&case, 5, By::Officer(both), command)), "whistle.another_person");
    }
}

#[test]
fn a_whistle_that_waits_lapses_with_its_hazard_and_waits_again_if_a_merge_is_undone() {
    for state in [WhistleRequestState::AwaitsApproval, WhistleRequestState::AwaitsUnits] {
        let case = requested(state);
        let after = merged(&case, &other(World::new().case(false).0), hazard::OpenWork::Carry).unwrap();
        let request = &after.from.whistle_requests[0];
        assert_eq!(after.from.whistle_request_state(request), WhistleRequestState::Lapsed);
        assert!(after.from.whistle_clock().is_none() && after.into.whistle_requests.is_empty());
        let back = after.undone().unwrap();
        assert_eq!(as_before(&back.from), as_before(&case));
        assert_eq!(back.from.pending_whistle().map(|one| one.state), Some(state));
        assert!(back.from.whistle_clock().is_some());
        everybody_has_a_deadline(&back.from).unwrap();
    }
}

/// People in danger do not wait for a whistle that waits.
#[test]
fn danger_that_arrives_by_a_merge_is_dispatched_at_once() {
    let (world, case) = (World::new(), other(awaiting()));
    let after = merged(&world.case(true).0, &case, hazard::OpenWork::Carry).unwrap();
    assert!(after.into.emergency && after.into.pending_whistle().is_some());
    assert!(clock(&after.into, ClockKind::Dispatch).is_running(), "the township has to act now");
    everybody_has_a_deadline(&after.into).unwrap();
    let back = after.undone().unwrap();
    assert_eq!(as_before(&back.into), as_before(&case));
    let mut into = after.into.clone();
    world.play(&mut into, 60, clerk(), blow_key_work(10, task(2, GAS)));
    assert_eq!(into.whistles.len(), 1, "the clerk calls units without an approval");
}

#[test]
fn work_and_closure_beside_a_whistle_that_waits() {
    let (world, mut case) = (World::new(), awaiting());
    world.play(&mut case, 3, clerk(), dispatch(5, GAS));
    assert_eq!(case.status(), HazardStatus::Assigned);
    world.play(&mut case, 4, clerk(), take_back(5, None));
    assert!(!clock(&case, ClockKind::Dispatch).is_open(), "the whistle is awaited again");
    everybody_has_a_deadline(&case).unwrap();
    world.play(&mut case, 5, clerk(), dispatch(6, GAS));
    world.play(&mut case, 6, worker(GAS, 1), Command::Claim { assignment: id(6) });
    world.play(&mut case, 7, worker(GAS, 1), check_in(6));
    world.play(&mut case, 8, worker(GAS, 1), finish(6));
    world.play(&mut case, 9, clerk(), accept(6));
    world.play(&mut case, 10, leader(), Command::Close { note: NOTE });
    assert_eq!(case.whistle_request_state(&case.whistle_requests[0]), WhistleRequestState::Lapsed);
    everybody_has_a_deadline(&case).unwrap();
}

/// A unit ends 撤并: its successor decides, with the same due time.
#[test]
fn a_successor_decides_on_what_waits() {
    let mut of_town = awaiting();
    let due = clock(&of_town, ClockKind::ApproveWhistle).due;
    let event = Inheritance { from: TOWN, to: GAS, at: at(50) }.of_case(&of_town, true, &[]).unwrap();
    hazard::apply(&mut of_town, &event);
    assert_eq!((of_town.whistle_clock().unwrap().key.owner_unit, of_town.whistle_clock().unwrap().due), (GAS, due));
    assert_eq!(of_town.pending_whistle().unwrap().unit, GAS);
    let mut of_centre = requested(WhistleRequestState::AwaitsUnits);
    let event = Inheritance { from: CENTRE, to: GAS, at: at(50) }.of_whistle(&of_centre).unwrap();
    hazard::apply(&mut of_centre, &event);
    assert_eq!((of_centre.whistle_clock().unwrap().key.owner_unit, of_centre.township), (GAS, TOWN));
    assert!(Inheritance { from: FIRE, to: GAS, at: at(50) }.of_whistle(&of_centre).is_none());
}

#[test]
fn a_policy_of_an_earlier_build_asks_for_no_approval() {
    let mut stored = serde_json::to_value(&World::new().policy).unwrap();
    for whistle in stored["whistles"].as_array_mut().unwrap() {
        for field in ["approval", "may_call", "through_centre"] {
            assert!(whistle.as_object_mut().unwrap().remove(field).is_some());
        }
    }
    let read: HandlingPolicy = serde_json::from_value(stored).unwrap();
    let types = read.whistles.iter();
    assert!(types.clone().all(|one| one.approval.is_none() && one.may_call.is_empty() && one.through_centre.is_none()));
    assert_eq!(types.count(), 3);
}
