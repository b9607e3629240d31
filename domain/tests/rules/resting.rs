//! What rests while a hazard is suspended 挂账, and what is due after it has come back: a table of what else may have happened, and
//! a rule for the random histories. Long because the table, its stories and the rule stand together.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use domain::access::By;
use domain::clock::{Clock, ClockKind, ClockState};
use domain::hazard::{self, AssignmentStatus, Case, Command, Event, HazardStatus, OpenWork, ResumeCause, looks_again};
use domain::id::{AssignmentId, UnitId};
use domain::inheritance::Inheritance;
use domain::policy::SupervisionTrigger;
use domain::staff::Role;
use domain::todo::{TodoKind, of_case};
use proptest::prelude::*;

use crate::merging::{merged, other};
use crate::scene::*;
use crate::status_table::suspended;
use crate::turns::everybody_has_a_deadline;

const TABLE: &str = include_str!("../data/suspension_table.txt");
const DAY: i64 = 24 * 60;
/// When [`suspended`] hazards come back by themselves.
const BACK: i64 = 31 * DAY + 60;
const ON_THE_DATE: Command = Command::Resume { cause: ResumeCause::ReviewDate, note: None };
const GRANT: Command = Command::GrantSuspension { note: NOTE };

/// A step of the work, whichever unit has to take it.
type Step = (ClockKind, Option<AssignmentId>);

const fn is_of_work(kind: ClockKind) -> bool {
    matches!(kind, ClockKind::Dispatch | ClockKind::Sign | ClockKind::CheckIn | ClockKind::Finish)
}

const fn step(clock: &Clock) -> Step {
    (clock.key.kind, clock.key.assignment)
}

/// What is known of the last suspension of a hazard in this round.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Resting {
    /// The steps that were overdue when it began.
    overdue: BTreeSet<Step>,
    /// The work that was asked for before it began, and what moved since to other units.
    work: BTreeSet<AssignmentId>,
    /// Whether nobody has to dispatch because of it.
    began: bool,
    /// When the hazard came back.
    returned: Option<DateTime<Utc>>,
}

impl Resting {
    /// Checks a step: while the hazard rests, none of the clocks that rest run, and afterwards none is due before the return,
    /// unless its step was overdue already.
    pub(crate) fn follow(&mut self, before: &Case, after: &Case, event: &Event) -> Result<(), TestCaseError> {
        match event {
            Event::Suspended { at, .. } if before.suspension.is_none() => *self = Self::of(before, *at),
            Event::TakenBack { assignment, assignments, .. } | Event::SentBack { assignment, assignments, .. }
                if after.suspension.is_some() && self.work.contains(assignment) =>
            {
                self.work.extend(assignments.iter().map(|new| new.id));
            }
            Event::Resumed { at, .. } => {
                self.returned = Some(*at);
                ended_work_stays(before, after)?;
            }
            Event::Reopened { .. } | Event::Transferred { .. } | Event::Cancelled { .. } => *self = Self::default(),
            // The earlier deadline of the two hazards counts.
            Event::Joined { .. } | Event::Parted { .. } if after.suspension.is_none() => *self = Self::default(),
            _ => {}
        }
        self.holds(after)
    }

    fn of(case: &Case, at: DateTime<Utc>) -> Self {
        let of_round = case.clocks.iter().filter(|clock| clock.key.round == case.round);
        let overdue = of_round.filter(|clock| is_of_work(clock.key.kind) && clock.due < at).map(step);
        Self { overdue: overdue.collect(), work: case.live().map(|one| one.id).collect(), began: true, returned: None }
    }

    fn holds(&self, case: &Case) -> Result<(), TestCaseError> {
        let is_its = |clock: &&Clock| match clock.key.assignment {
            Some(id) => self.work.contains(&id),
            None => self.began && clock.key.round == case.round,
        };
        let of_work = case.clocks.iter().filter(|clock| is_of_work(clock.key.kind) && clock.is_running());
        for clock in of_work.filter(is_its) {
            prop_assert!(case.suspension.is_none(), "it runs while the hazard rests: {clock:?}");
            let is_due_before = self.returned.is_some_and(|returned| clock.due < returned);
            prop_assert!(
                !is_due_before || self.overdue.contains(&step(clock)),
                "it was due before the return: {clock:?}"
            );
        }
        Ok(())
    }
}

/// Checks that the return moves no deadline of work that has ended, or of a step that is over.
fn ended_work_stays(before: &Case, after: &Case) -> Result<(), TestCaseError> {
    let is_over = |clock: &Clock| {
        let of = clock.key.assignment.and_then(|id| before.assignment(id));
        let is_finished = of.is_some_and(|of| of.status == AssignmentStatus::Finished);
        clock.key.kind != ClockKind::Dispatch && !(clock.key.kind == ClockKind::Finish && is_finished)
    };
    for (old, new) in before.clocks.iter().zip(&after.clocks) {
        let stays = !old.is_open() && is_over(old);
        prop_assert!(!stays || (old.due, old.state) == (new.due, new.state), "what is over moved: {old:?}, {new:?}");
    }
    Ok(())
}

fn lines(name: &str) -> Vec<Vec<&'static str>> {
    let lines = TABLE.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let lines = lines.skip_while(|line| *line != format!("[{name}]")).skip(1);
    lines.take_while(|line| !line.starts_with('[')).map(|line| line.split_whitespace().collect()).collect()
}

/// FIRE was asked to act, and its work is in this state. GAS was asked as well by a whistle, so that something is left to do.
fn asked(finished: bool) -> Case {
    let (world, mut case) = (World::new(), World::new().case(false).0);
    world.play(&mut case, 1, clerk(), dispatch(1, FIRE));
    world.play(&mut case, 1, leader(), blow(9, "joint_enforcement", task(2, GAS), Vec::new()));
    if finished {
        work(&world, &mut case, 2, 1, FIRE);
    }
    case
}

fn lone() -> Case {
    let (world, mut case) = (World::new(), World::new().case(false).0);
    world.play(&mut case, 1, clerk(), dispatch(1, FIRE));
    case
}

fn rework(world: &World, case: &mut Case, minute: i64) {
    world.play(case, minute, clerk(), Command::Rework { assignment: id(1), note: NOTE });
}

fn give_back(world: &World, case: &mut Case, minute: i64, instead: Option<hazard::Task>) {
    world.play(case, minute, clerk_of_unit(FIRE), ask_send_back(1, None));
    world.play(case, minute + 1, clerk(), accept_send_back(1, instead));
}

/// What happens before the hazard is suspended, while it rests, and after it has come back, and the clock in question.
#[expect(clippy::too_many_lines, reason = "one arm for each row")]
fn played(row: &str) -> (Case, Case, Case, Step) {
    let world = World::new();
    let one = |kind| (kind, Some(id(1)));
    let back = |case: &Case| {
        let mut after = case.clone();
        world.play(&mut after, BACK, By::System, ON_THE_DATE);
        after
    };
    let story = |begins: Case, meanwhile: &dyn Fn(&mut Case), later: &dyn Fn(&mut Case), of: Step| {
        let mut rests = suspended(begins);
        meanwhile(&mut rests);
        let returned = back(&rests);
        let mut end = returned.clone();
        later(&mut end);
        (rests, returned, end, of)
    };
    let nothing = |_: &mut Case| {};
    let dispatch_step = (ClockKind::Dispatch, None);
    let taken = |case: &mut Case| world.play(case, 30, clerk(), take_back(1, None));
    match row {
        "dispatch_of_what_waits" => story(World::new().case(false).0, &nothing, &nothing, dispatch_step),
        "dispatch_after_taking_back" => story(lone(), &taken, &nothing, dispatch_step),
        "dispatch_after_sending_back" => {
            story(lone(), &|case| give_back(&world, case, 30, None), &nothing, dispatch_step)
        }
        "dispatch_after_a_ruling" => {
            let ruled = |case: &mut Case| {
                world.play(case, 30, clerk_of_unit(FIRE), ask_send_back(1, None));
                world.play(case, 31, clerk(), refuse_send_back(1));
                world.play(case, 32, clerk_of_unit(FIRE), ask_send_back(1, None));
                world.play(case, 33, centre(), rule_moves(1, None));
            };
            story(lone(), &ruled, &nothing, dispatch_step)
        }
        "dispatch_after_a_refused_whistle" => {
            let mut waits = World::new().case(false).0;
            world.play(&mut waits, 1, clerk(), blow_key_work(8, task(1, FIRE)));
            story(waits, &|case| world.play(case, 30, leader(), refuse_whistle(8)), &nothing, dispatch_step)
        }
        "dispatch_given_and_taken_back" => {
            let given = |case: &mut Case| {
                world.play(case, 25, clerk(), dispatch(1, FIRE));
                world.play(case, 30, clerk(), take_back(1, None));
            };
            story(World::new().case(false).0, &given, &nothing, dispatch_step)
        }
        "dispatch_taken_back_later" => {
            let later = |case: &mut Case| world.play(case, BACK + 1, clerk(), take_back(1, None));
            story(lone(), &nothing, &later, dispatch_step)
        }
        "dispatch_of_a_successor" => {
            let succeeded = |case: &mut Case| {
                let event = Inheritance { from: TOWN, to: CENTRE, at: at(25) }.of_case(case, true, &[id(1)]).unwrap();
                hazard::apply(case, &event);
                world.play(case, 30, centre(), take_back(1, None));
            };
            story(lone(), &succeeded, &nothing, dispatch_step)
        }
        "dispatch_overdue_before" => {
            let mut late = lone();
            late.clocks.iter_mut().filter(|clock| clock.key.kind == ClockKind::Dispatch).for_each(|clock| {
                (clock.due, clock.warn_at) = (at(10), at(5)); // it was met in time, but the time has passed since
            });
            story(late, &taken, &nothing, dispatch_step)
        }
        "finish_of_work" => story(asked(false), &nothing, &nothing, one(ClockKind::Finish)),
        "finish_after_rework_meanwhile" => {
            story(asked(true), &|case| rework(&world, case, 30), &nothing, one(ClockKind::Finish))
        }
        "finish_after_rework_later" => {
            story(asked(true), &nothing, &|case| rework(&world, case, BACK + 1), one(ClockKind::Finish))
        }
        "finish_of_finished_work" => story(asked(true), &nothing, &nothing, one(ClockKind::Finish)),
        "finish_of_accepted_work" => {
            story(asked(true), &|case| world.play(case, 30, clerk(), accept(1)), &nothing, one(ClockKind::Finish))
        }
        "finish_of_work_taken_back" => story(asked(false), &taken, &nothing, one(ClockKind::Finish)),
        "sign_of_work_taken_back" => story(asked(false), &taken, &nothing, one(ClockKind::Sign)),
        "sign_of_work_signed" => {
            let signs = |case: &mut Case| world.play(case, 30, worker(FIRE, 1), Command::Sign { assignment: id(1) });
            story(asked(false), &signs, &nothing, one(ClockKind::Sign))
        }
        "finish_of_whoever_leads_instead" => {
            let moves = |case: &mut Case| give_back(&world, case, 30, Some(task(3, TOWN)));
            story(asked(false), &moves, &nothing, (ClockKind::Finish, Some(id(3))))
        }
        "finish_of_work_given_meanwhile" => {
            let given = |case: &mut Case| world.play(case, 30, clerk(), dispatch(3, TOWN));
            story(asked(false), &given, &nothing, (ClockKind::Finish, Some(id(3))))
        }
        "the_same_after_rework" => {
            let given = |case: &mut Case| {
                world.play(case, 30, clerk(), dispatch(3, TOWN));
                work(&world, case, 31, 3, TOWN);
                world.play(case, 40, clerk(), Command::Rework { assignment: id(3), note: NOTE });
            };
            story(asked(false), &given, &nothing, (ClockKind::Finish, Some(id(3))))
        }
        "the_same_with_another_unit" => {
            let given = |case: &mut Case| {
                world.play(case, 30, centre(), dispatch(3, CENTRE));
                world.play(case, 31, centre(), take_back(3, Some(task(4, TOWN))));
            };
            story(asked(false), &given, &nothing, (ClockKind::Finish, Some(id(4))))
        }
        "finish_of_work_that_a_merge_brings" => {
            let joined = |case: &mut Case| {
                let mut from = other(lone());
                from.assignments[0].id = id(5);
                from.clocks.iter_mut().filter(|clock| clock.key.assignment.is_some()).for_each(|clock| {
                    clock.key.assignment = Some(id(5));
                });
                from.assignments[0].unit = TOWN;
                from.clocks.iter_mut().filter(|clock| clock.key.assignment.is_some()).for_each(|clock| {
                    clock.key.owner_unit = TOWN;
                });
                *case = merged(&from, case, OpenWork::Carry).unwrap().into;
            };
            story(asked(false), &joined, &nothing, (ClockKind::Finish, Some(id(5))))
        }
        other => panic!("{other}"),
    }
}

fn of(case: &Case, of: Step) -> &Clock {
    let all = case.clocks.iter().filter(|clock| step(clock) == of);
    all.max_by_key(|clock| (clock.is_open(), clock.stopped_at)).unwrap()
}

#[test]
fn what_the_return_moves_is_in_the_table() {
    let found = lines("returns").into_iter().skip(1).map(|words| {
        let (rests, returned, end, step) = played(words[0]);
        for case in [&rests, &returned, &end] {
            everybody_has_a_deadline(case).unwrap();
        }
        assert_eq!(rests.status(), HazardStatus::Suspended);
        let word = |clock: &Clock| match clock.state {
            ClockState::Running => "runs",
            ClockState::Paused => "stands",
            ClockState::Met | ClockState::Late | ClockState::Cancelled => "stopped",
        };
        let (before, after, last) = (of(&rests, step), of(&returned, step), of(&end, step));
        assert!(after.open_pause().is_none());
        let left = before.due - before.start.max(at(21));
        let due = match after.due {
            due if due == before.due => "stays",
            // The dispatch is counted in office hours, and the hazard comes back when the office opens.
            due if due - at(BACK) == left || (step.0 == ClockKind::Dispatch && due > at(BACK)) => "moves",
            other => panic!("{}: {other}", words[0]),
        };
        (words[0], vec![word(before), due, word(last)])
    });
    let found: BTreeMap<_, _> = found.collect();
    let expected = lines("returns").into_iter().skip(1).map(|words| (words[0], words[1..].to_vec()));
    assert_eq!(found, expected.collect::<BTreeMap<_, _>>());
}

/// A suspension that comes back by itself leaves nobody late, whichever of the two jobs is first, and however late it is.
#[test]
fn nobody_is_late_for_what_comes_back_by_itself() {
    let world = World::new();
    for (minute, warned) in [(BACK - 60, true), (BACK, false), (BACK + 1, false), (BACK * 3, false)] {
        let mut case = suspended(asked(false));
        let review =
            |case: &Case| of_case(case).into_iter().find(|todo| todo.kind == TodoKind::ReviewSuspension).unwrap();
        assert_eq!(
            looks_again(&case, &review(&case), &world.calendar, at(BACK - 1)),
            None,
            "nothing is left to look at"
        );
        let of_review = |event: &Event| match event {
            Event::Supervised { trigger, deadline: Some(watched), .. } => {
                (watched.clock == ClockKind::ReviewSuspension).then_some(*trigger)
            }
            _ => None,
        };
        let climbed = world.ask(&case, minute, By::System, Command::Climb).unwrap_or_default();
        let rungs: Vec<_> = climbed.iter().filter_map(of_review).collect();
        let expected = if warned { vec![SupervisionTrigger::Warned] } else { Vec::new() };
        assert_eq!(rungs, expected, "{minute}");
        for event in &climbed {
            hazard::apply(&mut case, event);
        }
        world.play(&mut case, minute.max(BACK), By::System, ON_THE_DATE);
        everybody_has_a_deadline(&case).unwrap();
    }
}

/// How the work moves from FIRE, whose leader is responsible, to another unit.
fn moves(row: &str, case: &mut Case, minute: i64) {
    let world = World::new();
    match row {
        "it_stays" => {}
        "taken_back_for_a_new_lead" => world.play(case, minute, clerk(), take_back(1, Some(task(3, GAS)))),
        "taken_back" => world.play(case, minute, clerk(), take_back(1, None)),
        "sent_back_for_a_new_lead" => give_back(&world, case, minute, Some(task(3, GAS))),
        "ruled_for_a_new_lead" => {
            world.play(case, minute, clerk_of_unit(FIRE), ask_send_back(1, None));
            world.play(case, minute + 1, clerk(), refuse_send_back(1));
            world.play(case, minute + 2, clerk_of_unit(FIRE), ask_send_back(1, None));
            world.play(case, minute + 3, centre(), rule_moves(1, Some(task(3, GAS))));
        }
        "a_whistle_calls_a_second_lead" => {
            world.play(case, minute, leader(), blow(9, "joint_enforcement", task(3, GAS), Vec::new()));
        }
        "a_successor_takes_over" => {
            let event = Inheritance { from: FIRE, to: GAS, at: at(minute) }.of_case(case, false, &[id(1)]).unwrap();
            hazard::apply(case, &event);
        }
        other => panic!("{other}"),
    }
}

#[test]
fn what_follows_when_the_lead_moves_is_in_the_table() {
    let world = World::new();
    let answer = |case: &Case, by: By, command| match world.ask(case, 40, by, command) {
        Ok(_) => "ok",
        Err(refusal) => refusal.rule.unwrap_or(refusal.code.as_str()),
    };
    let leader_of = |unit: UnitId| By::Officer(person(unit, 9, Role::DepartmentLeader));
    for words in lines("lead_moves").into_iter().skip(1) {
        let mut waits = lone();
        world.play(&mut waits, 20, leader(), ask_suspension(FIRE));
        let mut of_township = lone();
        world.play(&mut of_township, 20, leader(), ask_suspension(TOWN));
        let mut rests = waits.clone();
        world.play(&mut rests, 21, centre(), GRANT);
        for case in [&mut waits, &mut of_township, &mut rests] {
            moves(words[0], case, 30);
        }
        let found = [
            answer(&waits, centre(), GRANT),
            answer(&of_township, centre(), GRANT),
            answer(&rests, leader_of(FIRE), resume()),
            answer(&rests, leader_of(GAS), resume()),
        ];
        assert_eq!(found, words[1..], "{}", words[0]);
        // What cannot be granted is refused, and asked for again.
        world.play(&mut waits, 41, centre(), Command::RefuseSuspension { note: NOTE });
        world.play(&mut waits, 42, leader(), ask_suspension(TOWN));
        world.play(&mut waits, 43, centre(), GRANT);
    }
}

/// Whichever officers of the county cannot decide, a supervisor can, so that no request waits for ever. Nothing that the rules
/// know tells whether somebody is accused, so no answer can depend on it.
#[test]
fn no_request_is_stuck() {
    let world = World::new();
    let mut case = lone();
    world.play(&mut case, 20, leader(), ask_suspension(TOWN));
    let busy: BTreeSet<_> = (0..10).map(|number| person(CENTRE, number, Role::CommandCentre).officer).collect();
    case.past_workers.extend(busy);
    let by = |number, role| By::Officer(person(CENTRE, number, role));
    let ask = |by| world.ask(&case, 30, by, GRANT);
    assert_eq!(ask(by(1, Role::CommandCentre)).unwrap_err().rule, Some("suspension.independent"));
    assert!(ask(by(11, Role::Supervisor)).is_ok());
}
