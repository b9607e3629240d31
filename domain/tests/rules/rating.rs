//! Ratings 评哨 of the answers to whistles: who rates, objects and rules, when, and what becomes of the clocks.

use domain::Refusal;
use domain::access::By;
use domain::clock::{Clock, ClockKind, ClockState};
use domain::hazard::{
    self, Case, Command, Grades, HazardStatus, ObjectionOutcome, OpenWork, RatingGrade, ReopenCause, WhistleFault,
};
use domain::id::UnitId;
use domain::inheritance::Inheritance;
use domain::policy::HandlingPolicy;
use domain::staff::Role;

use crate::merging::{as_before, merged, other};
use crate::scene::*;
use crate::status_table::rated;
use crate::turns::everybody_has_a_deadline;

const DAY: i64 = 24 * 60;

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

#[test]
fn the_unit_that_blew_the_whistle_rates_what_another_one_did() {
    let (world, case) = (World::new(), rated("UNRATED"));
    for (by, expected) in [
        (clerk(), "RATED"),
        (leader(), "RATED"),
        (worker(TOWN, 7), "FORBIDDEN"),
        (clerk_of_unit(FIRE), "FORBIDDEN"),
        (centre(), "FORBIDDEN"),
        (By::Reporter, "FORBIDDEN"),
        (By::System, "FORBIDDEN"),
    ] {
        assert_eq!(answer(world.ask(&case, 6, by, rate(1, RatingGrade::Good))), expected, "{by:?}");
    }
    // A worker of the unit who is a clerk of the township by another post.
    let worker = domain::access::Actor {
        officer: person(FIRE, 1, Role::Worker).officer,
        ..person(TOWN, 1, Role::TownshipClerk)
    };
    let own = answer(world.ask(&case, 6, By::Officer(worker), rate(1, RatingGrade::Good)));
    assert_eq!(own, "rating.another_person");
    let mut itself = world.case(false).0;
    world.play(&mut itself, 1, leader(), blow(1, "emergency", task(1, TOWN), Vec::new()));
    assert_eq!(answer(world.ask(&itself, 6, clerk(), rate(1, RatingGrade::Good))), "rating.of_a_whistle");
    assert_eq!(answer(World::without(TOWN).ask(&case, 6, centre(), rate(1, RatingGrade::Good))), "RATED");
}

#[test]
fn a_low_grade_needs_a_reason() {
    let good = Grades { on_time: RatingGrade::Good, in_place: RatingGrade::Fair, effective: RatingGrade::Fair };
    let poor = RatingGrade::Poor;
    for (grades, expected) in [
        (good, "RATED"),
        (Grades { on_time: poor, ..good }, "rating.reason"),
        (Grades { in_place: poor, ..good }, "rating.reason"),
        (Grades { effective: poor, ..good }, "rating.reason"),
    ] {
        let command = Command::RateAnswer { assignment: id(1), grades, note: None };
        assert_eq!(answer(World::new().ask(&rated("UNRATED"), 6, clerk(), command)), expected, "{grades:?}");
    }
}

/// The time begins with the acceptance, and the closure does not end it. A late rating counts, and is known to be late.
#[test]
fn a_rating_is_due_whether_or_not_the_hazard_is_closed() {
    for (minute, state) in [(100, ClockState::Met), (5 * DAY, ClockState::Late)] {
        let (world, mut case) = (World::new(), rated("UNRATED_CLOSED"));
        assert!(clock(&case, ClockKind::RateAnswer).is_running());
        assert_eq!(clock(&case, ClockKind::RateAnswer).start, at(5));
        world.play(&mut case, minute, clerk(), rate(1, RatingGrade::Fair));
        assert_eq!((clock(&case, ClockKind::RateAnswer).state, case.status()), (state, HazardStatus::Closed));
        everybody_has_a_deadline(&case).unwrap();
    }
    let mut again = rated("UNRATED_CLOSED");
    let reopen = Command::Reopen { cause: ReopenCause::Callback, note: None };
    World::new().play(&mut again, 30, By::Reporter, reopen);
    World::new().play(&mut again, 40, clerk(), rate(1, RatingGrade::Poor));
    assert_eq!((again.status(), again.round), (HazardStatus::Registered, 2));
}

/// Today's policies set no time: then nobody has to rate, and everybody may.
#[test]
fn without_a_time_in_the_policy_nothing_waits_for_a_rating() {
    let (world, mut case) = (World::new(), World::new().case(false).0);
    world.play(&mut case, 1, leader(), blow(1, "joint_enforcement", task(1, FIRE), Vec::new()));
    world.play(&mut case, 2, worker(FIRE, 1), Command::Claim { assignment: id(1) });
    world.play(&mut case, 3, worker(FIRE, 1), check_in(1));
    world.play(&mut case, 4, worker(FIRE, 1), finish(1));
    world.play(&mut case, 5, clerk(), accept(1));
    assert!(case.clocks.iter().all(|clock| clock.key.kind != ClockKind::RateAnswer));
    assert_eq!(answer(world.ask(&case, 6, clerk(), rate(1, RatingGrade::Good))), "RATED");
}

#[test]
fn the_unit_objects_once_within_the_window() {
    let world = World::new();
    for (by, minute, expected) in [
        (clerk_of_unit(FIRE), 10, "RATING_OBJECTED"),
        (officer(FIRE, 6, Role::DepartmentLeader), 10, "RATING_OBJECTED"),
        (worker(FIRE, 1), 10, "FORBIDDEN"),
        (clerk_of_unit(GAS), 10, "FORBIDDEN"),
        (clerk(), 10, "FORBIDDEN"),
        // Three working days after Friday: Wednesday at the same time of day counts to the end of its office hours.
        (clerk_of_unit(FIRE), 8 * DAY, "rating.window"),
    ] {
        assert_eq!(answer(world.ask(&rated("RATED"), minute, by, object(1))), expected, "{by:?} {minute}");
    }
    let due = world.calendar.due(at(6), world.policy.rating.object);
    let last = (due - at(0)).num_minutes();
    assert_eq!(answer(world.ask(&rated("RATED"), last, clerk_of_unit(FIRE), object(1))), "RATING_OBJECTED");
    assert_eq!(answer(world.ask(&rated("RATED"), last + 1, clerk_of_unit(FIRE), object(1))), "rating.window");
    for (state, expected) in [
        ("UNRATED", "rating.rated"),
        ("OBJECTED", "rating.objected_once"),
        ("STRUCK", "rating.objected_once"),
        ("CANCELLED", "case.ended"),
    ] {
        assert_eq!(answer(world.ask(&rated(state), 10, clerk_of_unit(FIRE), object(1))), expected, "{state}");
    }
}

#[test]
fn somebody_who_is_no_party_rules_and_what_is_struck_does_not_count() {
    let (mut world, case) = (World::new(), rated("OBJECTED"));
    assert_eq!(clock(&case, ClockKind::RuleOnRating).key.owner_unit, CENTRE);
    let supervisor = || officer(CENTRE, 2, Role::Supervisor);
    for (by, expected) in [
        (centre(), "RATING_RULED"),
        (supervisor(), "rating.ruler"),
        (leader(), "FORBIDDEN"),
        (clerk_of_unit(FIRE), "FORBIDDEN"),
    ] {
        let command = rule_on_rating(1, ObjectionOutcome::Stands);
        assert_eq!(answer(world.ask(&case, 10, by, command)), expected, "{by:?}");
    }
    world.officer_units = [FIRE].into();
    let ruled = |world: &World| answer(world.ask(&case, 10, centre(), rule_on_rating(1, ObjectionOutcome::Struck)));
    assert_eq!(ruled(&world), "rating.not_party", "an officer who also belongs to a party");
    // The command centre blew the whistle itself: a supervisor rules.
    let mut of_centre = World::new();
    of_centre.centres = vec![TOWN];
    assert_eq!(
        answer(of_centre.ask(&case, 10, supervisor(), rule_on_rating(1, ObjectionOutcome::Stands))),
        "RATING_RULED"
    );
    for (state, counts) in [("RATED", true), ("OBJECTED", true), ("STANDS", true), ("STRUCK", false)] {
        assert_eq!(rated(state).assignments[0].rating.unwrap().counts(), counts, "{state}");
    }
}

#[test]
fn the_command_centre_judges_a_whistle_without_need_once() {
    let world = World::new();
    let mut case = rated("UNRATED_CLOSED");
    for (by, expected) in [
        (centre(), "WHISTLE_JUDGED"),
        (leader(), "FORBIDDEN"),
        (officer(CENTRE, 2, Role::Supervisor), "FORBIDDEN"),
        (clerk_of_unit(FIRE), "FORBIDDEN"),
    ] {
        assert_eq!(answer(world.ask(&case, 10, by, judge_whistle(1))), expected, "{by:?}");
    }
    assert_eq!(answer(world.ask(&case, 10, centre(), judge_whistle(2))), "NOT_FOUND");
    world.play(&mut case, 10, centre(), judge_whistle(1));
    assert_eq!(case.whistles[0].judgement.unwrap().fault, WhistleFault::OwnDuty);
    assert_eq!(answer(world.ask(&case, 11, centre(), judge_whistle(1))), "whistle.judged_once");
    let mut own = world.case(false).0;
    world.play(&mut own, 1, centre(), blow_key_work(1, task(1, FIRE)));
    assert_eq!(answer(world.ask(&own, 2, centre(), judge_whistle(1))), "whistle.another_unit");
}

/// Ratings move with the work, the time for them too, and undoing the merge gives them back.
#[test]
fn a_merge_carries_ratings_and_what_is_due_for_them() {
    for (state, kind) in [("UNRATED", ClockKind::RateAnswer), ("OBJECTED", ClockKind::RuleOnRating)] {
        let case = rated(state);
        let due = clock(&case, kind).due;
        let after = merged(&case, &other(World::new().case(false).0), OpenWork::Carry).unwrap();
        assert_eq!(after.into.assignments[0].rating, case.assignments[0].rating);
        assert_eq!((clock(&after.into, kind).is_running(), clock(&after.into, kind).due), (true, due));
        everybody_has_a_deadline(&after.into).unwrap();
        let back = after.undone().unwrap();
        assert_eq!(as_before(&back.from), as_before(&case));
    }
}

/// A unit ends 撤并: its successor rates, with the same due time.
#[test]
fn a_successor_rates_or_rules_instead() {
    let mut case = rated("UNRATED");
    let event = Inheritance { from: TOWN, to: GAS, at: at(50) }.of_case(&case, true, &[]).unwrap();
    hazard::apply(&mut case, &event);
    assert_eq!(case.rater(&case.assignments[0]), Some(GAS));
    let mut objected = rated("OBJECTED");
    let event = Inheritance { from: CENTRE, to: GAS, at: at(50) }.of_whistle(&objected).unwrap();
    hazard::apply(&mut objected, &event);
    assert!(objected.clocks.iter().any(|clock| clock.is_open() && clock.key.owner_unit == GAS));
}

#[test]
fn a_policy_of_an_earlier_build_sets_no_time_for_ratings() {
    let mut stored = serde_json::to_value(&World::new().policy).unwrap();
    assert!(stored.as_object_mut().unwrap().remove("rating").is_some());
    let read: HandlingPolicy = serde_json::from_value(stored).unwrap();
    assert_eq!((read.rating.rate, read.rating.ruled_by), (None, vec![Role::CommandCentre]));
}
