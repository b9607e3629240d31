//! Holding 暂缓: an award waits while its hazard is open again. Until it is approved it also follows the first true
//! report.

use std::collections::BTreeSet;

use super::decide::{key, next_clock, stands, system};
use super::propose::worth_something;
use super::{Award, AwardStatus, Context, Event};
use crate::clock::{self, ClockChange, ClockKind};
use crate::id::{OfficerId, ReportId};
use crate::money::Fen;
use crate::refusal::Refusal;

/// Holds the award, because its hazard was reopened. An award whose payment is under way or that is over cannot be
/// held. Its clocks stop.
pub(super) fn hold(award: &Award, context: &Context<'_>) -> Result<Event, Refusal> {
    use AwardStatus as Is;
    system(context)?;
    let can_wait = [Is::Proposed, Is::Reviewed, Is::Approved, Is::Notified, Is::Collected, Is::Failed];
    stands(award, &can_wait, "award.can_be_held")?;
    Ok(Event::Held { at: context.now, clocks: clock::cancel_all(&award.clocks, context.now) })
}

/// Resumes the award where it was held, because its hazard is closed again. The time it was held does not count against
/// the reporter, and the next step of the officers has its whole span again.
pub(super) fn resume(award: &Award, context: &Context<'_>) -> Result<Event, Refusal> {
    system(context)?;
    stands(award, &[AwardStatus::Held], "award.held")?;
    let now = context.now;
    let held = award.held_at.map(|since| now - since).unwrap_or_default();
    let collect_due = award.collect_due.map(|due| due.checked_add_signed(held).unwrap_or(due));
    let clocks = match award.held_from {
        Some(AwardStatus::Proposed) => next_clock(award, None, Some(ClockKind::ReviewAward), context),
        Some(AwardStatus::Reviewed) => next_clock(award, None, Some(ClockKind::ApproveAward), context),
        Some(AwardStatus::Collected | AwardStatus::Failed) => next_clock(award, None, Some(ClockKind::Pay), context),
        Some(AwardStatus::Notified) => collect_due
            .map(|due| ClockChange::Resumed {
                key: key(award, ClockKind::Collect),
                due,
                warn_at: context.timing.warn_at(now, due),
            })
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
    Ok(Event::Resumed { collect_due, at: now, clocks })
}

/// What an award rests on.
pub(super) struct Basis {
    pub(super) report: ReportId,
    pub(super) verifiers: BTreeSet<OfficerId>,
    pub(super) amount: Fen,
}

/// Moves the award to another report, which turned out to be the first true one, or to another amount. Until it is
/// approved an award follows such changes and is reviewed again; then it is frozen.
pub(super) fn reassign(award: &Award, basis: Basis, context: &Context<'_>) -> Result<Event, Refusal> {
    system(context)?;
    not_frozen(award)?;
    let Basis { report, verifiers, amount } = basis;
    if report == award.report && amount == award.amount {
        return Err(Refusal::illegal("award.another_report"));
    }
    worth_something(amount)?;
    let mut clocks = clock::cancel_all(&award.clocks, context.now);
    clocks.extend(next_clock(award, None, Some(ClockKind::ReviewAward), context));
    Ok(Event::Reassigned { report, verifiers, amount, at: context.now, clocks })
}

/// Voids the award, because no report of its hazard earns it any more: the hazard was cancelled, or the first true
/// report is excluded. The award never passes to the second report. An approved award is frozen.
pub(super) fn void(award: &Award, context: &Context<'_>) -> Result<Event, Refusal> {
    system(context)?;
    not_frozen(award)?;
    Ok(Event::Voided { at: context.now, clocks: clock::cancel_all(&award.clocks, context.now) })
}

fn not_frozen(award: &Award) -> Result<(), Refusal> {
    stands(award, &[AwardStatus::Proposed, AwardStatus::Reviewed], "award.frozen")
}
