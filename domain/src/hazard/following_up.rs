//! Follow-up 回头看: a closed hazard is looked at again after the days that the policy sets. If it came back, it is opened again
//! within the callback window; later, a hazard is registered that is linked to it 复发.

use chrono::{DateTime, TimeDelta, Utc};

use super::assignment::whole_metres;
use super::closing::reopened;
use super::decide::permit;
use super::{Case, Context, End, Event, FollowUpResult, ReopenCause, apply};
use crate::access::{Action, Actor};
use crate::clock::{self, Clock, ClockChange, ClockKey, ClockKind};
use crate::id::{HazardId, NoteId};
use crate::refusal::{Code, Refusal};
use crate::time::{china_day, later};

/// The fields of [`super::Command::FollowUp`].
pub(super) struct FollowUp {
    pub(super) result: FollowUpResult,
    pub(super) note: NoteId,
    pub(super) distance_metres: Option<f64>,
    pub(super) recurrence: HazardId,
}

/// Records what a follow-up found. An officer who never worked on the hazard may do so. One that finds nothing counts for
/// every follow-up whose day has come.
pub(super) fn follow_up(case: &Case, said: &FollowUp, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let actor = permit(case, Action::FollowUp, context)?;
    let (Some(End::Closed), Some(closed_at)) = (case.end, case.closed_at) else {
        return Err(Refusal::illegal("follow_up.closed"));
    };
    if case.follow_ups.is_empty() {
        return Err(Refusal::illegal("follow_up.outstanding"));
    }
    if case.all_workers().contains(&actor.officer) {
        return Err(Refusal::new(Code::NotYourOwn).with_rule("follow_up.another_person"));
    }
    match said.result {
        FollowUpResult::Holds => Ok(vec![holds(case, said, closed_at, &actor, context)?]),
        FollowUpResult::CameBack => came_back(case, said, &actor, context),
    }
}

fn holds(
    case: &Case,
    said: &FollowUp,
    closed_at: DateTime<Utc>,
    actor: &Actor,
    context: &Context<'_>,
) -> Result<Event, Refusal> {
    let is_ahead = |days: &u32| begins(closed_at, *days, context) > context.now;
    let left: Vec<u32> = case.follow_ups.iter().copied().filter(is_ahead).collect();
    if left.len() == case.follow_ups.len() {
        return Err(Refusal::illegal("follow_up.not_yet"));
    }
    let mut clocks = stopped(case, context);
    clocks.extend(next(case, closed_at, &left, context));
    recorded(said, None, left, clocks, actor, context)
}

fn came_back(case: &Case, said: &FollowUp, actor: &Actor, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let reopens = case.in_callback_window(context.exact, context.policy);
    let recurrence = (!reopens).then_some(said.recurrence);
    let found = recorded(said, recurrence, Vec::new(), stopped(case, context), actor, context)?;
    if !reopens {
        return Ok(vec![found]);
    }
    let mut after = case.clone();
    apply(&mut after, &found);
    let again = reopened(&after, ReopenCause::Officer, Some(said.note), context);
    Ok(vec![found, again])
}

fn recorded(
    said: &FollowUp,
    recurrence: Option<HazardId>,
    left: Vec<u32>,
    clocks: Vec<ClockChange>,
    actor: &Actor,
    context: &Context<'_>,
) -> Result<Event, Refusal> {
    Ok(Event::FollowedUp {
        result: said.result,
        officer: actor.officer,
        post: actor.post,
        distance_metres: said.distance_metres.map(whole_metres).transpose()?,
        recurrence,
        left,
        note: said.note,
        at: context.now,
        clocks,
    })
}

/// Returns the follow-ups of a hazard that is closed now, and the change that starts the clock of the first one.
pub(super) fn planned(case: &Case, context: &Context<'_>) -> (Vec<u32>, Option<ClockChange>) {
    let days = context.policy.follow_up.days(case.level).to_vec();
    let first = next(case, context.now, &days, context);
    (days, first)
}

/// Returns when the time for a follow-up begins: when the office opens on its day, or on the next working day.
fn begins(closed_at: DateTime<Utc>, days: u32, context: &Context<'_>) -> DateTime<Utc> {
    context.timing.calendar.start_of_day(china_day(later(closed_at, TimeDelta::days(i64::from(days)))))
}

/// Returns the change that starts the clock of the first of these follow-ups. Its time is counted from when it begins.
fn next(case: &Case, closed_at: DateTime<Utc>, left: &[u32], context: &Context<'_>) -> Option<ClockChange> {
    let from = begins(closed_at, *left.first()?, context);
    let key = ClockKey::of(ClockKind::FollowUp, case.round, case.township);
    let clock = context.timing.clock(key, from, context.policy.follow_up.within);
    Some(clock::run(&case.clocks, Clock { start: context.now, counted_from: Some(from), ..clock }))
}

/// Returns the changes that stop the clock of the follow-up, whichever unit owns it by now.
fn stopped(case: &Case, context: &Context<'_>) -> Vec<ClockChange> {
    let open = case.clocks.iter().filter(|clock| clock.key.kind == ClockKind::FollowUp && clock.is_open());
    open.filter_map(|clock| clock::stop(&case.clocks, clock.key, context.now)).collect()
}
