//! Decides on commands to an incident: validates a command and returns its events or a refusal.

use super::judging::{Place, judge, started};
use super::{Command, Context, Draft, Event, Incident, Sent, SituationReport, SituationReportKind};
use crate::access::Action;
use crate::clock::{self, ClockChange, ClockKind};
use crate::event::DomainEvent;
use crate::id::{NoteId, SituationReportId, UnitId};
use crate::limits::{CORRECTIONS_MAX, SITUATION_REPORTS_MAX};
use crate::refusal::{Code, Refusal};

/// Decides on a command: returns the events that it causes, at least one.
///
/// # Errors
/// [`Code::Forbidden`] if the caller lacks the permission. [`Code::NotFound`] for a report that the incident does not have.
/// [`Code::NotYourOwn`] if the writer signs or acknowledges what is not theirs to sign or acknowledge. [`Code::InvalidInput`] with
/// the rule for times that cannot be. [`Code::UnitBarred`] for a receiver that is recused. [`Code::IllegalMove`], with the rule, for
/// a step that is not possible in the current state.
pub fn decide(incident: &Incident, command: Command, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    let context = &Context { now: context.now.max(incident.last_at), ..*context };
    let event = match command {
        Command::Send(kind, draft) => send(incident, kind, &draft, context),
        Command::Correct { corrects, note, draft } => correct(incident, corrects, note, &draft, context),
        Command::Acknowledge(report) => acknowledge(incident, report, context),
    }?;
    clock::check_starts(&incident.clocks, event.clocks())?;
    Ok(vec![event])
}

/// Sends an update 续报 or the final report 终报, which ends the incident.
fn send(
    incident: &Incident,
    kind: SituationReportKind,
    draft: &Draft,
    context: &Context<'_>,
) -> Result<Event, Refusal> {
    let actor = context.by.permit(Action::SendSituationReport, incident.unit, false)?;
    if incident.ended_at.is_some() {
        return Err(Refusal::illegal("incident.ended"));
    }
    if kind == SituationReportKind::Initial {
        return Err(Refusal::illegal("incident.initial_once"));
    }
    // The final report always has its place, so that an incident can be ended.
    let most = SITUATION_REPORTS_MAX - usize::from(kind != SituationReportKind::Final);
    room(incident, most)?;
    let initial = incident.initial().ok_or(Code::Internal)?;
    let happened_at = Some(initial.sent.happened_at);
    let mut sent = judge(Place { unit: incident.unit, kind, happened_at, original: None }, draft, actor, context)?;
    if incident.next_clock().is_some_and(|clock| context.now > clock.due) {
        sent.late.push(super::LateMark::Update);
    }
    let next = incident.originals().count() + 2;
    let mut clocks = moved(incident, &sent, context);
    let reported = incident.next_clock().and_then(|clock| clock::stop(&incident.clocks, clock.key, context.now));
    clocks.extend(reported);
    clocks.extend(started(&sent, number(incident.reports.len() + 1), number(next), context));
    Ok(Event::SituationReportSent { sent, at: context.now, clocks })
}

/// Corrects a report 更正. What was sent stays as it is, and so do its late marks: a correction is judged as if it had been sent in
/// place of the first one, and it never loses a mark.
fn correct(
    incident: &Incident,
    corrects: SituationReportId,
    note: NoteId,
    draft: &Draft,
    context: &Context<'_>,
) -> Result<Event, Refusal> {
    let actor = context.by.permit(Action::SendSituationReport, incident.unit, false)?;
    let before = incident.report(corrects).ok_or(Code::NotFound)?;
    if before.corrected_by.is_some() {
        return Err(Refusal::illegal("incident.corrects_what_stands"));
    }
    if incident.chain(corrects).count() > CORRECTIONS_MAX {
        return Err(Refusal::illegal("incident.corrections"));
    }
    room(incident, SITUATION_REPORTS_MAX + CORRECTIONS_MAX)?;
    let original = incident.chain(corrects).last().map(|one| one.sent_at);
    let happened_at = match before.sent.report_kind {
        SituationReportKind::Initial => None,
        SituationReportKind::Update | SituationReportKind::Final => incident.initial().map(|one| one.sent.happened_at),
    };
    let place = Place { unit: incident.unit, kind: before.sent.report_kind, happened_at, original };
    let mut sent = judge(place, draft, actor, context)?;
    sent.late.extend(before.sent.late.iter().copied());
    sent.late.sort_unstable();
    sent.late.dedup();
    let mut clocks = Vec::new();
    if before.awaits() {
        clocks.extend(clock::cancel_where(&incident.clocks, context.now, |key| {
            key.kind == ClockKind::AcknowledgeSituationReport && key.round == before.number
        }));
    }
    clocks.extend(moved(incident, &sent, context).into_iter().filter(|change| !is_of(change, before.number)));
    clocks.extend(acknowledgement(&sent, number(incident.reports.len() + 1), context));
    Ok(Event::SituationReportCorrected { corrects, note, sent, at: context.now, clocks })
}

/// Acknowledges a report 签收 for the receiving unit, once, by somebody who neither wrote nor signed it.
fn acknowledge(incident: &Incident, id: SituationReportId, context: &Context<'_>) -> Result<Event, Refusal> {
    let actor = context.by.permit(Action::AcknowledgeSituationReport, incident.receiver, false)?;
    let roles = &context.policy.acknowledged_by;
    if !roles.is_empty() && !roles.contains(&actor.role) {
        return Err(Refusal::new(Code::Forbidden).with_rule("incident.acknowledged_by"));
    }
    let one = incident.report(id).ok_or(Code::NotFound)?;
    if one.acknowledged.is_some() {
        return Err(Refusal::illegal("incident.acknowledged"));
    }
    if one.corrected_by.is_some() {
        return Err(Refusal::illegal("incident.corrected"));
    }
    if [one.sent.officer, one.sent.signer].contains(&actor.officer) {
        return Err(Refusal::new(Code::NotYourOwn).with_rule("incident.another_person"));
    }
    let key = Incident::acknowledgement(one.number, incident.receiver);
    let clocks = clock::stop(&incident.clocks, key, context.now).into_iter().collect();
    let (officer, post, unit) = (actor.officer, actor.post, actor.unit);
    Ok(Event::SituationReportAcknowledged { report: id, unit, officer, post, at: context.now, clocks })
}

fn room(incident: &Incident, most: usize) -> Result<(), Refusal> {
    if incident.reports.len() < most { Ok(()) } else { Err(Refusal::illegal("incident.at_most")) }
}

/// Returns the changes by which a new receiver also has to acknowledge what the former one has not: it has ended.
fn moved(incident: &Incident, sent: &Sent, context: &Context<'_>) -> Vec<ClockChange> {
    let (from, to): (UnitId, UnitId) = (incident.receiver, sent.receiver);
    if from == to {
        return Vec::new();
    }
    let waiting = incident.reports.iter().filter(|one| one.awaits());
    let clock = |one: &SituationReport| clock::find(&incident.clocks, Incident::acknowledgement(one.number, from));
    let open = waiting.filter_map(clock).filter(|clock| clock.is_open());
    open.flat_map(|clock| clock::hand_to(&incident.clocks, clock, to, context.now)).collect()
}

/// Returns whether the change is of the clock for the acknowledgement of the report with this number.
fn is_of(change: &ClockChange, number: i32) -> bool {
    let key = match change {
        ClockChange::Started(clock) => clock.key,
        ClockChange::Stopped { key, .. } | ClockChange::Removed { key } => *key,
        ClockChange::Resumed { .. }
        | ClockChange::Recounted(_)
        | ClockChange::Paused { .. }
        | ClockChange::Continued { .. }
        | ClockChange::Extended { .. } => return false,
    };
    key.kind == ClockKind::AcknowledgeSituationReport && key.round == number
}

fn acknowledgement(sent: &Sent, number: i32, context: &Context<'_>) -> Option<ClockChange> {
    started(sent, number, 0, context).into_iter().next()
}

/// Returns the number of a report, which is far below any limit of the type.
fn number(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
