//! The award 奖励: what the first true report of a hazard is worth, and its way to the reporter.
//!
//! [`propose()`] begins an award. [`decide()`] says what happens if a [`Command`] is asked for now, or why it may not
//! happen. [`apply()`] gives the award after an [`Event`], and [`postings`] says what the event moves in the ledger.

mod apply;
mod code;
mod command;
mod decide;
mod event;
mod holding;
mod ledger;
mod model;
mod payment;
mod propose;

pub use apply::apply;
pub use code::{Account, AwardStatus};
pub use command::{Command, Context, HazardNow};
pub use decide::decide;
pub use event::{Event, Proposed};
pub use ledger::{Posting, postings};
pub use model::Award;
pub use propose::{Proposal, propose};
