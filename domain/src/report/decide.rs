//! Report decisions: validates a command and returns its events or a refusal.

use chrono::{DateTime, Utc};

use super::forward::forward;
use super::{Command, Context, Effect, Event, Outcome, Report, ReportStatus, effect};
use crate::access::{Action, By};
use crate::clock::{self, ClockChange, ClockKind};
use crate::event::DomainEvent;
use crate::hazard::Stage;
use crate::id::{HazardId, OfficerId};
use crate::limits::AMENDMENTS_MAX;
use crate::refusal::{Code, Refusal};

/// Decides on a command: returns the events that it causes, at least one.
///
/// In the same transaction, the caller also changes the hazard to which the report points, as [`super::effect()`] says.
///
/// # Errors
/// [`Code::Forbidden`] if the caller lacks the permission. [`Code::NotYourOwn`] for a reviewer who wrote the report.
/// [`Code::IllegalMove`], with the rule, for a step that is not possible in the current state. [`Code::NotFound`],
/// [`Code::UnitBarred`] and [`Code::InvalidInput`] for a referral to a unit that does not exist today, that the report
/// accuses, or that cannot review it.
pub fn decide(report: &Report, command: Command, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let event = match command {
        Command::Amend { amendment } => {
            author(context)?;
            if report.status == ReportStatus::Withdrawn {
                return Err(Refusal::illegal("amendment.withdrawn"));
            }
            if report.amendments >= AMENDMENTS_MAX {
                return Err(enough_amendments());
            }
            Event::Amended { amendment, at: context.now.max(report.shown_at) }
        }
        Command::Withdraw => withdraw(report, context)?,
        Command::Forward { to, note } => forward(report, to, note, context)?,
        Command::Follow { hazard, back } => follow(report, hazard, back, context)?,
        Command::Confirm { .. }
        | Command::Merge { .. }
        | Command::Unfounded { .. }
        | Command::Refer { .. }
        | Command::OutOfScope { .. } => review(report, command, context)?,
    };
    clock::check_starts(&report.clocks, event.clocks())?;
    Ok(vec![event])
}

fn enough_amendments() -> Refusal {
    Refusal::illegal("amendment.enough").with_text(
        format!("每份报告最多补充{AMENDMENTS_MAX}次。如有新情况，请另行上报。"),
        format!("A report takes at most {AMENDMENTS_MAX} additions. Please submit a new report."),
    )
}

/// Withdraws the report. The author may do so until the report is reviewed or work is dispatched for its hazard.
fn withdraw(report: &Report, context: &Context<'_>) -> Result<Event, Refusal> {
    author(context)?;
    waits(report)?;
    on_own_hazard(Outcome::Withdraw, context)?;
    let at = context.now.max(report.shown_at);
    Ok(Event::Withdrawn { at, clocks: clock::cancel_all(&report.clocks, at) })
}

/// Points the report to the hazard that stands. Its review goes on, or its finding stays.
fn follow(report: &Report, hazard: HazardId, back: bool, context: &Context<'_>) -> Result<Event, Refusal> {
    let points = match report.status {
        ReportStatus::Received | ReportStatus::Confirmed | ReportStatus::Merged => report.hazard,
        ReportStatus::Unfounded | ReportStatus::Referred | ReportStatus::OutOfScope | ReportStatus::Withdrawn => None,
    };
    match (context.by, points) {
        (By::Reporter, _) => Err(Code::Forbidden.into()),
        (By::Officer(_) | By::System, Some(own)) if own != hazard => Ok(Event::Moved { hazard, back, at: context.now }),
        (By::Officer(_) | By::System, _) => Err(Refusal::illegal("merging.points")),
    }
}

/// Decides on a review with one of the findings that end it. A report is reviewed once, and never by its author.
fn review(report: &Report, command: Command, context: &Context<'_>) -> Result<Event, Refusal> {
    let officer = reviewer(report, context)?;
    waits(report)?;
    let at = context.now;
    let clocks = stop_review(report, at);
    let asked = context.hazards.callback_open;
    let effect = command.outcome().map(|outcome| on_own_hazard(outcome, context));
    match command {
        Command::Confirm { hazard, note } => {
            confirmed_as(report, hazard, effect.transpose()?)?;
            Ok(Event::Confirmed { hazard, note: Some(note), asked, officer, at, clocks })
        }
        Command::Merge { hazard, note } => {
            joins(report, hazard, context)?;
            keeps_danger(effect.transpose()?, context)?;
            Ok(Event::Merged { hazard, note: Some(note), asked, officer, at, clocks })
        }
        Command::Unfounded { note } => {
            effect.transpose()?;
            Ok(Event::Unfounded { note, officer, at, clocks })
        }
        Command::Refer { channel, note } => {
            effect.transpose()?;
            Ok(Event::Referred { to: None, channel: Some(channel), note, officer, at, clocks })
        }
        Command::OutOfScope { channel, note } => {
            effect.transpose()?;
            Ok(Event::OutOfScope { channel, note, officer, at, clocks })
        }
        // Commands of the author, and those that leave the review open.
        Command::Amend { .. } | Command::Withdraw | Command::Forward { .. } | Command::Follow { .. } => {
            Err(Code::Forbidden.into())
        }
    }
}

fn on_own_hazard(outcome: Outcome, context: &Context<'_>) -> Result<Effect, Refusal> {
    effect(outcome, context.hazards.own, context.hazards.sharing)
}

fn author(context: &Context<'_>) -> Result<(), Refusal> {
    match context.by {
        By::Reporter => Ok(()),
        By::Officer(_) | By::System => Err(Code::Forbidden.into()),
    }
}

fn reviewer(report: &Report, context: &Context<'_>) -> Result<OfficerId, Refusal> {
    let actor = context.by.permit(Action::ReviewReport, report.review_unit, context.in_area)?;
    of_another(context)?;
    Ok(actor.officer)
}

/// Checks that the acting officer did not write the report.
pub(super) fn of_another(context: &Context<'_>) -> Result<(), Refusal> {
    if context.own_report {
        return Err(Refusal::new(Code::NotYourOwn).with_rule("review.another_person"));
    }
    Ok(())
}

/// Checks that the report awaits its review.
pub(super) fn waits(report: &Report) -> Result<(), Refusal> {
    if report.status == ReportStatus::Received { Ok(()) } else { Err(Refusal::illegal("review.once")) }
}

/// Checks that a report with a hazard that stands is confirmed as that one, and that a cancelled one is replaced.
fn confirmed_as(report: &Report, hazard: HazardId, effect: Option<Effect>) -> Result<(), Refusal> {
    let own = report.hazard == Some(hazard);
    match effect {
        Some(Effect::Register) if own => Err(Refusal::illegal("review.hazard_stands")),
        Some(Effect::Keep) if !own => Err(Refusal::illegal("review.own_hazard")),
        Some(Effect::Register | Effect::Keep | Effect::Strike | Effect::Move) | None => Ok(()),
    }
}

/// Checks that the report may join the hazard: it does not point to it yet, and the hazard has not been cancelled. A
/// closed hazard takes nobody in unless its callback window is open; what came back is a hazard of its own. An emergency does
/// not join a hazard that rests 挂账.
fn joins(report: &Report, hazard: HazardId, context: &Context<'_>) -> Result<(), Refusal> {
    if report.hazard == Some(hazard) {
        return Err(Refusal::illegal("review.other_hazard"));
    }
    if report.emergency && context.hazards.named_suspended {
        return Err(Refusal::illegal("suspension.resume_first"));
    }
    match context.hazards.named {
        Some(Stage::Cancelled) => Err(Refusal::illegal("review.hazard_stands")),
        Some(Stage::Closed) if !context.hazards.callback_open => {
            let zh = "该隐患已销号且已过回访期。请按属实登记，并将该隐患填为“复发”来源。";
            let en = "This hazard was closed, and its callback window is over. Please confirm the report and name the \
                      hazard as `recurrenceOf`.";
            Err(Refusal::illegal("merging.closed").with_text(zh, en).with_detail("recurrenceOf", hazard.to_string()))
        }
        Some(Stage::Open | Stage::Dispatched | Stage::Accepted | Stage::Closed) | None => Ok(()),
    }
}

/// Checks that a merge does not end an open hazard of which more is feared than of the one that stands: the danger or the
/// level, and the deadlines, would be lost. Merging the hazards takes them along.
fn keeps_danger(effect: Option<Effect>, context: &Context<'_>) -> Result<(), Refusal> {
    let is_open = context.hazards.own == Some(Stage::Open);
    if !(is_open && context.hazards.named_calmer && matches!(effect, Some(Effect::Strike | Effect::Move))) {
        return Ok(());
    }
    let zh = "该报告已登记为突发险情或疑似重大隐患，所指隐患等级较低。请先按属实登记，再并案（mergeHazards），险情和时限随之转入。";
    let en = "The hazard of this report is an emergency or a suspected major one, and the named hazard is not. Please confirm \
              the report, and then merge the hazards with `mergeHazards`, which takes the danger and its deadlines along.";
    Err(Refusal::illegal("merging.danger").with_text(zh, en))
}

/// Returns the change that stops the running review clock.
pub(super) fn stop_review(report: &Report, at: DateTime<Utc>) -> Vec<ClockChange> {
    let running = report.clocks.iter().find(|clock| clock.key.kind == ClockKind::Review && clock.is_running());
    running.and_then(|clock| clock::stop(&report.clocks, clock.key, at)).into_iter().collect()
}
