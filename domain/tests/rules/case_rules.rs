//! The rules of cases, with one test for each. Long because cases have most of the rules, and a reader looks for all of
//! them here.

use domain::access::By;
use domain::clock::{Clock, ClockKind, ClockState};
use domain::hazard::{
    AssignmentStatus, CancelReason, Case, Command, DutyFacts, HazardStatus, Level, Measure, Origin, Part, ReopenCause,
    WhistleStatus,
};
use domain::id::UnitId;
use domain::limits::ASSIGNMENTS_MAX;
use domain::photo::PhotoStage;
use domain::staff::Role;
use domain::{Code, Refusal};

use crate::scene::*;

/// A hazard that was just registered.
fn registered() -> Case {
    World::new().case(false).0
}

/// A hazard on which FIRE leads and GAS supports, called by a whistle.
fn whistled() -> Case {
    let mut case = registered();
    let whistle = blow(1, "joint_enforcement", task(1, FIRE), vec![task(2, GAS)]);
    World::new().play(&mut case, 1, leader(), whistle);
    case
}

/// A hazard dispatched to FIRE alone.
fn dispatched() -> Case {
    let mut case = registered();
    World::new().play(&mut case, 1, clerk(), dispatch(1, FIRE));
    case
}

/// A hazard whose work by FIRE was accepted.
fn accepted() -> Case {
    let (world, mut case) = (World::new(), dispatched());
    work(&world, &mut case, 10, 1, FIRE);
    world.play(&mut case, 20, clerk(), accept(1));
    case
}

fn no(asked: Result<Vec<domain::hazard::Event>, Refusal>) -> (Code, Option<&'static str>) {
    let refusal = asked.unwrap_err();
    (refusal.code, refusal.rule)
}

fn refused(case: &Case, by: By, command: Command) -> (Code, Option<&'static str>) {
    no(World::new().ask(case, 30, by, command))
}

fn clock_of(case: &Case, kind: ClockKind, number: u128) -> &Clock {
    case.clocks.iter().find(|clock| clock.key.kind == kind && clock.key.assignment == Some(id(number))).unwrap()
}

fn clock(case: &Case, kind: ClockKind, unit: UnitId) -> &Clock {
    case.clocks.iter().find(|clock| clock.key.kind == kind && clock.key.owner_unit == unit).unwrap()
}

#[test]
fn a_whistle_has_one_lead_and_each_unit_one_part() {
    let case = whistled();
    let parts: Vec<_> = case.assignments.iter().map(|assignment| (assignment.unit, assignment.part)).collect();
    assert_eq!(parts, [(FIRE, Part::Lead), (GAS, Part::Support)]);
    let once = (Code::IllegalMove, Some("assignment.one_per_unit"));
    assert_eq!(refused(&case, clerk(), dispatch(3, GAS)), once);
    let twice = Command::Dispatch { lead: task(3, TOWN), supports: vec![task(4, TOWN)] };
    assert_eq!(refused(&case, clerk(), twice), once);
}

/// However often the work went round, somebody can be asked to do it.
#[test]
fn a_hazard_has_a_bounded_number_of_assignments_and_always_a_next_one() {
    let (world, mut case) = (World::new(), registered());
    let bound = u128::try_from(ASSIGNMENTS_MAX).unwrap();
    for number in 1..=bound {
        world.play(&mut case, 1, clerk(), dispatch(number, FIRE));
        if number < bound {
            world.play(&mut case, 1, clerk(), take_back(number, None));
        }
    }
    let at_most = (Code::IllegalMove, Some("assignment.at_most"));
    assert_eq!(refused(&case, clerk(), dispatch(bound + 1, GAS)), at_most);
    world.play(&mut case, 1, clerk(), take_back(bound, None));
    let two = Command::Dispatch { lead: task(bound + 1, FIRE), supports: vec![task(bound + 2, GAS)] };
    assert_eq!(refused(&case, clerk(), two), at_most);
    world.play(&mut case, 1, clerk(), dispatch(bound + 1, GAS));
}

#[test]
fn the_policy_says_who_blows_which_whistle() {
    let whistle = |code| blow(1, code, task(1, FIRE), Vec::new());
    let case = registered();
    assert_eq!(refused(&case, clerk(), whistle("joint_enforcement")), (Code::Forbidden, Some("whistle.may_blow")));
    assert_eq!(refused(&case, leader(), whistle("no_such_type")).0, Code::InvalidInput);
    assert!(World::new().ask(&case, 1, clerk(), whistle("emergency")).is_ok());
}

#[test]
fn a_village_never_leads_and_a_township_only_by_the_duty_list() {
    let mut world = World::new();
    let case = registered();
    let village = no(world.ask(&case, 1, clerk(), dispatch(1, VILLAGE)));
    assert_eq!(village, (Code::DutyExcluded, Some("lead.never_a_village")));
    world.duty = Some(DutyFacts { township_may_lead: false });
    assert_eq!(no(world.ask(&case, 1, clerk(), dispatch(1, TOWN))), (Code::DutyExcluded, Some("lead.duty_list")));
    let supported = Command::Dispatch { lead: task(1, FIRE), supports: vec![task(2, TOWN), task(3, VILLAGE)] };
    assert!(world.ask(&case, 1, clerk(), supported).is_ok());
}

#[test]
fn an_accused_unit_takes_no_part() {
    let supported = Command::Dispatch { lead: task(1, FIRE), supports: vec![task(2, ACCUSED)] };
    assert_eq!(refused(&registered(), clerk(), supported).0, Code::UnitBarred);
}

#[test]
fn a_unit_that_nobody_knows_is_not_found() {
    let nobody = UnitId(uuid::Uuid::from_u128(999));
    assert_eq!(refused(&registered(), clerk(), dispatch(1, nobody)).0, Code::NotFound);
}

#[test]
fn a_township_may_keep_a_matter_for_itself() {
    let mut case = registered();
    World::new().play(&mut case, 1, clerk(), dispatch(1, TOWN));
    assert_eq!(case.assignments[0].origin, Origin::SelfHandled);
    assert!(case.clocks.iter().all(|clock| clock.key.kind != ClockKind::Sign), "nobody signs to oneself");
}

#[test]
fn an_emergency_waits_five_minutes_for_its_dispatch() {
    let (world, mut case) = (World::new(), World::new().case(true).0);
    assert_eq!(clock(&case, ClockKind::Dispatch, TOWN).due, at(5));
    assert!(clock(&case, ClockKind::Dispatch, TOWN).is_overdue(at(6)));
    world.play(&mut case, 4, clerk(), blow(1, "emergency", task(1, GAS), Vec::new()));
    assert_eq!(clock(&case, ClockKind::Dispatch, TOWN).state, ClockState::Met);
    assert_eq!(clock(&case, ClockKind::CheckIn, GAS).start, at(4));
}

#[test]
fn claiming_signs_too_and_exactly_one_wins() {
    let (world, mut case) = (World::new(), dispatched());
    world.play(&mut case, 5, worker(FIRE, 1), Command::Claim { assignment: id(1) });
    assert_eq!((case.assignments[0].signed_at, case.assignments[0].claimed_at), (Some(at(5)), Some(at(5))));
    assert_eq!(clock(&case, ClockKind::Sign, FIRE).state, ClockState::Met);
    let late = Command::Claim { assignment: id(1) };
    assert_eq!(refused(&case, worker(FIRE, 2), late).0, Code::AlreadyClaimed);
}

#[test]
fn work_belongs_to_the_unit_and_to_the_worker_who_holds_it() {
    let (world, mut case) = (World::new(), dispatched());
    assert_eq!(refused(&case, worker(GAS, 1), Command::Claim { assignment: id(1) }).0, Code::Forbidden);
    world.play(&mut case, 5, worker(FIRE, 1), Command::Claim { assignment: id(1) });
    let not_yours = (Code::Forbidden, Some("assignment.not_yours"));
    assert_eq!(refused(&case, worker(FIRE, 2), check_in(1)), not_yours);
    let release = Command::Release { assignment: id(1), note: NOTE };
    assert_eq!(refused(&case, worker(FIRE, 2), release.clone()), not_yours);
    world.play(&mut case, 6, By::Officer(person(FIRE, 5, Role::DepartmentClerk)), release);
    assert_eq!(case.assignments[0].status, AssignmentStatus::Signed);
    assert_eq!(case.assignments[0].claimed_at, Some(at(5)), "that it was claimed stays true");
}

#[test]
fn hand_over_keeps_the_status_and_stays_in_the_unit() {
    let (world, mut case) = (World::new(), dispatched());
    world.play(&mut case, 5, worker(FIRE, 1), Command::Claim { assignment: id(1) });
    world.play(&mut case, 6, worker(FIRE, 1), check_in(1));
    let hand_over = |to| Command::HandOver { assignment: id(1), to: Some(to), note: NOTE };
    let outside = hand_over(person(GAS, 1, Role::Worker));
    assert_eq!(refused(&case, worker(FIRE, 1), outside).0, Code::InvalidInput);
    world.play(&mut case, 7, worker(FIRE, 1), hand_over(person(FIRE, 2, Role::Worker)));
    assert_eq!(case.assignments[0].status, AssignmentStatus::OnSite);
    assert_eq!(case.assignments[0].workers.len(), 2);
    world.play(&mut case, 8, worker(FIRE, 2), finish(1));
}

#[test]
fn who_is_far_away_says_why() {
    let (world, mut case) = (World::new(), dispatched());
    world.play(&mut case, 5, worker(FIRE, 1), Command::Claim { assignment: id(1) });
    let at_distance = |distance_metres, far_reason| Command::CheckIn {
        assignment: id(1),
        distance_metres,
        far_reason,
        occurred_at: None,
    };
    assert_eq!(refused(&case, worker(FIRE, 1), at_distance(300.1, None)).0, Code::TooFar);
    assert_eq!(refused(&case, worker(FIRE, 1), at_distance(f64::NAN, None)).0, Code::InvalidInput);
    assert!(world.ask(&case, 6, worker(FIRE, 1), at_distance(300.0, None)).is_ok());
    world.play(&mut case, 6, worker(FIRE, 1), at_distance(9_000.0, Some(NOTE)));
}

#[test]
fn a_step_without_network_counts_from_when_it_was_taken() {
    let step = |occurred: i64| Command::CheckIn {
        assignment: id(1),
        distance_metres: 0.0,
        far_reason: None,
        occurred_at: Some(at(occurred)),
    };
    // The step arrives at minute 200. It was claimed at 5, is due at 121, and counts if it was taken at most 120
    // minutes before.
    for (occurred, counts, state) in [
        (80, 80, ClockState::Met),
        (121, 121, ClockState::Met),
        (122, 122, ClockState::Late),
        (79, 200, ClockState::Late),
        (999, 200, ClockState::Late),
    ] {
        let (world, mut case) = (World::new(), dispatched());
        world.play(&mut case, 5, worker(FIRE, 1), Command::Claim { assignment: id(1) });
        world.play(&mut case, 200, worker(FIRE, 1), step(occurred));
        assert_eq!(case.assignments[0].checked_in_at, Some(at(counts)));
        assert_eq!(clock(&case, ClockKind::CheckIn, FIRE).state, state, "{occurred}");
    }
    let (world, mut case) = (World::new(), dispatched());
    world.play(&mut case, 50, worker(FIRE, 1), Command::Claim { assignment: id(1) });
    world.play(&mut case, 60, worker(FIRE, 1), step(20));
    assert_eq!(case.assignments[0].checked_in_at, Some(at(50)), "never before the step that it follows");
}

#[test]
fn finishing_names_photos_and_accepting_needs_them_verified() {
    let (world, mut case) = (World::new(), dispatched());
    world.play(&mut case, 5, worker(FIRE, 1), Command::Claim { assignment: id(1) });
    world.play(&mut case, 6, worker(FIRE, 1), check_in(1));
    let finish_with = |photos| Command::Finish {
        distance_metres: 0.0,
        assignment: id(1),
        measure: Measure::Cleared,
        photos,
        note: None,
        occurred_at: None,
    };
    assert_eq!(refused(&case, worker(FIRE, 1), finish_with(Vec::new())).0, Code::EvidenceMissing);
    assert_eq!(refused(&case, worker(FIRE, 1), finish_with(vec![photo(1), photo(1)])).0, Code::InvalidInput);
    assert_eq!(refused(&case, worker(FIRE, 1), finish_with((1..11).map(photo).collect())).0, Code::InvalidInput);
    world.play(&mut case, 7, worker(FIRE, 1), finish_with(vec![photo(1), photo(99)]));
    assert_eq!(refused(&case, clerk(), accept(1)).0, Code::EvidenceMissing);
}

#[test]
fn nobody_accepts_own_work() {
    let (world, mut case) = (World::new(), registered());
    world.play(&mut case, 1, clerk(), dispatch(1, TOWN));
    work(&world, &mut case, 5, 1, TOWN);
    // Person 1 of the township is both the worker and the leader.
    assert_eq!(refused(&case, leader(), accept(1)), (Code::NotYourOwn, Some("acceptance.another_person")));
    world.play(&mut case, 10, clerk(), accept(1));
    let close = Command::Close { note: NOTE };
    assert_eq!(refused(&case, leader(), close.clone()), (Code::NotYourOwn, Some("closing.another_person")));
    world.play(&mut case, 11, By::Officer(person(TOWN, 3, Role::TownshipLeader)), close);
}

#[test]
fn a_whistle_is_accepted_by_another_unit() {
    let (world, mut case) = (World::new(), registered());
    world.play(&mut case, 1, leader(), blow(1, "emergency", task(1, FIRE), vec![task(2, TOWN)]));
    work(&world, &mut case, 5, 2, TOWN);
    assert_eq!(refused(&case, clerk(), accept(2)), (Code::NotYourOwn, Some("acceptance.another_unit")));
    world.play(&mut case, 10, By::Officer(person(CENTRE, 1, Role::CommandCentre)), accept(2));
}

#[test]
fn rework_buys_no_time_and_clears_no_fact() {
    let (world, mut case) = (World::new(), dispatched());
    work(&world, &mut case, 10, 1, FIRE);
    let due = clock(&case, ClockKind::Finish, FIRE).due;
    assert_eq!(clock(&case, ClockKind::Finish, FIRE).state, ClockState::Met);
    world.play(&mut case, 20, clerk(), Command::Rework { assignment: id(1), note: NOTE });
    let again = &case.assignments[0];
    assert_eq!((again.claimed_at, again.checked_in_at, again.finished_at), (Some(at(10)), Some(at(11)), None));
    assert_eq!((clock(&case, ClockKind::Finish, FIRE).due, case.status()), (due, HazardStatus::InProgress));
    assert!(clock(&case, ClockKind::Finish, FIRE).is_running());
    assert!(!clock(&case, ClockKind::Accept, TOWN).is_running(), "nothing waits for the township");
    work(&world, &mut case, 30, 1, FIRE);
    assert!(clock(&case, ClockKind::Accept, TOWN).is_running());
    assert_eq!(case.assignments[0].rework_count, 1);
}

#[test]
fn a_whistle_is_answered_when_all_are_there_and_completed_when_all_is_accepted() {
    let (world, mut case) = (World::new(), whistled());
    let status = |case: &Case| case.whistle_status(&case.whistles[0]);
    work(&world, &mut case, 10, 1, FIRE);
    assert_eq!((status(&case), case.status()), (WhistleStatus::Blown, HazardStatus::InProgress));
    work(&world, &mut case, 20, 2, GAS);
    assert_eq!((status(&case), case.status()), (WhistleStatus::Answered, HazardStatus::AwaitingAcceptance));
    world.play(&mut case, 30, clerk(), accept(1));
    world.play(&mut case, 31, clerk(), accept(2));
    assert_eq!((status(&case), case.status()), (WhistleStatus::Completed, HazardStatus::AwaitingClosure));
}

/// Finding B19: the time to accept counts for each assignment from when its work was finished.
#[test]
fn each_finished_work_has_its_own_time_to_be_accepted() {
    let (world, mut case) = (World::new(), whistled());
    let day = 24 * 60; // the story begins on a Friday
    work(&world, &mut case, 10, 1, FIRE);
    work(&world, &mut case, 3 * day, 2, GAS); // two working days each: until Tuesday, and until Wednesday
    let due = [1, 2].map(|number| clock_of(&case, ClockKind::Accept, number).due);
    assert!(due[0] < due[1], "{due:?}");
    world.play(&mut case, 5 * day, clerk(), accept(1));
    world.play(&mut case, 5 * day, clerk(), accept(2));
    let states = [1, 2].map(|number| clock_of(&case, ClockKind::Accept, number).state);
    assert_eq!(states, [ClockState::Late, ClockState::Met]);
}

/// Finding B10: a hazard without danger has to be dispatched and closed in time, too.
#[test]
fn dispatching_and_closing_have_a_deadline() {
    let (world, mut case) = (World::new(), registered());
    let dispatched = clock(&case, ClockKind::Dispatch, TOWN);
    assert_eq!((dispatched.start, dispatched.due), (at(0), at(6 * 60)), "from 9:00 four office hours, with lunch");
    world.play(&mut case, 7 * 60, clerk(), dispatch(1, FIRE));
    assert_eq!(clock(&case, ClockKind::Dispatch, TOWN).state, ClockState::Late);
    work(&world, &mut case, 8 * 60, 1, FIRE);
    assert!(case.clocks.iter().all(|clock| clock.key.kind != ClockKind::Close), "it is not accepted yet");
    world.play(&mut case, 9 * 60, clerk(), accept(1));
    let first = clock(&case, ClockKind::Close, TOWN).clone();
    assert!(first.is_running() && first.start == at(9 * 60));

    // More work comes up: closing has to wait, and is then counted from the end of that work.
    world.play(&mut case, 10 * 60, clerk(), dispatch(2, GAS));
    assert_eq!(clock(&case, ClockKind::Close, TOWN).state, ClockState::Cancelled);
    let monday = 3 * 24 * 60;
    world.play(&mut case, monday + 120, clerk(), take_back(2, None));
    let again = clock(&case, ClockKind::Close, TOWN);
    assert!(again.is_running() && again.due > first.due, "what was taken back does not keep it open");
    world.play(&mut case, monday + 180, leader(), Command::Close { note: NOTE });
    assert_eq!(clock(&case, ClockKind::Close, TOWN).state, ClockState::Met);
    world.play(&mut case, monday + 240, By::Reporter, Command::Reopen { cause: ReopenCause::Callback, note: None });
    let second = case.clocks.iter().filter(|clock| clock.key.kind == ClockKind::Dispatch && clock.key.round == 2);
    assert!(second.map(Clock::is_running).eq([true]), "the new round has to be dispatched");
}

#[test]
fn the_leader_of_the_territory_closes_and_nobody_else() {
    let case = accepted();
    let close = || Command::Close { note: NOTE };
    let others = [
        clerk(),
        By::System,
        By::Officer(person(FIRE, 3, Role::DepartmentLeader)),
        By::Officer(person(CENTRE, 1, Role::CommandCentre)),
    ];
    for by in others {
        assert_eq!(refused(&case, by, close()).0, Code::Forbidden);
    }
    assert!(World::new().ask(&case, 30, leader(), close()).is_ok());
    assert_eq!(refused(&dispatched(), leader(), close()), (Code::IllegalMove, Some("closing.all_accepted")));
    assert_eq!(refused(&registered(), leader(), close()), (Code::IllegalMove, Some("closing.all_accepted")));
}

#[test]
fn where_there_is_no_township_the_command_centre_closes() {
    let mut case = accepted();
    case.township = CENTRE;
    let centre = By::Officer(person(CENTRE, 1, Role::CommandCentre));
    assert!(World::new().ask(&case, 30, centre, Command::Close { note: NOTE }).is_ok());
}

#[test]
fn reopening_begins_a_new_round_within_the_window() {
    let (world, mut case) = (World::new(), accepted());
    world.play(&mut case, 30, leader(), Command::Close { note: NOTE });
    let reopen = || Command::Reopen { cause: ReopenCause::Callback, note: None };
    let last = DAY_END + 15 * 24 * 60;
    assert_eq!(no(world.ask(&case, last + 1, By::Reporter, reopen())).1, Some("reopening.window"));
    world.play(&mut case, last, By::Reporter, reopen());
    assert_eq!((case.round, case.status(), case.closed_at), (2, HazardStatus::Registered, None));
    assert_eq!(case.assignments[0].status, AssignmentStatus::Accepted, "history stays");
    world.play(&mut case, last + 1, clerk(), dispatch(2, FIRE));
    assert_eq!(case.status(), HazardStatus::Assigned);
    let sign_clocks = case.clocks.iter().filter(|clock| clock.key.kind == ClockKind::Sign);
    assert_eq!(sign_clocks.map(|clock| clock.key.round).collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn only_an_officer_with_a_reason_reopens_a_hazard() {
    let (world, mut case) = (World::new(), accepted());
    world.play(&mut case, 30, leader(), Command::Close { note: NOTE });
    let reopen = |cause, note| Command::Reopen { cause, note };
    assert_eq!(refused(&case, leader(), reopen(ReopenCause::Callback, None)).0, Code::Forbidden);
    assert_eq!(refused(&case, By::Reporter, reopen(ReopenCause::Officer, None)).0, Code::Forbidden);
    assert_eq!(refused(&case, leader(), reopen(ReopenCause::Officer, None)).0, Code::InvalidInput);
    assert!(world.ask(&case, 31, leader(), reopen(ReopenCause::Officer, Some(NOTE))).is_ok());
}

#[test]
fn cancelling_takes_open_work_and_clocks_along() {
    let (world, mut case) = (World::new(), whistled());
    work(&world, &mut case, 10, 1, FIRE);
    world.play(&mut case, 20, clerk(), accept(1));
    let cancel = Command::Cancel { reason: CancelReason::Unfounded, note: Some(NOTE), into: None };
    world.play(&mut case, 21, clerk(), cancel);
    let statuses: Vec<_> = case.assignments.iter().map(|assignment| assignment.status).collect();
    assert_eq!(statuses, [AssignmentStatus::Accepted, AssignmentStatus::Cancelled]);
    assert_eq!(case.whistle_status(&case.whistles[0]), WhistleStatus::Cancelled);
    assert!(case.clocks.iter().all(|clock| !clock.is_running()));
}

#[test]
fn a_withdrawn_emergency_goes_only_before_anybody_was_asked() {
    let (world, mut case) = (World::new(), World::new().case(true).0);
    let withdrawn = || Command::Cancel { reason: CancelReason::Withdrawn, note: None, into: None };
    assert!(world.ask(&case, 1, By::Reporter, withdrawn()).is_ok());
    world.play(&mut case, 2, clerk(), dispatch(1, FIRE));
    assert_eq!(no(world.ask(&case, 3, By::Reporter, withdrawn())).0, Code::IllegalMove);
}

#[test]
fn a_review_reclassifies_an_emergency_and_never_lowers_its_level() {
    let (world, mut case) = (World::new(), World::new().case(true).0);
    let (clocks, before) = (case.clocks.clone(), case.status());
    world.play(&mut case, 3, clerk(), classify(2));
    assert_eq!((case.level, case.category.as_deref()), (Level::SuspectedMajor, Some("category2")));
    assert_eq!((case.axes.place_kind.as_deref(), case.axes.industry.as_deref()), (Some("P2"), None));
    assert_eq!((case.clocks.clone(), case.status()), (clocks, before), "nothing else moves");
    assert_eq!(refused(&case, clerk(), classify(2)).0, Code::IllegalMove);
    world.play(&mut case, 4, leader(), classify(1));
    assert_eq!((case.level, case.category.as_deref()), (Level::SuspectedMajor, Some("category1")));
    case.level = Level::Major;
    world.play(&mut case, 5, clerk(), classify(4));
    assert_eq!(case.level, Level::Major);
    let of_another_unit = By::Officer(person(CENTRE, 1, Role::CommandCentre));
    world.play(&mut case, 6, of_another_unit, classify(2));
    for by in [worker(TOWN, 1), worker(FIRE, 1), By::Reporter, By::System] {
        assert_eq!(refused(&case, by, classify(3)).0, Code::Forbidden);
    }
}

#[test]
fn a_step_never_counts_from_before_a_rework_or_a_new_claim() {
    let finished_at = |occurred: i64| Command::Finish {
        assignment: id(1),
        distance_metres: 0.0,
        measure: Measure::Cleared,
        photos: vec![photo(1)],
        note: None,
        occurred_at: Some(at(occurred)),
    };
    let (world, mut case) = (World::new(), dispatched());
    work(&world, &mut case, 10, 1, FIRE);
    world.play(&mut case, 1_500, clerk(), Command::Rework { assignment: id(1), note: NOTE });
    world.play(&mut case, 1_501, worker(FIRE, 1), Command::Claim { assignment: id(1) });
    world.play(&mut case, 1_502, worker(FIRE, 1), check_in(1));
    world.play(&mut case, 1_503, worker(FIRE, 1), finished_at(1_430));
    assert_eq!(case.assignments[0].finished_at, Some(at(1_502)));
    assert_eq!(clock(&case, ClockKind::Finish, FIRE).state, ClockState::Late, "it was due at 1,441");

    let (world, mut case) = (World::new(), dispatched());
    world.play(&mut case, 10, worker(FIRE, 1), Command::Claim { assignment: id(1) });
    world.play(&mut case, 11, worker(FIRE, 1), check_in(1));
    let to = Some(person(FIRE, 2, Role::Worker));
    world.play(&mut case, 90, worker(FIRE, 1), Command::HandOver { assignment: id(1), to, note: NOTE });
    world.play(&mut case, 95, worker(FIRE, 2), finished_at(20));
    assert_eq!(case.assignments[0].finished_at, Some(at(90)), "the other worker was there at 20");
}

#[test]
fn finished_work_is_shown_by_photos_taken_after_it_and_after_the_last_rework() {
    let (mut world, mut case) = (World::new(), dispatched());
    world.play(&mut case, 5, worker(FIRE, 1), Command::Claim { assignment: id(1) });
    world.play(&mut case, 6, worker(FIRE, 1), check_in(1));
    for (stage, is_taken) in [(PhotoStage::Before, false), (PhotoStage::During, false), (PhotoStage::After, true)] {
        world.stage = stage;
        let asked = world.ask(&case, 7, worker(FIRE, 1), finish(1)).map_err(|refusal| (refusal.code, refusal.rule));
        let refused = Err((Code::EvidenceMissing, Some("finish.after_photos")));
        assert_eq!(asked.map(|_| ()), if is_taken { Ok(()) } else { refused });
    }
    world.play(&mut case, 7, worker(FIRE, 1), finish(1));
    world.play(&mut case, 8, clerk(), Command::Rework { assignment: id(1), note: NOTE });
    world.play(&mut case, 9, worker(FIRE, 1), Command::Claim { assignment: id(1) });
    world.play(&mut case, 10, worker(FIRE, 1), check_in(1));
    for (announced, is_new) in [(7, false), (8, false), (9, true)] {
        world.announced = Some(announced);
        let asked = world.ask(&case, 11, worker(FIRE, 1), finish(1)).map_err(|refusal| (refusal.code, refusal.rule));
        let refused = Err((Code::EvidenceMissing, Some("finish.new_photo")));
        assert_eq!(asked.map(|_| ()), if is_new { Ok(()) } else { refused });
    }
    let foreign = Command::Finish {
        assignment: id(1),
        distance_metres: 0.0,
        measure: Measure::Cleared,
        photos: vec![photo(500)],
        note: None,
        occurred_at: None,
    };
    assert_eq!(refused(&case, worker(FIRE, 1), foreign), (Code::EvidenceMissing, Some("finish.own_photos")));
}
