//! Award decisions: validates a command and returns its events or a refusal.

use chrono::TimeDelta;

use super::double::{clear_double, is_held_double, mark_double, promised_in};
use super::holding::{Basis, hold, reassign, resume, void};
use super::payment::{collect, failed, forfeit, start_payment, succeeded, unless_paid};
use super::rebasing::rebase;
use super::{Award, AwardStatus, Command, Context, Event, HazardNow};
use crate::access::{Action, Actor, By};
use crate::clock::{self, ClockChange, ClockKey, ClockKind};
use crate::event::DomainEvent;
use crate::id::{NoteId, OfficerId};
use crate::refusal::{Code, Refusal};
use crate::time::china_day_end;

/// Decides on a command: returns the events that it causes, at least one.
///
/// # Errors
/// [`Code::Forbidden`] if the caller lacks the permission. [`Code::NotYourOwn`] if a four-eyes rule requires another
/// person: proposer, reviewer, approver and payer differ, an officer who verified the report neither reviews nor approves nor
/// pays, and no officer decides on the award for their own report. [`Code::IllegalMove`], with the rule, for a step that is not
/// possible in the current state. [`Code::EvidenceMissing`] for collecting without a verified identity.
/// [`Code::InvalidInput`] for a reassignment with an amount out of bounds.
pub fn decide(award: &Award, command: Command, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    // The time of a reporter's act is rounded up, so it may lie ahead of the clock. A later step never precedes it.
    let context = &Context { now: context.now.max(award.last_at), ..*context };
    let event = match command {
        Command::Review => review(award, context),
        Command::Approve => approve(award, context),
        Command::Reject { note } => reject(award, note, context),
        Command::Notify => notify(award, context),
        Command::Collect => collect(award, context),
        Command::StartPayment { payee } => start_payment(award, payee, context),
        Command::PaymentSucceeded { attempt } => succeeded(award, attempt, context),
        Command::PaymentFailed { attempt } => return failed(award, attempt, context),
        Command::PaymentUnknown { attempt } => unless_paid(award, attempt, &[AwardStatus::Paying], context)
            .map(|()| Event::PaymentUnknown { attempt, at: context.now }),
        Command::Forfeit => forfeit(award, context),
        Command::Hold => hold(award, context),
        Command::Resume => resume(award, context),
        Command::Reassign { report, unit, proposed_by, verifiers, amount } => {
            reassign(award, Basis { report, unit, proposed_by, verifiers, amount }, context)
        }
        Command::Rebase { amount } => rebase(award, amount, context),
        Command::Void => void(award, context),
        Command::MarkDouble { of } => mark_double(award, of, context),
        Command::ClearDouble => clear_double(award, context),
    }?;
    clock::check_starts(&award.clocks, event.clocks())?;
    Ok(vec![event])
}

fn review(award: &Award, context: &Context<'_>) -> Result<Event, Refusal> {
    let actor = permit(award, Action::ReviewAward, context)?;
    stands(award, &[AwardStatus::Proposed], "award.reviewed_once")?;
    another_person(award, &[award.proposed_by], &actor)?;
    let clocks = next_clock(award, Some(ClockKind::ReviewAward), Some(ClockKind::ApproveAward), context);
    Ok(Event::Reviewed { officer: actor.officer, at: context.now, clocks })
}

fn approve(award: &Award, context: &Context<'_>) -> Result<Event, Refusal> {
    let actor = permit(award, Action::ApproveAward, context)?;
    stands(award, &[AwardStatus::Reviewed], "award.reviewed")?;
    while_not_reopened(context)?;
    another_person(award, &[award.proposed_by, award.reviewed_by], &actor)?;
    let clocks = next_clock(award, Some(ClockKind::ApproveAward), None, context);
    Ok(Event::Approved { officer: actor.officer, at: context.now, clocks })
}

/// Rejects the award. This needs the permission for the award's next step: reviewing a proposed award, approving a
/// reviewed one. A double award on hold is rejected with the permission to review. The officer who reviewed the award may
/// not reject it afterwards.
fn reject(award: &Award, note: NoteId, context: &Context<'_>) -> Result<Event, Refusal> {
    let reviewed = award.status == AwardStatus::Reviewed;
    let action = if reviewed { Action::ApproveAward } else { Action::ReviewAward };
    let actor = permit(award, action, context)?;
    if !is_held_double(award) {
        stands(award, &[AwardStatus::Proposed, AwardStatus::Reviewed], "award.not_approved")?;
    }
    if award.reviewed_by == Some(actor.officer) {
        return Err(Refusal::new(Code::NotYourOwn).with_rule("award.another_person"));
    }
    let (clocks, released) = (clock::cancel_all(&award.clocks, context.now), promised_in(award));
    Ok(Event::Rejected { officer: actor.officer, note, released, at: context.now, clocks })
}

/// Notifies the reporter, which starts the collection period: the policy's number of calendar days
/// (《安全生产领域举报奖励办法》 art. 13: 60), to the end of the last day in China.
fn notify(award: &Award, context: &Context<'_>) -> Result<Event, Refusal> {
    officer_or_system(award, Action::ReviewAward, context)?;
    stands(award, &[AwardStatus::Approved], "award.approved")?;
    let days = TimeDelta::days(i64::from(context.policy.collect_days));
    let collect_due = china_day_end(context.now.checked_add_signed(days).unwrap_or(context.now));
    let clock = context.timing.clock_until(key(award, ClockKind::Collect), context.now, collect_due);
    // The amount of an award that was notified before may have changed since.
    Ok(Event::Notified { collect_due, at: context.now, clocks: vec![clock::run(&award.clocks, clock)] })
}

/// Returns the acting officer if the permission table allows the action. No officer decides on the award for their own
/// report.
pub(super) fn permit(award: &Award, action: Action, context: &Context<'_>) -> Result<Actor, Refusal> {
    let actor = context.by.permit(action, award.unit, context.in_area)?;
    if context.own_report {
        return Err(Refusal::new(Code::NotYourOwn).with_rule("award.own_report"));
    }
    Ok(actor)
}

/// Checks the permission for a step that an officer or the system may take.
pub(super) fn officer_or_system(award: &Award, action: Action, context: &Context<'_>) -> Result<(), Refusal> {
    match context.by {
        By::System => Ok(()),
        By::Officer(_) | By::Reporter => permit(award, action, context).map(|_| ()),
    }
}

/// Checks that the system issues the command: such a step only follows from another step.
pub(super) fn system(context: &Context<'_>) -> Result<(), Refusal> {
    match context.by {
        By::System => Ok(()),
        By::Officer(_) | By::Reporter => Err(Code::Forbidden.into()),
    }
}

/// Checks that the award is in one of the statuses in which the step is possible; `rule` names the rule in the refusal.
pub(super) fn stands(award: &Award, from: &[AwardStatus], rule: &'static str) -> Result<(), Refusal> {
    if from.contains(&award.status) { Ok(()) } else { Err(Refusal::illegal(rule)) }
}

/// Checks the four-eyes rule: an officer who took one of the steps in `before`, or verified the report, may not take this
/// one.
pub(super) fn another_person(award: &Award, before: &[Option<OfficerId>], actor: &Actor) -> Result<(), Refusal> {
    if before.contains(&Some(actor.officer)) {
        return Err(Refusal::new(Code::NotYourOwn).with_rule("award.another_person"));
    }
    if award.verifiers.contains(&actor.officer) {
        return Err(Refusal::new(Code::NotYourOwn).with_rule("award.did_not_verify"));
    }
    Ok(())
}

/// Checks that the hazard is not open again: until it is closed, no money is committed, promised or paid for it.
pub(super) fn while_not_reopened(context: &Context<'_>) -> Result<(), Refusal> {
    match context.hazard {
        HazardNow::NotReopened => Ok(()),
        HazardNow::Reopened => Err(Refusal::illegal("award.hazard_reopened")),
    }
}

pub(super) fn key(award: &Award, kind: ClockKind) -> ClockKey {
    ClockKey::of(kind, 1, award.unit)
}

/// Returns the clock changes that stop the clock of the step just taken and start that of the next step now. A clock
/// that exists already is resumed with a full span.
pub(super) fn next_clock(
    award: &Award,
    taken: Option<ClockKind>,
    due: Option<ClockKind>,
    context: &Context<'_>,
) -> Vec<ClockChange> {
    let stopped = taken.and_then(|kind| clock::stop(&award.clocks, key(award, kind), context.now));
    let started = due.map(|kind| {
        let clock = context.timing.clock(key(award, kind), context.now, context.policy.step);
        clock::run(&award.clocks, clock)
    });
    stopped.into_iter().chain(started).collect()
}
