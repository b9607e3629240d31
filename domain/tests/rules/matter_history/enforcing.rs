//! What must hold of the orders and fines of a matter.

use std::cell::RefCell;

use domain::award::AwardStatus;
use domain::hazard::Case;
use domain::id::HazardId;
use proptest::prelude::*;

use super::matter::{Matter, Step};
use crate::history::{Dice, Tally};

/// Returns a step of enforcement.
pub(super) fn step(die: &Dice, hazard: HazardId) -> Step {
    match die.who % 5 {
        0 => Step::Order { hazard },
        1 => Step::EndOrder { hazard },
        2 => Step::VoidFine { hazard },
        _ => Step::Fine { hazard },
    }
}

fn count(case: &Case) -> usize {
    let all = &case.enforcement;
    all.inspections.len() + all.orders.len() + all.penalties.len()
}

/// Checks that records move with a merge and come back with its undoing, and that an award follows the fines until it is
/// collected.
pub(super) fn rules(before: &Matter, after: &Matter, step: &Step, tally: &RefCell<Tally>) -> Result<(), TestCaseError> {
    let mut tally = tally.borrow_mut();
    let total = |matter: &Matter| matter.hazards.values().map(count).sum::<usize>();
    match step {
        Step::Merge { hazard, into, .. } => {
            let moved = count(&before.hazards[hazard]);
            prop_assert_eq!(count(&after.hazards[hazard]), 0, "a record stays with the duplicate");
            prop_assert_eq!(count(&after.hazards[into]), moved + count(&before.hazards[into]));
            if moved > 0 {
                tally.seen("matter", "records that moved");
            }
        }
        Step::Undo { .. } => prop_assert_eq!(total(before), total(after), "a record was lost"),
        Step::Order { .. } => tally.seen("matter", "an order"),
        Step::Fine { .. } => tally.seen("matter", "a fine"),
        _ => {}
    }
    let (Step::Fine { hazard } | Step::VoidFine { hazard }) = step else { return Ok(()) };
    for (of, award) in &after.awards {
        let was = &before.awards[of];
        let changed = was.amount != award.amount;
        prop_assert!(!changed || after.root(*of) == *hazard, "an award of another matter changed");
        prop_assert!(!changed || !was.status.is_collected(), "a collected award changed");
        if changed {
            let is_promised = matches!(was.status, AwardStatus::Approved | AwardStatus::Notified);
            tally.seen(
                "matter",
                if is_promised { "a promised award that follows a fine" } else { "an award that follows a fine" },
            );
        }
    }
    Ok(())
}
