//! How clocks start, stop and are told apart.
use uuid::Uuid;

use super::*;
use crate::refusal::Code;

fn at(minute: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::minutes(minute)
}

fn running() -> Vec<Clock> {
    let calendar = Calendar { days: std::collections::BTreeMap::new(), hours: Vec::new() };
    let timing = Timing { calendar: &calendar, warn_percent: 80, rule_version: RuleVersion(1) };
    vec![timing.clock_until(key(), at(0), at(10))]
}

fn key() -> ClockKey {
    ClockKey::of(ClockKind::Sign, 1, UnitId(Uuid::from_u128(1)))
}

fn key_of(assignment: u128) -> ClockKey {
    ClockKey { assignment: Some(AssignmentId(Uuid::from_u128(assignment))), ..key() }
}

fn clock_of(assignment: u128) -> Clock {
    let mut clock = running().remove(0);
    clock.key = key_of(assignment);
    clock
}

#[test]
fn the_due_moment_itself_is_in_time() {
    let clocks = running();
    assert!(!clocks[0].is_overdue(at(10)) && clocks[0].is_overdue(at(11)));
    for (minute, state) in [(10, ClockState::Met), (11, ClockState::Late)] {
        let stopped = ClockChange::Stopped { key: key(), at: at(minute), state };
        assert_eq!(stop(&clocks, key(), at(minute)), Some(stopped));
    }
}

#[test]
fn the_owner_is_warned_after_a_part_of_the_span() {
    assert_eq!(running()[0].warn_at, at(8));
}

#[test]
fn a_second_start_of_a_clock_is_an_internal_error() {
    let clocks = running();
    let started = |clock: &Clock| ClockChange::Started(clock.clone());
    let twice = check_starts(&clocks, &[started(&clocks[0])]).unwrap_err();
    assert_eq!((twice.code, twice.rule), (Code::Internal, Some("clock.starts_once")));
    let one = clock_of(1);
    assert_eq!(check_starts(&clocks, &[started(&one), started(&one)]).unwrap_err().code, Code::Internal);
    assert_eq!(check_starts(&clocks, &[started(&one), started(&clock_of(2))]), Ok(()));
}

#[test]
fn clocks_of_two_assignments_of_a_unit_run_side_by_side() {
    let mut clocks = vec![clock_of(1)];
    apply(&mut clocks, &cancel_of(&running(), AssignmentId(Uuid::from_u128(1)), at(1)));
    assert!(clocks[0].is_running(), "a clock of no assignment is not cancelled");
    let changes = cancel_of(&clocks, AssignmentId(Uuid::from_u128(1)), at(2));
    apply(&mut clocks, &changes);
    apply(&mut clocks, &[ClockChange::Started(clock_of(2))]);
    let states: Vec<_> = clocks.iter().map(|clock| clock.state).collect();
    assert_eq!(states, [ClockState::Cancelled, ClockState::Running]);
    let changes: Vec<_> = stop(&clocks, key_of(2), at(3)).into_iter().collect();
    apply(&mut clocks, &changes);
    assert_eq!(clocks[1].state, ClockState::Met);
}

#[test]
fn a_stop_of_an_earlier_build_names_the_clock_of_its_unit() {
    let mut clocks = vec![clock_of(1)];
    apply(&mut clocks, &[ClockChange::Stopped { key: key(), at: at(3), state: ClockState::Met }]);
    assert_eq!((clocks[0].state, clocks[0].stopped_at), (ClockState::Met, Some(at(3))));
}

#[test]
fn a_name_stops_once() {
    let mut clocks = running();
    let changes: Vec<_> = stop(&clocks, key(), at(3)).into_iter().collect();
    apply(&mut clocks, &changes);
    assert_eq!(clocks[0].stopped_at, Some(at(3)));
    assert_eq!(stop(&clocks, key(), at(4)), None);
}
