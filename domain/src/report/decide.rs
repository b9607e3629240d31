//! Report decisions: validates a command and returns its events or a refusal.

use super::{Command, Context, Event, Report, ReportStatus, shown_at};
use crate::access::{Action, By};
use crate::clock::{self, ClockChange, ClockKey, ClockKind};
use crate::event::DomainEvent;
use crate::id::{HazardId, OfficerId, UnitId};
use crate::refusal::{Code, Refusal};

/// Decides on a command: returns the events that it causes, at least one.
///
/// In the same transaction, the caller also updates the hazard that an emergency brought: that hazard is cancelled if
/// the report is found unfounded, merged into another hazard, referred, found out of scope or withdrawn.
///
/// # Errors
/// [`Code::Forbidden`] if the caller lacks the permission. [`Code::NotYourOwn`] for a reviewer who wrote the report.
/// [`Code::IllegalMove`], with the rule, for a step that is not possible in the current state. [`Code::UnitBarred`] for
/// a referral to a unit that the report accuses. [`Code::InvalidInput`] for a referral with neither a unit nor a
/// channel.
pub fn decide(report: &Report, command: Command, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let event = match command {
        Command::Amend { amendment } => {
            author(context)?;
            if report.status == ReportStatus::Withdrawn {
                return Err(Refusal::illegal("amendment.withdrawn"));
            }
            Event::Amended { amendment, at: shown_at(context.now, report.emergency) }
        }
        Command::Withdraw => withdraw(report, context)?,
        Command::Confirm { .. }
        | Command::Merge { .. }
        | Command::Unfounded { .. }
        | Command::Refer { .. }
        | Command::OutOfScope { .. } => review(report, command, context)?,
    };
    clock::check_starts(&report.clocks, event.clocks())?;
    Ok(vec![event])
}

/// Withdraws the report. The author may do so until the report is reviewed or work is dispatched for its hazard.
fn withdraw(report: &Report, context: &Context<'_>) -> Result<Event, Refusal> {
    author(context)?;
    waits(report)?;
    if context.hazards.own_dispatched {
        return Err(Refusal::illegal("withdrawal.not_dispatched"));
    }
    let at = shown_at(context.now, report.emergency);
    Ok(Event::Withdrawn { at, clocks: clock::cancel_all(&report.clocks, at) })
}

/// Decides on a review with one of its five findings. A report is reviewed once, and never by its author.
fn review(report: &Report, command: Command, context: &Context<'_>) -> Result<Event, Refusal> {
    let officer = reviewer(report, context)?;
    waits(report)?;
    let at = context.now;
    let clocks = stop_review(report, context);
    match command {
        Command::Confirm { hazard } => {
            confirmed_as(report, hazard, context)?;
            Ok(Event::Confirmed { hazard, officer, at, clocks })
        }
        Command::Merge { hazard } => {
            joins(report, hazard, context)?;
            Ok(Event::Merged { hazard, officer, at, clocks })
        }
        Command::Unfounded { note } => Ok(Event::Unfounded { note, officer, at, clocks }),
        Command::Refer { to, channel, note } => {
            nobody_works(context)?;
            if to.is_none() && channel.is_none() {
                return Err(Refusal::invalid("to", "请指明转办的单位或渠道。", "Please name a unit or a channel."));
            }
            not_barred(to, context)?;
            Ok(Event::Referred { to, channel, note, officer, at, clocks })
        }
        Command::OutOfScope { channel, note } => {
            nobody_works(context)?;
            Ok(Event::OutOfScope { channel, note, officer, at, clocks })
        }
        Command::Amend { .. } | Command::Withdraw => Err(Code::Forbidden.into()), // commands of the author
    }
}

fn author(context: &Context<'_>) -> Result<(), Refusal> {
    match context.by {
        By::Reporter => Ok(()),
        By::Officer(_) | By::System => Err(Code::Forbidden.into()),
    }
}

fn reviewer(report: &Report, context: &Context<'_>) -> Result<OfficerId, Refusal> {
    let actor = context.by.permit(Action::ReviewReport, report.review_unit, context.in_area)?;
    if context.own_report {
        return Err(Refusal::new(Code::NotYourOwn).with_rule("review.another_person"));
    }
    Ok(actor.officer)
}

fn waits(report: &Report) -> Result<(), Refusal> {
    if report.status == ReportStatus::Received { Ok(()) } else { Err(Refusal::illegal("review.once")) }
}

/// Checks that an emergency is confirmed as its own hazard, and that the hazard has not been cancelled.
fn confirmed_as(report: &Report, hazard: HazardId, context: &Context<'_>) -> Result<(), Refusal> {
    if report.hazard.is_some_and(|own| own != hazard) {
        return Err(Refusal::illegal("review.own_hazard"));
    }
    if context.hazards.named_cancelled { Err(Refusal::illegal("review.hazard_stands")) } else { Ok(()) }
}

/// Checks that the report may be merged into the hazard: it is not the report's own hazard, it has not been cancelled,
/// and no work has been dispatched for the report's own hazard.
fn joins(report: &Report, hazard: HazardId, context: &Context<'_>) -> Result<(), Refusal> {
    if report.hazard == Some(hazard) {
        return Err(Refusal::illegal("review.other_hazard"));
    }
    if context.hazards.named_cancelled {
        return Err(Refusal::illegal("review.hazard_stands"));
    }
    nobody_works(context)
}

/// Checks that no work has been dispatched for the report's own hazard. Once it has, the report can only be confirmed
/// or found unfounded.
fn nobody_works(context: &Context<'_>) -> Result<(), Refusal> {
    if context.hazards.own_dispatched { Err(Refusal::illegal("review.not_dispatched")) } else { Ok(()) }
}

fn not_barred(to: Option<UnitId>, context: &Context<'_>) -> Result<(), Refusal> {
    if to.is_some_and(|unit| context.barred.contains(&unit)) { Err(Code::UnitBarred.into()) } else { Ok(()) }
}

fn stop_review(report: &Report, context: &Context<'_>) -> Vec<ClockChange> {
    let key = ClockKey::of(ClockKind::Review, 1, report.review_unit);
    clock::stop(&report.clocks, key, context.now).into_iter().collect()
}
