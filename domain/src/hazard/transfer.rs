//! Transfer 随转: an emergency's hazard for which nobody has been asked to act goes to the unit to which the review of its
//! report was referred, or to which the waiting report was assigned 补派.

use super::decide::{permit, still_open};
use super::register::dispatch_clock;
use super::resume::not_suspended;
use super::{Case, Context, Event, Stage};
use crate::access::{Action, By};
use crate::clock;
use crate::id::{NoteId, UnitId};
use crate::refusal::Refusal;

/// Moves the hazard to another unit. The old dispatch clock is no longer required, and a new one starts. The system moves
/// it together with a waiting report.
pub(super) fn transfer(case: &Case, to: UnitId, note: Option<NoteId>, context: &Context<'_>) -> Result<Event, Refusal> {
    match context.by {
        By::System => {}
        By::Officer(_) | By::Reporter => permit(case, Action::ReferReport, context).map(drop)?,
    }
    still_open(case)?;
    not_suspended(case.suspension)?;
    if case.stage() != Stage::Open || case.township == to {
        return Err(Refusal::illegal("transfer.not_dispatched"));
    }
    let at = context.now;
    let mut clocks = clock::cancel_where(&case.clocks, at, |key| !key.kind.is_of_major());
    let of_major = case.clocks.iter().filter(|clock| clock.is_open() && clock.key.kind.is_of_major());
    let own = of_major.filter(|clock| clock.key.owner_unit == case.township);
    clocks.extend(own.flat_map(|clock| clock::hand_to(&case.clocks, clock, to, at)));
    clocks.push(clock::run(&case.clocks, dispatch_clock(case.round, to, case.emergency, context)));
    Ok(Event::Transferred { to, note, at, clocks })
}
