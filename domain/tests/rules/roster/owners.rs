//! Which clocks of an emergency name the post on duty 值班.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use domain::clock::{Clock, ClockKind};
use domain::hazard::{Case, Command};
use domain::id::{HazardId, OfficerId, PostId, ReportId, ShiftId, UnitId, WhistleId};
use domain::report::{self, Reception, ReportSource};
use domain::roster::{Days, Roster, Shift, Term};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use uuid::Uuid;

use super::{A, OTHER};
use crate::scene::*;

/// A world in which `TOWN` has `A` on duty for the first hour of the story, and `FIRE` has `OTHER` until its second day.
pub(crate) fn world() -> World {
    let on = |number, unit, post, end| {
        let id = ShiftId(Uuid::from_u128(number));
        Shift { id, unit, start: at(0), end: at(end), post, deputy: None }
    };
    let always = Days { from: "2020-01-01".parse().unwrap(), to: None };
    let term = |unit| Term { officer: OfficerId(Uuid::from_u128(1)), unit, days: always, is_active: true };
    let shifts = [on(1, TOWN, A, 60), on(2, FIRE, OTHER, 24 * 60)];
    let units = BTreeMap::from([TOWN, FIRE, GAS].map(|unit| (unit, always)));
    let posts = BTreeMap::from([(A, term(TOWN)), (OTHER, term(FIRE))]);
    World { roster: Roster::new(shifts, units, posts), ..World::new() }
}

/// The owner's post of a clock follows from the roster: of an emergency, of a step with which a unit answers, and of the unit
/// that is on duty.
pub(crate) fn owner_rules(case: &Case) -> Result<(), TestCaseError> {
    for clock in &case.clocks {
        let Some(post) = clock.owner_post else { continue };
        let is_urgent = clock.key.assignment.map_or(case.emergency, |id| case.is_urgent(id));
        prop_assert!(is_urgent && clock.key.kind.is_for_duty(), "{clock:?}");
        prop_assert_eq!(Some(post), BTreeMap::from([(TOWN, A), (FIRE, OTHER)]).get(&clock.key.owner_unit).copied());
    }
    Ok(())
}

fn owner(clocks: &[Clock], kind: ClockKind, unit: UnitId) -> Option<PostId> {
    clocks.iter().find(|clock| clock.key.kind == kind && clock.key.owner_unit == unit).unwrap().owner_post
}

#[test]
fn the_first_clocks_of_an_emergency_name_the_post_on_duty() {
    let world = world();
    // emergency | accuses a unit | minute of arrival | owner of the review clock
    for (is_emergency, is_accusing, minute, expected) in [
        (true, false, 0, Some(A)),
        (true, false, 59, Some(A)),
        (true, false, 60, None), // the shift is over
        (true, true, 0, None),
        (false, false, 0, None),
    ] {
        let own = HazardId(Uuid::from_u128(1));
        let reception = Reception {
            id: ReportId(Uuid::from_u128(1)),
            source: ReportSource::Public,
            emergency: is_emergency.then_some(own),
            review_unit: TOWN,
            received_at: at(minute),
            is_accusing,
            later: 0,
        };
        let (report, _) = report::receive(&reception, &world.policy, &world.timing());
        assert_eq!(owner(&report.clocks, ClockKind::Review, TOWN), expected, "{reception:?}");
    }
    assert_eq!(owner(&world.case(true).0.clocks, ClockKind::Dispatch, TOWN), Some(A));
    assert_eq!(owner(&world.case(false).0.clocks, ClockKind::Dispatch, TOWN), None);
}

/// The times that handlers read are rounded up to the minute, and so is the moment for which the roster is asked: a clock that
/// names the shift before would tell that the report came before the minute.
#[test]
fn the_post_on_duty_tells_no_more_than_the_time_of_the_clock() {
    let world = world();
    let reception = Reception {
        id: ReportId(Uuid::from_u128(1)),
        source: ReportSource::Public,
        emergency: Some(HazardId(Uuid::from_u128(1))),
        review_unit: TOWN,
        received_at: at(59) + TimeDelta::seconds(30),
        is_accusing: false,
        later: 0,
    };
    let (report, _) = report::receive(&reception, &world.policy, &world.timing());
    assert_eq!((report.clocks[0].start, report.clocks[0].owner_post), (at(60), None));
}

fn blown(type_code: &str, is_emergency: bool) -> Case {
    let world = world();
    let (mut case, _) = world.case(is_emergency);
    let whistle = WhistleId(Uuid::from_u128(1));
    let type_code = type_code.to_owned();
    let command = Command::Blow { whistle, type_code, lead: task(1, FIRE), supports: vec![task(2, GAS)], note: NOTE };
    world.play(&mut case, 5, leader(), command);
    case
}

#[test]
fn a_unit_that_is_called_in_an_emergency_answers_with_its_post_on_duty() {
    for (type_code, is_emergency, expected) in [
        ("emergency", true, Some(OTHER)),
        ("emergency", false, Some(OTHER)),
        ("joint_enforcement", true, Some(OTHER)),
        ("joint_enforcement", false, None),
    ] {
        let case = blown(type_code, is_emergency);
        for (kind, of_fire) in [(ClockKind::Sign, expected), (ClockKind::CheckIn, expected), (ClockKind::Finish, None)]
        {
            assert_eq!(owner(&case.clocks, kind, FIRE), of_fire, "{type_code} {is_emergency} {kind:?}");
            assert_eq!(owner(&case.clocks, kind, GAS), None, "a unit without a roster owns its clocks");
        }
    }
}
