//! Incidents 突发事件 and situation reports 信息报告: the tables, what the rules mean, and random histories.
//! Long because the tables and the situations in which they are played stand together.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use domain::Refusal;
use domain::access::By;
use domain::clock::{ClockKind, ClockState};
use domain::event::DomainEvent;
use domain::id::{AreaId, HazardId, IncidentId, NoteId, SituationReportId, UnitId};
use domain::incident::{
    self, Command, Context, DeliveryChannel, Draft, Event, HazardFacts, HazardStanding, Incident, IncidentGrade,
    IncidentStatus, IncidentType, InformationSource, LateMark, Opening, Receiver, Signer, SituationReportKind, apply,
};
use domain::inheritance::Inheritance;
use domain::limits::{CORRECTIONS_MAX, SITUATION_REPORTS_MAX};
use domain::policy::InformationPolicy;
use domain::refusal::Language;
use domain::staff::Role;
use domain::todo::{TodoKind, of_incident};
use proptest::prelude::*;
use uuid::Uuid;

use crate::history::{Dice, dice, run};
use crate::scene::*;

fn section(name: &str) -> impl Iterator<Item = Vec<&'static str>> {
    let table = include_str!("../data/information_table.txt");
    let lines = table.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let lines = lines.skip_while(move |line| *line != format!("[{name}]")).skip(1);
    lines.take_while(|line| !line.starts_with('[')).map(|line| line.split_whitespace().collect())
}

/// Plays each cell of a section, whose first row has the words of the columns.
fn check(name: &str, play: impl Fn(&str, &str) -> Result<(), Refusal>) {
    let mut rows = section(name);
    let columns = rows.next().unwrap();
    let mut seen = BTreeSet::new();
    for row in rows {
        let (word, cells) = row.split_first().unwrap();
        assert_eq!(cells.len(), columns.len(), "{name}: {word}");
        assert!(seen.insert(*word), "{name}: {word} twice");
        for (column, cell) in columns.iter().zip(cells) {
            assert_eq!(told(&play(word, column)), *cell, "{name}: {word} × {column}");
        }
    }
    assert!(!seen.is_empty(), "{name}");
}

/// Returns the rule of a refusal, or its code. Every rule says something in both languages.
fn told<T>(answer: &Result<T, Refusal>) -> String {
    let Err(refusal) = answer else { return "ok".to_owned() };
    assert!(!refusal.text(Language::Chinese).is_empty() && !refusal.text(Language::English).is_empty());
    refusal.rule.unwrap_or(refusal.code.as_str()).to_owned()
}

/// The page for people shows the tables that are tested.
#[test]
fn the_page_shows_the_tables() {
    let table = include_str!("../data/information_table.txt");
    let sections = table[table.find("# What may be done").unwrap()..].trim_end();
    assert!(include_str!("../../../docs/information-reports.md").contains(sections));
}

fn signer_of(unit: UnitId, number: u128, role: Role) -> Signer {
    let actor = person(unit, number, role);
    Signer { officer: actor.officer, post: actor.post, role, unit }
}

fn report(number: u128) -> SituationReportId {
    SituationReportId(Uuid::from_u128(number))
}

/// A report of what happened ten minutes and was learned of five minutes before it is sent in this minute.
fn draft(number: u128, minute: i64) -> Draft {
    let note = |kind: u128| NoteId(Uuid::from_u128(number * 10 + kind));
    Draft {
        report: report(number),
        grade: IncidentGrade::Major,
        incident_type: IncidentType::Accident,
        source: InformationSource::Patrol,
        channel: DeliveryChannel::System,
        happened_at: Some(at(-10)),
        learned_at: at(minute - 5),
        phoned_at: None,
        dead: None,
        missing: Some(0),
        injured: Some(2),
        place_note: note(1),
        facts_note: note(2),
        impact_note: note(3),
        measures_note: note(4),
    }
}

fn centre_officer() -> By {
    By::Officer(person(CENTRE, 0, Role::CommandCentre))
}

const ABOVE: Receiver = Receiver { unit: CENTRE, is_above: true, is_barred: false };

/// What surrounds a step: who signs, who receives, and the policy.
struct Desk {
    world: World,
    policy: InformationPolicy,
    signer: Option<Signer>,
    receiver: Option<Receiver>,
}

impl Desk {
    fn new() -> Self {
        let policy = InformationPolicy::default();
        let signer = Some(signer_of(TOWN, 1, Role::TownshipLeader));
        Self { world: World::new(), policy, signer, receiver: Some(ABOVE) }
    }

    fn context(&self, by: By, minute: i64) -> Context<'_> {
        Context {
            now: at(minute),
            by,
            signer: self.signer,
            receiver: self.receiver,
            policy: &self.policy,
            timing: self.world.timing(),
        }
    }

    fn open(&self, by: By, minute: i64, opening: Opening) -> Result<(Incident, Event), Refusal> {
        incident::open(opening, &self.context(by, minute))
    }

    fn ask(&self, incident: &Incident, minute: i64, by: By, command: Command) -> Result<Vec<Event>, Refusal> {
        incident::decide(incident, command, &self.context(by, minute))
    }

    fn play(&self, incident: &mut Incident, minute: i64, by: By, command: Command) {
        for event in self.ask(incident, minute, by, command).unwrap() {
            apply(incident, &event);
        }
    }
}

fn opening(draft: Draft) -> Opening {
    Opening { id: IncidentId(Uuid::from_u128(1)), unit: TOWN, area: AreaId(Uuid::from_u128(1)), hazard: None, draft }
}

fn opened() -> Incident {
    Desk::new().open(clerk(), 0, opening(draft(1, 0))).unwrap().0
}

fn update(number: u128, minute: i64) -> Command {
    Command::Send(SituationReportKind::Update, draft(number, minute))
}

fn last(number: u128, minute: i64) -> Command {
    Command::Send(SituationReportKind::Final, draft(number, minute))
}

fn correct(corrects: u128, number: u128) -> Command {
    Command::Correct { corrects: report(corrects), note: NOTE, draft: draft(number, 0) }
}

fn acknowledge(number: u128) -> Command {
    Command::Acknowledge(report(number))
}

/// The incident of a row of the table, with the number of its last report.
fn in_state(word: &str) -> (Incident, u128) {
    let (desk, mut one, centre) = (Desk::new(), opened(), centre_officer());
    match word {
        "OPENED" => (one, 1),
        "RECEIVED" => {
            desk.play(&mut one, 5, centre, acknowledge(1));
            (one, 1)
        }
        "CORRECTED" => {
            desk.play(&mut one, 5, clerk(), correct(1, 2));
            (one, 2)
        }
        "RECEIVED_CORRECTED" => {
            desk.play(&mut one, 5, centre, acknowledge(1));
            desk.play(&mut one, 6, clerk(), correct(1, 2));
            (one, 2)
        }
        "UPDATED" => {
            desk.play(&mut one, 5, clerk(), update(2, 5));
            (one, 2)
        }
        "ENDED" => {
            desk.play(&mut one, 5, clerk(), last(2, 5));
            (one, 2)
        }
        "ENDED_RECEIVED" => {
            desk.play(&mut one, 5, clerk(), last(2, 5));
            desk.play(&mut one, 6, centre, acknowledge(1));
            desk.play(&mut one, 6, centre, acknowledge(2));
            (one, 2)
        }
        "FULL" => {
            let most = u128::try_from(SITUATION_REPORTS_MAX).unwrap() - 1;
            for number in 2..=most {
                desk.play(&mut one, 5, clerk(), update(number, 5));
            }
            (one, most)
        }
        other => panic!("{other}"),
    }
}

#[test]
fn an_incident_takes_the_steps_of_the_table_in_each_state() {
    check("step", |row, column| {
        let (one, number) = in_state(row);
        let (by, command) = match column {
            "INITIAL" => (clerk(), Command::Send(SituationReportKind::Initial, draft(900, 20))),
            "UPDATE" => (clerk(), update(900, 20)),
            "FINAL" => (clerk(), last(900, 20)),
            "CORRECT_FIRST" => (clerk(), correct(1, 900)),
            "CORRECT_LAST" => (clerk(), correct_at(number, 900, &one)),
            "ACK_FIRST" => (centre_officer(), acknowledge(1)),
            "ACK_LAST" => (centre_officer(), acknowledge(number)),
            other => panic!("{other}"),
        };
        Desk::new().ask(&one, 20, by, command).map(drop)
    });
}

/// A correction that tells the times of the report that it corrects.
fn correct_at(corrects: u128, number: u128, one: &Incident) -> Command {
    let before = one.report(report(corrects)).unwrap();
    let draft = Draft { learned_at: before.sent.learned_at, ..draft(number, 0) };
    Command::Correct { corrects: report(corrects), note: NOTE, draft }
}

fn who(word: &str) -> By {
    match word {
        "TOWN_CLERK" => clerk(),
        "TOWN_LEADER" => By::Officer(person(TOWN, 2, Role::TownshipLeader)),
        "TOWN_WORKER" => worker(TOWN, 3),
        "GRID_WORKER" => By::Officer(person(TOWN, 3, Role::GridWorker)),
        "FIRE_CLERK" | "HEIR" => By::Officer(person(FIRE, 0, Role::DepartmentClerk)),
        "CENTRE" => centre_officer(),
        "SUPERVISOR" => By::Officer(person(CENTRE, 1, Role::Supervisor)),
        "WRITER_OF_BOTH" => {
            let writer = person(TOWN, 0, Role::TownshipClerk).officer;
            By::Officer(domain::access::Actor { officer: writer, ..person(CENTRE, 9, Role::CommandCentre) })
        }
        "REPORTER" => By::Reporter,
        "SYSTEM" => By::System,
        other => panic!("{other}"),
    }
}

#[test]
fn the_steps_are_taken_by_the_units_and_roles_of_the_table() {
    check("who", |row, column| {
        let mut desk = Desk::new();
        let mut one = opened();
        if row == "HEIR" {
            let event = Inheritance { from: TOWN, to: FIRE, at: at(10) }.of_incident(&one).unwrap();
            apply(&mut one, &event);
            desk.signer = Some(signer_of(FIRE, 1, Role::DepartmentLeader));
        }
        match column {
            "OPEN" => desk.open(who(row), 20, opening(draft(1, 0))).map(drop),
            "SEND" => desk.ask(&one, 20, who(row), update(2, 20)).map(drop),
            "CORRECT" => desk.ask(&one, 20, who(row), correct(1, 2)).map(drop),
            "ACKNOWLEDGE" => desk.ask(&one, 20, who(row), acknowledge(1)).map(drop),
            other => panic!("{other}"),
        }
    });
}

fn hazard(change: impl FnOnce(&mut HazardFacts)) -> HazardFacts {
    let id = HazardId(Uuid::from_u128(1));
    let mut facts = HazardFacts { id, is_handled: true, standing: HazardStanding::Stands, is_reported: false };
    change(&mut facts);
    facts
}

#[test]
fn an_incident_is_opened_from_what_the_table_allows() {
    for row in section("open") {
        let [word, expected] = row.as_slice() else { panic!("{row:?}") };
        let (mut desk, mut of) = (Desk::new(), opening(draft(1, 0)));
        let mut by = clerk();
        match *word {
            "ALONE" => {}
            // What a closed hazard is asked for is the same.
            "OPEN_HAZARD" | "CLOSED_HAZARD" => of.hazard = Some(hazard(|_| {})),
            "NOT_HANDLED" => of.hazard = Some(hazard(|facts| facts.is_handled = false)),
            "MERGED_HAZARD" => of.hazard = Some(hazard(|facts| facts.standing = HazardStanding::Merged)),
            "CANCELLED_HAZARD" => of.hazard = Some(hazard(|facts| facts.standing = HazardStanding::Cancelled)),
            "REPORTED_HAZARD" => of.hazard = Some(hazard(|facts| facts.is_reported = true)),
            "BELOW" => desk.receiver = Some(Receiver { unit: VILLAGE, is_above: false, is_barred: false }),
            "NO_CENTRE" => desk.receiver = None,
            "BARRED" => desk.receiver = Some(Receiver { is_barred: true, ..ABOVE }),
            "SIGNED_BY_NOBODY" => desk.signer = None,
            "SIGNED_ELSEWHERE" => desk.signer = Some(signer_of(FIRE, 1, Role::DepartmentLeader)),
            "SIGNED_BY_A_CLERK" => desk.signer = Some(signer_of(TOWN, 4, Role::TownshipClerk)),
            "SIGNED_BY_WRITER" => {
                by = By::Officer(person(TOWN, 1, Role::TownshipLeader));
            }
            "SIGNED_BY_VILLAGE" => {
                by = By::Officer(person(VILLAGE, 0, Role::VillageOfficer));
                desk.signer = Some(signer_of(VILLAGE, 0, Role::VillageOfficer));
                of.unit = VILLAGE;
            }
            other => panic!("{other}"),
        }
        assert_eq!(told(&desk.open(by, 0, of)), *expected, "{word}");
    }
}

fn marks(late: &[LateMark]) -> String {
    let words: Vec<&str> = late.iter().map(|mark| mark.code()).collect();
    if words.is_empty() { "-".to_owned() } else { words.join(",") }
}

#[test]
fn the_three_times_say_whether_a_report_is_late_or_cannot_be() {
    let now = 0;
    for row in section("times") {
        let [word, happened, learned, phoned, channel, grade, expected] = row.as_slice() else { panic!("{row:?}") };
        let told_at = |minutes: &str| (minutes != "-").then(|| at(now - minutes.parse::<i64>().unwrap()));
        let draft = Draft {
            happened_at: told_at(happened),
            learned_at: told_at(learned).unwrap(),
            phoned_at: told_at(phoned),
            channel: DeliveryChannel::from_code(channel).unwrap(),
            grade: IncidentGrade::from_code(grade).unwrap(),
            ..draft(1, now)
        };
        let answer = Desk::new().open(clerk(), now, opening(draft));
        let late = answer.as_ref().map(|(one, _)| marks(&one.reports[0].sent.late)).map_err(Clone::clone);
        assert_eq!(late.unwrap_or_else(|_| told(&answer)), *expected, "{word}");
        if let Ok((one, _)) = answer {
            assert_eq!(one.is_late(), *expected != "-");
            let sent = &one.reports[0].sent;
            assert!(sent.happened_at <= sent.learned_at && sent.learned_at <= one.reports[0].sent_at, "{word}");
        }
    }
}

/// What a phone may send at the ends of time is refused, and no sum overflows.
#[test]
fn the_ends_of_time_are_refused_by_name() {
    for end in [chrono::DateTime::<chrono::Utc>::MIN_UTC, chrono::DateTime::<chrono::Utc>::MAX_UTC] {
        for field in 0..3 {
            let mut one = draft(1, 0);
            match field {
                0 => one.happened_at = Some(end),
                1 => one.learned_at = end,
                _ => one.phoned_at = Some(end),
            }
            let refusal = Desk::new().open(clerk(), 0, opening(one)).unwrap_err();
            assert!(refusal.rule.unwrap().starts_with("incident.times_not_"), "{refusal:?}");
            assert!(refusal.field.unwrap().starts_with("input.report."), "{refusal:?}");
        }
    }
}

/// An incident that no row of the policy fits has no limits.
#[test]
fn without_a_row_of_the_policy_nothing_is_late_and_no_update_is_due() {
    let mut desk = Desk::new();
    desk.policy.rows.clear();
    let (one, _) = desk.open(clerk(), 0, opening(Draft { happened_at: Some(at(-9_000)), ..draft(1, 0) })).unwrap();
    assert_eq!((one.is_late(), one.reports[0].sent.due, one.next_clock()), (false, None, None));
    let todos = of_incident(&one);
    assert_eq!(todos[1].kind, TodoKind::SendSituationReport);
    assert_eq!(todos[1].deadline, None);
}

/// A correction is judged as if it had been sent in place of the first report, and never loses a mark: nobody corrects the delay
/// away. It changes neither what was sent nor who acknowledged it.
#[test]
fn a_correction_adds_a_late_mark_and_never_removes_one() {
    let (desk, late) = (Desk::new(), Draft { learned_at: at(-40), happened_at: Some(at(-50)), ..draft(1, 0) });
    let (mut one, _) = desk.open(clerk(), 0, opening(late)).unwrap();
    assert_eq!(marks(&one.reports[0].sent.late), "FIRST_WORD");
    let better = Draft { learned_at: at(-5), happened_at: Some(at(-50)), ..draft(2, 0) };
    let as_sent = one.reports[0].sent.clone();
    desk.play(&mut one, 600, clerk(), Command::Correct { corrects: report(1), note: NOTE, draft: better });
    assert_eq!(one.reports[0].sent, as_sent);
    assert_eq!(marks(&one.reports[1].sent.late), "FIRST_WORD");
    let worse = Draft { learned_at: at(-100), happened_at: Some(at(-130)), ..draft(3, 0) };
    desk.play(&mut one, 601, clerk(), Command::Correct { corrects: report(2), note: NOTE, draft: worse });
    assert_eq!(marks(&one.reports[2].sent.late), "FIRST_WORD,WRITTEN,SINCE_HAPPENING");
    let after = Draft { learned_at: at(30), happened_at: Some(at(-50)), ..draft(4, 0) };
    let refused = desk.ask(&one, 602, clerk(), Command::Correct { corrects: report(3), note: NOTE, draft: after });
    assert_eq!(told(&refused), "incident.times_in_order", "nobody learns after sending");
}

#[test]
fn a_report_is_corrected_so_often_and_no_more() {
    let (desk, mut one) = (Desk::new(), opened());
    for number in 1..=u128::try_from(CORRECTIONS_MAX).unwrap() {
        desk.play(&mut one, 5, clerk(), correct(number, number + 1));
    }
    let newest = one.reports.len();
    assert_eq!(newest, CORRECTIONS_MAX + 1);
    let again = correct(u128::try_from(newest).unwrap(), 500);
    assert_eq!(told(&desk.ask(&one, 6, clerk(), again)), "incident.corrections");
    assert_eq!(one.latest().unwrap().number, i32::try_from(newest).unwrap());
    assert_eq!(one.chain(report(11)).count(), 11);
}

/// The time of the incident is that of the initial report; an update repeats it or leaves it out, and a correction of the initial
/// report changes it.
#[test]
fn only_a_correction_of_the_initial_report_changes_when_it_happened() {
    let (desk, mut one) = (Desk::new(), opened());
    let other = Draft { happened_at: Some(at(-20)), ..draft(2, 5) };
    let asked = desk.ask(&one, 5, clerk(), Command::Send(SituationReportKind::Update, other));
    assert_eq!(told(&asked), "incident.happened_by_correction");
    let silent = Draft { happened_at: None, ..draft(2, 5) };
    desk.play(&mut one, 5, clerk(), Command::Send(SituationReportKind::Update, silent));
    assert_eq!(one.reports[1].sent.happened_at, at(-10));
    let earlier = Draft { happened_at: Some(at(-20)), ..draft(3, 0) };
    desk.play(&mut one, 6, clerk(), Command::Correct { corrects: report(1), note: NOTE, draft: earlier });
    assert_eq!(one.initial().unwrap().sent.happened_at, at(-20));
    desk.play(&mut one, 7, clerk(), Command::Send(SituationReportKind::Final, other));
    assert_eq!((one.status(), one.ended_at), (IncidentStatus::Ended, Some(at(7))));
}

/// The next report is due again and again until the final one; the one that comes late has its mark, and its clock too.
#[test]
fn an_update_is_due_until_the_final_report_and_late_after_its_time() {
    let (desk, mut one, day) = (Desk::new(), opened(), 24 * 60);
    assert_eq!(one.next_clock().unwrap().due, at(day));
    desk.play(&mut one, day, clerk(), update(2, day));
    assert_eq!(marks(&one.reports[1].sent.late), "-");
    assert_eq!(one.next_clock().unwrap().due, at(2 * day));
    desk.play(&mut one, 2 * day + 1, clerk(), update(3, 2 * day + 1));
    assert_eq!(marks(&one.reports[2].sent.late), "UPDATE");
    desk.play(&mut one, 2 * day + 2, clerk(), last(4, 2 * day + 2));
    assert_eq!(one.next_clock(), None);
    let states: Vec<ClockState> = one
        .clocks
        .iter()
        .filter(|clock| clock.key.kind == ClockKind::NextSituationReport)
        .map(|clock| clock.state)
        .collect();
    assert_eq!(states, [ClockState::Met, ClockState::Late, ClockState::Met]);
    assert!(of_incident(&one).iter().all(|todo| todo.kind == TodoKind::AcknowledgeSituationReport));
}

/// What nobody has acknowledged when the receiver ends goes to the unit that receives the next report.
#[test]
fn a_new_receiver_also_acknowledges_what_the_former_one_has_not() {
    let (mut desk, mut one) = (Desk::new(), opened());
    desk.receiver = Some(Receiver { unit: GAS, ..ABOVE });
    desk.play(&mut one, 5, clerk(), update(2, 5));
    assert_eq!(one.receiver, GAS);
    let todo = of_incident(&one)[0];
    assert_eq!((todo.owner_unit, todo.deadline.unwrap().due), (GAS, at(10)), "with the time of the first one");
    let of_gas = By::Officer(person(GAS, 0, Role::DepartmentClerk));
    assert_eq!(told(&desk.ask(&one, 6, centre_officer(), acknowledge(1))), "FORBIDDEN");
    for number in [1, 2] {
        desk.play(&mut one, 6, of_gas, acknowledge(number));
    }
    assert!(one.clocks.iter().all(|clock| !clock.is_open() || clock.key.kind == ClockKind::NextSituationReport));
}

/// The policy can let only some roles acknowledge.
#[test]
fn the_policy_says_which_roles_acknowledge() {
    let mut desk = Desk::new();
    desk.policy.acknowledged_by = vec![Role::TownshipLeader];
    assert_eq!(told(&desk.ask(&opened(), 5, centre_officer(), acknowledge(1))), "incident.acknowledged_by");
}

#[test]
fn a_successor_sends_and_receives_with_the_same_deadlines() {
    let mut one = opened();
    let event = Inheritance { from: CENTRE, to: GAS, at: at(7) }.of_incident(&one).unwrap();
    apply(&mut one, &event);
    let todos: BTreeMap<_, _> = of_incident(&one).into_iter().map(|todo| (todo.kind, todo)).collect();
    let received = todos[&TodoKind::AcknowledgeSituationReport];
    assert_eq!((received.owner_unit, received.deadline.unwrap().due), (GAS, at(10)));
    assert_eq!(todos[&TodoKind::SendSituationReport].owner_unit, TOWN);
    assert_eq!(Inheritance { from: CENTRE, to: GAS, at: at(8) }.of_incident(&one), None);
}

// --- random histories

/// What a history reached: the answers of all, and how many steps were taken.
#[derive(Default)]
struct Tally {
    answers: BTreeSet<String>,
    asked: usize,
    taken: usize,
}

fn anything(one: &Incident, dice: &Dice, next: u128, minute: i64) -> (By, Command) {
    let known: Vec<u128> = one.reports.iter().map(|one| one.sent.report.0.as_u128()).collect();
    let of = *dice.of(&known).unwrap();
    let learned_at = at(minute) - TimeDelta::minutes(i64::from(dice.who % 90));
    let happened_at = if dice.bold.is_multiple_of(5) { Some(at(-10)) } else { None };
    let grade = IncidentGrade::ALL[usize::from(dice.who) % IncidentGrade::ALL.len()];
    let draft = Draft { learned_at, happened_at, grade, ..draft(next, minute) };
    let command = match dice.pick % 9 {
        0..=2 => Command::Send(SituationReportKind::Update, draft),
        3 if dice.bold < 60 => Command::Send(SituationReportKind::Final, draft),
        3 => Command::Send(SituationReportKind::Initial, draft),
        4 | 5 => {
            let before = one.report(report(of)).unwrap();
            let happened_at = Some(one.initial().unwrap().sent.happened_at);
            let draft = Draft { learned_at: before.sent.learned_at, happened_at, ..draft };
            Command::Correct { corrects: report(of), note: NOTE, draft }
        }
        _ => Command::Acknowledge(report(of)),
    };
    let sensible = match command {
        Command::Acknowledge(_) => By::Officer(person(one.receiver, 0, Role::CommandCentre)),
        Command::Send(..) | Command::Correct { .. } => By::Officer(person(one.unit, 0, Role::TownshipClerk)),
    };
    let by = if dice.bold % 8 == 7 {
        who(["FIRE_CLERK", "SUPERVISOR", "SYSTEM"][usize::from(dice.who) % 3])
    } else {
        sensible
    };
    (by, command)
}

/// What holds of every incident: the todos are those of its state, each open clock is one todo's, and what was sent stays.
fn state_rules(one: &Incident, events: &[Event]) -> Result<(), TestCaseError> {
    let replayed = Incident::replay(events);
    prop_assert_eq!(replayed.as_ref(), Some(one));
    let todos = of_incident(one);
    let waits = one.reports.iter().any(incident::SituationReport::awaits);
    let kinds: Vec<TodoKind> = todos.iter().map(|todo| todo.kind).collect();
    let expected = [
        waits.then_some(TodoKind::AcknowledgeSituationReport),
        one.ended_at.is_none().then_some(TodoKind::SendSituationReport),
    ];
    prop_assert_eq!(kinds, expected.into_iter().flatten().collect::<Vec<_>>());
    for clock in one.clocks.iter().filter(|clock| clock.is_open()) {
        prop_assert_eq!(todos.iter().filter(|todo| todo.is_timed_by(clock)).count(), 1, "{:?}", clock);
    }
    prop_assert_eq!(todos.iter().filter(|todo| todo.deadline.is_none()).count(), 0);
    let owner = |kind| if kind == TodoKind::SendSituationReport { one.unit } else { one.receiver };
    prop_assert!(todos.iter().all(|todo| todo.owner_unit == owner(todo.kind)));
    for report in &one.reports {
        let corrects = report.corrects.map(|id| one.report(id).unwrap());
        prop_assert!(corrects.is_none_or(|before| before.corrected_by == Some(report.sent.report)));
        prop_assert!(corrects.is_none_or(|before| before.sent.late.iter().all(|mark| report.sent.late.contains(mark))));
        prop_assert!(corrects.is_none_or(|before| before.sent.report_kind == report.sent.report_kind));
        prop_assert!(report.sent.happened_at <= report.sent.learned_at && report.sent.learned_at <= report.sent_at);
    }
    let finals = one.originals().filter(|report| report.sent.report_kind == SituationReportKind::Final).count();
    prop_assert_eq!(finals, usize::from(one.ended_at.is_some()));
    Ok(())
}

fn play_history(all: Vec<Dice>, tally: &RefCell<Tally>) -> Result<(), TestCaseError> {
    let mut desk = Desk::new();
    let (mut one, first) = desk.open(clerk(), 0, opening(draft(1, 0))).unwrap();
    let (mut events, mut minute) = (vec![first], 0);
    for (step, dice) in all.into_iter().enumerate() {
        minute += i64::from(dice.minutes);
        if dice.bold == 9 || dice.bold == 10 {
            let (from, to) = if dice.bold == 9 { (one.unit, FIRE) } else { (one.receiver, GAS) };
            let heir = Inheritance { from, to, at: at(minute) };
            if let Some(event) = heir.of_incident(&one).filter(|_| from != to && one.unit != to && one.receiver != to) {
                apply(&mut one, &event);
                events.push(event);
            }
        }
        let unit = Receiver { unit: one.receiver, ..ABOVE };
        desk.receiver = Some(if dice.bold == 11 { Receiver { unit: VILLAGE, ..ABOVE } } else { unit });
        desk.signer = Some(signer_of(one.unit, 1, Role::TownshipLeader));
        let (by, command) = anything(&one, &dice, u128::try_from(step).unwrap() + 2, minute);
        let before = one.clone();
        let answer = desk.ask(&one, minute, by, command);
        let mut tally = tally.borrow_mut();
        tally.asked += 1;
        tally.answers.insert(told(&answer));
        for event in answer.iter().flatten() {
            tally.taken += 1;
            tally.answers.insert(event.kind().to_owned());
            apply(&mut one, event);
            events.push(event.clone());
        }
        for (was, is) in before.reports.iter().zip(&one.reports) {
            prop_assert_eq!(&was.sent, &is.sent, "nothing is overwritten");
            prop_assert!(was.acknowledged.is_none() || was.acknowledged == is.acknowledged, "once");
            prop_assert!(was.corrected_by.is_none() || was.corrected_by == is.corrected_by);
        }
        state_rules(&one, &events)?;
    }
    Ok(())
}

#[test]
fn random_histories_of_incidents_keep_the_rules() {
    let tally = RefCell::new(Tally::default());
    run(&dice(40), |all| play_history(all, &tally));
    let Tally { answers, asked, taken } = tally.into_inner();
    assert!(taken * 100 >= asked * 30, "{taken} of {asked} steps were taken");
    for word in [
        "SITUATION_REPORT_SENT",
        "SITUATION_REPORT_CORRECTED",
        "SITUATION_REPORT_ACKNOWLEDGED",
        "FORBIDDEN",
        "incident.ended",
        "incident.initial_once",
        "incident.acknowledged",
        "incident.corrected",
        "incident.corrects_what_stands",
    ] {
        assert!(answers.contains(word), "{word} was never reached: {answers:?}");
    }
}
