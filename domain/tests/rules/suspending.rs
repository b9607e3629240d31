//! Suspensions 挂账: who asks and decides, what rests and what goes on, and how a hazard comes back. Long because all tables
//! stand together.

use std::collections::BTreeMap;

use domain::Refusal;
use domain::access::By;
use domain::clock::{Clock, ClockKey, ClockKind, ClockState, PauseReason};
use domain::hazard::{
    self, AssignmentStatus, CancelReason, Case, Command, HazardStatus, OpenWork, ReopenCause, ResumeCause,
    WhistleRequestState,
};
use domain::id::UnitId;
use domain::inheritance::Inheritance;
use domain::policy::SuspensionPolicy;
use domain::report::{self, HazardFacts};
use domain::staff::{Role, UnitKind};
use domain::todo::{TodoKind, of_case};
use uuid::Uuid;

use crate::merging::{as_before, merged, other};
use crate::report_rules::received;
use crate::scene::*;
use crate::status_table::{case_asker, case_commands, case_word, dispatched, hazard_in, requested, suspended};
use crate::turns::everybody_has_a_deadline;

const TABLE: &str = include_str!("../data/suspension_table.txt");
const ABOVE: UnitId = UnitId(Uuid::from_u128(8));
const DAY: i64 = 24 * 60;

fn lines(name: &str) -> Vec<Vec<&'static str>> {
    let lines = TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let lines = lines.skip_while(|line| *line != format!("[{name}]")).skip(1);
    lines.take_while(|line| !line.starts_with('[')).map(|line| line.split_whitespace().collect()).collect()
}

fn section(name: &str) -> BTreeMap<&'static str, &'static str> {
    lines(name).into_iter().map(|words| (words[0], words[1])).collect()
}

fn answer<T>(asked: Result<T, Refusal>) -> &'static str {
    asked.map_or_else(|refusal| refusal.rule.unwrap_or(refusal.code.as_str()), |_| "ok")
}

fn officer(unit: UnitId, number: u128, role: Role) -> By {
    By::Officer(person(unit, number, role))
}

const GRANT: Command = Command::GrantSuspension { note: NOTE };
const REFUSE: Command = Command::RefuseSuspension { note: NOTE };
const ON_THE_DATE: Command = Command::Resume { cause: ResumeCause::ReviewDate, note: None };

/// FIRE leads and has claimed its work, GAS supports.
fn shared() -> Case {
    let (world, mut case) = (World::new(), World::new().case(false).0);
    world.play(&mut case, 1, clerk(), Command::Dispatch { lead: task(1, FIRE), supports: vec![task(2, GAS)] });
    world.play(&mut case, 2, worker(FIRE, 1), Command::Claim { assignment: id(1) });
    case
}

fn ask_of(responsible: Option<domain::access::Actor>, days: i64) -> Command {
    Command::AskSuspension(terms(responsible, days))
}

fn town_leader() -> domain::access::Actor {
    person(TOWN, 1, Role::TownshipLeader)
}

/// Suspends and brings back, so many times.
fn suspended_before(times: i64) -> Case {
    let (world, mut case) = (World::new(), shared());
    for time in 0..times {
        world.play(&mut case, 20 + time * 3, leader(), ask_suspension(TOWN));
        world.play(&mut case, 21 + time * 3, centre(), GRANT);
        world.play(&mut case, 22 + time * 3, leader(), resume());
    }
    case
}

/// The case, the world and the command for each line of the section.
#[expect(clippy::too_many_lines, reason = "one arm for each row")]
fn asking(row: &str) -> (World, Case, By, Command) {
    let (mut world, mut case, mut by, mut command) = (World::new(), shared(), leader(), ask_suspension(TOWN));
    match row {
        "township_leader" => {}
        "leader_of_the_lead" => by = officer(FIRE, 5, Role::DepartmentLeader),
        "leader_of_the_support" => by = officer(GAS, 5, Role::DepartmentLeader),
        "township_clerk" => by = clerk(),
        "clerk_of_the_lead" => by = officer(FIRE, 5, Role::DepartmentClerk),
        "worker" => by = worker(FIRE, 1),
        "centre" => by = centre(),
        "reporter" => by = By::Reporter,
        "not_in_the_policy" => world.policy.suspension.may_ask = vec![Role::DepartmentLeader],
        "before_dispatch" => case = world.case(false).0,
        "one_part_is_finished" => {
            world.play(&mut case, 3, worker(FIRE, 1), check_in(1));
            world.play(&mut case, 4, worker(FIRE, 1), finish(1));
        }
        "all_is_finished" => case = hazard_in(HazardStatus::AwaitingAcceptance),
        "all_is_accepted" => case = hazard_in(HazardStatus::AwaitingClosure),
        "closed" => case = hazard_in(HazardStatus::Closed),
        "cancelled" => case = hazard_in(HazardStatus::Cancelled),
        "emergency" => case = world.case(true).0,
        "emergency_whistle" => {
            world.play(&mut case, 3, leader(), blow(9, "emergency", task(9, TOWN), Vec::new()));
        }
        "lead_sends_it_back" => {
            world.play(&mut case, 3, clerk_of_unit(FIRE), ask_send_back(1, None));
            by = officer(FIRE, 5, Role::DepartmentLeader);
        }
        "support_sends_it_back" => world.play(&mut case, 3, clerk_of_unit(GAS), ask_send_back(2, None)),
        "more_time_was_asked_for" => world.play(&mut case, 3, clerk_of_unit(FIRE), ask_extension(1)),
        "asked_already" => world.play(&mut case, 3, leader(), ask_suspension(TOWN)),
        "refused_before" => {
            world.play(&mut case, 3, leader(), ask_suspension(TOWN));
            world.play(&mut case, 4, centre(), REFUSE);
        }
        "while_suspended" => case = suspended(case),
        "suspended_twice" => case = suspended_before(2),
        "suspended_twice_reopened" => {
            case = suspended_before(2);
            work(&world, &mut case, 30, 2, GAS);
            world.play(&mut case, 33, worker(FIRE, 1), check_in(1));
            world.play(&mut case, 34, worker(FIRE, 1), finish(1));
            for number in [1, 2] {
                world.play(&mut case, 35, clerk(), accept(number));
            }
            world.play(&mut case, 36, leader(), Command::Close { note: NOTE });
            world.play(&mut case, 37, By::Reporter, Command::Reopen { cause: ReopenCause::Callback, note: None });
        }
        "review_today" => command = ask_of(Some(town_leader()), 0),
        "review_tomorrow" => command = ask_of(Some(town_leader()), 1),
        "review_on_the_last_day" => command = ask_of(Some(town_leader()), 90),
        "review_too_late" => command = ask_of(Some(town_leader()), 91),
        "responsible_leader_of_lead" => command = ask_suspension(FIRE),
        "responsible_nobody" => command = ask_of(None, 30),
        "responsible_clerk" => command = ask_of(Some(person(TOWN, 1, Role::TownshipClerk)), 30),
        "responsible_of_support" => command = ask_suspension(GAS),
        "responsible_of_centre" => command = ask_of(Some(person(CENTRE, 1, Role::CommandCentre)), 30),
        "responsible_unit_ended" => {
            world = World::without(FIRE);
            command = ask_suspension(FIRE);
        }
        "responsible_unit_accused" => {
            world.barred.insert(FIRE);
            command = ask_suspension(FIRE);
        }
        other => panic!("{other}"),
    }
    (world, case, by, command)
}

#[test]
fn whoever_asks_for_a_suspension_is_answered_as_the_table_says() {
    for (word, expected) in section("ask") {
        let (world, case, by, command) = asking(word);
        assert_eq!(answer(world.ask(&case, 50, by, command)), expected, "{word}");
    }
}

/// The world in which somebody decides, and the one who decides.
fn deciding(row: &str) -> (World, By) {
    let mut world = World::new();
    world.centres = vec![CENTRE, ABOVE];
    world.units.insert(ABOVE, UnitKind::CommandCentre);
    let by = match row {
        "the_one_who_asked" => leader(),
        "another_leader_of_that_unit" => officer(TOWN, 9, Role::TownshipLeader),
        "leader_of_the_lead" => officer(FIRE, 5, Role::DepartmentLeader),
        "centre" | "centre_who_did_the_work" => centre(),
        "centre_and_a_post_elsewhere" => {
            world.officer_units.insert(GAS);
            centre()
        }
        "centre_above" => officer(ABOVE, 1, Role::CommandCentre),
        "supervisor" => {
            world.centres = vec![CENTRE];
            officer(CENTRE, 4, Role::Supervisor)
        }
        "reporter" => By::Reporter,
        "system" => By::System,
        other => panic!("{other}"),
    };
    (world, by)
}

#[test]
fn whoever_decides_is_independent() {
    for words in lines("who").into_iter().skip(1) {
        let row = words[0];
        for (township, expected) in [TOWN, CENTRE].into_iter().zip(&words[1..]) {
            let (world, mut by) = deciding(row);
            let mut case = shared();
            case.township = township;
            case.clocks.iter_mut().filter(|clock| clock.key.owner_unit == TOWN).for_each(|clock| {
                clock.key.owner_unit = township;
            });
            let role = if township == CENTRE { Role::CommandCentre } else { Role::TownshipLeader };
            let asker = person(township, 8, role);
            world.play(&mut case, 20, By::Officer(asker), ask_of(Some(asker), 30));
            match row {
                "the_one_who_asked" => by = By::Officer(asker),
                "another_leader_of_that_unit" => by = officer(township, 9, role),
                "centre_who_did_the_work" => {
                    case.past_workers.insert(person(CENTRE, 1, Role::CommandCentre).officer);
                }
                _ => {}
            }
            for command in [GRANT, REFUSE] {
                assert_eq!(answer(world.ask(&case, 30, by, command)), *expected, "{row} {township}");
            }
        }
    }
}

/// The clock of the decision, and so its todo, belong to a centre that is no party. Whether a report accuses it is no fact of
/// the rules, so nothing tells.
#[test]
fn the_decision_waits_at_a_centre_that_is_not_concerned() {
    for (holder, centres, owner) in [
        (TOWN, vec![CENTRE, ABOVE], CENTRE),
        (CENTRE, vec![CENTRE, ABOVE], ABOVE),
        (CENTRE, vec![CENTRE], CENTRE), // its supervisors
    ] {
        let (mut world, _) = deciding("centre");
        world.centres = centres;
        let mut case = world.case(false).0;
        case.township = holder;
        let role = if holder == CENTRE { Role::CommandCentre } else { Role::TownshipLeader };
        let asker = person(holder, 8, role);
        world.play(&mut case, 20, By::Officer(asker), ask_of(Some(asker), 30));
        let todo = of_case(&case).into_iter().find(|todo| todo.kind == TodoKind::DecideSuspension).unwrap();
        assert_eq!((todo.owner_unit, todo.deadline.map(|due| due.clock)), (owner, Some(ClockKind::DecideSuspension)));
    }
}

#[test]
fn who_lets_it_come_back_is_in_the_table() {
    for (word, expected) in section("resume") {
        let (world, mut case) = (World::new(), shared());
        world.play(&mut case, 20, leader(), ask_suspension(FIRE));
        world.play(&mut case, 21, centre(), GRANT);
        let (by, command, minute) = match word {
            "responsible_leader" => (officer(FIRE, 1, Role::DepartmentLeader), resume(), 30),
            "leader_of_the_township" => (officer(TOWN, 6, Role::TownshipLeader), resume(), 30),
            "centre" => (centre(), resume(), 30),
            "supervisor" => (officer(CENTRE, 4, Role::Supervisor), resume(), 30),
            "leader_of_the_support" => (officer(GAS, 1, Role::DepartmentLeader), resume(), 30),
            "clerk_of_the_township" => (clerk(), resume(), 30),
            "worker" => (worker(FIRE, 1), resume(), 30),
            "reporter" => (By::Reporter, resume(), 30),
            // The story begins on a Friday at 08:00; the 30th day is a Sunday, so it comes back on Monday at 09:00.
            "system_before_the_date" => (By::System, ON_THE_DATE, 31 * DAY + 59),
            "system_on_the_date" => (By::System, ON_THE_DATE, 31 * DAY + 60),
            "officer_as_if_on_the_date" => (leader(), ON_THE_DATE, 40 * DAY),
            "not_suspended" => {
                world.play(&mut case, 30, leader(), resume());
                (leader(), resume(), 31)
            }
            "cancelled_while_suspended" => {
                let cancel = Command::Cancel { reason: CancelReason::Unfounded, note: Some(NOTE), into: None };
                world.play(&mut case, 30, clerk(), cancel);
                (leader(), resume(), 31)
            }
            other => panic!("{other}"),
        };
        assert_eq!(answer(world.ask(&case, minute, by, command)), expected, "{word}");
    }
}

#[test]
fn what_becomes_of_each_deadline_is_in_the_table() {
    let table = section("clocks");
    assert_eq!(table.len(), ClockKind::ALL.len());
    let world = World::new();
    let mut case = shared();
    world.play(&mut case, 20, leader(), ask_suspension(TOWN));
    // A clock of every kind beside those that there are.
    let model = case.clocks.iter().find(|clock| clock.is_running()).unwrap().clone();
    let has = |case: &Case, kind| case.clocks.iter().any(|clock: &Clock| clock.key.kind == kind && clock.is_open());
    for kind in ClockKind::ALL {
        if !has(&case, *kind) && *kind != ClockKind::ReviewSuspension {
            let key = ClockKey { kind: *kind, ..model.key };
            case.clocks.retain(|clock| clock.key != key);
            case.clocks.push(Clock { key, ..model.clone() });
        }
    }
    world.play(&mut case, 21, centre(), GRANT);
    for (kind, expected) in table {
        let kind = ClockKind::from_code(kind).unwrap();
        let clock = case.clocks.iter().filter(|clock| clock.key.kind == kind).max_by_key(|clock| clock.start).unwrap();
        let found = match (clock.state, clock.start == at(21)) {
            (ClockState::Running, true) => "starts",
            (ClockState::Running, false) => "runs",
            (ClockState::Paused, _) => "stands",
            (ClockState::Cancelled, _) => "cancelled",
            (ClockState::Met | ClockState::Late, _) => "ends",
        };
        assert_eq!(found, expected, "{kind:?}");
    }
}

/// The work takes the same steps as before; only more time is not asked for while the deadline stands still.
#[test]
fn work_on_a_suspended_hazard_goes_on_as_before_but_gets_no_extension() {
    use AssignmentStatus as Is;
    let world = World::new();
    for status in [Is::Open, Is::Signed, Is::Claimed, Is::OnSite, Is::Rework, Is::SendBackAsked, Is::Finished] {
        let mut case = dispatched(status);
        if status == Is::Finished {
            world.play(&mut case, 19, clerk(), dispatch(2, TOWN)); // something is left to do
        }
        let rests = suspended(case.clone());
        assert_eq!(rests.status(), HazardStatus::Suspended);
        for command in case_commands("assignment") {
            let ask = |case: &Case| answer(world.ask(case, 30, case_asker(&command), command.clone()));
            let expected = match case_word(&command).1 {
                "ASK_EXTENSION" if ask(&case) == "ok" => "extension.deadline_runs",
                _ => ask(&case),
            };
            assert_eq!(ask(&rests), expected, "{status:?} {:?}", case_word(&command));
        }
    }
}

/// A suspended hazard is not closed, and what is asked of units meanwhile is for its safety: it is due as ever.
#[test]
fn what_is_asked_of_units_meanwhile_is_due_as_ever_and_what_moves_rests() {
    let (world, mut case) = (World::new(), suspended(shared()));
    world.play(&mut case, 30, clerk(), dispatch(9, TOWN));
    let of = |case: &Case, number, kind| {
        let is_it = |clock: &&Clock| clock.key.assignment == Some(id(number)) && clock.key.kind == kind;
        case.clocks.iter().find(is_it).unwrap().clone()
    };
    assert!(of(&case, 9, ClockKind::Finish).is_running());
    world.play(&mut case, 31, leader(), blow(9, "emergency", task(10, CENTRE), Vec::new()));
    assert!(of(&case, 10, ClockKind::Sign).is_running(), "danger needs no detour");
    let instead = take_back(1, Some(task(11, VILLAGE)));
    assert_eq!(answer(world.ask(&case, 32, clerk(), instead)), "lead.never_a_village");
    world.play(&mut case, 32, clerk(), take_back(1, Some(task(11, GAS))));
    assert_eq!(of(&case, 2, ClockKind::Finish).state, ClockState::Paused, "the support that leads now rests as before");
    world.play(&mut case, 33, clerk_of_unit(GAS), ask_send_back(2, Some(FIRE)));
    world.play(&mut case, 34, clerk(), accept_send_back(2, Some(task(12, FIRE))));
    assert_eq!(of(&case, 12, ClockKind::Finish).state, ClockState::Paused, "the work that moved rests");
    everybody_has_a_deadline(&case).unwrap();
    world.play(&mut case, 40, leader(), resume());
    assert!(case.clocks.iter().filter(|clock| clock.is_open()).all(Clock::is_running));
    everybody_has_a_deadline(&case).unwrap();
}

#[test]
fn the_time_that_was_left_goes_on_after_the_suspension() {
    let (world, mut case) = (World::new(), shared());
    world.policy.direct.finish.unwrap();
    let finish = |case: &Case| {
        case.clocks.iter().find(|one| one.key.kind == ClockKind::Finish && one.key.assignment == Some(id(1))).cloned()
    };
    let before = finish(&case).unwrap();
    case = suspended(case);
    let rests = finish(&case).unwrap();
    assert_eq!((rests.state, rests.due), (ClockState::Paused, before.due));
    world.play(&mut case, 31 * DAY + 60, By::System, ON_THE_DATE);
    let after = finish(&case).unwrap();
    assert_eq!(after.due - at(31 * DAY + 60), before.due - at(21), "the same time is left");
    assert_eq!((after.original_due(), after.pauses.len()), (before.due, 1));
    assert_eq!(after.pauses[0].reason, PauseReason::Suspended);
    let review = case.clocks.iter().find(|clock| clock.key.kind == ClockKind::ReviewSuspension).unwrap();
    assert_eq!((review.due, review.state), (at(31 * DAY + 60), ClockState::Cancelled));
    assert_eq!(case.status(), HazardStatus::InProgress);
}

#[test]
fn a_renewal_moves_the_review_date_counts_and_can_pass_to_another_leader() {
    let (world, mut case) = (World::new(), suspended(shared()));
    let asked = ask_of(Some(person(FIRE, 1, Role::DepartmentLeader)), 60);
    world.play(&mut case, 20 * DAY, officer(FIRE, 1, Role::DepartmentLeader), asked);
    let paused = case.clocks.iter().filter(|clock| clock.state == ClockState::Paused).count();
    world.play(&mut case, 21 * DAY, centre(), GRANT);
    let suspension = case.suspension.unwrap();
    assert_eq!((suspension.asked.responsible_unit, case.suspended_times), (FIRE, 2));
    assert_eq!(suspension.resumes_at, at(60 * DAY + 60), "a Tuesday");
    assert_eq!(case.clocks.iter().filter(|clock| clock.state == ClockState::Paused).count(), paused);
    everybody_has_a_deadline(&case).unwrap();
    assert_eq!(answer(world.ask(&case, 31 * DAY, By::System, ON_THE_DATE)), "suspension.review_date");
    assert_eq!(answer(world.ask(&case, 60 * DAY + 60, By::System, ON_THE_DATE)), "ok");
    assert_eq!(answer(world.ask(&case, 22 * DAY, leader(), ask_suspension(TOWN))), "suspension.times");

    // Not decided in time, it can only be refused: the hazard has come back meanwhile.
    let mut late = suspended(shared());
    world.play(&mut late, 20 * DAY, leader(), ask_of(Some(town_leader()), 40));
    world.play(&mut late, 32 * DAY, By::System, ON_THE_DATE);
    assert!(late.suspension_request.is_some());
    assert_eq!(answer(world.ask(&late, 39 * DAY, centre(), GRANT)), "ok");
    assert_eq!(answer(world.ask(&late, 41 * DAY, centre(), GRANT)), "suspension.later");
    assert_eq!(answer(world.ask(&late, 41 * DAY, centre(), REFUSE)), "ok");
}

/// A whistle may wait 吹哨审核 when a suspension begins, and be asked for and decided on while the hazard rests.
#[test]
fn a_whistle_that_waits_is_decided_on_while_the_hazard_rests() {
    use WhistleRequestState as Is;
    for state in [Is::AwaitsApproval, Is::AwaitsUnits] {
        let kind = if state == Is::AwaitsUnits { ClockKind::NameUnits } else { ClockKind::ApproveWhistle };
        let open = requested(state);
        let asked_meanwhile = {
            let (world, mut case) = (World::new(), suspended(World::new().case(false).0));
            if state == Is::AwaitsUnits {
                world.play(&mut case, 30, leader(), blow_through_centre(9, "key_work"));
            } else {
                world.play(&mut case, 30, clerk(), blow_key_work(9, task(1, FIRE)));
            }
            case
        };
        for rests in [suspended(open.clone()), asked_meanwhile] {
            assert_eq!(rests.status(), HazardStatus::Suspended);
            assert!(rests.clocks.iter().any(|clock| clock.key.kind == kind && clock.is_running()), "{state:?}");
            everybody_has_a_deadline(&rests).unwrap();
            for command in case_commands("whistle_request") {
                let ask = |case: &Case| answer(World::new().ask(case, 60, case_asker(&command), command.clone()));
                assert_eq!(ask(&rests), ask(&open), "{state:?} {:?}", case_word(&command));
            }
        }
    }
}

/// What a whistle calls while the hazard rests is due as ever. If it comes to nothing, the dispatch waits until the hazard comes
/// back.
#[test]
fn what_a_whistle_calls_while_the_hazard_rests_is_due_as_ever() {
    let (world, rests) = (World::new(), suspended(requested(WhistleRequestState::AwaitsApproval)));
    let mut blown = rests.clone();
    world.play(&mut blown, 60, leader(), approve(9));
    let called: Vec<&Clock> = blown.clocks.iter().filter(|clock| clock.key.assignment.is_some()).collect();
    assert!(!called.is_empty() && called.iter().all(|clock| clock.is_running()));
    assert_eq!(blown.status(), HazardStatus::Suspended);
    everybody_has_a_deadline(&blown).unwrap();
    for (by, command) in [(centre(), refuse_whistle(9)), (clerk(), withdraw_whistle(9))] {
        let mut case = rests.clone();
        world.play(&mut case, 60, by, command);
        let is_dispatch = |clock: &&Clock| clock.key.kind == ClockKind::Dispatch;
        let of = |case: &Case| case.clocks.iter().find(is_dispatch).unwrap().clone();
        assert!(!of(&case).is_open());
        everybody_has_a_deadline(&case).unwrap();
        let before = of(&case).due;
        world.play(&mut case, 60, leader(), resume());
        assert_eq!((of(&case).is_running(), of(&case).due), (true, before), "the office has not opened yet");
        everybody_has_a_deadline(&case).unwrap();
    }
}

#[test]
fn a_request_for_more_time_ends_when_the_work_rests() {
    let (world, mut case) = (World::new(), shared());
    world.play(&mut case, 3, clerk_of_unit(FIRE), ask_extension(1));
    let case = suspended(case);
    assert!(case.assignments.iter().all(|one| one.extension.is_none()));
    assert!(case.clocks.iter().all(|clock| clock.key.kind != ClockKind::Extend || !clock.is_open()));
}

#[test]
fn merges_with_a_suspended_hazard_are_in_the_table() {
    let world = World::new();
    let asked = || {
        let mut case = shared();
        world.play(&mut case, 20, leader(), ask_suspension(TOWN));
        case
    };
    for (word, expected) in section("merge") {
        let (from, into) = match word {
            "open_into_suspended" => (shared(), suspended(dispatched(AssignmentStatus::Claimed))),
            "undispatched_into_suspended" => (world.case(false).0, suspended(world.case(false).0)),
            "emergency_into_suspended" => (world.case(true).0, suspended(shared())),
            "emergency_whistle_into_suspended" => (asking("emergency_whistle").1, suspended(shared())),
            "suspended_into_open" => (suspended(shared()), shared()),
            "suspended_into_suspended" => (suspended(shared()), suspended(shared())),
            "asked_into_open" => (asked(), shared()),
            "open_into_asked" => (shared(), asked()),
            "whistle_asked_into_suspended" => (requested(WhistleRequestState::AwaitsApproval), suspended(shared())),
            "open_into_suspended_that_asked" => (shared(), suspended(requested(WhistleRequestState::AwaitsApproval))),
            other => panic!("{other}"),
        };
        for work in [OpenWork::Carry, OpenWork::Cancel] {
            let (before, target) = (from.clone(), other(into.clone()));
            let found = match merged(&from, &target, work) {
                Ok(after) => {
                    everybody_has_a_deadline(&after.into).unwrap();
                    let back = after.undone().unwrap();
                    assert_eq!(
                        (as_before(&back.from), as_before(&back.into)),
                        (as_before(&before), as_before(&target))
                    );
                    if after.into.suspension.is_some() { "rests" } else { "goes_on" }
                }
                Err(refusal) => refusal.rule.unwrap(),
            };
            assert_eq!(found, expected, "{word} {work:?}");
        }
    }
}

/// An ordinary report joins a hazard that rests, an emergency does not.
#[test]
fn an_emergency_does_not_join_what_rests() {
    let facts = HazardFacts { named_suspended: true, ..HazardFacts::default() };
    let world = World::new();
    let hazard = domain::id::HazardId(Uuid::from_u128(9));
    let merge = || report::Command::Merge { hazard, note: NOTE };
    let own = Some(domain::id::HazardId(Uuid::from_u128(3)));
    for (report, expected) in [(received(None), "ok"), (received(own), "suspension.resume_first")] {
        assert_eq!(report.emergency, expected != "ok");
        assert_eq!(answer(world.ask_report(&report, clerk(), facts, merge())), expected);
    }
}

/// Units end 撤并 while a hazard rests: the leader's unit, the township and the centre that decides.
#[test]
fn a_successor_has_what_its_predecessor_had_while_a_hazard_rests() {
    let world = World::new();
    let mut case = shared();
    world.play(&mut case, 20, leader(), ask_suspension(FIRE));
    let asked = case.clone();
    world.play(&mut case, 21, centre(), GRANT);
    let all = [id(1), id(2)];
    for (from, responsible) in [(FIRE, ABOVE), (TOWN, FIRE)] {
        let mut after = case.clone();
        let event = Inheritance { from, to: ABOVE, at: at(500) }.of_case(&after, true, &all).unwrap();
        hazard::apply(&mut after, &event);
        assert_eq!(after.suspension.unwrap().asked.responsible_unit, responsible);
        let review = of_case(&after).into_iter().find(|todo| todo.kind == TodoKind::ReviewSuspension).unwrap();
        assert_eq!((review.owner_unit, review.deadline.unwrap().due), (responsible, at(31 * DAY + 60)));
        everybody_has_a_deadline(&after).unwrap();
        assert_eq!(answer(world.ask(&after, 31 * DAY + 60, By::System, ON_THE_DATE)), "ok");
    }
    let mut after = asked;
    let event = Inheritance { from: CENTRE, to: ABOVE, at: at(500) }.of_suspension(&after).unwrap();
    hazard::apply(&mut after, &event);
    let decision = of_case(&after).into_iter().find(|todo| todo.kind == TodoKind::DecideSuspension).unwrap();
    assert_eq!((decision.owner_unit, after.township), (ABOVE, TOWN));
    assert_eq!(Inheritance { from: GAS, to: ABOVE, at: at(500) }.of_suspension(&after), None);
}

/// The responsible leader's unit has ended without a successor: the township or the command centre lets it come back.
#[test]
fn a_hazard_comes_back_although_the_leaders_unit_has_ended() {
    let mut case = shared();
    World::new().play(&mut case, 20, leader(), ask_suspension(FIRE));
    World::new().play(&mut case, 21, centre(), GRANT);
    let world = World::without(FIRE);
    for (by, command) in [(leader(), resume()), (centre(), resume())] {
        assert_eq!(answer(world.ask(&case, 30, by, command)), "ok");
    }
    assert_eq!(answer(world.ask(&case, 31 * DAY + 60, By::System, ON_THE_DATE)), "ok");
}

#[test]
fn a_suspended_hazard_is_not_closed_before_it_has_come_back() {
    let (world, mut case) = (World::new(), suspended(dispatched(AssignmentStatus::Claimed)));
    world.play(&mut case, 30, worker(FIRE, 1), check_in(1));
    world.play(&mut case, 31, worker(FIRE, 1), finish(1));
    world.play(&mut case, 32, clerk(), accept(1));
    assert_eq!(case.status(), HazardStatus::Suspended);
    let close = Command::Close { note: NOTE };
    assert_eq!(answer(world.ask(&case, 33, leader(), close.clone())), "suspension.resume_first");
    everybody_has_a_deadline(&case).unwrap();
    world.play(&mut case, 33, leader(), resume());
    assert_eq!(case.status(), HazardStatus::AwaitingClosure);
    everybody_has_a_deadline(&case).unwrap();
    world.play(&mut case, 34, leader(), close);
}

/// A stored policy of an earlier build has no rules of suspensions; these hold then.
#[test]
fn the_default_policy_names_the_command_centre() {
    let policy = SuspensionPolicy::default();
    assert_eq!((policy.decided_by, policy.times), (vec![Role::CommandCentre], 2));
}

#[test]
fn the_page_shows_the_tables() {
    let page = include_str!("../../../docs/suspension.md");
    for name in ["ask", "who", "resume", "lead_moves", "clocks", "returns", "merge"] {
        let from = TABLE.find(&format!("[{name}]")).unwrap();
        let table = &TABLE[from..];
        let table = table[..table.find("\n\n").unwrap_or(table.len())].trim_end();
        assert!(page.contains(table), "[{name}]");
    }
}
