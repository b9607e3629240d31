//! Double awards 重复奖励: two approved awards of one matter, because their hazards were merged. The one of the earliest true
//! report stands. The other one is marked: it waits until a reward officer rejects it or the merge is undone; money that is
//! on its way or paid out stands, and the mark is the task of the reward officer.

use super::decide::{stands, system};
use super::holding::{Resumption, resumption};
use super::{Account, Award, AwardStatus, Context, Event, HazardNow};
use crate::clock;
use crate::id::AwardId;
use crate::refusal::Refusal;

/// Marks an approved award as double, and puts it on hold unless money is on its way or paid out.
pub(super) fn mark_double(award: &Award, of: AwardId, context: &Context<'_>) -> Result<Event, Refusal> {
    system(context)?;
    if !award.is_frozen() || award.double_of == Some(of) {
        return Err(Refusal::illegal("award.frozen"));
    }
    // The payment clock of a payment in progress runs on: its result is still due.
    let held = award.may_wait();
    let clocks = if held { clock::cancel_all(&award.clocks, context.now) } else { Vec::new() };
    Ok(Event::MarkedDouble { of, held, at: context.now, clocks })
}

/// Clears the mark. The award is no longer on hold, unless its hazard is open again.
pub(super) fn clear_double(award: &Award, context: &Context<'_>) -> Result<Event, Refusal> {
    system(context)?;
    if award.double_of.is_none() {
        return Err(Refusal::illegal("award.double"));
    }
    let at = context.now;
    if award.status != AwardStatus::Held || context.hazard == HazardNow::Reopened {
        return Ok(Event::ClearedDouble { resumed: false, collect_due: award.collect_due, at, clocks: Vec::new() });
    }
    stands(award, &[AwardStatus::Held], "award.held")?;
    let Resumption { collect_due, clocks } = resumption(award, context);
    Ok(Event::ClearedDouble { resumed: true, collect_due, at, clocks })
}

/// Returns whether the award waits on hold because it is double.
pub(super) fn is_held_double(award: &Award) -> bool {
    award.status == AwardStatus::Held && award.double_of.is_some()
}

/// Returns the account that holds the money of an award on hold; `None` if no money is promised.
pub(super) fn promised_in(award: &Award) -> Option<Account> {
    match award.held_from? {
        AwardStatus::Approved | AwardStatus::Notified => Some(Account::Committed),
        AwardStatus::Collected | AwardStatus::Failed => Some(Account::Payable),
        AwardStatus::Proposed
        | AwardStatus::Reviewed
        | AwardStatus::Paying
        | AwardStatus::Unknown
        | AwardStatus::Paid
        | AwardStatus::Rejected
        | AwardStatus::Forfeited
        | AwardStatus::Held => None,
    }
}

impl Award {
    /// Returns the status without regard to a hold.
    #[must_use]
    pub fn status_beneath(&self) -> AwardStatus {
        self.held_from.unwrap_or(self.status)
    }

    /// Returns whether the award is approved and not over without payment: it can no longer be voided, nor follow another
    /// report.
    #[must_use]
    pub fn is_frozen(&self) -> bool {
        match self.status_beneath() {
            AwardStatus::Proposed | AwardStatus::Reviewed | AwardStatus::Rejected | AwardStatus::Forfeited => false,
            AwardStatus::Approved
            | AwardStatus::Notified
            | AwardStatus::Collected
            | AwardStatus::Paying
            | AwardStatus::Unknown
            | AwardStatus::Paid
            | AwardStatus::Failed
            | AwardStatus::Held => true,
        }
    }

    /// Returns whether the award is approved, and no money is on its way or paid out, so that it can be put on hold.
    pub(super) const fn may_wait(&self) -> bool {
        matches!(
            self.status,
            AwardStatus::Approved | AwardStatus::Notified | AwardStatus::Collected | AwardStatus::Failed
        )
    }
}
