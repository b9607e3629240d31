//! The double-entry award ledger: an event that moves money debits one account and credits another.

use serde::{Deserialize, Serialize};

use super::{Account, Event};
use crate::money::Fen;

/// A posting: one side of a transfer between two accounts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posting {
    /// The account whose balance changes.
    pub account: Account,
    /// The change of the balance in fen; negative if money leaves the account.
    pub amount: Fen,
}

/// Returns the postings of this event for an award of this amount: none, or two whose sum is 0.
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
    let amount = if let Event::Rebased { was, .. } = event { *was } else { amount };
    let (from, to) = match event {
        Event::Approved { .. } => (Account::Budget, Account::Committed),
        Event::Collected { .. } => (Account::Committed, Account::Payable),
        Event::PaymentStarted { .. } => (Account::Payable, Account::Clearing),
        Event::Paid { .. } => (Account::Clearing, Account::Paid),
        Event::PaymentFailed { .. } => (Account::Clearing, Account::Payable),
        Event::Forfeited { .. } => (Account::Committed, Account::Budget),
        Event::Rejected { released: Some(account), .. } | Event::Rebased { released: Some(account), .. } => {
            (*account, Account::Budget)
        }
        // Any other award is rejected or voided before money is committed. A hold moves no money, nor does a mark.
        Event::Proposed(_)
        | Event::Reviewed { .. }
        | Event::Rejected { released: None, .. }
        | Event::Rebased { released: None, .. }
        | Event::MarkedDouble { .. }
        | Event::ClearedDouble { .. }
        | Event::Notified { .. }
        | Event::PaymentUnknown { .. }
        | Event::Held { .. }
        | Event::Resumed { .. }
        | Event::Reassigned { .. }
        | Event::Inherited { .. }
        | Event::Recounted { .. }
        | Event::Voided { .. } => return Vec::new(),
    };
    vec![Posting { account: from, amount: Fen(-amount.0) }, Posting { account: to, amount }]
}
