//! Judges a situation report: its receiver, its signer, its times, and whether it is late.

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

use super::{Context, DeliveryChannel, Draft, Incident, LateMark, Sent, Signer, SituationReportKind};
use crate::access::Actor;
use crate::clock::{ClockChange, Timing};
use crate::id::UnitId;
use crate::policy::ReportingRow;
use crate::refusal::{Code, Refusal};
use crate::time::{Span, earlier, later, without_leap_second};

/// How far the clock of a phone may be ahead of the server's, in minutes. Such a time counts as now.
pub const AHEAD_MINUTES_MAX: i64 = 5;
/// How long ago an incident may have happened when somebody reports it, in days.
pub const DAYS_BACK_MAX: i64 = 366;

/// The place of a report in its incident.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// The unit that sends.
    pub(super) unit: UnitId,
    /// The kind of the report.
    pub(super) kind: SituationReportKind,
    /// When the incident happened, if that is known from the initial report and cannot change.
    pub(super) happened_at: Option<DateTime<Utc>>,
    /// When the report was sent that this one corrects, with all its corrections.
    pub(super) original: Option<DateTime<Utc>>,
}

/// Judges a report, and returns it as it is sent.
pub(super) fn judge(place: Place, draft: &Draft, actor: Actor, context: &Context<'_>) -> Result<Sent, Refusal> {
    let receiver = receiver(context)?;
    let signer = signer(place.unit, actor, context)?;
    let times = Times::of(place, draft, context.now)?;
    let row = context.policy.row(draft.grade, draft.incident_type);
    let (due, late) = match row {
        Some(row) => {
            (Some(context.timing.calendar.due(times.learned, row.written)), lateness(place, &times, row, context))
        }
        None => (None, Vec::new()),
    };
    Ok(Sent {
        report: draft.report,
        report_kind: place.kind,
        grade: draft.grade,
        incident_type: draft.incident_type,
        source: draft.source,
        channel: draft.channel,
        happened_at: times.happened,
        learned_at: times.learned,
        phoned_at: times.phoned,
        due,
        late,
        dead: draft.dead,
        missing: draft.missing,
        injured: draft.injured,
        place_note: draft.place_note,
        facts_note: draft.facts_note,
        impact_note: draft.impact_note,
        measures_note: draft.measures_note,
        unit: place.unit,
        receiver,
        officer: actor.officer,
        post: actor.post,
        signer: signer.officer,
        signer_post: signer.post,
    })
}

/// Returns the clocks that a report starts: for its acknowledgement, and for the next report unless this is the last one.
pub(super) fn started(sent: &Sent, number: i32, next: i32, context: &Context<'_>) -> Vec<ClockChange> {
    let timing = context.timing;
    let key = Incident::acknowledgement(number, sent.receiver);
    let clock = timing.for_duty(timing.clock(key, context.now, context.policy.acknowledge), context.now);
    let mut clocks = vec![ClockChange::Started(clock)];
    let every = context.policy.row(sent.grade, sent.incident_type).and_then(|row| row.update_every);
    if let Some(span) = every.filter(|_| sent.report_kind != SituationReportKind::Final) {
        let key = Incident::next_report(next, sent.unit);
        clocks.push(ClockChange::Started(timing.clock(key, context.now, span)));
    }
    clocks
}

/// Returns the receiver if it is above the sender and not recused.
fn receiver(context: &Context<'_>) -> Result<UnitId, Refusal> {
    let Some(receiver) = context.receiver.filter(|receiver| receiver.is_above) else {
        return Err(Refusal::illegal("incident.receiver"));
    };
    if receiver.is_barred {
        return Err(Code::UnitBarred.into());
    }
    Ok(receiver.unit)
}

/// Returns the signer: an active officer of the sending unit in a role of the policy, and not the writer, unless the policy lets
/// this role sign its own reports.
fn signer(unit: UnitId, actor: Actor, context: &Context<'_>) -> Result<Signer, Refusal> {
    let signer = context.signer.filter(|signer| signer.unit == unit);
    let signer = signer.ok_or_else(|| wrong("input.report.signerPostId", "incident.signer"))?;
    if !context.policy.signed_by.contains(&signer.role) {
        return Err(wrong("input.report.signerPostId", "incident.signed_by"));
    }
    if signer.officer == actor.officer && !context.policy.sign_own.contains(&signer.role) {
        return Err(Refusal::new(Code::NotYourOwn).with_rule("incident.sign_own"));
    }
    Ok(signer)
}

/// The times of a report, each not later than the next one.
struct Times {
    happened: DateTime<Utc>,
    learned: DateTime<Utc>,
    phoned: Option<DateTime<Utc>>,
    /// When the report was sent, or the one that it corrects.
    sent: DateTime<Utc>,
}

impl Times {
    fn of(place: Place, draft: &Draft, now: DateTime<Utc>) -> Result<Self, Refusal> {
        let told = |at: Option<DateTime<Utc>>, field| at.map(|at| known(at, field, now)).transpose();
        let given = told(draft.happened_at, "input.report.happenedAt")?;
        let happened = match (place.happened_at, given) {
            (Some(known), Some(given)) if known != given => {
                return Err(wrong("input.report.happenedAt", "incident.happened_by_correction"));
            }
            (Some(known), _) => known,
            (None, Some(given)) => given,
            (None, None) => return Err(wrong("input.report.happenedAt", "incident.happened_at")),
        };
        let learned = known(draft.learned_at, "input.report.learnedAt", now)?;
        let phoned = told(draft.phoned_at, "input.report.phonedAt")?;
        let sent = place.original.unwrap_or(now);
        if learned < happened || learned > sent {
            return Err(wrong("input.report.learnedAt", "incident.times_in_order"));
        }
        if phoned.is_some_and(|phoned| phoned < learned || phoned > sent) {
            return Err(wrong("input.report.phonedAt", "incident.times_in_order"));
        }
        if draft.channel == DeliveryChannel::Phone && phoned.is_none() {
            return Err(wrong("input.report.phonedAt", "incident.phoned_at"));
        }
        Ok(Self { happened, learned, phoned, sent })
    }

    /// Returns when the receiver first heard of it.
    fn first_word(&self) -> DateTime<Utc> {
        self.phoned.unwrap_or(self.sent)
    }
}

/// Returns a time that a phone told, in whole seconds. The clock of a phone may be a little ahead.
fn known(at: DateTime<Utc>, field: &'static str, now: DateTime<Utc>) -> Result<DateTime<Utc>, Refusal> {
    let at = without_leap_second(at);
    if at > later(now, TimeDelta::minutes(AHEAD_MINUTES_MAX)) {
        return Err(wrong(field, "incident.times_not_ahead"));
    }
    if at < earlier(now, TimeDelta::days(DAYS_BACK_MAX)) {
        return Err(wrong(field, "incident.times_not_long_ago"));
    }
    Ok(at.min(now).trunc_subsecs(0))
}

fn wrong(field: &'static str, rule: &'static str) -> Refusal {
    Refusal::new(Code::InvalidInput).with_rule(rule).with_field(field)
}

/// Returns the limits that a report missed. An update is news: only its written form is timed from when the unit learned of it.
fn lateness(place: Place, times: &Times, row: &ReportingRow, context: &Context<'_>) -> Vec<LateMark> {
    let timing: &Timing<'_> = &context.timing;
    let missed = |from: DateTime<Utc>, span: Option<Span>, at: DateTime<Utc>| {
        span.is_some_and(|span| at > timing.calendar.due(from, span))
    };
    let is_first = place.kind == SituationReportKind::Initial;
    let marks = [
        (LateMark::FirstWord, is_first && missed(times.learned, row.phone, times.first_word())),
        (LateMark::Written, missed(times.learned, Some(row.written), times.sent)),
        (LateMark::SinceHappening, is_first && missed(times.happened, row.since_happening, times.first_word())),
    ];
    marks.into_iter().filter(|(_, is_missed)| *is_missed).map(|(mark, _)| mark).collect()
}
