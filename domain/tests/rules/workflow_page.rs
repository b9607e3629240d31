//! The page `docs/workflow.md`, which is made from the rules: what may happen in each status, by whom, and what refuses
//! the rest. Whoever changes a rule writes the page again with `CHUISHAO_WRITE_DOCS=1 cargo test -p domain workflow_page`.

use std::collections::BTreeMap;
use std::fmt::Write;

use domain::Refusal;
use domain::access::By;
use domain::award::{self, AwardStatus};
use domain::hazard::{
    self, AssignmentStatus, Case, End, HazardStatus, ObjectionOutcome, WhistleRequestState, WhistleStatus,
};
use domain::id::UnitId;
use domain::refusal::Code;
use domain::report::{self, HazardFacts, ReportStatus};
use domain::staff::Role;

use crate::scene::*;
use crate::status_table::*;

const INTRODUCTION: &str = "\
# The workflow

Made from the rules by a test (`domain/tests/rules/workflow_page.rs`). Do not edit this page: change the rules, then run
`CHUISHAO_WRITE_DOCS=1 cargo test -p domain workflow_page`. What the statuses mean is in the [glossary](glossary.md).

Each chapter has up to three parts: the statuses and the steps between them; for each status, which steps are possible and which
rule refuses the others; and for each step of such an object, who may take it. A step without an arrow leaves the status as it is. *Own unit* is
the unit that holds the object, *area* a unit above it whose area contains the object. The rules of the four eyes and the
policy of a place (for example, who may blow which whistle) narrow this further.

The examples are one report, one hazard with one assignment, one whistle with one assignment, one
whistle that waits first, and one award. What steps do to
several at once is in [review-outcomes.md](review-outcomes.md) and [merging-outcomes.md](merging-outcomes.md), who decides on
send-backs in [sending-back.md](sending-back.md), and on whistles in [whistles.md](whistles.md).
";

/// The status after a step, or the refusal.
type Answer = Result<String, Refusal>;

/// One kind of object, with the answers to all steps in all statuses.
struct Chapter {
    title: &'static str,
    first: &'static str,
    statuses: Vec<&'static str>,
    words: Vec<&'static str>,
    /// By status and step.
    answers: BTreeMap<(&'static str, &'static str), Answer>,
    /// By step: who may take those that belong to this kind of object.
    who: BTreeMap<&'static str, Who>,
}

/// Who may take a step.
#[derive(Default)]
struct Who {
    own_unit: Vec<&'static str>,
    area: Vec<&'static str>,
    others: Vec<&'static str>,
}

/// The units and the number of the officer for whom [`who`] asks.
#[derive(Clone, Copy)]
struct Asking {
    own_unit: UnitId,
    number: u128,
}

/// Asks for all roles whether the permission table lets them take a step that is possible.
fn who(asking: Asking, ask: impl Fn(By) -> Result<(), Refusal>) -> Who {
    // With a rule, a refusal depends on more than the role.
    let may = |by| !matches!(ask(by), Err(Refusal { code: Code::Forbidden, rule: None, .. }));
    let roles = |unit| {
        let may = |role: &&Role| may(By::Officer(person(unit, asking.number, **role)));
        Role::ALL.iter().filter(may).map(|role| role.code()).collect()
    };
    let others = [("the author", By::Reporter), ("the system", By::System)];
    Who {
        own_unit: roles(asking.own_unit),
        area: roles(CENTRE),
        others: others.into_iter().filter(|(_, by)| may(*by)).map(|(word, _)| word).collect(),
    }
}

fn codes<T: Copy>(all: &[T], code: impl Fn(T) -> &'static str) -> Vec<&'static str> {
    all.iter().map(|value| code(*value)).collect()
}

fn reports() -> Chapter {
    let (world, facts, commands) = (World::new(), HazardFacts::default(), report_commands());
    let mut chapter = Chapter::new("Report 报告", codes(ReportStatus::ALL, ReportStatus::code));
    for command in &commands {
        let step = report_word(command);
        let answer = |status: &'static str| {
            let mut report = report_in(ReportStatus::from_code(status).unwrap());
            let events = world.ask_report(&report, report_asker(command)(), facts, *command)?;
            for event in &events {
                report::apply(&mut report, event);
            }
            Ok(report.status.code().to_owned())
        };
        let possible = chapter.answer(step, answer);
        let report = report_in(ReportStatus::from_code(possible).unwrap());
        let asking = Asking { own_unit: TOWN, number: 0 };
        chapter.who.insert(step, who(asking, |by| world.ask_report(&report, by, facts, *command).map(drop)));
    }
    chapter
}

/// One of the objects of a case. `own` is the section of the steps that belong to it.
fn of_case(
    title: &'static str,
    own: &str,
    statuses: Vec<&'static str>,
    make: impl Fn(&str) -> Case,
    status_of: impl Fn(&Case) -> &'static str,
) -> Chapter {
    let world = World::new();
    let mut chapter = Chapter::new(title, statuses);
    let sections = if own == "rating" { vec![own] } else { vec!["hazard", "whistle_request", "assignment"] };
    for command in sections.into_iter().flat_map(case_commands) {
        let (section, step) = case_word(&command);
        let answer = |status: &'static str| {
            let mut case = make(status);
            let events = world.ask(&case, 30, case_asker(&command), command.clone())?;
            for event in &events {
                hazard::apply(&mut case, event);
            }
            Ok(status_of(&case).to_owned())
        };
        let possible = chapter.answer(step, answer);
        let is_of_unit = (section == "assignment" && !is_of_the_giver(&command)) || step == "OBJECT";
        let unit = if is_of_unit { FIRE } else { TOWN };
        let asking = Asking { own_unit: unit, number: u128::from(unit == FIRE) };
        let case = make(possible);
        if section == own {
            chapter.who.insert(step, who(asking, |by| world.ask(&case, 30, by, command.clone()).map(drop)));
        }
    }
    chapter
}

/// Returns whether the unit of the hazard, and not that of the assignment, takes the step.
fn is_of_the_giver(command: &hazard::Command) -> bool {
    matches!(case_asker(command), By::Officer(actor) if actor.unit == TOWN)
}

fn hazards() -> Chapter {
    let statuses = codes(HazardStatus::ALL, HazardStatus::code);
    let make = |status: &str| hazard_in(HazardStatus::from_code(status).unwrap());
    of_case("Hazard 隐患", "hazard", statuses, make, |case| case.status().code())
}

fn assignments() -> Chapter {
    let statuses = codes(AssignmentStatus::ALL, AssignmentStatus::code);
    let make = |status: &str| dispatched(AssignmentStatus::from_code(status).unwrap());
    of_case("Assignment 交办", "assignment", statuses, make, |case| case.assignments[0].status.code())
}

fn whistles() -> Chapter {
    let statuses = codes(WhistleStatus::ALL, WhistleStatus::code);
    let make = |status: &str| whistled(WhistleStatus::from_code(status).unwrap());
    of_case("Whistle 哨", "", statuses, make, |case| case.whistle_status(&case.whistles[0]).code())
}

fn whistle_requests() -> Chapter {
    let statuses = codes(WhistleRequestState::ALL, WhistleRequestState::code);
    let make = |state: &str| requested(WhistleRequestState::from_code(state).unwrap());
    let state_of = |case: &Case| case.whistle_request_state(&case.whistle_requests[0]).code();
    of_case("Whistle that waits 待审核、待分哨的哨", "whistle_request", statuses, make, state_of)
}

fn ratings() -> Chapter {
    let state_of = |case: &Case| {
        let one = &case.assignments[0];
        if case.end == Some(End::Cancelled) {
            return "CANCELLED";
        }
        if one.status != AssignmentStatus::Accepted {
            return "NOT_ACCEPTED";
        }
        let Some(rating) = one.rating else { return if case.end.is_some() { "UNRATED_CLOSED" } else { "UNRATED" } };
        let ruling = rating.objection.map(|objection| objection.ruling.map(|ruling| ruling.outcome));
        match ruling {
            None => "RATED",
            Some(None) => "OBJECTED",
            Some(Some(ObjectionOutcome::Stands)) => "STANDS",
            Some(Some(ObjectionOutcome::Struck)) => "STRUCK",
        }
    };
    of_case("Rating 评哨", "rating", RATINGS.to_vec(), rated, state_of)
}

fn awards() -> Chapter {
    let world = World::new();
    let mut chapter = Chapter::new("Award 奖励", codes(AwardStatus::ALL, AwardStatus::code));
    for command in award_commands(1) {
        let ask = |status: &str, by| {
            let mut award = award_in(AwardStatus::from_code(status).unwrap());
            let events = world.ask_award(&award, award_minute(&command), by, command.clone())?;
            for event in &events {
                award::apply(&mut award, event);
            }
            Ok(award.status.code().to_owned())
        };
        let possible = chapter.answer(award_word(&command), |status| ask(status, award_asker(&command)));
        let asking = Asking { own_unit: TOWN, number: 7 };
        chapter.who.insert(award_word(&command), who(asking, |by| ask(possible, by).map(drop)));
    }
    chapter
}

impl Chapter {
    fn new(title: &'static str, statuses: Vec<&'static str>) -> Self {
        let (words, answers, who) = (Vec::new(), BTreeMap::new(), BTreeMap::new());
        Self { title, first: statuses[0], statuses, words, answers, who }
    }

    /// Asks for a step in every status. Returns the first status in which it is possible, or the first one of all.
    fn answer(&mut self, word: &'static str, ask: impl Fn(&'static str) -> Answer) -> &'static str {
        self.words.push(word);
        for status in self.statuses.clone() {
            self.answers.insert((status, word), ask(status));
        }
        let is_possible = |status: &&&'static str| self.answers[&(**status, word)].is_ok();
        self.statuses.iter().find(is_possible).copied().unwrap_or(self.first)
    }

    /// The arrows of the diagram: from, to, and the steps.
    fn arrows(&self) -> BTreeMap<(&str, &str), Vec<&str>> {
        let mut arrows: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
        for ((status, word), answer) in &self.answers {
            if let Ok(after) = answer
                && after != status
            {
                arrows.entry((status, after)).or_default().push(word);
            }
        }
        arrows
    }

    fn write(&self, page: &mut String) {
        writeln!(page, "\n## {}\n\n```mermaid\nstateDiagram-v2\n    [*] --> {}", self.title, self.first).unwrap();
        for ((from, to), steps) in self.arrows() {
            writeln!(page, "    {from} --> {to}: {}", steps.join(", ")).unwrap();
        }
        page.push_str("```\n\n| status | possible | refused, by rule |\n|---|---|---|\n");
        for status in &self.statuses {
            let (mut possible, mut refused) = (Vec::new(), BTreeMap::<String, Vec<&str>>::new());
            for word in &self.words {
                match &self.answers[&(*status, *word)] {
                    Ok(after) if after == status => possible.push(format!("`{word}`")),
                    Ok(after) => possible.push(format!("`{word}` → {after}")),
                    Err(refusal) => {
                        let rule = refusal.rule.unwrap_or(refusal.code.as_str());
                        refused.entry(format!("`{rule}`")).or_default().push(word);
                    }
                }
            }
            let refused: Vec<_> = refused.iter().map(|(rule, words)| format!("{rule}: {}", words.join(", "))).collect();
            writeln!(page, "| {status} | {} | {} |", or_none(&possible, ", "), or_none(&refused, "; ")).unwrap();
        }
        if self.who.is_empty() {
            return;
        }
        page.push_str("\n| step | own unit | area | others |\n|---|---|---|---|\n");
        for (word, who) in self.words.iter().filter_map(|word| Some((word, self.who.get(word)?))) {
            let list = |all: &[&str]| match all.len() {
                count if count == Role::ALL.len() => "whoever takes the step that causes it".to_owned(),
                _ => or_none(&all.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>(), ", "),
            };
            let (own, area, others) = (list(&who.own_unit), list(&who.area), list(&who.others));
            writeln!(page, "| `{word}` | {own} | {area} | {others} |").unwrap();
        }
    }
}

fn or_none(all: &[String], between: &str) -> String {
    if all.is_empty() { "–".to_owned() } else { all.join(between) }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "whether the page is written is no setting of the program")]
fn the_page_of_the_workflow_is_current() {
    let mut page = INTRODUCTION.to_owned();
    for chapter in [reports(), hazards(), assignments(), whistles(), whistle_requests(), ratings(), awards()] {
        chapter.write(&mut page);
    }
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/workflow.md");
    if std::env::var_os("CHUISHAO_WRITE_DOCS").is_some() {
        std::fs::write(path, &page).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        written == page,
        "docs/workflow.md is not current: CHUISHAO_WRITE_DOCS=1 cargo test -p domain workflow_page"
    );
}
