//! The rules of reports, with one test for each.

use chrono::TimeDelta;
use domain::Code;
use domain::access::By;
use domain::clock::ClockState;
use domain::hazard::Stage;
use domain::id::{AmendmentId, HazardId, ReportId, UnitId};
use domain::limits::AMENDMENTS_MAX;
use domain::report::{self, Command, HazardFacts, Receiver, Reception, Report, ReportSource, ReportStatus, apply};
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
        is_accusing: false,
        later: 0,
    };
    report::receive(&reception, &world.policy, &world.timing()).0
}

fn confirm(hazard: HazardId) -> Command {
    Command::Confirm { hazard, note: NOTE }
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
    let facts = HazardFacts { own: Some(Stage::Open), ..HazardFacts::default() };
    let asked = |command| ask_knowing(&received(Some(OWN)), clerk(), facts, command);
    assert_eq!(received(Some(OWN)).hazard, Some(OWN));
    assert_eq!(asked(confirm(OTHER)), Err(Code::IllegalMove));
    assert_eq!(asked(confirm(OWN)), Ok(()));
    assert_eq!(asked(Command::Merge { hazard: OWN, note: NOTE }), Err(Code::IllegalMove));
    assert_eq!(asked(Command::Merge { hazard: OTHER, note: NOTE }), Ok(()));
}

#[test]
fn an_emergency_whose_hazard_was_cancelled_gets_a_new_one() {
    let facts = HazardFacts { own: Some(Stage::Cancelled), ..HazardFacts::default() };
    assert_eq!(ask_knowing(&received(Some(OWN)), clerk(), facts, confirm(OWN)), Err(Code::IllegalMove));
    assert_eq!(ask_knowing(&received(Some(OWN)), clerk(), facts, confirm(OTHER)), Ok(()));
}

#[test]
fn reviewing_stops_the_clock_and_keeps_the_reviewer() {
    let mut report = received(None);
    let events = World::new().ask_report(&report, clerk(), HazardFacts::default(), confirm(OTHER)).unwrap();
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
    assert_eq!(clocks, [(TOWN, ClockState::Cancelled, at(15)), (CENTRE, ClockState::Running, at(600))]);
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
    let context = report::Context { own_report: true, ..world.report_context(clerk(), HazardFacts::default()) };
    for command in [confirm(OTHER), Command::Forward { to: CENTRE, note: NOTE }] {
        let refusal = report::decide(&received(None), command, &context).unwrap_err();
        assert_eq!(refusal.code, Code::NotYourOwn);
    }
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
fn a_report_takes_twenty_amendments_and_no_more() {
    let mut report = received(None);
    let amend = Command::Amend { amendment: AmendmentId(Uuid::from_u128(7)) };
    for _ in 0..AMENDMENTS_MAX {
        let events = World::new().ask_report(&report, By::Reporter, HazardFacts::default(), amend).unwrap();
        for event in &events {
            apply(&mut report, event);
        }
    }
    let refusal = World::new().ask_report(&report, By::Reporter, HazardFacts::default(), amend).unwrap_err();
    assert_eq!((refusal.code, refusal.rule), (Code::IllegalMove, Some("amendment.enough")));
    assert_eq!((report.amendments, ask(&report, By::Reporter, Command::Withdraw)), (AMENDMENTS_MAX, Ok(())));
}

#[test]
fn a_report_joins_no_cancelled_hazard() {
    let facts = HazardFacts { named: Some(Stage::Cancelled), ..HazardFacts::default() };
    let merge = Command::Merge { hazard: OTHER, note: NOTE };
    assert_eq!(ask_knowing(&received(None), clerk(), facts, merge), Err(Code::IllegalMove));
}

/// The danger of an emergency goes along with its hazard, or the hazard stays: a merge of the report alone would lose it.
#[test]
fn a_merge_of_a_report_never_ends_a_hazard_of_which_more_is_feared() {
    let merge = Command::Merge { hazard: OTHER, note: NOTE };
    for (own, named_calmer, expected) in [
        (Some(Stage::Open), true, Err(Code::IllegalMove)),
        (Some(Stage::Open), false, Ok(())),
        (Some(Stage::Cancelled), true, Ok(())),
        (None, true, Ok(())),
    ] {
        let facts = HazardFacts { own, named: Some(Stage::Open), named_calmer, ..HazardFacts::default() };
        let report = received(own.map(|_| HazardId(Uuid::from_u128(3))));
        assert_eq!(ask_knowing(&report, clerk(), facts, merge), expected, "{own:?} {named_calmer}");
    }
}

/// What came back after the callback window is a hazard of its own; within it, whoever joins is asked as the others are.
#[test]
fn a_report_joins_a_closed_hazard_only_while_its_reporters_are_asked() {
    let (report, merge) = (received(None), Command::Merge { hazard: OTHER, note: NOTE });
    let closed = HazardFacts { named: Some(Stage::Closed), ..HazardFacts::default() };
    let refusal = World::new().ask_report(&report, clerk(), closed, merge).unwrap_err();
    assert_eq!((refusal.code, refusal.rule), (Code::IllegalMove, Some("merging.closed")));
    assert_eq!(refusal.detail, Some(Box::new(("recurrenceOf", OTHER.to_string()))));
    let in_window = HazardFacts { callback_open: true, ..closed };
    let events = World::new().ask_report(&report, clerk(), in_window, merge).unwrap();
    assert!(matches!(events[0], report::Event::Merged { asked: true, note: Some(_), .. }));
}

#[test]
fn whoever_is_confirmed_after_the_closure_is_asked_while_the_window_is_open() {
    for callback_open in [true, false] {
        let facts = HazardFacts { own: Some(Stage::Closed), callback_open, ..HazardFacts::default() };
        let events = World::new().ask_report(&received(Some(OWN)), clerk(), facts, confirm(OWN)).unwrap();
        assert!(matches!(events[0], report::Event::Confirmed { asked, note: Some(_), .. } if asked == callback_open));
    }
}

/// Refers a report to a unit, and returns it as it is then.
fn forwarded(report: &Report, by: By, to: UnitId) -> Result<Report, (Code, Option<&'static str>)> {
    let command = Command::Forward { to, note: NOTE };
    let events = World::new().ask_report(report, by, HazardFacts::default(), command);
    let mut after = report.clone();
    for event in events.map_err(|refusal| (refusal.code, refusal.rule))? {
        apply(&mut after, &event);
    }
    Ok(after)
}

#[test]
fn a_referral_moves_the_review_and_keeps_the_first_due() {
    let before = received(Some(OWN));
    let after = forwarded(&before, clerk(), FIRE).unwrap();
    assert_eq!((after.status, after.review_unit, after.hazard), (ReportStatus::Received, FIRE, Some(OWN)));
    assert_eq!(after.reviewed_by, None);
    let [old, new] = after.clocks.as_slice() else { panic!("two clocks") };
    assert_eq!((old.key, old.due, old.is_running()), (before.clocks[0].key, before.clocks[0].due, false));
    assert_eq!((new.key.round, new.key.owner_unit, new.start, new.is_running()), (2, FIRE, at(90), true));
    let reviewer = By::Officer(person(FIRE, 0, Role::TownshipClerk));
    assert_eq!(
        ask(&after, clerk(), Command::Unfounded { note: NOTE }),
        Err(Code::Forbidden),
        "it is not theirs any more"
    );
    assert_eq!(ask(&after, reviewer, Command::Unfounded { note: NOTE }), Ok(()));
}

#[test]
fn a_report_is_never_referred_back_and_again_only_by_the_command_centre() {
    let centre = By::Officer(person(CENTRE, 1, Role::CommandCentre));
    assert_eq!(forwarded(&received(None), clerk(), TOWN), Err((Code::InvalidInput, Some("referral.not_back"))));
    let once = forwarded(&received(None), clerk(), FIRE).unwrap();
    let there = By::Officer(person(FIRE, 0, Role::TownshipClerk));
    assert_eq!(forwarded(&once, there, GAS), Err((Code::IllegalMove, Some("referral.command_centre"))));
    assert_eq!(forwarded(&once, centre, TOWN), Err((Code::InvalidInput, Some("referral.not_back"))));
    let twice = forwarded(&once, centre, GAS).unwrap();
    assert_eq!((twice.review_unit, twice.clocks.len()), (GAS, 3));
    assert_eq!(forwarded(&twice, centre, FIRE), Err((Code::InvalidInput, Some("referral.not_back"))));
}

#[test]
fn only_a_unit_that_can_review_is_referred_to() {
    let refer = Command::Forward { to: FIRE, note: NOTE };
    for (receiver, code) in [(Receiver::Unknown, Code::NotFound), (Receiver::CannotReview, Code::InvalidInput)] {
        let world = World { receiver, ..World::new() };
        let refusal = world.ask_report(&received(None), clerk(), HazardFacts::default(), refer).unwrap_err();
        assert_eq!((refusal.code, refusal.field), (code, Some("input.toUnitId")));
    }
    assert_eq!(forwarded(&received(None), clerk(), ACCUSED), Err((Code::UnitBarred, None)));
    for by in [By::Reporter, By::System, worker(TOWN, 1), worker(FIRE, 1)] {
        assert_eq!(forwarded(&received(None), by, FIRE), Err((Code::Forbidden, None)));
    }
}
