//! Transfer 随转: an emergency's hazard for which nobody has been asked to act goes to the unit to which the review of its
//! report was referred.

use super::decide::{permit, still_open};
use super::register::dispatch_clock;
use super::{Case, Context, Event, Stage};
use crate::access::Action;
use crate::clock;
use crate::id::{NoteId, UnitId};
use crate::refusal::Refusal;

/// Moves the hazard to another unit. The old dispatch clock is no longer required; for an emergency a new one starts.
pub(super) fn transfer(case: &Case, to: UnitId, note: NoteId, context: &Context<'_>) -> Result<Event, Refusal> {
    permit(case, Action::ReferReport, context)?;
    still_open(case)?;
    if case.stage() != Stage::Open || case.township == to {
        return Err(Refusal::illegal("transfer.not_dispatched"));
    }
    let at = context.now;
    let mut clocks = clock::cancel_all(&case.clocks, at);
    if case.emergency {
        clocks.push(dispatch_clock(to, case.round, at, context.policy, &context.timing, None));
    }
    Ok(Event::Transferred { to, note, at, clocks })
}
