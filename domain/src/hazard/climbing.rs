//! Which rungs of the supervision ladder 督办 are due: one function of the todos, the rows of the policy, the rungs that are set
//! already and the counters of the case. `docs/supervision.md` has the tables.
//!
//! Triggers of time are asked for by a timer ([`super::Command::Climb`]). The others follow from steps, so each step sets
//! their rungs itself ([`counted`]).

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::supervision::{Supervision, Target, WatchedDeadline};
use super::{Assignment, AssignmentStatus, Case, Context, Event, Level, SendBackState, apply};
use crate::access::By;
use crate::clock::{Clock, ClockChange};
use crate::id::{AssignmentId, SupervisionId, UnitId};
use crate::policy::{Addressee, SupervisionRule, SupervisionTrigger, WhistleClass};
use crate::refusal::{Code, Refusal};
use crate::time::{Calendar, later};
use crate::todo::{Todo, of_case};

/// The shortest time that the server stores. A deadline is overdue as soon as it has passed.
const MOMENT: TimeDelta = TimeDelta::milliseconds(1);

/// How often a trigger that counts has to occur.
const TWICE: i32 = 2;

/// Sets the rungs that are due.
pub(super) fn climb(case: &Case, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    if context.by != By::System {
        return Err(Code::Forbidden.into());
    }
    let rungs: Vec<Supervision> = timed(case, context).into_iter().chain(counted(case, context)).collect();
    if rungs.is_empty() {
        return Err(Refusal::illegal("supervision.due"));
    }
    Ok(events(rungs, context))
}

/// Adds the rungs to which the events of a step lead by what they count up.
pub(super) fn follow(case: &Case, events: &mut Vec<Event>, context: &Context<'_>) {
    let mut after = case.clone();
    for event in events.iter() {
        apply(&mut after, event);
    }
    events.extend(self::events(counted(&after, context), context));
}

/// Returns the events that set the rungs. Two rows of a policy that say the same set one rung.
fn events(rungs: Vec<Supervision>, context: &Context<'_>) -> Vec<Event> {
    let mut set = BTreeSet::new();
    let rungs = rungs.into_iter().filter_map(|one| {
        let rule = context.policy.supervision.rules.iter().find(|rule| sets(rule, &one))?;
        let clock = context.timing.clock(one.key(), context.now, rule.acknowledge);
        set.insert(one.id).then(|| Event::set(one, vec![ClockChange::Started(clock)]))
    });
    rungs.collect()
}

fn sets(rule: &SupervisionRule, one: &Supervision) -> bool {
    (rule.trigger, rule.rung, rule.to) == (one.trigger, one.rung, one.to)
}

/// Returns the rungs that are due because of the time. For each deadline that is the highest trigger that has come: whoever
/// looks late does not remind of a time that has passed.
fn timed(case: &Case, context: &Context<'_>) -> Vec<Supervision> {
    let todos = of_case(case).into_iter().filter(|todo| todo.kind.is_supervised());
    todos.flat_map(|todo| of_deadline(case, &todo, context)).collect()
}

fn of_deadline(case: &Case, todo: &Todo, context: &Context<'_>) -> Vec<Supervision> {
    let Some(clock) = todo.nearest(&case.clocks) else { return Vec::new() };
    let rules = context.policy.supervision.rules.iter().filter(|rule| {
        let is_of_step = rule.steps.is_empty() || rule.steps.contains(&todo.kind);
        is_of_step && concerns(rule, case, todo.assignment)
    });
    let reached: Vec<&SupervisionRule> = rules
        .filter(|rule| {
            let at = starts(clock, rule.trigger, context.timing.calendar);
            at.is_some_and(|at| at <= context.exact) && !acts_by_itself(clock, context.exact)
        })
        .collect();
    let highest = reached.iter().map(|rule| rule.trigger).max();
    let due = reached.into_iter().filter(|rule| Some(rule.trigger) == highest);
    let rungs = due.map(|rule| {
        let watched = WatchedDeadline::of(clock);
        rung(
            case,
            rule,
            &About { owner: todo.owner_unit, assignment: todo.assignment, deadline: Some(watched), count: 0 },
            context,
        )
    });
    rungs.filter(|one| !is_set(case, one)).collect()
}

/// Returns from when a trigger of time is due for a clock; `None` for the other triggers. A span of time that passed twice is
/// counted as the span was. If a date was given, the time until that date passes once more.
///
/// On a date on which the system itself acts, nobody is late: whether the ladder looks before or after that is chance.
fn starts(clock: &Clock, trigger: SupervisionTrigger, calendar: &Calendar) -> Option<DateTime<Utc>> {
    match trigger {
        SupervisionTrigger::Overdue | SupervisionTrigger::OverdueTwice if clock.key.kind.ends_by_itself() => None,
        SupervisionTrigger::Warned => Some(clock.warn_at),
        SupervisionTrigger::Overdue => Some(later(clock.due, MOMENT)),
        SupervisionTrigger::OverdueTwice => {
            let twice = match clock.span {
                Some(span) => calendar.due(clock.due, span),
                None => later(clock.due, clock.due - clock.counted_from()),
            };
            Some(later(twice, MOMENT))
        }
        SupervisionTrigger::ReworkTwice
        | SupervisionTrigger::SendBackRefused
        | SupervisionTrigger::NotSolvedTwice
        | SupervisionTrigger::Major
        | SupervisionTrigger::ByHand => None,
    }
}

/// Returns whether the system has to take the step of this clock by now, so that nobody is reminded of it any more.
fn acts_by_itself(clock: &Clock, now: DateTime<Utc>) -> bool {
    clock.key.kind.ends_by_itself() && clock.due <= now
}

/// Returns when somebody has to look at a todo again after `now`, because a trigger of time comes then; `None` if none
/// does. It does not depend on the policy, so that a new policy is followed from the next trigger on.
#[must_use]
pub fn looks_again(case: &Case, todo: &Todo, calendar: &Calendar, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let clock = todo.nearest(&case.clocks).filter(|_| todo.kind.is_supervised())?;
    let times = SupervisionTrigger::ALL.iter().filter_map(|trigger| starts(clock, *trigger, calendar));
    times.filter(|at| *at > now).min()
}

/// Returns the rungs that are due because of what has happened, however often anybody looks.
fn counted(case: &Case, context: &Context<'_>) -> Vec<Supervision> {
    if case.end.is_some() {
        return Vec::new();
    }
    let waits = case.live().filter(|one| one.status != AssignmentStatus::Accepted);
    let of_work = waits.flat_map(|one| of_assignment(one).map(move |(trigger, count)| (trigger, count, Some(one))));
    let all = of_work.chain(of_hazard(case).map(|(trigger, count)| (trigger, count, None)));
    let rungs = all.flat_map(|(trigger, count, of)| {
        let assignment = of.map(|one: &Assignment| one.id);
        let about = About { owner: of.map_or(case.township, |one| one.unit), assignment, deadline: None, count };
        let rules = context.policy.supervision.rules.iter();
        let rules = rules.filter(move |rule| rule.trigger == trigger && concerns(rule, case, assignment));
        rules.map(move |rule| rung(case, rule, &about, context))
    });
    rungs.filter(|one| !is_set(case, one)).collect()
}

fn of_assignment(one: &Assignment) -> impl Iterator<Item = (SupervisionTrigger, i32)> {
    let refused =
        one.send_backs.iter().filter(|one| matches!(one.state, SendBackState::Refused | SendBackState::Stays));
    let refused = i32::try_from(refused.count()).unwrap_or(i32::MAX);
    let reworked = (one.rework_count >= TWICE).then_some((SupervisionTrigger::ReworkTwice, 0));
    reworked.into_iter().chain((refused > 0).then_some((SupervisionTrigger::SendBackRefused, refused)))
}

fn of_hazard(case: &Case) -> impl Iterator<Item = (SupervisionTrigger, i32)> {
    let not_solved = (case.not_solved >= TWICE).then_some((SupervisionTrigger::NotSolvedTwice, case.not_solved));
    not_solved.into_iter().chain((case.level == Level::Major).then_some((SupervisionTrigger::Major, 0)))
}

/// What a rung is about.
#[derive(Clone, Copy)]
struct About {
    owner: UnitId,
    assignment: Option<AssignmentId>,
    deadline: Option<WatchedDeadline>,
    count: i32,
}

fn rung(case: &Case, rule: &SupervisionRule, about: &About, context: &Context<'_>) -> Supervision {
    let About { owner, assignment, deadline, count } = *about;
    let mut one = Supervision {
        id: SupervisionId(uuid::Uuid::nil()),
        rung: rule.rung,
        trigger: rule.trigger,
        to: rule.to,
        unit: addressed(case, rule.to, owner, context),
        roles: rule.roles.clone(),
        assignment,
        round: case.round,
        deadline,
        count,
        by_post: None,
        note: None,
        at: context.now,
        acknowledged: None,
    };
    one.id = one.derived_id(case);
    one
}

/// Returns the addressed unit. If it has ended, the unit that holds the hazard stands in for it, or the nearest command centre.
pub(super) fn addressed(case: &Case, to: Addressee, owner: UnitId, context: &Context<'_>) -> UnitId {
    let centres = || context.centres.iter().copied();
    let unit = match to {
        Addressee::Owner => owner,
        Addressee::Holder => case.township,
        Addressee::Centre => centres().next().unwrap_or(case.township),
    };
    let mut standing = [unit, case.township].into_iter().chain(centres()).filter(|unit| !context.ended.contains(unit));
    standing.next().unwrap_or(unit)
}

/// Returns whether a row concerns this hazard, or this assignment of it.
fn concerns(rule: &SupervisionRule, case: &Case, assignment: Option<AssignmentId>) -> bool {
    let class = || -> Option<WhistleClass> {
        let whistle = case.assignment(assignment?)?.whistle?;
        Some(case.whistles.iter().find(|one| one.id == whistle)?.class)
    };
    let is_of_class = rule.classes.is_empty() || class().is_some_and(|class| rule.classes.contains(&class));
    is_of_class && (rule.levels.is_empty() || rule.levels.contains(&case.level))
}

/// Returns whether a rung is set already: the same one, or for the same deadline one of a later time, or one by hand that is
/// not lower. Whoever puts the clock back therefore reminds of nothing.
fn is_set(case: &Case, one: &Supervision) -> bool {
    let since = one.deadline.map(|watched| watched.counted_from);
    case.supervisions.iter().filter(|other| other.target() == one.target()).any(|other| {
        let by_hand = other.trigger == SupervisionTrigger::ByHand && other.rung >= one.rung;
        let is_later = other.is_of_the_deadline(one) && other.trigger > one.trigger;
        other.is(one) || is_later || (by_hand && since.is_some_and(|since| since <= other.at))
    })
}

/// Returns the rungs that stand for a target: those that await their acknowledgement, or were acknowledged.
pub(super) fn standing(case: &Case, target: Target) -> impl Iterator<Item = &Supervision> {
    use super::supervision::SupervisionState as Is;
    let of = case.supervisions.iter().filter(move |one| one.target() == target);
    of.filter(|one| match case.supervision_state(one) {
        Is::Open | Is::Acknowledged => true,
        Is::Settled => false,
    })
}
