//! The award 奖励: the money that the first true report of a hazard earns, from the proposal to the payment.
//!
//! [`propose()`] creates an award. [`decide()`] validates a [`Command`] and returns its events or a refusal.
//! [`apply()`] computes the award after an [`Event`], and [`postings`] returns the ledger postings of the event.

mod apply;
mod code;
mod command;
mod decide;
mod double;
mod event;
mod holding;
mod ledger;
mod model;
mod payee_digest;
mod payment;
mod propose;
mod rebasing;
mod rivals;

pub use apply::apply;
pub use code::{Account, AwardStatus};
pub use command::{Command, Context, HazardNow};
pub use decide::decide;
pub use event::{Event, Proposed};
pub use ledger::{Posting, postings};
pub use model::Award;
pub use payee_digest::PayeeDigest;
pub use propose::{Proposal, propose};
pub use rivals::{Fate, Rival, Slot, fates, follows_fines, slot};
