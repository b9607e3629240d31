//! The supervision ladder 督办: the tables, and what each rule of it means.
//! Long because the tables and the situations in which they are played stand together.

use std::collections::{BTreeMap, BTreeSet};

use domain::access::By;
use domain::clock::{ClockKind, PauseReason};
use domain::hazard::{
    self, AssignmentStatus, Case, Command, HazardStatus, Level, OpenWork, ReopenCause, Supervision, SupervisionState,
    looks_again,
};
use domain::id::{SupervisionId, UnitId};
use domain::inheritance::Inheritance;
use domain::policy::{Addressee, Rung, SupervisionRule, SupervisionTrigger, WhistleClass};
use domain::refusal::Code;
use domain::staff::Role;
use domain::time::{Span, SpanUnit};
use domain::todo::{TodoKind, of_case};
use domain::{Refusal, clock};

use crate::merging::{as_before, merged, other};
use crate::scene::*;
use crate::status_table::{dispatched, hazard_in};

/// Long after every deadline of the story.
const LONG: i64 = 500_000;

/// The rows of a section, by their first word, with the words of the columns if it has some.
fn section(name: &str) -> BTreeMap<&'static str, Vec<&'static str>> {
    let table = include_str!("../data/supervision_table.txt");
    let lines = table.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let lines = lines.skip_while(|line| *line != format!("[{name}]")).skip(1).take_while(|line| !line.starts_with('['));
    lines
        .map(|line| {
            let mut words = line.split_whitespace();
            let first = if line.starts_with(' ') { "" } else { words.next().unwrap() };
            (first, words.collect())
        })
        .collect()
}

/// Plays each cell of a section with columns.
fn check(name: &str, play: impl Fn(&str, &str) -> String) {
    let mut rows = section(name);
    let columns = rows.remove("").unwrap();
    for (row, cells) in rows {
        assert_eq!(cells.len(), columns.len(), "{name}: {row}");
        for (column, cell) in columns.iter().zip(cells) {
            assert_eq!(play(row, column), cell, "{name}: {row} × {column}");
        }
    }
}

fn said(answer: Result<Vec<hazard::Event>, Refusal>) -> String {
    answer.map_or_else(|refusal| refusal.rule.unwrap_or(refusal.code.as_str()).to_owned(), |_| "ok".to_owned())
}

/// The page for people shows the tables that are tested.
#[test]
fn the_page_shows_the_tables() {
    let table = include_str!("../data/supervision_table.txt");
    let sections = table[table.find("# What a look").unwrap()..].trim_end();
    assert!(include_str!("../../../docs/supervision.md").contains(sections));
}

/// Lets the timer look, and returns what it set.
fn look(world: &World, case: &mut Case, minute: i64) -> Vec<Supervision> {
    let before = case.supervisions.len();
    match world.ask(case, minute, By::System, Command::Climb) {
        Ok(events) => events.iter().for_each(|event| hazard::apply(case, event)),
        Err(refusal) => assert_eq!(refusal.rule, Some("supervision.due")),
    }
    case.supervisions[before..].to_vec()
}

fn rungs(set: &[Supervision]) -> Vec<&'static str> {
    set.iter().map(|one| one.rung.code()).collect()
}

fn acknowledge(one: &Supervision) -> Command {
    Command::AcknowledgeSupervision { supervision: one.id }
}

fn fire_leader() -> By {
    By::Officer(person(FIRE, 40, Role::DepartmentLeader))
}

/// The time to sign begins in minute 1 and ends in minute 31.
const fn minute_of(moment: &str) -> i64 {
    match moment.as_bytes() {
        b"EARLY" => 24,
        b"WARNED" => 25,
        b"DUE" => 31,
        b"OVERDUE" => 32,
        b"TWICE_DUE" => 61,
        _ => 62,
    }
}

#[test]
fn every_cell_of_a_deadline_holds() {
    let world = World::new();
    check("time", |set, moment| {
        let mut case = dispatched(AssignmentStatus::Open);
        match set {
            "NOTHING" => {}
            "REMINDER" => assert_eq!(rungs(&look(&world, &mut case, 25)), [set]),
            "NOTICE" => assert_eq!(rungs(&look(&world, &mut case, 32)), [set]),
            "DISTRICT_ORDER" => assert_eq!(rungs(&look(&world, &mut case, 62)), [set]),
            by_hand => {
                let rung = Rung::from_code(by_hand.strip_prefix("BY_HAND_").unwrap()).unwrap();
                world.play(&mut case, 2, supervisor(), supervise(1, Some(id(1)), rung));
            }
        }
        let set = look(&world, &mut case, minute_of(moment));
        if set.is_empty() { "-".to_owned() } else { rungs(&set).join("+") }
    });
}

#[test]
fn whoever_has_to_go_on_is_addressed() {
    let world = World::new();
    let table = section("status");
    let statuses = AssignmentStatus::ALL.iter().map(|status| status.code()).chain(["REGISTERED", "CLOSED"]);
    assert_eq!(table.keys().copied().collect::<BTreeSet<_>>(), statuses.collect());
    for (status, expected) in table {
        let mut case = match AssignmentStatus::from_code(status) {
            Some(status) => dispatched(status),
            None => hazard_in(HazardStatus::from_code(status).unwrap()),
        };
        let unit = |unit: UnitId| match unit {
            TOWN => "TOWN",
            FIRE => "FIRE",
            GAS => "GAS",
            other => panic!("{other}"),
        };
        let set = look(&world, &mut case, LONG);
        let words = set.iter().map(|one| [one.rung.code(), unit(one.unit), one.deadline.unwrap().clock.code()]);
        let words: Vec<_> = words.flatten().collect();
        assert_eq!(if words.is_empty() { vec!["-"] } else { words }, expected, "{status}");
        assert_eq!(look(&world, &mut case, LONG), [], "{status}: nothing is set twice");
    }
}

/// A case with a notice to FIRE, which has to sign, in this state.
fn with_notice(state: &str) -> Case {
    let world = World::new();
    let mut case = dispatched(AssignmentStatus::Open);
    let [one] = look(&world, &mut case, 32).try_into().unwrap();
    match state {
        "OPEN" => {}
        "ACKNOWLEDGED" => world.play(&mut case, 33, fire_leader(), acknowledge(&one)),
        "SETTLED" => world.play(&mut case, 33, worker(FIRE, 2), Command::Sign { assignment: id(1) }),
        _ => {
            let reason = hazard::CancelReason::Unfounded;
            world.play(&mut case, 33, clerk(), Command::Cancel { reason, note: Some(NOTE), into: None });
        }
    }
    case
}

#[test]
fn every_cell_of_a_rung_by_hand_holds() {
    let world = World::new();
    check("hand", |standing, rung| {
        let case = if standing == "NOTHING" { dispatched(AssignmentStatus::Open) } else { with_notice(standing) };
        said(world.ask(&case, 34, supervisor(), supervise(9, Some(id(1)), Rung::from_code(rung).unwrap())))
    });
}

#[test]
fn every_cell_of_an_acknowledgement_holds() {
    let world = World::new();
    check("acknowledge", |state, who| {
        let case = with_notice(state);
        let by = match who {
            "CLERK" => clerk_of_unit(FIRE),
            "LEADER" => fire_leader(),
            "OTHER_UNIT" => By::Officer(person(GAS, 41, Role::DepartmentLeader)),
            _ => supervisor(),
        };
        said(world.ask(&case, 34, by, acknowledge(&case.supervisions[0])))
    });
}

/// Acknowledging stops the clock of the acknowledgement and takes no step.
#[test]
fn an_acknowledgement_stops_its_clock_and_the_step_stays_overdue() {
    let case = with_notice("ACKNOWLEDGED");
    let one = &case.supervisions[0];
    assert_eq!(case.supervision_state(one), SupervisionState::Acknowledged);
    assert_eq!(case.supervision_clock(one.id).unwrap().state, clock::ClockState::Met);
    assert_eq!(of_case(&case).iter().map(|todo| todo.kind).collect::<Vec<_>>(), [TodoKind::Sign]);
    let mut case = case;
    assert_eq!(rungs(&look(&World::new(), &mut case, 62)), ["DISTRICT_ORDER"], "nobody has signed yet");
}

/// A step that is taken late leaves the rung in the history, and asks nobody to acknowledge it any more.
#[test]
fn a_step_that_is_taken_late_settles_its_rungs() {
    let case = with_notice("SETTLED");
    assert_eq!(case.supervisions.len(), 1);
    assert_eq!(case.supervision_state(&case.supervisions[0]), SupervisionState::Settled);
    assert!(of_case(&case).iter().all(|todo| todo.kind != TodoKind::AcknowledgeSupervision));
}

#[test]
fn a_step_that_is_taken_in_time_climbs_nothing() {
    let world = World::new();
    let mut case = dispatched(AssignmentStatus::Open);
    world.play(&mut case, 20, worker(FIRE, 1), Command::Claim { assignment: id(1) });
    world.play(&mut case, 21, worker(FIRE, 1), check_in(1));
    assert_eq!(look(&world, &mut case, 200), []);
}

#[test]
fn only_the_timer_sets_what_is_due() {
    let case = dispatched(AssignmentStatus::Open);
    for by in [By::Reporter, clerk(), supervisor()] {
        assert_eq!(World::new().ask(&case, 32, by, Command::Climb).unwrap_err().code, Code::Forbidden);
    }
}

/// The timer has to look at the warning, when the time has passed, and when it has passed twice.
#[test]
fn the_timer_looks_again_at_each_time_of_a_deadline() {
    let (world, case) = (World::new(), dispatched(AssignmentStatus::Open));
    let todo = of_case(&case)[0];
    let next = |now| looks_again(&case, &todo, &world.calendar, now);
    let moment = chrono::TimeDelta::milliseconds(1);
    assert_eq!(next(at(1)), Some(at(25)));
    assert_eq!(next(at(25)), Some(at(31) + moment));
    assert_eq!(next(at(31) + moment), Some(at(61) + moment));
    assert_eq!(next(at(61) + moment), None);
}

/// A span in working days passes twice in working days.
#[test]
fn twice_the_time_is_counted_in_what_the_span_is_counted_in() {
    let world = World::new();
    let mut case = dispatched(AssignmentStatus::Finished);
    let todo = of_case(&case)[0];
    let due = todo.deadline.unwrap().due;
    let span = Span { amount: 2, unit: SpanUnit::WorkingDays };
    let twice = world.calendar.due(due, span);
    let minutes = |time: chrono::DateTime<chrono::Utc>| (time - at(0)).num_minutes();
    assert_eq!(rungs(&look(&world, &mut case, minutes(twice))), ["NOTICE"]);
    assert_eq!(rungs(&look(&world, &mut case, minutes(twice) + 1)), ["DISTRICT_ORDER"]);
}

/// An extension is another deadline, so the ladder begins anew.
#[test]
fn an_extended_deadline_is_warned_of_again() {
    let world = World::new();
    let mut case = dispatched(AssignmentStatus::OnSite);
    assert_eq!(rungs(&look(&world, &mut case, 1_200)), ["REMINDER"]);
    world.play(&mut case, 1_210, clerk_of_unit(FIRE), ask_extension(1));
    world.play(&mut case, 1_220, leader(), Command::GrantExtension { assignment: id(1), note: NOTE });
    assert_eq!(look(&world, &mut case, 1_500), []);
    assert_eq!(rungs(&look(&world, &mut case, 6_500)), ["REMINDER"]);
}

/// Rework goes on with the deadline of before, so nothing is said twice; the acceptance of the new work is counted anew.
#[test]
fn rework_begins_no_new_ladder_and_the_acceptance_of_new_work_does() {
    let world = World::new();
    let mut case = dispatched(AssignmentStatus::OnSite);
    look(&world, &mut case, 1_500);
    for minute in [1_510, 9_000] {
        if minute > 2_000 {
            world.play(&mut case, minute - 3, worker(FIRE, 1), Command::Claim { assignment: id(1) });
            world.play(&mut case, minute - 2, worker(FIRE, 1), check_in(1));
        }
        world.play(&mut case, minute, worker(FIRE, 1), finish(1));
        let set = look(&world, &mut case, minute + 6_000);
        assert_eq!(set.iter().map(|one| one.unit).collect::<Vec<_>>(), [TOWN], "each acceptance is late");
        world.play(&mut case, minute + 6_001, clerk(), Command::Rework { assignment: id(1), note: NOTE });
        assert_eq!(case.supervision_state(&set[0]), SupervisionState::Settled);
        let again = look(&world, &mut case, minute + 6_002);
        assert!(again.iter().all(|one| one.rung == Rung::DistrictOrder), "the notice was given: {again:?}");
    }
    let twice: Vec<_> = case.supervisions.iter().filter(|one| one.trigger == SupervisionTrigger::ReworkTwice).collect();
    assert_eq!((twice.len(), twice[0].unit, twice[0].rung), (1, FIRE, Rung::Notice));
}

/// While a send-back waits, its unit can take no step: the one that has to answer is addressed.
#[test]
fn a_refused_send_back_is_a_reminder_each_time() {
    let world = World::new();
    let mut case = dispatched(AssignmentStatus::SendBackAsked);
    world.play(&mut case, 10, clerk(), refuse_send_back(1));
    world.play(&mut case, 20, clerk_of_unit(FIRE), ask_send_back(1, Some(GAS)));
    world.play(&mut case, 30, centre(), rule_stays(1));
    let counts = case.supervisions.iter().map(|one| (one.trigger, one.rung, one.unit, one.count));
    let expected = [1, 2].map(|count| (SupervisionTrigger::SendBackRefused, Rung::Reminder, FIRE, count));
    assert_eq!(counts.collect::<Vec<_>>(), expected);
}

#[test]
fn two_callbacks_that_say_not_solved_are_an_order_to_the_township() {
    let world = World::new();
    let mut case = world.case(false).0;
    for (round, minute) in [(1, 0), (2, 100), (3, 200)] {
        world.play(&mut case, minute, clerk(), dispatch(round, FIRE));
        work(&world, &mut case, minute + 1, round, FIRE);
        world.play(&mut case, minute + 5, clerk(), accept(round));
        world.play(&mut case, minute + 6, leader(), Command::Close { note: NOTE });
        let reopen = Command::Reopen { cause: ReopenCause::Callback, note: None };
        world.play(&mut case, minute + 7, By::Reporter, reopen);
        assert_eq!(case.supervisions.len(), usize::try_from(round).unwrap() - 1, "from the second one on, each time");
    }
    let first = &case.supervisions[0];
    assert_eq!(
        (first.trigger, first.rung, first.unit),
        (SupervisionTrigger::NotSolvedTwice, Rung::DistrictOrder, TOWN)
    );
    assert_eq!(case.supervision_state(first), SupervisionState::Settled, "its round is over");
}

fn row(trigger: SupervisionTrigger, rung: Rung, to: Addressee) -> SupervisionRule {
    let acknowledge = Span { amount: 2, unit: SpanUnit::Hours };
    let (steps, levels, classes) = (Vec::new(), Vec::new(), Vec::new());
    SupervisionRule { trigger, rung, to, roles: Vec::new(), acknowledge, steps, levels, classes }
}

/// What rows of a policy set for FIRE, which has to sign for what a whistle of the class ENFORCEMENT called for.
fn set_by(rules: Vec<SupervisionRule>, level: Level) -> Vec<(Rung, UnitId)> {
    let mut world = World::new();
    world.policy.supervision.rules = rules;
    let mut case = world.case(false).0;
    world.play(&mut case, 1, leader(), blow(1, "joint_enforcement", task(1, FIRE), Vec::new()));
    case.level = level;
    look(&world, &mut case, 40).iter().map(|one| (one.rung, one.unit)).collect()
}

#[test]
fn a_row_is_restricted_by_step_level_and_class() {
    let base = || row(SupervisionTrigger::Overdue, Rung::Notice, Addressee::Owner);
    let set = [(Rung::Notice, FIRE)];
    let none: [(Rung, UnitId); 0] = [];
    assert_eq!(set_by(vec![base()], Level::General), set);
    assert_eq!(set_by(vec![SupervisionRule { steps: vec![TodoKind::Sign], ..base() }], Level::General), set);
    assert_eq!(set_by(vec![SupervisionRule { steps: vec![TodoKind::Close], ..base() }], Level::General), none);
    assert_eq!(set_by(vec![SupervisionRule { levels: vec![Level::Major], ..base() }], Level::General), none);
    assert_eq!(set_by(vec![SupervisionRule { levels: vec![Level::Major], ..base() }], Level::Major), set);
    let classes = |class| vec![SupervisionRule { classes: vec![class], ..base() }];
    assert_eq!(set_by(classes(WhistleClass::Enforcement), Level::General), set);
    assert_eq!(set_by(classes(WhistleClass::Emergency), Level::General), none);
}

#[test]
fn rows_address_the_owner_the_holder_or_the_command_centre() {
    let all = [Addressee::Owner, Addressee::Holder, Addressee::Centre];
    let rules = all.map(|to| row(SupervisionTrigger::Overdue, Rung::Notice, to)).to_vec();
    assert_eq!(set_by(rules, Level::General), [FIRE, TOWN, CENTRE].map(|unit| (Rung::Notice, unit)));
    let twice = vec![row(SupervisionTrigger::Overdue, Rung::Notice, Addressee::Owner); 2];
    assert_eq!(set_by(twice, Level::General), [(Rung::Notice, FIRE)], "a row that stands twice sets one rung");
    let major = vec![row(SupervisionTrigger::Major, Rung::Listed, Addressee::Holder)];
    assert_eq!(set_by(major, Level::Major), [(Rung::Listed, TOWN)]);
}

#[test]
fn nobody_sets_a_rung_for_their_own_unit_except_a_supervisor() {
    let world = World::new();
    let centre_of = |role| By::Officer(person(CENTRE, 1, role));
    let mut case = world.case(false).0;
    world.play(&mut case, 1, clerk(), dispatch(1, CENTRE));
    let own = supervise(1, Some(id(1)), Rung::Notice);
    let refused = world.ask(&case, 2, centre_of(Role::CommandCentre), own.clone()).unwrap_err();
    assert_eq!((refused.code, refused.rule), (Code::NotYourOwn, Some("supervision.another_unit")));
    world.play(&mut case, 2, centre_of(Role::Supervisor), own);
    let forbidden = world.ask(&case, 3, leader(), supervise(2, None, Rung::Listed)).unwrap_err();
    assert_eq!(forbidden.code, Code::Forbidden);
    world.play(&mut case, 3, centre(), supervise(2, None, Rung::Listed));
    assert_eq!(case.supervisions[1].unit, TOWN, "the hazard as a whole is the township's");
}

/// A unit ends: its successor acknowledges what was addressed to it, with the same deadline.
#[test]
fn a_successor_acknowledges_what_its_predecessor_had_to() {
    let world = World::new();
    let mut case = with_notice("OPEN");
    let due = case.supervision_clock(case.supervisions[0].id).unwrap().due;
    let event = Inheritance { from: FIRE, to: GAS, at: at(40) }.of_case(&case, false, &[id(1)]).unwrap();
    hazard::apply(&mut case, &event);
    let one = case.supervisions[0].clone();
    assert_eq!((one.unit, case.supervision_clock(one.id).unwrap().due), (GAS, due));
    assert_eq!(look(&world, &mut case, 41), [], "it is the same deadline");
    world.play(&mut case, 42, By::Officer(person(GAS, 41, Role::DepartmentLeader)), acknowledge(&one));
}

/// Without a successor, the unit that holds the hazard is addressed in place of one that has ended.
#[test]
fn nothing_is_addressed_to_a_unit_that_has_ended() {
    let world = World::without(FIRE);
    let mut case = dispatched(AssignmentStatus::Open);
    assert_eq!(look(&world, &mut case, 32)[0].unit, TOWN);
    world.play(&mut case, 33, supervisor(), supervise(1, Some(id(1)), Rung::Listed));
    assert_eq!(case.supervisions[1].unit, TOWN);
}

/// A merge carries the rungs of the work, and sets none of them again; undoing it gives them back.
#[test]
fn a_merge_carries_the_rungs_of_its_work() {
    for choice in [OpenWork::Carry, OpenWork::Cancel] {
        let mut case = with_notice("OPEN");
        World::new().play(&mut case, 40, supervisor(), supervise(7, None, Rung::Listed));
        let after = merged(&case, &other(dispatched(AssignmentStatus::Claimed)), choice).unwrap();
        let open = |case: &Case| {
            let open = case.supervisions.iter().filter(|one| case.supervision_state(one) == SupervisionState::Open);
            open.map(|one| one.rung).collect::<Vec<_>>()
        };
        let carried = if choice == OpenWork::Carry { vec![Rung::Notice] } else { Vec::new() };
        assert_eq!((open(&after.into), open(&after.from)), (carried, Vec::new()), "{choice:?}");
        let mut into = after.into.clone();
        let set = look(&World::new(), &mut into, 51);
        assert!(set.iter().all(|one| one.assignment != Some(id(1))), "{set:?}");
        assert_eq!(as_before(&after.undone().unwrap().from), as_before(&case), "{choice:?}");
    }
}

/// A clock that stands still makes nothing late.
#[test]
fn nothing_climbs_while_its_clock_stands_still() {
    let world = World::new();
    let mut case = dispatched(AssignmentStatus::Open);
    let changes: Vec<_> =
        case.clocks.iter().filter_map(|clock| world.timing().pause(clock, at(10), PauseReason::Suspended)).collect();
    clock::apply(&mut case.clocks, &changes);
    assert_eq!(look(&world, &mut case, LONG), []);
}

/// The id of a rung follows from what it was set for, so two servers that set it write the same row.
#[test]
fn two_servers_that_set_the_same_rung_give_it_the_same_id() {
    let (world, case) = (World::new(), dispatched(AssignmentStatus::Open));
    let [mut one, mut two] = [case.clone(), case];
    let ids = |set: Vec<Supervision>| set.into_iter().map(|one| one.id).collect::<Vec<SupervisionId>>();
    assert_eq!(ids(look(&world, &mut one, 32)), ids(look(&world, &mut two, 45)));
    let kinds = one.clocks.iter().filter(|clock| clock.key.kind == ClockKind::Acknowledge);
    assert_eq!(kinds.count(), 1);
}
