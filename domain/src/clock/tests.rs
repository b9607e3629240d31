//! How clocks start, stop and are told apart.
use uuid::Uuid;

use super::*;
use crate::access::Actor;
use crate::id::OfficerId;
use crate::refusal::Code;
use crate::roster::Roster;
use crate::staff::Role;
use crate::time::TimeLeft;

fn at(minute: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::minutes(minute)
}

fn running() -> Vec<Clock> {
    let calendar = Calendar { days: std::collections::BTreeMap::new(), hours: Vec::new() };
    let timing = Timing { calendar: &calendar, warn_percent: 80, rule_version: RuleVersion(1), roster: Roster::EMPTY };
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

fn timing(calendar: &Calendar) -> Timing<'_> {
    Timing { calendar, warn_percent: 80, rule_version: RuleVersion(1), roster: Roster::EMPTY }
}

/// A calendar without named days, whose offices are open around the clock on weekdays.
fn weekdays() -> Calendar {
    Calendar { days: std::collections::BTreeMap::new(), hours: Vec::new() }
}

fn granter() -> Actor {
    let id = Uuid::from_u128(9);
    Actor { officer: OfficerId(id), post: PostId(id), role: Role::TownshipLeader, unit: UnitId(id) }
}

fn happens(clocks: &mut Vec<Clock>, change: impl Fn(&[Clock]) -> Option<ClockChange>) {
    let change = change(clocks).unwrap();
    let stored = serde_json::to_string(&change).unwrap();
    assert_eq!(serde_json::from_str::<ClockChange>(&stored).unwrap(), change);
    apply(clocks, &[change]);
}

/// Twenty minutes from minute 0 are paused from 5 to 105, extended to 200, and paused from 190 to 300.
#[test]
fn a_clock_keeps_every_extension_and_pause_and_its_original_due_time() {
    let calendar = weekdays();
    let timing = timing(&calendar);
    let mut clocks = vec![timing.clock(key(), at(0), "20min".parse().unwrap())];
    happens(&mut clocks, |clocks| timing.pause(&clocks[0], at(5), PauseReason::Suspended));
    assert_eq!((clocks[0].state, clocks[0].is_open(), clocks[0].is_overdue(at(50))), (ClockState::Paused, true, false));
    let left = Some(TimeLeft::WallClock { micros: 15 * 60_000_000 });
    assert_eq!((clocks[0].pauses[0].left, clocks[0].original_due), (left, None));
    assert_eq!(timing.extend(&clocks[0], at(900), at(6), &granter()), None, "what stands still needs no more time");
    happens(&mut clocks, |clocks| timing.go_on(&clocks[0], at(105)));
    assert_eq!((clocks[0].due, clocks[0].original_due(), clocks[0].warn_at), (at(120), at(20), at(116)));
    assert!(clocks[0].is_running() && clocks[0].is_overdue(at(121)));

    happens(&mut clocks, |clocks| timing.extend(&clocks[0], at(200), at(110), &granter()));
    assert_eq!(timing.extend(&clocks[0], at(200), at(111), &granter()), None, "that is no more time");
    happens(&mut clocks, |clocks| timing.pause(&clocks[0], at(190), PauseReason::Suspended));
    happens(&mut clocks, |clocks| timing.go_on(&clocks[0], at(300)));
    let [extension] = clocks[0].extensions[..] else { panic!("{clocks:?}") };
    assert_eq!((extension.from, extension.to, extension.at), (at(120), at(200), at(110)));
    assert_eq!((clocks[0].due, clocks[0].original_due()), (at(310), at(20)));
    let pauses: Vec<_> = clocks[0].pauses.iter().map(|pause| (pause.from, pause.until)).collect();
    assert_eq!(pauses, [(at(5), Some(at(105))), (at(190), Some(at(300)))]);

    // Counted anew, it begins without them.
    happens(&mut clocks, |clocks| stop(clocks, key(), at(305)));
    assert_eq!(clocks[0].state, ClockState::Met);
    happens(&mut clocks, |clocks| Some(run(clocks, timing.clock(key(), at(400), "20min".parse().unwrap()))));
    assert_eq!((clocks[0].due, clocks[0].original_due(), clocks[0].extensions.len()), (at(420), at(420), 0));
}

/// Work that is finished while the clock stands still is late only if it was late before, and stands still again after it was
/// sent back. If the pause has ended meanwhile, it runs.
#[test]
fn a_clock_is_stopped_and_resumed_while_it_stands_still() {
    let calendar = weekdays();
    let timing = timing(&calendar);
    for (paused, state) in [(10, ClockState::Met), (21, ClockState::Late)] {
        let mut clocks = vec![timing.clock(key(), at(0), "20min".parse().unwrap())];
        happens(&mut clocks, |clocks| timing.pause(&clocks[0], at(paused), PauseReason::Suspended));
        happens(&mut clocks, |clocks| stop(clocks, key(), at(90)));
        assert_eq!(clocks[0].state, state, "paused at {paused}");
        let mut again = clocks.clone();
        happens(&mut again, |clocks| proceed(clocks, key()));
        assert_eq!((again[0].state, again[0].stopped_at), (ClockState::Paused, None));
        happens(&mut clocks, |clocks| timing.go_on(&clocks[0], at(100)));
        assert_eq!(clocks[0].state, state, "it stays stopped");
        happens(&mut clocks, |clocks| proceed(clocks, key()));
        let due = if paused == 10 { at(110) } else { at(20) };
        assert_eq!((clocks[0].state, clocks[0].due), (ClockState::Running, due));
    }
}

#[test]
fn another_unit_takes_over_what_stands_still() {
    let calendar = weekdays();
    let timing = timing(&calendar);
    let mut clocks = vec![timing.clock(key(), at(0), "3wd".parse().unwrap())];
    let next = UnitId(Uuid::from_u128(2));
    happens(&mut clocks, |clocks| timing.extend(&clocks[0], at(90_000), at(1), &granter()));
    happens(&mut clocks, |clocks| timing.pause(&clocks[0], at(5), PauseReason::Suspended));
    let was = clocks[0].clone();
    for (from, to) in [(key().owner_unit, next), (next, key().owner_unit)] {
        let clock = clocks.iter().find(|clock| clock.key.owner_unit == from && clock.is_open()).unwrap();
        let changes = hand_to(&clocks, clock, to, at(6));
        assert_eq!(check_starts(&clocks, &changes), Ok(()));
        apply(&mut clocks, &changes);
        let open: Vec<_> = clocks.iter().filter(|clock| clock.is_open()).collect();
        assert_eq!(open, [&Clock { key: ClockKey { owner_unit: to, ..was.key }, ..was.clone() }]);
    }
}

/// The stored forms of what changes a clock never change.
#[test]
fn pauses_and_extensions_are_stored_as_ever() {
    let id = "00000000-0000-4000-8000-000000000001";
    let named = format!(r#""kind":"FINISH","round":1,"owner_unit":"{id}","assignment":"{id}""#);
    for text in [
        format!(
            r#"{{"change":"PAUSED",{named},"pause":{{"from":"2026-11-24T08:00:00Z","until":null,"reason":"SUSPENDED","left":{{"unit":"WORKING_DAYS","days":2}}}}}}"#
        ),
        format!(
            r#"{{"change":"PAUSED",{named},"pause":{{"from":"2026-11-24T08:00:00Z","until":null,"reason":"SUSPENDED","left":{{"unit":"OFFICE_HOURS","micros":5}}}}}}"#
        ),
        format!(
            r#"{{"change":"PAUSED",{named},"pause":{{"from":"2026-11-24T08:00:00Z","until":null,"reason":"SUSPENDED","left":{{"unit":"WALL_CLOCK","micros":5}}}}}}"#
        ),
        format!(
            r#"{{"change":"CONTINUED",{named},"at":"2026-11-25T08:00:00Z","due":"2026-11-26T08:00:00Z","warn_at":"2026-11-25T22:24:00Z"}}"#
        ),
        format!(
            r#"{{"change":"EXTENDED",{named},"extension":{{"from":"2026-11-24T08:00:00Z","to":"2026-11-26T08:00:00Z","at":"2026-11-23T08:00:00Z","officer":"{id}","post":"{id}"}},"warn_at":"2026-11-25T22:24:00Z"}}"#
        ),
        format!(
            r#"{{"change":"RECOUNTED",{named},"was":"2026-11-24T08:00:00Z","due":"2026-11-26T08:00:00Z","warn_at":"2026-11-25T22:24:00Z","left":{{"unit":"WORKING_DAYS","days":2}}}}"#
        ),
        format!(
            r#"{{"change":"RESUMED",{named},"due":"2026-11-26T08:00:00Z","warn_at":"2026-11-25T22:24:00Z","counted":{{"from":"2026-11-24T08:00:00Z","rule_version":7,"span":"3wd"}}}}"#
        ),
    ] {
        let change: ClockChange = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(serde_json::to_string(&change).unwrap(), text);
    }
}
