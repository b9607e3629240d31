//! Follow-ups 回头看: when and by whom a closed hazard is looked at again, and what follows.

use domain::Refusal;
use domain::access::By;
use domain::clock::{ClockKind, ClockState};
use domain::hazard::{self, AssignmentStatus, Case, Command, End, FollowUpResult, HazardStatus, Level, OpenWork};
use domain::id::{HazardId, UnitId};
use domain::inheritance::Inheritance;
use domain::policy::FollowUpPolicy;
use domain::staff::Role;
use domain::todo::{TodoKind, of_case};
use uuid::Uuid;

use crate::merging::{merged, other};
use crate::scene::*;
use crate::status_table::{dispatched, hazard_in};
use crate::turns::everybody_has_a_deadline;

const TABLE: &str = include_str!("../data/follow_up_table.txt");
const DAY: i64 = 24 * 60;
/// The first follow-up begins when the office opens on Monday, the 31st day.
const FIRST: i64 = 31 * DAY + 60;
const NEW_TOWN: UnitId = UnitId(Uuid::from_u128(21));

fn world() -> World {
    let mut world = World::new();
    world.policy.follow_up.general = vec![30, 90];
    world
}

fn closed() -> Case {
    let mut case = dispatched(AssignmentStatus::Accepted);
    world().play(&mut case, 20, leader(), Command::Close { note: NOTE });
    case
}

fn officer(unit: UnitId, number: u128, role: Role) -> By {
    By::Officer(person(unit, number, role))
}

/// What becomes of the hazard.
fn told(asked: Result<Vec<hazard::Event>, Refusal>, mut case: Case) -> String {
    let events = match asked {
        Ok(events) => events,
        Err(refusal) => return refusal.rule.unwrap_or(refusal.code.as_str()).to_owned(),
    };
    for event in &events {
        hazard::apply(&mut case, event);
    }
    everybody_has_a_deadline(&case).unwrap();
    let left: Vec<String> = case.follow_ups.iter().map(u32::to_string).collect();
    let became = match (case.end, case.recurred_as) {
        (Some(End::Closed), Some(_)) => "recurrence",
        (Some(End::Closed), None) => "closed",
        (Some(End::Cancelled), _) => "cancelled",
        (None, _) => "reopened",
    };
    format!("{} {became}", if left.is_empty() { "-".to_owned() } else { left.join(",") })
}

#[test]
#[expect(clippy::too_many_lines, reason = "one arm for each row")]
fn every_line_of_the_table_holds() {
    use FollowUpResult::{CameBack, Holds};
    for line in TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with(['#', '['])) {
        let (row, expected) = line.split_once(' ').unwrap();
        let expected = expected.split_whitespace().collect::<Vec<_>>().join(" ");
        let (mut world, mut case, mut by) = (world(), closed(), clerk());
        let (mut minute, mut result) = (FIRST, Holds);
        match row {
            "holds_too_early" => minute = DAY,
            "holds_the_day_before" => minute = FIRST - 1,
            "holds_on_the_day" | "by_the_clerk" => {}
            "holds_late" => minute = 60 * DAY,
            "holds_after_both" => minute = 91 * DAY,
            "came_back_at_once" => (minute, result) = (25, CameBack),
            "came_back_on_day_15" => (minute, result) = (15 * DAY, CameBack),
            "came_back_on_day_16" => (minute, result) = (16 * DAY, CameBack),
            "came_back_on_the_day" => result = CameBack,
            "came_back_late" => (minute, result) = (80 * DAY, CameBack),
            "again_too_early" | "again_on_its_day" | "when_none_is_left" => {
                world.play(&mut case, FIRST, clerk(), follow_up(Holds));
                minute = if row == "again_too_early" { 89 * DAY } else { 90 * DAY + 60 };
                if row == "when_none_is_left" {
                    world.play(&mut case, minute, clerk(), follow_up(Holds));
                }
            }
            "none_by_the_policy" => {
                world.policy.follow_up.general.clear();
                case = dispatched(AssignmentStatus::Accepted);
                world.play(&mut case, 20, leader(), Command::Close { note: NOTE });
            }
            "while_open" => case = hazard_in(HazardStatus::InProgress),
            "while_suspended" => case = hazard_in(HazardStatus::Suspended),
            "after_it_was_reopened" => {
                let again = Command::Reopen { cause: hazard::ReopenCause::Callback, note: None };
                world.play(&mut case, DAY, By::Reporter, again);
            }
            "cancelled" => case = hazard_in(HazardStatus::Cancelled),
            "merged" => {
                let from = dispatched(AssignmentStatus::Claimed);
                case = merged(&from, &other(from.clone()), OpenWork::Carry).unwrap().from;
            }
            "by_the_leader" => by = leader(),
            "by_the_centre" => by = centre(),
            "by_a_supervisor" => by = officer(CENTRE, 4, Role::Supervisor),
            "by_whoever_did_the_work" => {
                case.past_workers.insert(person(TOWN, 0, Role::TownshipClerk).officer);
            }
            "by_whoever_accepted_it" => by = By::Officer(person(TOWN, 0, Role::TownshipLeader)),
            "by_another_unit" => by = officer(FIRE, 5, Role::DepartmentLeader),
            "by_a_worker" => by = worker(TOWN, 5),
            "by_the_reporter" => by = By::Reporter,
            "by_the_centre_for_ended" => {
                let follow_ups = world.policy.follow_up.clone();
                world = World::without(TOWN);
                world.policy.follow_up = follow_ups;
                by = centre();
            }
            "by_the_successor" => {
                let inheritance = Inheritance { from: TOWN, to: NEW_TOWN, at: at(DAY) };
                let event = inheritance.of_case(&case, true, &[]).unwrap();
                hazard::apply(&mut case, &event);
                everybody_has_a_deadline(&case).unwrap();
                by = officer(NEW_TOWN, 1, Role::TownshipClerk);
            }
            other => panic!("{other}"),
        }
        assert_eq!(told(world.ask(&case, minute, by, follow_up(result)), case), expected, "{row}");
    }
}

#[test]
fn the_time_of_each_follow_up_begins_on_its_day_and_its_todo_is_not_shown_before() {
    let (world, mut case) = (world(), closed());
    let clock = |case: &Case| case.clocks.iter().find(|clock| clock.key.kind == ClockKind::FollowUp).cloned().unwrap();
    let todo = |case: &Case| {
        let todos = of_case(case);
        assert_eq!(todos.iter().map(|todo| todo.kind).collect::<Vec<_>>(), [TodoKind::FollowUp]);
        todos[0]
    };
    let first = clock(&case);
    assert_eq!((first.start, first.counted_from()), (at(20), at(FIRST)));
    let due = "2024-11-11T10:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    assert_eq!(first.due, due, "five working days after Monday, 4 November");
    assert_eq!((todo(&case).visible_from, todo(&case).since), (Some(at(FIRST)), at(FIRST)));
    assert!(todo(&case).deadline.is_some_and(|due| due.due == first.due && due.warn_at > at(FIRST)));

    world.play(&mut case, 60 * DAY, clerk(), follow_up(FollowUpResult::Holds));
    let second = clock(&case);
    assert_eq!((second.state, second.counted_from()), (ClockState::Running, at(90 * DAY + 60)));
    assert_eq!(todo(&case).visible_from, Some(at(90 * DAY + 60)));
    world.play(&mut case, 91 * DAY, clerk(), follow_up(FollowUpResult::Holds));
    assert_eq!((of_case(&case), clock(&case).state), (Vec::new(), ClockState::Met));
}

#[test]
fn what_came_back_in_time_is_opened_again_in_the_same_step() {
    let (world, mut case) = (world(), closed());
    let events = world.ask(&case, 25, clerk(), follow_up(FollowUpResult::CameBack)).unwrap();
    let [hazard::Event::FollowedUp { recurrence: None, .. }, hazard::Event::Reopened { .. }] = &events[..] else {
        panic!("{events:?}")
    };
    for event in &events {
        hazard::apply(&mut case, event);
    }
    assert_eq!((case.round, case.status(), case.follow_ups.len()), (2, HazardStatus::Registered, 0));
    everybody_has_a_deadline(&case).unwrap();
}

#[test]
fn what_came_back_too_late_names_the_hazard_that_is_registered() {
    let (world, mut case) = (world(), closed());
    world.play(&mut case, FIRST, clerk(), follow_up(FollowUpResult::CameBack));
    assert_eq!((case.recurred_as, case.status()), (Some(HazardId(Uuid::from_u128(900))), HazardStatus::Closed));
    assert!(of_case(&case).is_empty(), "the new hazard goes on");
}

#[test]
fn the_distance_is_told_in_whole_metres() {
    let command = |distance_metres| Command::FollowUp {
        result: FollowUpResult::Holds,
        note: NOTE,
        distance_metres: Some(distance_metres),
        recurrence: HazardId(Uuid::from_u128(900)),
    };
    let events = world().ask(&closed(), FIRST, clerk(), command(3.2)).unwrap();
    assert!(matches!(events[0], hazard::Event::FollowedUp { distance_metres: Some(4), .. }), "{events:?}");
    assert_eq!(told(world().ask(&closed(), FIRST, clerk(), command(-1.0)), closed()), "INVALID_INPUT");
}

#[test]
fn major_hazards_are_looked_at_more_often_by_default() {
    let policy = FollowUpPolicy::default();
    assert_eq!(policy.days(Level::General), [30]);
    assert_eq!(policy.days(Level::SuspectedMajor), [30, 90]);
    assert_eq!(policy.days(Level::Major), [30, 90]);
}

#[test]
fn the_page_shows_the_table() {
    let table = TABLE[TABLE.find("[record]").unwrap()..].trim_end();
    assert!(include_str!("../../../docs/follow-ups.md").contains(table));
}
