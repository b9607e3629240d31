//! Steps that follow from the hazard: hold 暂缓 and resume 恢复 while the hazard is reopened, and, until the award is
//! approved, reassign it or void it when the first true report changes.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::decide::{key, next_clock, stands, system};
use super::propose::worth_something;
use super::{Award, AwardStatus, Context, Event};
use crate::clock::{self, ClockChange, ClockKind};
use crate::id::{OfficerId, ReportId, UnitId};
use crate::money::Fen;
use crate::refusal::Refusal;
use crate::time::china_day_end;

/// Puts the award on hold because its hazard was reopened, and cancels its running clocks. An award whose payment is in
/// progress, or that is in a final status, cannot be put on hold.
pub(super) fn hold(award: &Award, context: &Context<'_>) -> Result<Event, Refusal> {
    use AwardStatus as Is;
    system(context)?;
    let can_wait = [Is::Proposed, Is::Reviewed, Is::Approved, Is::Notified, Is::Collected, Is::Failed];
    stands(award, &can_wait, "award.can_be_held")?;
    Ok(Event::Held { at: context.now, clocks: clock::cancel_all(&award.clocks, context.now) })
}

/// Resumes the award in its earlier status because its hazard is closed again, unless it is double 重复. The collection deadline moves by the
/// time on hold, to the end of that day, so that the reporter loses no time; the officers' next step gets its full span again.
pub(super) fn resume(award: &Award, context: &Context<'_>) -> Result<Event, Refusal> {
    system(context)?;
    stands(award, &[AwardStatus::Held], "award.held")?;
    if award.double_of.is_some() {
        return Err(Refusal::illegal("award.double"));
    }
    let Resumption { collect_due, clocks } = resumption(award, context);
    Ok(Event::Resumed { collect_due, at: context.now, clocks })
}

/// With what an award goes on that is no longer on hold.
pub(super) struct Resumption {
    pub(super) collect_due: Option<DateTime<Utc>>,
    pub(super) clocks: Vec<ClockChange>,
}

/// Returns the collection deadline and the clocks of an award that is no longer on hold.
pub(super) fn resumption(award: &Award, context: &Context<'_>) -> Resumption {
    let now = context.now;
    // A reporter's "not solved" is told at the boundary that follows it, which may lie ahead of `now`.
    let held = award.held_at.map(|since| now - since).unwrap_or_default().max(TimeDelta::zero());
    let collect_due = award.collect_due.map(|due| china_day_end(due.checked_add_signed(held).unwrap_or(due)));
    let clocks = match award.held_from {
        Some(AwardStatus::Proposed) => next_clock(award, None, Some(ClockKind::ReviewAward), context),
        Some(AwardStatus::Reviewed) => next_clock(award, None, Some(ClockKind::ApproveAward), context),
        Some(AwardStatus::Collected | AwardStatus::Failed) => next_clock(award, None, Some(ClockKind::Pay), context),
        Some(AwardStatus::Notified) => collect_due
            .map(|due| clock::run(&award.clocks, context.timing.clock_until(key(award, ClockKind::Collect), now, due)))
            .into_iter()
            .collect(),
        Some(
            AwardStatus::Approved
            | AwardStatus::Paying
            | AwardStatus::Unknown
            | AwardStatus::Paid
            | AwardStatus::Rejected
            | AwardStatus::Forfeited
            | AwardStatus::Held,
        )
        | None => Vec::new(),
    };
    Resumption { collect_due, clocks }
}

/// The basis of an award: the rewarded report, the unit that accepted it, the officer who proposes it, the
/// officers who verified it, and the amount.
pub(super) struct Basis {
    pub(super) report: ReportId,
    pub(super) unit: UnitId,
    pub(super) proposed_by: Option<OfficerId>,
    pub(super) verifiers: BTreeSet<OfficerId>,
    pub(super) amount: Fen,
}

/// Reassigns the award to the report that turned out to be the first true one, or changes the amount. The award is then
/// reviewed again, by the unit that accepted the report. An approved award is frozen and rejects such changes. A voided
/// award is proposed again; an award that an officer rejected is not.
pub(super) fn reassign(award: &Award, basis: Basis, context: &Context<'_>) -> Result<Event, Refusal> {
    system(context)?;
    let Basis { report, unit, proposed_by, verifiers, amount } = basis;
    if !award.voided {
        not_frozen(award)?;
        if report == award.report && unit == award.unit && amount == award.amount {
            return Err(Refusal::illegal("award.another_report"));
        }
    }
    worth_something(amount)?;
    let mut clocks = clock::cancel_all(&award.clocks, context.now);
    // The clock belongs to the unit that now reviews the award.
    let moved = Award { unit, ..award.clone() };
    clocks.extend(next_clock(&moved, None, Some(ClockKind::ReviewAward), context));
    Ok(Event::Reassigned { report, unit: Some(unit), proposed_by, verifiers, amount, at: context.now, clocks })
}

/// Voids the award because no report of its hazard qualifies any longer: the hazard was cancelled, or the first true
/// report is excluded. The award never passes to the second report. An approved award is frozen and cannot be voided.
pub(super) fn void(award: &Award, context: &Context<'_>) -> Result<Event, Refusal> {
    system(context)?;
    not_frozen(award)?;
    Ok(Event::Voided { at: context.now, clocks: clock::cancel_all(&award.clocks, context.now) })
}

fn not_frozen(award: &Award) -> Result<(), Refusal> {
    stands(award, &[AwardStatus::Proposed, AwardStatus::Reviewed], "award.frozen")
}
