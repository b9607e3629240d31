//! What is true of the awards of a matter and of their payees at every time.

use std::cell::RefCell;
use std::collections::BTreeMap;

use domain::award::{Account, AwardStatus};
use proptest::prelude::*;

use super::matter::{Matter, Step};
use crate::history::Tally;

/// Why somebody may not collect an award although it waits for them.
pub(super) const EXCLUSIONS: [&str; 2] = ["award.decided_by_collector", "award.own_duty"];

/// Notes what a step had to do with the payee. `rule` is the one that refused it.
pub(super) fn note_payee(step: &Step, rule: Option<&str>, tally: &RefCell<Tally>) {
    let what = match (step, rule) {
        (Step::Identity { .. }, None) => "a payee replaced",
        (Step::Identity { .. }, Some("award.payee_frozen")) => "a payee frozen",
        (Step::Award { .. }, Some("award.decided_by_collector")) => "a payee who decided",
        (Step::Award { .. }, Some("award.own_duty")) => "a payee on duty",
        _ => return,
    };
    tally.borrow_mut().seen("matter", what);
}

/// Checks that one matter has one award, beside those that are marked as double, that the money is always there, and that
/// whoever collected an award is paid.
pub(super) fn money_rules(matter: &Matter, tally: &RefCell<Tally>) -> Result<(), TestCaseError> {
    let mut promised = BTreeMap::new();
    for award in matter.awards.values() {
        match award.double_of {
            None if award.is_frozen() => *promised.entry(matter.root(award.hazard)).or_insert(0) += 1,
            Some(_) if award.status == AwardStatus::Held => tally.borrow_mut().seen("matter", "a held double award"),
            Some(_) if award.is_frozen() => tally.borrow_mut().seen("matter", "a double award"),
            None | Some(_) => {}
        }
        let can_be_paid = matches!(award.status, AwardStatus::Notified | AwardStatus::Collected | AwardStatus::Failed);
        prop_assert!(award.double_of.is_none() || !can_be_paid, "a double award is not paid: {:?}", award.status);
        if let Some(orders) = matter.orders.get(&award.id) {
            orders.check(award, matter.payees[&award.report])?;
            if orders.payments.len() > 1 {
                tally.borrow_mut().seen("matter", "a payee paid again");
            }
        }
    }
    prop_assert!(promised.values().all(|count| *count == 1), "two awards of one matter");
    prop_assert_eq!(matter.balance.values().sum::<i64>(), 0);
    prop_assert!(matter.balance.iter().all(|(account, held)| *account == Account::Budget || *held >= 0));
    Ok(())
}
