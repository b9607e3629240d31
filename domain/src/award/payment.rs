//! Collection and payment 领取与发放: from the reporter's collection to the result of the payment.

use super::decide::{another_person, key, next_clock, officer_or_system, permit, stands, while_not_reopened};
use super::{Award, AwardStatus, Context, Event, HazardNow, PayeeDigest};
use crate::access::{Action, By};
use crate::clock::{self, ClockKind};
use crate::refusal::{Code, Refusal};

/// Collects the award. Only the reporter may do it, before the collection deadline and with a verified identity.
pub(super) fn collect(award: &Award, context: &Context<'_>) -> Result<Event, Refusal> {
    match context.by {
        By::Reporter => {}
        By::Officer(_) | By::System => return Err(Code::Forbidden.into()),
    }
    stands(award, &[AwardStatus::Notified], "award.notified")?;
    while_not_reopened(context)?;
    if is_overdue(award, context) {
        return Err(Refusal::illegal("award.collected_in_time"));
    }
    if !context.payee_verified {
        return Err(Refusal::new(Code::EvidenceMissing).with_rule("award.payee_verified"));
    }
    let clocks = next_clock(award, Some(ClockKind::Collect), Some(ClockKind::Pay), context);
    Ok(Event::Collected { at: context.now, clocks })
}

/// Forfeits an award that was not collected in time. The committed money returns to the budget.
pub(super) fn forfeit(award: &Award, context: &Context<'_>) -> Result<Event, Refusal> {
    officer_or_system(award, Action::ReviewAward, context)?;
    stands(award, &[AwardStatus::Notified], "award.notified")?;
    if !is_overdue(award, context) {
        return Err(Refusal::illegal("award.time_to_collect"));
    }
    let clocks = clock::stop(&award.clocks, key(award, ClockKind::Collect), context.now).into_iter().collect();
    Ok(Event::Forfeited { at: context.now, clocks })
}

/// Starts a payment attempt. The payment clock keeps running until an attempt succeeds.
pub(super) fn start_payment(award: &Award, payee: PayeeDigest, context: &Context<'_>) -> Result<Event, Refusal> {
    let actor = permit(award, Action::PayAward, context)?;
    stands(award, &[AwardStatus::Collected, AwardStatus::Failed], "award.collected")?;
    while_not_reopened(context)?;
    another_person(award, &[award.proposed_by, award.reviewed_by, award.approved_by], &actor)?;
    Ok(Event::PaymentStarted {
        officer: actor.officer,
        attempt: award.attempt + 1,
        payee: Some(payee),
        at: context.now,
    })
}

/// Records that the payment succeeded, and stops the payment clock.
pub(super) fn succeeded(award: &Award, attempt: i32, context: &Context<'_>) -> Result<Event, Refusal> {
    unless_paid(award, attempt, &[AwardStatus::Paying, AwardStatus::Unknown], context)?;
    let clocks = next_clock(award, Some(ClockKind::Pay), None, context);
    Ok(Event::Paid { attempt, at: context.now, clocks })
}

/// Records that the payment failed and the money was returned. If the hazard is reopened, the award is also put on
/// hold: that was not possible while the payment was in progress, and the payment must not be retried before the hazard
/// is closed. So is a double award 重复, which can then be rejected.
pub(super) fn failed(award: &Award, attempt: i32, context: &Context<'_>) -> Result<Vec<Event>, Refusal> {
    unless_paid(award, attempt, &[AwardStatus::Paying, AwardStatus::Unknown], context)?;
    let failed = Event::PaymentFailed { attempt, at: context.now };
    if context.hazard == HazardNow::NotReopened && award.double_of.is_none() {
        return Ok(vec![failed]);
    }
    let held = Event::Held { at: context.now, clocks: clock::cancel_all(&award.clocks, context.now) };
    Ok(vec![failed, held])
}

/// Checks that a payment result belongs to the latest attempt, and that the award is in one of the statuses `from`, in
/// which such a result can arrive.
pub(super) fn unless_paid(
    award: &Award,
    attempt: i32,
    from: &[AwardStatus],
    context: &Context<'_>,
) -> Result<(), Refusal> {
    officer_or_system(award, Action::PayAward, context)?;
    stands(award, from, "award.paying")?;
    if attempt == award.attempt { Ok(()) } else { Err(Refusal::illegal("award.last_attempt")) }
}

fn is_overdue(award: &Award, context: &Context<'_>) -> bool {
    award.collect_due.is_some_and(|due| context.exact > due)
}
