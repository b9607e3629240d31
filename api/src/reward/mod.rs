//! Rewards 举报奖励: awards for the first true report, and their money.
//!
//! This slice knows reports, hazards and officers by their ids. The handling of a hazard tells it which report is the
//! first true one ([`proposing`]); what it must know of people it asks of `identity` and gets as yes or no. Every step
//! is one walk ([`walk`]): lock the award, decide, save the difference with the ledger and the events, commit. A payment
//! is made between two such walks ([`payment`]), under a key that is on the disk before anybody is asked to pay.

mod collecting;
mod deciding;
pub(crate) mod fen;
pub(crate) mod graphql;
pub(crate) mod loader;
pub(crate) mod payer;
mod payment;
mod proposing;
pub(crate) mod reading;
pub(crate) mod rows;
pub(crate) mod service;

#[cfg(test)]
mod tests;
