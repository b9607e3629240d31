//! The double-entry ledger of rewards: an event gives to one account what it takes from another.

use serde::{Deserialize, Serialize};

use super::{Account, Event};
use crate::money::Fen;

/// One line of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posting {
    /// The account.
    pub account: Account,
    /// The change in fen; negative for a loss.
    pub amount: Fen,
}

/// Returns what this event moves for an award of this amount: no lines, or two lines whose sum is 0.
///
/// ```
/// # use domain::{award::{Account, Event, postings}, money::Fen};
/// # let at = chrono::DateTime::UNIX_EPOCH;
/// let collected = Event::Collected { at, clocks: Vec::new() };
/// let lines: Vec<_> = postings(&collected, Fen(5_000)).iter().map(|line| (line.account, line.amount)).collect();
/// assert_eq!(lines, [(Account::Committed, Fen(-5_000)), (Account::Payable, Fen(5_000))]);
/// ```
#[must_use]
pub fn postings(event: &Event, amount: Fen) -> Vec<Posting> {
    let (from, to) = match event {
        Event::Approved { .. } => (Account::Budget, Account::Committed),
        Event::Collected { .. } => (Account::Committed, Account::Payable),
        Event::PaymentStarted { .. } => (Account::Payable, Account::Clearing),
        Event::Paid { .. } => (Account::Clearing, Account::Paid),
        Event::PaymentFailed { .. } => (Account::Clearing, Account::Payable),
        Event::Forfeited { .. } => (Account::Committed, Account::Budget),
        // Rejecting and voiding happen before any money is committed, and holding leaves the money where it is.
        Event::Proposed(_)
        | Event::Reviewed { .. }
        | Event::Rejected { .. }
        | Event::Notified { .. }
        | Event::PaymentUnknown { .. }
        | Event::Held { .. }
        | Event::Resumed { .. }
        | Event::Reassigned { .. }
        | Event::Voided { .. } => return Vec::new(),
    };
    vec![Posting { account: from, amount: Fen(-amount.0) }, Posting { account: to, amount }]
}
