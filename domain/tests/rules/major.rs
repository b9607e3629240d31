//! Major hazards 重大事故隐患: every state × every step and every step × every person, compared with tables that were written by
//! hand, and what the clocks, merges and successors make of them. Long because the table and its scenes belong together.

use std::collections::BTreeMap;

use chrono::{NaiveDate, TimeDelta};
use domain::access::By;
use domain::clock::{Clock, ClockKind, ClockState};
use domain::hazard::major::Plan;
use domain::hazard::{
    self, AssignmentStatus, CancelReason, Case, Command, Instead, InterimMeasure, Level, MajorAct, MajorCommand,
    MajorStep, OpenWork, ReopenCause,
};
use domain::id::UnitId;
use domain::inheritance::Inheritance;
use domain::money::Fen;
use domain::refusal::Refusal;
use domain::staff::Role;
use domain::time::china_day;
use domain::todo::{TodoKind, of_case};

use crate::merging::{as_before, merged, other};
use crate::scene::*;
use crate::status_table::dispatched;

fn day(minute: i64, days: i64) -> NaiveDate {
    china_day(at(minute)) + TimeDelta::days(days)
}

/// The leader of a unit, who judges for a department.
pub(crate) fn leader_of(unit: UnitId) -> By {
    By::Officer(person(unit, 40, if unit == CENTRE { Role::CommandCentre } else { Role::DepartmentLeader }))
}

pub(crate) fn suspect(new_facts: bool) -> MajorCommand {
    MajorCommand::Suspect { note: NOTE, new_facts: new_facts.then_some(NOTE), reviewed: false }
}

pub(crate) fn confirm() -> MajorCommand {
    MajorCommand::Confirm { standard: "FIRE".to_owned(), clause: NOTE, note: NOTE }
}

pub(crate) fn plan(minute: i64, days: i64) -> MajorCommand {
    let plan = Plan {
        responsibility: NOTE,
        measures: NOTE,
        funds: NOTE,
        amount: Fen(30_000_000),
        until: day(minute, days),
        emergency_plan: NOTE,
        goals: NOTE,
        methods: NOTE,
        resources: NOTE,
        organisation: NOTE,
        schedule: NOTE,
        safety: NOTE,
    };
    MajorCommand::SetPlan { plan, note: NOTE }
}

pub(crate) fn list(minute: i64, days: i64) -> MajorCommand {
    MajorCommand::List { published_on: day(minute, 0), until: day(minute, days), note: NOTE }
}

pub(crate) fn accept_on_site() -> MajorCommand {
    MajorCommand::AcceptOnSite { distance_metres: 20.0, far_reason: None, note: NOTE }
}

pub(crate) fn delist(minute: i64) -> MajorCommand {
    MajorCommand::Delist { published_on: day(minute, 0), note: NOTE }
}

pub(crate) fn order(measure: InterimMeasure) -> MajorCommand {
    MajorCommand::OrderMeasure { measure, at_once: false, note: NOTE }
}

pub(crate) fn take(measure: InterimMeasure) -> MajorCommand {
    MajorCommand::TakeMeasure { measure, note: NOTE }
}

pub(crate) fn lift(measure: InterimMeasure) -> MajorCommand {
    MajorCommand::LiftMeasure { measure, note: NOTE }
}

#[track_caller]
fn play(case: &mut Case, minute: i64, by: By, command: MajorCommand) {
    World::new().play(case, minute, by, Command::Major(command));
}

/// A hazard in this state, at minute 60 at the latest.
fn state(name: &str) -> Case {
    let (world, fire) = (World::new(), leader_of(FIRE));
    let mut case = match name {
        "GENERAL" | "SUSPECTED" | "REFUSED" | "MAJOR" | "ORDERED" | "NOTICE" | "CANCELLED" => world.case(false).0,
        "LATE" => dispatched(AssignmentStatus::Accepted),
        _ => dispatched(AssignmentStatus::OnSite),
    };
    if name == "GENERAL" {
        return case;
    }
    play(&mut case, 20, clerk(), suspect(false));
    match name {
        "SUSPECTED" | "LATE" => return case,
        "ORDERED" => play(&mut case, 21, fire, order(InterimMeasure::StopUse)),
        "NOTICE" => play(&mut case, 21, fire, order(InterimMeasure::CutPower)),
        "REFUSED" => play(&mut case, 21, fire, MajorCommand::Refuse { note: NOTE }),
        _ => play(&mut case, 21, fire, confirm()),
    }
    match name {
        "MAJOR" | "UNPLANNED" | "ORDERED" | "NOTICE" | "REFUSED" => {}
        "CANCELLED" => {
            let cancel = Command::Cancel { reason: CancelReason::Unfounded, note: Some(NOTE), into: None };
            world.play(&mut case, 22, clerk(), cancel);
        }
        _ => govern(&mut case, name),
    }
    case
}

/// Brings a confirmed hazard, whose worker is at the place, to a later state.
fn govern(case: &mut Case, name: &str) {
    let (world, fire) = (World::new(), leader_of(FIRE));
    play(case, 22, clerk_of_unit(FIRE), plan(22, 60));
    if name == "LISTED_EARLY" {
        play(case, 23, centre(), list(23, 90));
    }
    if matches!(name, "PLANNED" | "LISTED_EARLY") {
        return;
    }
    world.play(case, 24, worker(FIRE, 1), finish(1));
    world.play(case, 25, clerk(), accept(1));
    if name == "ACCEPTED" {
        return;
    }
    play(case, 26, fire, accept_on_site());
    if name == "ON_SITE" {
        return;
    }
    play(case, 27, fire, MajorCommand::Consent { note: NOTE });
    if matches!(name, "LISTED" | "DELISTED") {
        play(case, 28, centre(), list(28, 90));
    }
    match name {
        "DELISTED" => play(case, 29, centre(), delist(29)),
        "NEW_WORK" => world.play(case, 30, clerk(), dispatch(2, GAS)),
        "CLOSED" | "REOPENED" => world.play(case, 31, leader(), Command::Close { note: NOTE }),
        _ => {}
    }
    if name == "REOPENED" {
        world.play(case, 32, By::Reporter, Command::Reopen { cause: ReopenCause::Callback, note: None });
    }
}

/// What a column asks for, by the right person. A merge is asked for elsewhere.
fn asked(word: &str, case: &Case) -> (By, Command) {
    let measure = case.major.measures.last().map_or(InterimMeasure::StopUse, |one| one.measure);
    let fire = leader_of(FIRE);
    let (by, command) = match word {
        "SUSPECT" => (clerk(), suspect(false)),
        "WITHDRAW" => (clerk(), MajorCommand::Withdraw { note: NOTE }),
        "CONFIRM" => (fire, confirm()),
        "REFUSE" => (fire, MajorCommand::Refuse { note: NOTE }),
        "PLAN" => (if case.is_dispatched() { clerk_of_unit(FIRE) } else { clerk() }, plan(60, 30)),
        "LIST" => (centre(), list(60, 90)),
        "ACCEPT" => (fire, accept_on_site()),
        "CONSENT" => (fire, MajorCommand::Consent { note: NOTE }),
        "DELIST" => (centre(), delist(60)),
        "ORDER" => (fire, order(measure)),
        "TAKE" => (
            if case.is_dispatched() { worker(FIRE, 1) } else { clerk() },
            MajorCommand::TakeMeasure { measure, note: NOTE },
        ),
        "LIFT" => (fire, MajorCommand::LiftMeasure { measure, note: NOTE }),
        "FINISH" => return (worker(FIRE, 1), finish(1)),
        "CLOSE" => return (leader(), Command::Close { note: NOTE }),
        other => panic!("no step {other}"),
    };
    (by, Command::Major(command))
}

fn word(answer: Result<(), Refusal>) -> String {
    match answer {
        Ok(()) => "ok".to_owned(),
        Err(refusal) => refusal.rule.unwrap_or_else(|| refusal.code.as_str()).to_owned(),
    }
}

/// The rows of a section: for each, its cells by column.
fn section(name: &str) -> BTreeMap<&'static str, Vec<(&'static str, &'static str)>> {
    let table = include_str!("../data/major_table.txt");
    let lines = table.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut lines = lines.skip_while(|line| *line != format!("[{name}]")).skip(1);
    let columns: Vec<_> = lines.next().unwrap().split_whitespace().collect();
    let rows = lines.take_while(|line| !line.starts_with('['));
    rows.map(|row| {
        let cells: Vec<_> = row.split_whitespace().collect();
        assert_eq!(cells.len(), columns.len() + 1, "{row}");
        (cells[0], columns.iter().copied().zip(cells[1..].iter().copied()).collect())
    })
    .collect()
}

#[test]
fn every_step_in_every_state_is_answered_as_the_table_says() {
    let (world, mut wrong) = (World::new(), Vec::new());
    for (row, cells) in section("steps") {
        let case = state(row);
        for (column, expected) in cells {
            let got = if column == "MERGE" {
                word(merged(&case, &other(dispatched(AssignmentStatus::Open)), OpenWork::Carry).map(|_| ()))
            } else {
                let (by, command) = asked(column, &case);
                word(world.ask(&case, 60, by, command).map(|_| ()))
            };
            if got != expected {
                wrong.push(format!("{row} × {column}: {got}, not {expected}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn person_named(word: &str) -> By {
    let officer = |unit, number, role| By::Officer(person(unit, number, role));
    match word {
        "clerk_of_the_township" => clerk(),
        "leader_of_the_township" => leader(),
        "grid_worker" => officer(TOWN, 5, Role::GridWorker),
        "worker_of_the_lead" => worker(FIRE, 5),
        "clerk_of_the_lead" => clerk_of_unit(FIRE),
        "leader_of_the_lead" => leader_of(FIRE),
        "leader_who_worked" => officer(FIRE, 1, Role::DepartmentLeader),
        "leader_of_another_unit" => leader_of(ACCUSED),
        "centre" => centre(),
        "supervisor" => supervisor(),
        "reporter" => By::Reporter,
        "system" => By::System,
        other => panic!("nobody is called {other}"),
    }
}

#[test]
fn every_step_is_open_to_those_whom_the_table_names() {
    let mut wrong = Vec::new();
    let accepted = state("ACCEPTED");
    for (row, cells) in section("who") {
        for (column, expected) in cells {
            let (case, command) = match column {
                "SUSPECT" => (dispatched(AssignmentStatus::OnSite), suspect(false)),
                "CONFIRM" | "DESERTED" => {
                    let mut case = dispatched(AssignmentStatus::OnSite);
                    play(&mut case, 20, clerk(), suspect(false));
                    (case, confirm())
                }
                "PLAN" => (state("UNPLANNED"), plan(60, 30)),
                "LIST" => (state("PLANNED"), list(60, 90)),
                "ACCEPT" => (accepted.clone(), accept_on_site()),
                "CONSENT" => (state("ON_SITE"), MajorCommand::Consent { note: NOTE }),
                "ORDER" => (state("PLANNED"), order(InterimMeasure::Evacuate)),
                other => panic!("no step {other}"),
            };
            let mut world = World::new();
            if column == "DESERTED" {
                world.responsible.clear();
            }
            let got = word(world.ask(&case, 60, person_named(row), Command::Major(command)).map(|_| ()));
            if got != expected {
                wrong.push(format!("{row} × {column}: {got}, not {expected}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_page_shows_the_tables() {
    let table = include_str!("../data/major_table.txt");
    let page = include_str!("../../../docs/major.md");
    for name in ["steps", "who"] {
        let start = table.find(&format!("[{name}]")).unwrap();
        let section = table[start..].split("\n\n").next().unwrap().trim_end();
        assert!(page.contains(section), "{name}");
    }
}

fn open(case: &Case, kind: ClockKind) -> Option<&Clock> {
    case.clocks.iter().find(|clock| clock.key.kind == kind && clock.is_open())
}

fn owner(case: &Case, kind: ClockKind) -> Option<UnitId> {
    open(case, kind).map(|clock| clock.key.owner_unit)
}

fn kinds(case: &Case) -> Vec<(TodoKind, UnitId)> {
    of_case(case).iter().map(|todo| (todo.kind, todo.owner_unit)).collect()
}

// --- judging

#[test]
fn the_department_of_the_duty_list_judges_and_otherwise_the_nearest_centre_accused_or_not() {
    for (responsible, barred, expected) in [
        (vec![FIRE, GAS], vec![], FIRE),
        (vec![GAS], vec![], GAS), // what a report accuses is not among those that can judge
        (vec![], vec![], CENTRE),
        (vec![], vec![CENTRE], CENTRE),
    ] {
        let mut world = World::new();
        world.responsible = responsible;
        world.barred.extend(barred);
        world.centres.push(UnitId(uuid::Uuid::from_u128(8)));
        let mut case = world.case(false).0;
        world.play(&mut case, 20, clerk(), Command::Major(suspect(false)));
        assert_eq!(owner(&case, ClockKind::JudgeMajor), Some(expected));
        assert!(kinds(&case).contains(&(TodoKind::JudgeMajor, expected)));
        assert_eq!(case.level, Level::SuspectedMajor);
    }
}

#[test]
fn a_withdrawn_suspicion_leaves_the_level_as_it_was_and_a_refused_one_makes_the_hazard_ordinary() {
    let world = World::new();
    let mut case = world.case(false).0;
    world.play(&mut case, 10, clerk(), classify(2));
    assert_eq!(case.level, Level::SuspectedMajor, "the review suspects");
    play(&mut case, 20, clerk(), suspect(false));
    let by_another = world.ask(&case, 21, leader(), Command::Major(MajorCommand::Withdraw { note: NOTE }));
    assert_eq!(by_another.unwrap_err().rule, Some("major.suspecter"));
    let mut withdrawn = case.clone();
    play(&mut withdrawn, 21, clerk(), MajorCommand::Withdraw { note: NOTE });
    assert_eq!((withdrawn.level, open(&withdrawn, ClockKind::JudgeMajor)), (Level::SuspectedMajor, None));
    play(&mut case, 21, leader_of(FIRE), MajorCommand::Refuse { note: NOTE });
    assert_eq!(case.level, Level::General);
    play(&mut case, 22, clerk(), suspect(true));
    play(&mut case, 23, leader_of(FIRE), confirm());
    assert_eq!((case.level, case.major.judgements.len()), (Level::Major, 2));
}

#[test]
fn only_a_standard_that_the_policy_lists_confirms() {
    let case = state("SUSPECTED");
    let other = MajorCommand::Confirm { standard: "OURS".to_owned(), clause: NOTE, note: NOTE };
    let refusal = World::new().ask(&case, 30, leader_of(FIRE), Command::Major(other)).unwrap_err();
    assert_eq!((refusal.rule, refusal.field), (Some("major.standard"), Some("input.standard")));
}

// --- the plan

#[test]
fn the_plan_is_due_by_the_unit_that_leads_and_moves_with_the_lead() {
    let world = World::new();
    let mut case = dispatched(AssignmentStatus::Claimed);
    play(&mut case, 20, clerk(), suspect(false));
    play(&mut case, 21, leader_of(FIRE), confirm());
    assert_eq!(owner(&case, ClockKind::PlanMajor), Some(FIRE));
    world.play(&mut case, 22, clerk(), Command::Dispatch { lead: task(2, GAS), supports: Vec::new() });
    assert_eq!(owner(&case, ClockKind::PlanMajor), Some(FIRE), "the first one that leads");
    world.play(&mut case, 23, clerk(), take_back(1, None));
    assert_eq!(owner(&case, ClockKind::PlanMajor), Some(GAS));
    world.play(&mut case, 24, clerk(), take_back(2, None));
    assert_eq!(owner(&case, ClockKind::PlanMajor), None, "nobody leads");
    world.play(&mut case, 25, clerk(), dispatch(3, FIRE));
    assert_eq!(owner(&case, ClockKind::PlanMajor), Some(FIRE));
}

#[test]
fn a_send_back_moves_the_plan_to_the_unit_that_leads_instead() {
    let world = World::new();
    let mut case = dispatched(AssignmentStatus::Claimed);
    play(&mut case, 5, clerk(), suspect(false));
    play(&mut case, 6, leader_of(FIRE), confirm());
    world.play(&mut case, 7, clerk_of_unit(FIRE), ask_send_back(1, Some(GAS)));
    assert_eq!(owner(&case, ClockKind::PlanMajor), Some(FIRE), "it leads until somebody decides");
    let instead = Instead { new_lead: Some(task(2, GAS)), supports: Vec::new() };
    world.play(&mut case, 8, clerk(), Command::AcceptSendBack { assignment: id(1), instead, note: NOTE });
    assert_eq!(owner(&case, ClockKind::PlanMajor), Some(GAS));
    play(&mut case, 9, clerk_of_unit(GAS), plan(9, 30));
    assert_eq!(owner(&case, ClockKind::PlanMajor), None);
}

#[test]
fn each_change_of_the_plan_is_a_new_version_and_the_old_one_stays() {
    let mut case = state("PLANNED");
    play(&mut case, 50, clerk_of_unit(FIRE), plan(50, 90));
    let versions: Vec<_> = case.major.plans.iter().map(|version| version.plan.until).collect();
    assert_eq!(versions, [day(22, 60), day(50, 90)]);
    let past = World::new().ask(&case, 51, clerk_of_unit(FIRE), Command::Major(plan(51, -1))).unwrap_err();
    assert_eq!(past.rule, Some("major.plan_limit"));
}

#[test]
fn a_reopened_round_needs_a_plan_of_its_own() {
    let mut case = state("REOPENED");
    World::new().play(&mut case, 40, clerk(), dispatch(3, FIRE));
    assert!(case.needs_plan() && case.major.plans.len() == 1);
    assert_eq!(owner(&case, ClockKind::PlanMajor), Some(FIRE));
}

// --- the listing and the way to the closure

#[test]
fn the_limit_of_a_listing_runs_until_it_is_delisted_whatever_the_work_does() {
    let mut case = state("LISTED_EARLY");
    let limit = open(&case, ClockKind::Delist).unwrap().clone();
    assert_eq!((limit.key.owner_unit, limit.due), (CENTRE, World::new().calendar.end_of_day(day(23, 90))));
    assert!(limit.warn_at < limit.due && kinds(&case).contains(&(TodoKind::Delist, CENTRE)));
    let world = World::new();
    world.play(&mut case, 24, clerk_of_unit(FIRE), ask_extension(1));
    world.play(&mut case, 25, centre(), Command::GrantExtension { assignment: id(1), note: NOTE });
    assert_eq!(open(&case, ClockKind::Delist), Some(&limit), "an extension of the work does not move it");
}

#[test]
fn a_listing_has_a_limit_and_a_publication_within_the_times_of_the_policy() {
    let case = state("PLANNED");
    let list = |published: i64, until: i64| MajorCommand::List {
        published_on: day(60, published),
        until: day(60, until),
        note: NOTE,
    };
    for (published, until, expected) in [
        (0, 30, "ok"),
        (7, 364, "ok"),
        (-1, 30, "major.publish"),
        (12, 30, "major.publish"),
        (3, 2, "major.listed_at_most"),
        (0, -1, "major.listed_at_most"),
        (0, 366, "major.listed_at_most"),
    ] {
        let got = word(World::new().ask(&case, 60, centre(), Command::Major(list(published, until))).map(|_| ()));
        assert_eq!(got, expected, "{published} {until}");
    }
}

#[test]
fn each_step_to_the_closure_has_its_owner_and_its_deadline() {
    for (word, todos, clocks) in [
        ("ACCEPTED", vec![(TodoKind::AcceptMajor, FIRE)], vec![ClockKind::AcceptMajor]),
        ("ON_SITE", vec![(TodoKind::ConsentMajor, FIRE)], vec![ClockKind::ConsentMajor]),
        ("CONSENTED", vec![(TodoKind::Close, TOWN)], vec![ClockKind::Close]),
        ("LISTED", vec![(TodoKind::Delist, CENTRE)], vec![ClockKind::Delist]),
        ("DELISTED", vec![(TodoKind::Close, TOWN)], vec![ClockKind::Close]),
        ("LATE", vec![(TodoKind::JudgeMajor, FIRE)], vec![ClockKind::JudgeMajor]),
    ] {
        let case = state(word);
        let open: Vec<_> = case.clocks.iter().filter(|clock| clock.is_open()).map(|clock| clock.key.kind).collect();
        assert_eq!((kinds(&case), open), (todos, clocks), "{word}");
        assert!(of_case(&case).iter().all(|todo| todo.deadline.is_some()), "{word}");
    }
}

#[test]
fn the_consent_lapses_when_other_work_is_added_and_stands_again_when_it_is_taken_back() {
    let world = World::new();
    let mut case = state("NEW_WORK");
    assert!(case.consent_to_close().is_none());
    let mut back = case.clone();
    world.play(&mut back, 40, clerk(), take_back(2, None));
    assert!(back.may_be_closed() && owner(&back, ClockKind::Close) == Some(TOWN));
    work(&world, &mut case, 40, 2, GAS);
    world.play(&mut case, 44, clerk(), accept(2));
    assert_eq!(kinds(&case), [(TodoKind::AcceptMajor, FIRE)]);
}

#[test]
fn an_acceptance_from_far_away_needs_a_reason() {
    let case = state("ACCEPTED");
    let far = |far_reason| MajorCommand::AcceptOnSite { distance_metres: 301.0, far_reason, note: NOTE };
    assert_eq!(word(World::new().ask(&case, 60, centre(), Command::Major(far(None))).map(|_| ())), "TOO_FAR");
    assert_eq!(word(World::new().ask(&case, 60, centre(), Command::Major(far(Some(NOTE)))).map(|_| ())), "ok");
}

#[test]
fn only_the_command_centre_cancels_a_major_hazard_on_which_units_work() {
    let cancel = || Command::Cancel { reason: CancelReason::Unfounded, note: Some(NOTE), into: None };
    for (name, by_town) in
        [("SUSPECTED", "ok"), ("MAJOR", "ok"), ("UNPLANNED", "major.cancel"), ("LISTED", "major.cancel")]
    {
        let case = state(name);
        for (by, expected) in [(clerk(), by_town), (leader(), by_town), (centre(), "ok")] {
            assert_eq!(word(World::new().ask(&case, 60, by, cancel()).map(|_| ())), expected, "{name}");
        }
    }
}

// --- interim measures

#[test]
fn power_is_cut_only_after_the_notice_unless_danger_is_imminent() {
    let minutes = 24 * 60;
    let mut case = state("NOTICE");
    let clock = open(&case, ClockKind::CutPower).unwrap();
    assert_eq!(clock.due, at(21 + minutes + 4 * 60), "four hours after the notice");
    let take = || Command::Major(MajorCommand::TakeMeasure { measure: InterimMeasure::CutPower, note: NOTE });
    let world = World::new();
    assert_eq!(world.ask(&case, 20 + minutes, clerk(), take()).unwrap_err().rule, Some("major.power_notice"));
    world.play(&mut case, 21 + minutes, clerk(), take());
    assert_eq!(open(&case, ClockKind::CutPower), None);
    let mut case = state("SUSPECTED");
    let at_once = MajorCommand::OrderMeasure { measure: InterimMeasure::CutPower, at_once: true, note: NOTE };
    play(&mut case, 30, leader(), at_once);
    world.play(&mut case, 30, clerk(), take());
}

#[test]
fn a_measure_is_ordered_again_only_after_it_was_lifted_and_its_clock_then_counts_anew() {
    let mut case = state("ORDERED");
    let first = open(&case, ClockKind::StopUse).unwrap().due;
    play(&mut case, 40, clerk(), MajorCommand::TakeMeasure { measure: InterimMeasure::StopUse, note: NOTE });
    play(&mut case, 41, centre(), MajorCommand::LiftMeasure { measure: InterimMeasure::StopUse, note: NOTE });
    play(&mut case, 50, leader_of(FIRE), order(InterimMeasure::StopUse));
    assert_eq!(open(&case, ClockKind::StopUse).unwrap().due - first, TimeDelta::minutes(29));
    assert_eq!(case.major.measures.len(), 2);
}

#[test]
fn a_measure_stays_after_the_closure_and_can_still_be_lifted() {
    let mut case = state("CONSENTED");
    play(&mut case, 40, leader_of(FIRE), order(InterimMeasure::Evacuate));
    World::new().play(&mut case, 41, leader(), Command::Close { note: NOTE });
    let key = |clock: &&Clock| clock.key.kind == ClockKind::Evacuate;
    assert_eq!(case.clocks.iter().find(key).unwrap().state, ClockState::Cancelled);
    play(&mut case, 42, leader_of(FIRE), MajorCommand::LiftMeasure { measure: InterimMeasure::Evacuate, note: NOTE });
}

// --- merges and successors

#[test]
fn an_ordinary_hazard_joins_a_major_one_whose_release_lapses_if_work_comes_along() {
    for (work, lapses) in [(OpenWork::Carry, true), (OpenWork::Cancel, false)] {
        let into = state("CONSENTED");
        let from = other(dispatched(AssignmentStatus::Accepted));
        let after = merged(&from, &into, work).unwrap();
        assert_eq!(after.into.level, Level::Major);
        let expected = if lapses { (TodoKind::AcceptMajor, FIRE) } else { (TodoKind::Close, TOWN) };
        assert_eq!(kinds(&after.into), [expected]);
        assert!(of_case(&after.into)[0].deadline.is_some());
        assert_eq!(as_before(&after.undone().unwrap().into), as_before(&into), "{work:?}");
    }
}

#[test]
fn a_major_hazard_joins_another_one_and_comes_back_as_it_was() {
    let from = other(state("PLANNED"));
    let into = state("UNPLANNED");
    let after = merged(&from, &into, OpenWork::Cancel).unwrap();
    assert_eq!((after.from.major.plans.len(), after.into.major.plans.len()), (1, 0), "its record stays with it");
    assert_eq!(as_before(&after.undone().unwrap().from), as_before(&from));
}

#[test]
fn a_successor_judges_plans_and_lists_instead() {
    let inheritance = |from| Inheritance { from, to: GAS, at: at(500) };
    let mut case = state("LISTED_EARLY");
    let event = inheritance(FIRE).of_case(&case, false, &[id(1)]).unwrap();
    hazard::apply(&mut case, &event);
    assert_eq!(case.major.department, Some(FIRE), "the work is another thing");
    let event = inheritance(FIRE).of_major(&case).unwrap();
    hazard::apply(&mut case, &event);
    assert_eq!((case.major.department, owner(&case, ClockKind::Delist)), (Some(GAS), Some(CENTRE)));
    let mut case = dispatched(AssignmentStatus::Claimed);
    play(&mut case, 20, clerk(), suspect(false));
    let event = inheritance(FIRE).of_major(&case).unwrap();
    hazard::apply(&mut case, &event);
    assert_eq!(owner(&case, ClockKind::JudgeMajor), Some(GAS));
    let mut world = World::new();
    world.responsible = vec![GAS];
    world.play(&mut case, 501, leader_of(GAS), Command::Major(confirm()));
    assert_eq!(case.major.department, Some(GAS));
}

// --- for the random histories

/// The next step that leads a major hazard on, by the unit whose turn it is.
pub(crate) fn next(case: &Case, minute: i64) -> Option<(UnitId, MajorCommand)> {
    let is_majors = |kind| {
        matches!(
            kind,
            TodoKind::JudgeMajor
                | TodoKind::PlanMajor
                | TodoKind::AcceptMajor
                | TodoKind::ConsentMajor
                | TodoKind::Delist
        )
    };
    let todos = of_case(case);
    let ready = |kind: TodoKind| kind != TodoKind::Delist || case.consent_to_close().is_some();
    let todo = todos.iter().find(|todo| is_majors(todo.kind) && ready(todo.kind))?;
    let command = match todo.kind {
        TodoKind::JudgeMajor => confirm(),
        TodoKind::PlanMajor => plan(minute, 30),
        TodoKind::AcceptMajor => accept_on_site(),
        TodoKind::ConsentMajor => MajorCommand::Consent { note: NOTE },
        _ => delist(minute),
    };
    Some((todo.owner_unit, command))
}

/// Any step of a major hazard; the number says which.
pub(crate) fn any_step(number: u16, minute: i64) -> MajorCommand {
    let measure = InterimMeasure::ALL[usize::from(number / 12) % 3];
    match number % 12 {
        0 => suspect(number.is_multiple_of(5)),
        1 => MajorCommand::Withdraw { note: NOTE },
        2 => confirm(),
        3 => MajorCommand::Refuse { note: NOTE },
        4 => plan(minute, 30),
        5 => list(minute, 60),
        6 => accept_on_site(),
        7 => MajorCommand::Consent { note: NOTE },
        8 => delist(minute),
        9 => order(measure),
        10 => MajorCommand::TakeMeasure { measure, note: NOTE },
        _ => MajorCommand::LiftMeasure { measure, note: NOTE },
    }
}

/// The step of a major hazard that an event tells.
pub(crate) const fn step_of(event: &hazard::Event) -> Option<MajorStep> {
    match event {
        hazard::Event::Major { act, .. } => Some(MajorAct::step(act)),
        _ => None,
    }
}
