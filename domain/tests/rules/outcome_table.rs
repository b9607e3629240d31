//! Every outcome of a report × every stage of the hazard to which it points, compared with a table that was written by
//! hand.

use std::collections::{BTreeMap, BTreeSet};

use domain::Code;
use domain::hazard::{self, AssignmentStatus, CancelReason, Case, HazardStatus, Stage};
use domain::id::{AmendmentId, HazardId};
use domain::report::{self, Channel, Command, Effect, HazardFacts, Outcome, Report, ReportStatus, Sharing, effect};
use uuid::Uuid;

use crate::report_rules::received;
use crate::scene::*;
use crate::status_table::{dispatched, hazard_in, report_asker};

const OWN: HazardId = HazardId(Uuid::from_u128(1));
const OTHER: HazardId = HazardId(Uuid::from_u128(2));

const SECTIONS: [(&str, Sharing); 3] =
    [("alone", Sharing::Alone), ("elsewhere", Sharing::HeldElsewhere), ("shared", Sharing::Joined)];

/// One section of the table: for each outcome, for each stage, the cell.
fn section(name: &str) -> BTreeMap<String, BTreeMap<String, String>> {
    let lines = include_str!("../data/outcome_table.txt").lines();
    let mut lines = lines.skip_while(|line| *line != format!("[{name}]")).skip(1);
    let columns: Vec<&str> = lines.next().unwrap().split_whitespace().collect();
    let rows = lines.take_while(|line| !line.is_empty());
    rows.map(|row| {
        let mut cells = row.split_whitespace().map(str::to_owned);
        let outcome = cells.next().unwrap();
        let cells: BTreeMap<_, _> = columns.iter().map(|column| (*column).to_owned()).zip(cells).collect();
        assert_eq!(cells.len(), columns.len(), "{name}: {outcome}");
        (outcome, cells)
    })
    .collect()
}

fn commands() -> BTreeMap<&'static str, Command> {
    let all = [
        Command::Confirm { hazard: OWN, note: NOTE },
        Command::Merge { hazard: OTHER, note: NOTE },
        Command::Unfounded { note: NOTE },
        Command::Forward { to: CENTRE, note: NOTE },
        Command::Refer { channel: Channel::Call119, note: NOTE },
        Command::OutOfScope { channel: Channel::Call110, note: NOTE },
        Command::Withdraw,
    ];
    all.into_iter().map(|command| (word(command.outcome().unwrap()), command)).collect()
}

const fn word(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Confirm => "CONFIRM",
        Outcome::Merge => "MERGE",
        Outcome::Unfounded => "UNFOUNDED",
        Outcome::ReferToUnit => "REFER_TO_UNIT",
        Outcome::ReferToChannel => "REFER_TO_CHANNEL",
        Outcome::OutOfScope => "OUT_OF_SCOPE",
        Outcome::Withdraw => "WITHDRAW",
    }
}

/// A report whose hazard is in this stage, and that hazard.
fn at_stage(stage: &str) -> (Report, Option<Case>) {
    let case = match stage {
        "NONE" => return (received(None), None),
        "OPEN" | "MERGED" => World::new().case(true).0,
        "DISPATCHED" => dispatched(AssignmentStatus::Claimed),
        "ACCEPTED" => dispatched(AssignmentStatus::Accepted),
        "CLOSED" => hazard_in(HazardStatus::Closed),
        "CANCELLED" => {
            let mut case = World::new().case(true).0;
            let cancel = hazard::Command::Cancel { reason: CancelReason::OutOfScope, note: Some(NOTE), into: None };
            World::new().play(&mut case, 1, clerk(), cancel);
            case
        }
        other => panic!("no stage `{other}`"),
    };
    let mut report = received(Some(if stage == "MERGED" { OTHER } else { OWN }));
    if stage == "MERGED" {
        let facts = HazardFacts { own: Some(Stage::Open), ..HazardFacts::default() };
        let moved =
            World::new().ask_report(&report, clerk(), facts, Command::Follow { hazard: OWN, back: false }).unwrap();
        for event in &moved {
            report::apply(&mut report, event);
        }
        assert_eq!((report.status, report.hazard), (ReportStatus::Received, Some(OWN)));
    }
    (report, Some(case))
}

/// What becomes of both, in the words of the table. Both must go through, or neither.
fn play(stage: &str, sharing: Sharing, command: Command) -> String {
    let (report, case) = at_stage(stage);
    let own = case.as_ref().map(Case::stage);
    let named = matches!(command, Command::Merge { .. }).then_some(Stage::Open);
    let facts = HazardFacts { own, sharing, named, ..HazardFacts::default() };
    let outcome = command.outcome().unwrap();
    let (world, asker) = (World::new(), report_asker(&command)());
    let effect = effect(outcome, own, sharing);
    let command = match command {
        Command::Confirm { note, .. } if effect == Ok(Effect::Register) => Command::Confirm { hazard: OTHER, note },
        other => other,
    };
    let decided = world.ask_report(&report, asker, facts, command);
    let effect = match (decided, effect) {
        (Ok(_), Ok(effect)) => effect,
        (Err(refusal), Err(told)) => {
            assert_eq!((refusal.code, refusal.rule), (Code::IllegalMove, told.rule));
            return "refused".to_owned();
        }
        (decided, effect) => panic!("{stage} {outcome:?}: {decided:?}, but {effect:?}"),
    };
    let step = match effect {
        Effect::Keep => return "keep".to_owned(),
        Effect::Register => return "register".to_owned(),
        Effect::Strike if outcome == Outcome::Withdraw => {
            hazard::Command::Cancel { reason: CancelReason::Withdrawn, note: None, into: None }
        }
        Effect::Strike => hazard::Command::Cancel { reason: CancelReason::Unfounded, note: Some(NOTE), into: None },
        Effect::Move => hazard::Command::Transfer { to: CENTRE, note: Some(NOTE) },
    };
    if let Err(refusal) = world.ask(&case.unwrap(), 40, asker, step) {
        panic!("{stage} {outcome:?}: the hazard does not follow: {refusal}");
    }
    if effect == Effect::Move { "move" } else { "strike" }.to_owned()
}

#[test]
fn every_cell_of_the_outcome_table_holds() {
    let mut cells = 0;
    for (name, sharing) in SECTIONS {
        let (table, commands) = (section(name), commands());
        let outcomes: BTreeSet<&str> = table.keys().map(String::as_str).collect();
        assert_eq!(outcomes, commands.keys().copied().collect(), "{name}: outcomes");
        for (outcome, row) in &table {
            for (stage, cell) in row {
                assert_eq!(&play(stage, sharing, commands[outcome.as_str()]), cell, "{name}: {outcome} × {stage}");
                cells += 1;
            }
        }
    }
    assert_eq!(cells, 7 * 7 + 2 * 7 * 6);
}

/// The page for people shows the table that is tested.
#[test]
fn the_page_shows_the_table() {
    let table = include_str!("../data/outcome_table.txt");
    let sections = table[table.find("[alone]").unwrap()..].trim_end();
    assert!(include_str!("../../../docs/review-outcomes.md").contains(sections));
}

/// Whatever became of the hazard, its report can be confirmed and can be found unfounded.
#[test]
fn no_stage_leaves_a_report_without_an_outcome() {
    for (name, _) in SECTIONS {
        let table = section(name);
        for outcome in ["CONFIRM", "UNFOUNDED"] {
            assert!(table[outcome].values().all(|cell| cell != "refused"), "{name}: {outcome}");
        }
    }
}

#[test]
fn an_amendment_is_no_outcome() {
    assert_eq!(Command::Amend { amendment: AmendmentId(Uuid::nil()) }.outcome(), None);
    assert_eq!(Command::Follow { hazard: OWN, back: false }.outcome(), None);
}
