//! Extension 延期: a unit asks before its deadline for more time to finish, and somebody else decides. Until then the deadline
//! stays as it is. How often and how long, and who asks and decides, is policy.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::assignment::send_back_waits;
use super::decide::{find, permit, still_open};
use super::{Assignment, AssignmentStatus, Case, Context, Event};
use crate::access::{Action, Actor};
use crate::clock::{self, Clock, ClockChange, ClockKey, ClockKind};
use crate::id::{AssignmentId, NoteId, OfficerId, PostId};
use crate::refusal::{Code, Refusal};

/// A request for more time that nobody has decided on yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedExtension {
    /// The due time that the unit asks for.
    pub until: DateTime<Utc>,
    /// The officer who asked.
    pub officer: OfficerId,
    /// The post in which this officer asked.
    pub post: PostId,
    /// When the officer asked.
    pub at: DateTime<Utc>,
}

/// Asks for more time to finish, until the end of a day. The township has to decide in time.
pub(super) fn ask(
    case: &Case,
    id: AssignmentId,
    until: NaiveDate,
    note: NoteId,
    context: &Context<'_>,
) -> Result<Event, Refusal> {
    let assignment = find(case, id)?;
    let actor = context.by.permit(Action::AskExtension, assignment.unit, false)?;
    let policy = &context.policy.extension;
    if !policy.may_ask.contains(&actor.role) {
        return Err(Refusal::new(Code::Forbidden).with_rule("extension.may_ask"));
    }
    still_open(case)?;
    if assignment.status == AssignmentStatus::SendBackAsked {
        return Err(send_back_waits());
    }
    unfinished(assignment, context)?;
    if assignment.extension.is_some() {
        return Err(Refusal::illegal("extension.asked_once"));
    }
    let clock = deadline(case, assignment)?;
    if clock.extensions.len() >= usize::try_from(policy.times).unwrap_or(usize::MAX) {
        return Err(Refusal::illegal("extension.times"));
    }
    if context.now > clock.due {
        return Err(Refusal::illegal("extension.before_due"));
    }
    let calendar = context.timing.calendar;
    let to = calendar.end_of_day(until);
    if to <= clock.due || to > calendar.due(clock.due, policy.at_most) {
        let (zh, en) =
            ("延期日期须晚于原时限，且不超过规定的最长期限。", "The new date must be later, and not too late.");
        return Err(Refusal::invalid("input.until", zh, en).with_rule("extension.at_most"));
    }
    let awaited = context.timing.clock(key(case, id), context.now, policy.decide);
    let clocks = vec![clock::run(&case.clocks, awaited)];
    let Actor { officer, post, .. } = actor;
    Ok(Event::ExtensionAsked { assignment: id, officer, post, until: to, note, at: context.now, clocks })
}

/// Grants what was asked for. The deadline moves; the clock keeps the one before.
pub(super) fn grant(case: &Case, id: AssignmentId, note: NoteId, context: &Context<'_>) -> Result<Event, Refusal> {
    let (assignment, asked, actor) = decided(case, id, context)?;
    unfinished(assignment, context)?;
    let clock = deadline(case, assignment)?;
    let extended = Some(asked.until).filter(|until| *until > context.now);
    let extended = extended.and_then(|until| context.timing.extend(clock, until, context.now, &actor));
    let Some(extended) = extended else {
        return Err(Refusal::illegal("extension.later"));
    };
    let clocks: Vec<ClockChange> = answered(case, id, context).into_iter().chain([extended]).collect();
    let (officer, until) = (actor.officer, asked.until);
    Ok(Event::Extended { assignment: id, officer, until, note, at: context.now, clocks })
}

/// Refuses what was asked for. The deadline stays as it is, and was never stopped.
pub(super) fn refuse(case: &Case, id: AssignmentId, note: NoteId, context: &Context<'_>) -> Result<Event, Refusal> {
    let (_, _, actor) = decided(case, id, context)?;
    let clocks = answered(case, id, context).into_iter().collect();
    Ok(Event::ExtensionRefused { assignment: id, officer: actor.officer, note, at: context.now, clocks })
}

/// Returns the assignment, what was asked for, and the officer who decides on it: one whom the policy names, and neither the
/// one who asked nor one who has held the assignment.
fn decided<'c>(
    case: &'c Case,
    id: AssignmentId,
    context: &Context<'_>,
) -> Result<(&'c Assignment, AskedExtension, Actor), Refusal> {
    let assignment = find(case, id)?;
    let actor = permit(case, Action::DecideExtension, context)?;
    if !context.policy.extension.may_decide.contains(&actor.role) {
        return Err(Refusal::new(Code::Forbidden).with_rule("extension.may_decide"));
    }
    still_open(case)?;
    let Some(asked) = assignment.extension else {
        return Err(Refusal::illegal("extension.asked"));
    };
    if asked.officer == actor.officer || assignment.workers.contains(&actor.officer) {
        return Err(Refusal::new(Code::NotYourOwn).with_rule("extension.another_person"));
    }
    Ok((assignment, asked, actor))
}

/// Checks that the work is not finished, and that its unit has not ended: it would be given time that nobody can use. What was
/// asked for before a send-back 退单 may be granted while that waits: if it is refused, the deadline counts.
fn unfinished(assignment: &Assignment, context: &Context<'_>) -> Result<(), Refusal> {
    use AssignmentStatus as Is;
    match assignment.status {
        Is::Open | Is::Signed | Is::Claimed | Is::OnSite | Is::Rework | Is::SendBackAsked => {}
        Is::Finished | Is::Accepted | Is::SentBack | Is::Cancelled => {
            return Err(Refusal::illegal("extension.unfinished"));
        }
    }
    if context.ended.contains(&assignment.unit) { Err(Refusal::illegal("assignment.unit_ended")) } else { Ok(()) }
}

/// Returns the clock that runs for finishing the assignment.
fn deadline<'c>(case: &'c Case, assignment: &Assignment) -> Result<&'c Clock, Refusal> {
    let key = ClockKey::of_assignment(ClockKind::Finish, assignment.round, assignment.unit, assignment.id);
    let clock = clock::find(&case.clocks, key).filter(|clock| clock.is_running());
    clock.ok_or_else(|| Refusal::illegal("extension.deadline_runs"))
}

fn answered(case: &Case, id: AssignmentId, context: &Context<'_>) -> Option<ClockChange> {
    clock::stop(&case.clocks, key(case, id), context.now)
}

const fn key(case: &Case, id: AssignmentId) -> ClockKey {
    ClockKey::of_assignment(ClockKind::Extend, case.round, case.township, id)
}
