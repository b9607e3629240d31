//! The duty roster 值班: who is on duty at a moment, and which shifts may stand in it.

pub(crate) mod owners;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::id::{OfficerId, PostId, ShiftId, UnitId};
use domain::roster::{Days, Establishment, Roster, Shift, Term, judge, may_change, may_enter, may_take_back, shortens};
use domain::{Code, Refusal};
use uuid::Uuid;

use crate::scene::*;

/// The posts of the roster. The last digit is the officer's number.
const A: PostId = PostId(Uuid::from_u128(1));
const B: PostId = PostId(Uuid::from_u128(2));
/// A second post of the officer who holds `A`.
const A2: PostId = PostId(Uuid::from_u128(3));
/// A post of a unit above.
const ABOVE: PostId = PostId(Uuid::from_u128(4));
/// A post of another department.
const OTHER: PostId = PostId(Uuid::from_u128(5));
/// The unit that takes over from `TOWN`.
const SUCCESSOR: UnitId = UnitId(Uuid::from_u128(9));

fn time(text: &str) -> DateTime<Utc> {
    format!("2026-{text}:00+08:00").parse().unwrap()
}

fn days(from: &str, to: Option<&str>) -> Days {
    Days { from: from.parse().unwrap(), to: to.map(|day| day.parse().unwrap()) }
}

fn term(unit: UnitId, officer: u128, to: Option<&str>) -> Term {
    let officer = OfficerId(Uuid::from_u128(officer));
    Term { officer, unit, days: days("2024-01-01", to), is_active: true }
}

fn shift(number: u128, unit: UnitId, from: &str, to: &str, deputy: Option<PostId>) -> Shift {
    Shift { id: ShiftId(Uuid::from_u128(number)), unit, start: time(from), end: time(to), post: A, deputy }
}

fn posts() -> BTreeMap<PostId, Term> {
    BTreeMap::from([
        (A, term(TOWN, 1, None)),
        (B, term(TOWN, 2, None)),
        (A2, term(TOWN, 1, None)),
        (ABOVE, term(CENTRE, 4, None)),
        (OTHER, term(FIRE, 5, None)),
    ])
}

/// TOWN is on duty in the nights of 1 and 2 December; the second night follows the day shift without a gap.
fn shifts() -> [Shift; 3] {
    [
        shift(1, TOWN, "12-01T18:00", "12-02T08:00", Some(B)),
        shift(2, TOWN, "12-02T09:00", "12-02T18:00", None),
        shift(3, TOWN, "12-02T18:00", "12-03T08:00", Some(B)),
    ]
}

fn units() -> BTreeMap<UnitId, Days> {
    BTreeMap::from([(TOWN, days("2024-01-01", None)), (SUCCESSOR, days("2026-12-02", None))])
}

/// Who is on duty: `A`, the deputy `b`, or nobody `-`.
fn seen(roster: &Roster, unit: UnitId, at: &str) -> &'static str {
    match roster.on_duty(unit, time(at)) {
        None => "-",
        Some(duty) if duty.stands_in && duty.post == B => "b",
        Some(duty) if !duty.stands_in && duty.post == A => "A",
        Some(duty) => panic!("{duty:?}"),
    }
}

#[test]
fn who_is_on_duty_follows_from_the_shifts_and_the_moment() {
    let roster = Roster::new(shifts(), units(), posts());
    for (at, expected) in [
        ("12-01T17:59", "-"), // before the first shift
        ("12-01T18:00", "A"), // its first moment
        ("12-01T23:59", "A"),
        ("12-02T00:00", "A"), // it crosses midnight
        ("12-02T07:59", "A"),
        ("12-02T08:00", "-"), // its end no longer belongs to it: a gap
        ("12-02T08:59", "-"),
        ("12-02T09:00", "A"),
        ("12-02T18:00", "A"), // two shifts meet
        ("12-03T07:59", "A"),
        ("12-03T08:00", "-"), // after the last one
    ] {
        assert_eq!(seen(&roster, TOWN, at), expected, "{at}");
    }
    let at_six = roster.on_duty(TOWN, time("12-02T18:00")).unwrap();
    assert_eq!(at_six.shift.id, ShiftId(Uuid::from_u128(3)), "the moment belongs to the shift that begins");
    assert_eq!(roster.on_duty(FIRE, time("12-02T18:00")), None, "a unit without a roster");
}

#[test]
fn the_deputy_is_on_duty_while_the_post_is_not_in_force() {
    let with = |changed: &[(PostId, Term)]| {
        let mut all = posts();
        all.extend(changed.iter().copied());
        Roster::new(shifts(), units(), all)
    };
    let ended = |officer| term(TOWN, officer, Some("2026-12-02"));
    let left = |officer| Term { is_active: false, ..term(TOWN, officer, None) };
    // who has changed | before midnight | after it | in the day shift, which has no deputy
    for (roster, expected) in [
        (with(&[(A, ended(1))]), ["A", "b", "-"]),
        (with(&[(A, left(1))]), ["b", "b", "-"]),
        (with(&[(B, left(2))]), ["A", "A", "A"]),
        (with(&[(A, ended(1)), (B, ended(2))]), ["A", "-", "-"]),
        (with(&[(A, left(1)), (B, left(2))]), ["-", "-", "-"]),
    ] {
        let found = ["12-01T23:59", "12-02T00:00", "12-02T12:00"].map(|at| seen(&roster, TOWN, at));
        assert_eq!(found, expected);
    }
    let mut gone = posts();
    gone.remove(&A);
    assert_eq!(seen(&Roster::new(shifts(), units(), gone), TOWN, "12-01T20:00"), "b", "a post that is not known");
}

#[test]
fn nobody_is_on_duty_in_a_unit_that_has_ended_and_its_shifts_do_not_move() {
    let mut units = units();
    units.insert(TOWN, days("2024-01-01", Some("2026-12-02")));
    let roster = Roster::new(shifts(), units, posts());
    for (at, town) in [("12-01T23:59", "A"), ("12-02T00:00", "-"), ("12-02T18:00", "-")] {
        assert_eq!(seen(&roster, TOWN, at), town, "{at}");
        assert_eq!(seen(&roster, SUCCESSOR, at), "-", "{at}");
    }
    let not_yet = Roster::new([shift(1, SUCCESSOR, "12-01T18:00", "12-02T08:00", None)], self::units(), posts());
    assert_eq!(["12-01T20:00", "12-02T00:00"].map(|at| seen(&not_yet, SUCCESSOR, at)), ["-", "A"]);
}

#[test]
fn a_post_finds_the_units_in_which_it_is_on_duty() {
    let roster = Roster::new(shifts(), units(), posts());
    let units_of = |posts: &[PostId], at: &str| roster.units_of(posts, time(at)).collect::<Vec<_>>();
    assert_eq!(units_of(&[OTHER, A], "12-02T03:00"), [TOWN]);
    assert_eq!(units_of(&[B], "12-02T03:00"), [], "the deputy does not stand in");
    assert_eq!(units_of(&[A], "12-02T08:00"), []);
}

fn rule(judged: Result<(), Refusal>) -> &'static str {
    judged.map_or_else(|refusal| refusal.rule.unwrap_or(refusal.code.as_str()), |()| "ok")
}

#[test]
fn a_shift_has_a_span() {
    let night = shift(7, TOWN, "12-05T18:00", "12-06T08:00", Some(B));
    let town = days("2024-01-01", None);
    for (shift, unit, posts, expected) in [
        (night, Some(town), posts(), "ok"),
        (Shift { deputy: None, ..night }, Some(town), posts(), "ok"),
        (Shift { end: night.start, ..night }, Some(town), posts(), "roster.span"),
        (Shift { end: time("12-05T17:00"), ..night }, Some(town), posts(), "roster.span"),
        (Shift { end: "2027-01-05T18:00:00+08:00".parse().unwrap(), ..night }, Some(town), posts(), "ok"), // 31 days
        (Shift { end: "2027-01-05T18:01:00+08:00".parse().unwrap(), ..night }, Some(town), posts(), "roster.span"),
        (
            Shift {
                start: DateTime::<Utc>::MAX_UTC - chrono::TimeDelta::hours(1),
                end: DateTime::<Utc>::MAX_UTC,
                ..night
            },
            Some(town),
            posts(),
            "roster.span",
        ),
    ] {
        let staff = Establishment { unit, covering: &[TOWN, CENTRE], posts: &posts };
        assert_eq!(rule(judge(&shift, &shifts(), &staff)), expected, "{shift:?}");
    }
}

#[test]
fn a_shift_is_of_a_unit_and_of_posts_that_are_in_force() {
    let night = shift(7, TOWN, "12-05T18:00", "12-06T08:00", Some(B));
    let ending = |to: &str, all: &[PostId]| {
        let mut posts = posts();
        for post in all {
            posts.get_mut(post).unwrap().days.to = Some(to.parse().unwrap());
        }
        posts
    };
    let town = days("2024-01-01", None);
    for (shift, unit, posts, expected) in [
        (night, None, posts(), "NOT_FOUND"),
        (night, Some(days("2024-01-01", Some("2026-12-05"))), posts(), "roster.unit_in_force"),
        (night, Some(days("2024-01-01", Some("2026-12-06"))), posts(), "roster.unit_in_force"),
        (night, Some(days("2024-01-01", Some("2026-12-07"))), posts(), "ok"),
        (night, Some(days("2026-12-06", None)), posts(), "roster.unit_in_force"),
        (night, Some(town), ending("2026-12-06", &[A]), "roster.post_in_force"),
        (night, Some(town), ending("2026-12-06", &[B]), "roster.post_in_force"),
        (night, Some(town), ending("2026-12-07", &[A, B]), "ok"),
        // The last moment of a shift until midnight belongs to the day before.
        (Shift { end: time("12-06T00:00"), ..night }, Some(town), ending("2026-12-06", &[A]), "ok"),
        (Shift { post: ABOVE, ..night }, Some(town), posts(), "ok"),
        (Shift { post: OTHER, ..night }, Some(town), posts(), "roster.post_covers"),
        (Shift { deputy: Some(OTHER), ..night }, Some(town), posts(), "roster.post_covers"),
        (Shift { deputy: Some(A), ..night }, Some(town), posts(), "roster.another_deputy"),
        (Shift { deputy: Some(A2), ..night }, Some(town), posts(), "roster.another_deputy"),
        (Shift { post: PostId(Uuid::from_u128(8)), ..night }, Some(town), posts(), "NOT_FOUND"),
    ] {
        let staff = Establishment { unit, covering: &[TOWN, CENTRE], posts: &posts };
        assert_eq!(rule(judge(&shift, &shifts(), &staff)), expected, "{shift:?}");
    }
}

#[test]
fn a_unit_has_one_shift_at_a_time_and_a_refusal_names_the_other() {
    let posts = posts();
    let staff = Establishment { unit: Some(days("2024-01-01", None)), covering: &[TOWN], posts: &posts };
    for (from, to, other) in [
        ("12-01T08:00", "12-01T18:00", None), // ends where the first begins
        ("12-01T08:00", "12-01T18:01", Some(1)),
        ("12-01T20:00", "12-01T21:00", Some(1)), // within it
        ("12-01T08:00", "12-03T20:00", Some(1)), // around all of them
        ("12-02T07:59", "12-02T08:30", Some(1)),
        ("12-02T08:00", "12-02T09:00", None), // the gap
        ("12-03T07:59", "12-03T20:00", Some(3)),
        ("12-03T08:00", "12-03T20:00", None),
    ] {
        let judged = judge(&shift(7, TOWN, from, to, None), &shifts(), &staff);
        let named = judged.err().map(|refusal| {
            assert_eq!((refusal.code, refusal.rule), (Code::IllegalMove, Some("roster.one_shift")), "{from}");
            *refusal.detail.unwrap()
        });
        let expected = other.map(|number| ("shiftId", Uuid::from_u128(number).to_string()));
        assert_eq!(named, expected, "{from} to {to}");
    }
    let longer = shift(1, TOWN, "12-01T17:00", "12-02T09:00", None);
    assert_eq!(rule(judge(&longer, &shifts(), &staff)), "ok", "a shift does not overlap itself");
}

#[test]
fn what_has_been_is_not_rewritten() {
    let night = shift(1, TOWN, "12-01T18:00", "12-02T08:00", Some(B));
    let later = Shift { end: time("12-02T09:00"), ..night };
    let sooner = Shift { end: time("12-01T22:00"), ..night };
    let other = Shift { post: B, deputy: None, ..night };
    let moved = Shift { start: time("12-01T19:00"), ..night };
    // now | enter | take back | a later end | an end at 22:00 | another post | another start
    for (now, expected) in [
        ("12-01T17:59", ["ok", "ok", "ok", "ok", "ok", "ok"]),
        ("12-01T18:00", ["ok", "roster.begun", "ok", "ok", "roster.begun", "roster.begun"]),
        ("12-01T22:00", ["ok", "roster.begun", "ok", "ok", "roster.begun", "roster.begun"]),
        ("12-01T22:01", ["ok", "roster.begun", "ok", "roster.over", "roster.begun", "roster.begun"]),
        ("12-02T07:59", ["ok", "roster.begun", "ok", "roster.over", "roster.begun", "roster.begun"]),
        ("12-02T08:00", ["roster.over"; 6]),
    ] {
        let now = time(now);
        let changes = [later, sooner, other, moved].map(|after| rule(may_change(&night, &after, now)));
        let found = [&[rule(may_enter(&night, now)), rule(may_take_back(&night, now))], changes.as_slice()].concat();
        assert_eq!(found, expected, "{now}");
    }
}

#[test]
fn a_change_that_only_ends_a_shift_sooner_is_not_judged_anew() {
    let night = shift(1, TOWN, "12-01T18:00", "12-02T08:00", Some(B));
    for (after, expected) in [
        (night, true),
        (Shift { end: time("12-01T22:00"), ..night }, true),
        (Shift { end: time("12-02T08:01"), ..night }, false),
        (Shift { end: night.start, ..night }, false),
        (Shift { deputy: None, ..night }, false),
        (Shift { start: time("12-01T19:00"), ..night }, false),
    ] {
        assert_eq!(shortens(&night, &after), expected, "{after:?}");
    }
}
