//! Case decisions: validates a command and returns its events or a refusal.

use super::acceptance::{accept, rework};
use super::approving::{approve, name_units, refuse_whistle, withdraw};
use super::assignment::{CheckIn, Finish, check_in, claim, finish, hand_over, release, sign};
use super::classifying::classify;
use super::climbing::{climb, follow};
use super::closing::{cancel, close, reopen};
use super::dispatch::dispatch;
use super::enforcement::enforce;
use super::extending::{ask, grant, refuse};
use super::following_up::{FollowUp, follow_up};
use super::rating::{judge_whistle, object, rate, rule_on_rating};
use super::resume::resume;
use super::ruling::{accept_send_back, refuse_send_back, rule};
use super::sending_back::{AskSendBack, ask_send_back, withdraw_send_back};
use super::supervising::{Supervise, acknowledge, supervise};
use super::suspending::{ask_suspension, grant_suspension, refuse_suspension};
use super::taking_back::take_back;
use super::transfer::transfer;
use super::whistle::{Asking, Blow, blow, blow_through_centre};
use super::{Assignment, Case, Command, Context, Event, apply, major, on_duty, turn};
use crate::access::{Action, Actor, By};
use crate::clock;
use crate::event::DomainEvent;
use crate::id::AssignmentId;
use crate::refusal::{Code, Refusal};
use crate::staff::Role;

/// Decides on a command: returns the events that it causes, at least one.
///
/// # Errors
/// [`Code::Forbidden`] if the caller lacks the permission, or does not hold the assignment. [`Code::NotFound`] for an
/// unknown assignment or unit. [`Code::IllegalMove`], with the rule, for a step that is not possible in the current
/// state. [`Code::AlreadyClaimed`] for claiming an assignment that a worker, even the caller, holds or has finished.
/// [`Code::NotYourOwn`] if a four-eyes rule requires another person or another unit. [`Code::UnitBarred`],
/// [`Code::DutyExcluded`], [`Code::TooFar`], [`Code::EvidenceMissing`] and [`Code::InvalidInput`] as documented there.
pub fn decide(case: &Case, command: Command, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    // The time of a reporter's act is a boundary of the veil, so it may lie ahead of the clock. A later step never precedes it.
    let context = &Context { now: context.now.max(case.last_at), ..*context };
    let mut events = events(case, command, context)?;
    keep_time(case, &mut events, context);
    follow(case, &mut events, context);
    on_duty::name_owners(case, &mut events, context);
    let mut clocks = case.clocks.clone();
    for event in &events {
        clock::check_starts(&clocks, event.clocks())?;
        clock::apply(&mut clocks, event.clocks());
    }
    Ok(events)
}

/// Lets the last event of a command start and stop the clocks of the case as a whole, as the case is after all of them.
fn keep_time(case: &Case, events: &mut [Event], context: &Context<'_>) {
    let Some((last, earlier)) = events.split_last_mut() else {
        return;
    };
    let mut before = case.clone();
    for event in earlier.iter() {
        apply(&mut before, event);
    }
    turn::keep_time(&before, last, context);
}

#[expect(clippy::too_many_lines, reason = "one arm for each command")]
fn events(case: &Case, command: Command, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let event = match command {
        Command::AskSendBack { assignment, reason, proposed, note } => {
            return ask_send_back(case, &AskSendBack { assignment, reason, proposed, note }, context);
        }
        Command::AcceptSendBack { assignment, instead, note } => {
            return accept_send_back(case, assignment, &instead, note, context);
        }
        Command::Rule { assignment, outcome, instead, note } => {
            return rule(case, assignment, outcome, &instead, note, context);
        }
        Command::ApproveWhistle { whistle, note } => return approve(case, whistle, note, context),
        Command::FollowUp { result, note, distance_metres, recurrence } => {
            return follow_up(case, &FollowUp { result, note, distance_metres, recurrence }, context);
        }
        Command::AskSuspension(terms) => ask_suspension(case, &terms, context),
        Command::GrantSuspension { note } => grant_suspension(case, note, context),
        Command::RefuseSuspension { note } => refuse_suspension(case, note, context),
        Command::Resume { cause, note } => resume(case, cause, note, context),
        Command::Climb => return climb(case, context),
        Command::Supervise { supervision, assignment, rung, note } => {
            supervise(case, &Supervise { supervision, assignment, rung, note }, context)
        }
        Command::AcknowledgeSupervision { supervision } => acknowledge(case, supervision, context),
        Command::WithdrawSendBack { assignment } => withdraw_send_back(case, assignment, context),
        Command::RefuseSendBack { assignment, note } => refuse_send_back(case, assignment, note, context),
        Command::Classify(said) => classify(case, said, context),
        Command::Dispatch { lead, supports } => dispatch(case, lead, &supports, context),
        Command::Blow { whistle, type_code, lead, supports, note } => {
            blow(case, Blow { asking: Asking { whistle, type_code, note }, lead, supports }, context)
        }
        Command::BlowThroughCentre { whistle, type_code, note } => {
            blow_through_centre(case, Asking { whistle, type_code, note }, context)
        }
        Command::RefuseWhistle { whistle, reason, note } => refuse_whistle(case, whistle, reason, note, context),
        Command::RateAnswer { assignment, grades, note } => rate(case, assignment, grades, note, context),
        Command::ObjectToRating { assignment, note } => object(case, assignment, note, context),
        Command::RuleOnRating { assignment, outcome, note } => rule_on_rating(case, assignment, outcome, note, context),
        Command::JudgeWhistle { whistle, fault, note } => judge_whistle(case, whistle, fault, note, context),
        Command::WithdrawWhistle { whistle } => withdraw(case, whistle, context),
        Command::NameUnits { whistle, lead, supports } => name_units(case, whistle, lead, &supports, context),
        Command::TakeBack { assignment, new_lead, note } => take_back(case, assignment, new_lead, note, context),
        Command::Sign { assignment } => sign(case, assignment, context),
        Command::Claim { assignment } => claim(case, assignment, context),
        Command::Release { assignment, note } => release(case, assignment, note, context),
        Command::HandOver { assignment, to, note } => hand_over(case, assignment, to, note, context),
        Command::CheckIn { assignment, distance_metres, far_reason, occurred_at } => {
            check_in(case, &CheckIn { assignment, distance_metres, far_reason, occurred_at }, context)
        }
        Command::Finish { assignment, distance_metres, measure, photos, note, occurred_at } => {
            finish(case, Finish { assignment, distance_metres, measure, photos, note, occurred_at }, context)
        }
        Command::AskExtension { assignment, until, note } => ask(case, assignment, until, note, context),
        Command::GrantExtension { assignment, note } => grant(case, assignment, note, context),
        Command::RefuseExtension { assignment, note } => refuse(case, assignment, note, context),
        Command::Enforce(step) => enforce(case, step, context),
        Command::Major(command) => major::decide(case, command, context),
        Command::Accept { assignment, note } => accept(case, assignment, note, context),
        Command::Rework { assignment, note } => rework(case, assignment, note, context),
        Command::Close { note } => close(case, note, context),
        Command::Reopen { cause, note } => reopen(case, cause, note, context),
        Command::Cancel { reason, note, into } => cancel(case, reason, note, into, context),
        Command::Transfer { to, note } => transfer(case, to, note, context),
    }?;
    Ok(vec![event])
}

/// Returns the acting officer if the permission table allows the action on this case. For a township that has ended, the
/// command centre above it acts as if it held the case itself.
pub(super) fn permit(case: &Case, action: Action, context: &Context<'_>) -> Result<Actor, Refusal> {
    let holder = match context.by {
        By::Officer(actor) if stands_in(case, &actor, context) => actor.unit,
        By::Officer(_) | By::Reporter | By::System => case.township,
    };
    context.by.permit(action, holder, context.in_area)
}

fn stands_in(case: &Case, actor: &Actor, context: &Context<'_>) -> bool {
    actor.role == Role::CommandCentre && context.in_area && context.ended.contains(&case.township)
}

/// Checks that the case has not ended. An ended case does not change.
pub(super) fn still_open(case: &Case) -> Result<(), Refusal> {
    if case.end.is_some() { Err(Refusal::illegal("case.ended")) } else { Ok(()) }
}

/// Returns the assignment with this id, or refuses with [`Code::NotFound`].
pub(super) fn find(case: &Case, id: AssignmentId) -> Result<&Assignment, Refusal> {
    case.assignment(id).ok_or_else(|| Code::NotFound.into())
}
