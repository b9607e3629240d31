//! Random histories of reports.

use std::cell::RefCell;

use chrono::TimeDelta;
use domain::access::By;
use domain::clock::ClockState;
use domain::event::DomainEvent;
use domain::hazard::Stage;
use domain::id::HazardId;
use domain::report::{self, Event, HazardFacts, Reception, Report, ReportSource, ReportStatus, Sharing};
use domain::staff::Role;
use proptest::prelude::*;
use uuid::Uuid;

use crate::history::{Dice, Tally, dice, run};
use crate::scene::*;
use crate::status_table::{report_asker, report_commands};
use crate::todos;
use crate::turns::a_report_has_a_deadline;

#[test]
fn reports_keep_the_rules_whatever_happens() {
    let (tally, world) = (RefCell::new(Tally::default()), World::new());
    run(&(any::<bool>(), (0..10_000_i64, 0..60_i64, 0..4_u8), dice(6)), |(emergency, arrival, dice)| {
        play(&world, emergency, arrival, &dice, &tally)
    });
    let words = ReportStatus::ALL.iter().map(|status| format!("report {}", status.code()));
    tally.into_inner().check(words);
}

fn play(
    world: &World,
    emergency: bool,
    (minute, seconds, later): (i64, i64, u8),
    dice: &[Dice],
    tally: &RefCell<Tally>,
) -> Result<(), TestCaseError> {
    let reception = Reception {
        id: domain::id::ReportId(Uuid::from_u128(1)),
        source: ReportSource::Public,
        emergency: emergency.then_some(HazardId(Uuid::from_u128(1))),
        review_unit: TOWN,
        received_at: at(minute) + TimeDelta::seconds(seconds),
        is_accusing: false,
        later,
    };
    let (mut report, first) = report::receive(&reception, &world.policy, &world.timing());
    let mut events = vec![first];
    for die in dice {
        let command = *die.of(&report_commands()).unwrap();
        let by = if die.bold < 220 { report_asker(&command)() } else { anybody(die) };
        let hazards = facts(&report, die);
        let (before, asked) = (report.clone(), world.ask_report(&report, by, hazards, command));
        tally.borrow_mut().asked(asked.is_ok());
        for event in asked.into_iter().flatten() {
            report::apply(&mut report, &event);
            step_rules(&before, &report, &event, by)?;
            events.push(event);
        }
        state_rules(&report, events.len())?;
        tally.borrow_mut().seen("report", report.status.code());
    }
    let stored: Vec<String> = events.iter().map(|event| serde_json::to_string(event).unwrap()).collect();
    let read: Vec<Event> = stored.iter().map(|text| serde_json::from_str(text).unwrap()).collect();
    for (text, event) in stored.iter().zip(&events) {
        let kind = format!("{{\"kind\":\"{}\"", event.kind());
        prop_assert!(text.starts_with(&kind), "{text}");
    }
    prop_assert_eq!(Report::replay(&read), Some(report));
    Ok(())
}

/// The own hazard in a stage that it may have, shared or not; a merge names an open one or a cancelled one.
fn facts(report: &Report, die: &Dice) -> HazardFacts {
    let stages = [Stage::Open, Stage::Open, Stage::Dispatched, Stage::Accepted, Stage::Closed, Stage::Cancelled];
    let own = report.hazard.and(stages.get(usize::from(die.who) % stages.len()).copied());
    let named = Some(if die.bold % 16 == 1 { Stage::Cancelled } else { Stage::Open });
    let sharing = match die.who % 5 {
        0 => Sharing::Joined,
        1 => Sharing::HeldElsewhere,
        _ => Sharing::Alone,
    };
    let (named_suspended, named_calmer) = (die.pick.is_multiple_of(5), die.pick.is_multiple_of(7));
    HazardFacts { own, sharing, named, callback_open: die.bold.is_multiple_of(2), named_suspended, named_calmer }
}

fn anybody(die: &Dice) -> By {
    let by = [By::Reporter, By::System, clerk(), leader(), worker(FIRE, 1)];
    *by.get(usize::from(die.who) % (by.len() + 1)).unwrap_or(&By::Officer(person(CENTRE, 1, Role::CommandCentre)))
}

fn step_rules(before: &Report, after: &Report, event: &Event, by: By) -> Result<(), TestCaseError> {
    let authors = matches!(event, Event::Amended { .. } | Event::Withdrawn { .. });
    prop_assert_eq!(before.review_unit != after.review_unit, matches!(event, Event::Forwarded { .. }));
    prop_assert_eq!(authors, by == By::Reporter, "an author's act is the author's, a review an officer's");
    prop_assert!(before.status == ReportStatus::Received || before.status == after.status, "reviewed once");
    if authors {
        prop_assert_eq!(event.at().timestamp() % 60, 0, "an author's exact time");
    }
    Ok(())
}

fn state_rules(report: &Report, events: usize) -> Result<(), TestCaseError> {
    prop_assert_eq!(usize::try_from(report.version), Ok(events));
    let [earlier @ .., last] = report.clocks.as_slice() else { return Err(TestCaseError::fail("no review clock")) };
    let waits = report.status == ReportStatus::Received;
    prop_assert!(earlier.iter().all(|clock| !clock.is_running()));
    prop_assert_eq!((last.is_running(), last.key.owner_unit), (waits, report.review_unit));
    prop_assert_eq!(last.state == ClockState::Cancelled, report.status == ReportStatus::Withdrawn);
    prop_assert_eq!(report.reviewed_by.is_none(), waits || report.status == ReportStatus::Withdrawn);
    let points = matches!(report.status, ReportStatus::Confirmed | ReportStatus::Merged);
    prop_assert!(!points || report.hazard.is_some());
    a_report_has_a_deadline(report)?;
    prop_assert!(!report.emergency || report.hazard.is_some());
    prop_assert_eq!(report.shown_at.timestamp() % if report.emergency { 60 } else { 900 }, 0);
    todos::report_rules(report)
}
