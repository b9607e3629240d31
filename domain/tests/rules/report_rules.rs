//! The rules of reports, with one test for each.

use chrono::TimeDelta;
use domain::Code;
use domain::access::By;
use domain::clock::ClockState;
use domain::id::{AmendmentId, HazardId, ReportId};
use domain::limits::AMENDMENTS_MAX;
use domain::report::{self, Channel, Command, HazardFacts, Reception, Report, ReportSource, ReportStatus, apply};
use domain::staff::Role;
use uuid::Uuid;

use crate::scene::*;

const OWN: HazardId = HazardId(Uuid::from_u128(1));
const OTHER: HazardId = HazardId(Uuid::from_u128(2));

/// A report that arrived one minute after the story began. An emergency has its own hazard.
pub(crate) fn received(emergency: Option<HazardId>) -> Report {
    let world = World::new();
    let reception = Reception {
        id: ReportId(Uuid::from_u128(1)),
        source: ReportSource::Public,
        emergency,
        review_unit: TOWN,
        received_at: at(1) + TimeDelta::milliseconds(1_234),
        later: 0,
    };
    report::receive(&reception, &world.policy, &world.timing()).0
}

fn ask(report: &Report, by: By, command: Command) -> Result<(), Code> {
    ask_knowing(report, by, HazardFacts::default(), command)
}

fn ask_knowing(report: &Report, by: By, facts: HazardFacts, command: Command) -> Result<(), Code> {
    World::new().ask_report(report, by, facts, command).map(|_| ()).map_err(|refusal| refusal.code)
}

#[test]
fn times_are_boundaries_of_the_veil_and_of_an_emergency_full_minutes() {
    let (report, emergency) = (received(None), received(Some(OWN)));
    assert_eq!((report.shown_at, emergency.shown_at), (at(15), at(2)));
    assert_eq!((report.clocks[0].start, emergency.clocks[0].start), (at(15), at(2)));
}

#[test]
fn an_emergency_comes_with_its_own_hazard() {
    assert_eq!(received(Some(OWN)).hazard, Some(OWN));
    assert_eq!(ask(&received(Some(OWN)), clerk(), Command::Confirm { hazard: OTHER }), Err(Code::IllegalMove));
    assert_eq!(ask(&received(Some(OWN)), clerk(), Command::Confirm { hazard: OWN }), Ok(()));
    assert_eq!(ask(&received(Some(OWN)), clerk(), Command::Merge { hazard: OWN }), Err(Code::IllegalMove));
}

#[test]
fn reviewing_stops_the_clock_and_keeps_the_reviewer() {
    let mut report = received(None);
    let events =
        World::new().ask_report(&report, clerk(), HazardFacts::default(), Command::Confirm { hazard: OTHER }).unwrap();
    for event in &events {
        apply(&mut report, event);
    }
    assert_eq!((report.status, report.hazard), (ReportStatus::Confirmed, Some(OTHER)));
    assert_eq!(report.clocks[0].state, ClockState::Met);
    assert_eq!(report.reviewed_by, Some(person(TOWN, 0, Role::TownshipClerk).officer));
}

#[test]
fn a_report_that_waited_is_assigned_with_a_clock_of_its_new_unit() {
    let world = World::new();
    let mut report = received(None);
    let assigned = report::assign(&report, CENTRE, at(600), &world.policy, &world.timing()).unwrap();
    apply(&mut report, &assigned);
    assert_eq!((report.review_unit, report.status), (CENTRE, ReportStatus::Received));
    let clocks: Vec<_> = report.clocks.iter().map(|clock| (clock.key.owner_unit, clock.state, clock.start)).collect();
    assert_eq!(clocks, [(TOWN, ClockState::Cancelled, at(60)), (CENTRE, ClockState::Running, at(600))]);
    let centre = By::Officer(person(CENTRE, 1, Role::CommandCentre));
    assert_eq!(ask(&report, clerk(), Command::Unfounded { note: NOTE }), Err(Code::Forbidden));
    assert_eq!(ask(&report, centre, Command::Unfounded { note: NOTE }), Ok(()));
}

#[test]
fn a_report_is_assigned_only_while_it_waits_and_to_another_unit() {
    let world = World::new();
    let assign = |report: &Report, unit| {
        report::assign(report, unit, at(600), &world.policy, &world.timing()).map_err(|refusal| refusal.rule)
    };
    let mut report = received(None);
    assert_eq!(assign(&report, TOWN), Err(Some("assign.another_unit")));
    let withdrawn = world.ask_report(&report, By::Reporter, HazardFacts::default(), Command::Withdraw).unwrap();
    for event in &withdrawn {
        apply(&mut report, event);
    }
    assert_eq!(assign(&report, CENTRE), Err(Some("review.once")));
}

#[test]
fn nobody_reviews_an_own_report() {
    let world = World::new();
    let context = report::Context {
        now: at(90),
        by: clerk(),
        in_area: true,
        own_report: true,
        barred: &world.barred,
        hazards: HazardFacts::default(),
    };
    let refusal = report::decide(&received(None), Command::Confirm { hazard: OTHER }, &context).unwrap_err();
    assert_eq!(refusal.code, Code::NotYourOwn);
}

#[test]
fn only_the_reviewing_unit_reviews_and_only_its_author_adds_or_withdraws() {
    let report = received(None);
    let centre = By::Officer(person(CENTRE, 1, Role::CommandCentre));
    for by in [centre, worker(TOWN, 1), worker(FIRE, 1), By::Reporter, By::System] {
        assert_eq!(ask(&report, by, Command::Unfounded { note: NOTE }), Err(Code::Forbidden));
    }
    for by in [clerk(), By::System] {
        assert_eq!(ask(&report, by, Command::Withdraw), Err(Code::Forbidden));
    }
}

#[test]
fn what_people_work_on_is_neither_withdrawn_nor_moved_elsewhere() {
    let (report, facts) = (received(Some(OWN)), HazardFacts { own_dispatched: true, ..HazardFacts::default() });
    assert_eq!(ask_knowing(&report, By::Reporter, facts, Command::Withdraw), Err(Code::IllegalMove));
    let elsewhere = [
        Command::Merge { hazard: OTHER },
        Command::Refer { to: Some(FIRE), channel: None, note: NOTE },
        Command::OutOfScope { channel: Channel::Call119, note: NOTE },
    ];
    for command in elsewhere {
        assert_eq!(ask_knowing(&report, clerk(), facts, command), Err(Code::IllegalMove));
    }
    for command in [Command::Confirm { hazard: OWN }, Command::Unfounded { note: NOTE }] {
        assert_eq!(ask_knowing(&report, clerk(), facts, command), Ok(()));
    }
}

#[test]
fn a_report_takes_twenty_amendments_and_no_more() {
    let mut report = received(None);
    let amend = Command::Amend { amendment: AmendmentId(Uuid::from_u128(7)) };
    for _ in 0..AMENDMENTS_MAX {
        let events = World::new().ask_report(&report, By::Reporter, HazardFacts::default(), amend).unwrap();
        events.iter().for_each(|event| apply(&mut report, event));
    }
    let refusal = World::new().ask_report(&report, By::Reporter, HazardFacts::default(), amend).unwrap_err();
    assert_eq!((refusal.code, refusal.rule), (Code::IllegalMove, Some("amendment.enough")));
    assert_eq!((report.amendments, ask(&report, By::Reporter, Command::Withdraw)), (AMENDMENTS_MAX, Ok(())));
}

#[test]
fn a_report_joins_no_cancelled_hazard() {
    let facts = HazardFacts { named_cancelled: true, ..HazardFacts::default() };
    let merge = Command::Merge { hazard: OTHER };
    assert_eq!(ask_knowing(&received(None), clerk(), facts, merge), Err(Code::IllegalMove));
}

#[test]
fn an_accused_unit_is_never_referred_to_and_nowhere_is_no_address() {
    let refer = |to| Command::Refer { to, channel: None, note: NOTE };
    assert_eq!(ask(&received(None), clerk(), refer(Some(ACCUSED))), Err(Code::UnitBarred));
    assert_eq!(ask(&received(None), clerk(), refer(None)), Err(Code::InvalidInput));
}
