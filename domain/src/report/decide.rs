//! What happens if something is asked of a report now, or why it may not be.

use super::{Command, Context, Event, Report, ReportStatus, shown_at};
use crate::access::{Action, By};
use crate::clock::{self, ClockChange, ClockKey, ClockKind};
use crate::id::{HazardId, OfficerId, UnitId};
use crate::refusal::{Code, Refusal};

/// What happens if this is asked for now: at least one event.
///
/// What a review decides about an emergency's own hazard is carried out by the caller in the same step: unfounded,
/// merged elsewhere, referred, out of scope or withdrawn, that hazard is cancelled.
///
/// # Errors
/// Why it may not be. [`Code::Forbidden`] for who may never do it, [`Code::NotYourOwn`] for a reviewer who wrote the
/// report, [`Code::IllegalMove`] under the rule for a step that is not possible in this state, [`Code::UnitBarred`] for
/// a unit that the report accuses, [`Code::InvalidInput`] for a referral to nowhere.
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
    Ok(vec![event])
}

/// Its author takes it back, while nobody has reviewed it and nobody was asked to work on it.
fn withdraw(report: &Report, context: &Context<'_>) -> Result<Event, Refusal> {
    author(context)?;
    waits(report)?;
    if context.hazards.own_dispatched {
        return Err(Refusal::illegal("withdrawal.not_dispatched"));
    }
    let at = shown_at(context.now, report.emergency);
    Ok(Event::Withdrawn { at, clocks: clock::cancel_all(&report.clocks, at) })
}

/// One of the five answers of a review. Never by its author, and once.
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
        Command::Amend { .. } | Command::Withdraw => Err(Code::Forbidden.into()), // acts of its author, not of a review
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
        return Err(Refusal::new(Code::NotYourOwn).under("review.another_person"));
    }
    Ok(actor.officer)
}

fn waits(report: &Report) -> Result<(), Refusal> {
    if report.status == ReportStatus::Received { Ok(()) } else { Err(Refusal::illegal("review.once")) }
}

/// An emergency is confirmed as the hazard that came with it, which still stands.
fn confirmed_as(report: &Report, hazard: HazardId, context: &Context<'_>) -> Result<(), Refusal> {
    if report.hazard.is_some_and(|own| own != hazard) {
        return Err(Refusal::illegal("review.own_hazard"));
    }
    if context.hazards.named_cancelled { Err(Refusal::illegal("review.hazard_stands")) } else { Ok(()) }
}

/// A report joins another hazard that was not cancelled, unless people already work on its own.
fn joins(report: &Report, hazard: HazardId, context: &Context<'_>) -> Result<(), Refusal> {
    if report.hazard == Some(hazard) {
        return Err(Refusal::illegal("review.other_hazard"));
    }
    if context.hazards.named_cancelled {
        return Err(Refusal::illegal("review.hazard_stands"));
    }
    nobody_works(context)
}

/// What people already work on is confirmed or found to be nothing; it cannot be moved elsewhere.
fn nobody_works(context: &Context<'_>) -> Result<(), Refusal> {
    if context.hazards.own_dispatched { Err(Refusal::illegal("review.not_dispatched")) } else { Ok(()) }
}

fn not_barred(to: Option<UnitId>, context: &Context<'_>) -> Result<(), Refusal> {
    if to.is_some_and(|unit| context.barred.contains(&unit)) { Err(Code::UnitBarred.into()) } else { Ok(()) }
}

fn stop_review(report: &Report, context: &Context<'_>) -> Vec<ClockChange> {
    let key = ClockKey { kind: ClockKind::Review, round: 1, owner_unit: report.review_unit };
    clock::stop(&report.clocks, key, context.now).into_iter().collect()
}
