//! Changing the amount 调整金额 of an award when fines 罚款 of its hazard were paid or voided: until the reporter has collected it,
//! the award follows them. The money of an approved award goes back to the budget, and the award is reviewed again.

use super::decide::{next_clock, stands, system};
use super::propose::worth_something;
use super::{Account, Award, AwardStatus, Context, Event};
use crate::clock::{self, ClockKind};
use crate::money::Fen;
use crate::refusal::Refusal;

/// Changes the amount. An award on hold 暂缓 follows the fines when it is resumed.
pub(super) fn rebase(award: &Award, amount: Fen, context: &Context<'_>) -> Result<Event, Refusal> {
    use AwardStatus as Is;
    system(context)?;
    stands(award, &[Is::Proposed, Is::Reviewed, Is::Approved, Is::Notified], "award.can_be_rebased")?;
    if amount == award.amount {
        return Err(Refusal::illegal("award.amount_differs"));
    }
    worth_something(amount)?;
    let is_promised = matches!(award.status, Is::Approved | Is::Notified);
    let mut clocks = clock::cancel_all(&award.clocks, context.now);
    clocks.extend(next_clock(award, None, Some(ClockKind::ReviewAward), context));
    let released = is_promised.then_some(Account::Committed);
    Ok(Event::Rebased { amount, was: award.amount, released, at: context.now, clocks })
}
