//! Lets whoever is on duty 值班 in a unit own the clocks of an emergency with which the unit answers, whichever step starts
//! them.

use super::{Case, Context, Event, apply};
use crate::clock::ClockChange;
use crate::event::DomainEvent;

/// Names the posts on duty in the clocks that the events start for assignments of an emergency, or of a whistle for one. The
/// clock of the first dispatch is started with the hazard ([`super::register()`]).
pub(super) fn name_owners(case: &Case, events: &mut [Event], context: &Context<'_>) {
    if context.timing.roster.is_empty() {
        return;
    }
    let mut after = case.clone();
    for event in events {
        apply(&mut after, event);
        for change in event.clocks_mut().into_iter().flatten() {
            if let ClockChange::Started(clock) = change
                && clock.key.assignment.is_some_and(|id| after.is_urgent(id))
            {
                *clock = context.timing.for_duty(clock.clone(), context.now);
            }
        }
    }
}
