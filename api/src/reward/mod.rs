//! Awards 举报奖励 for the first true report of a hazard, and their payment.
//!
//! This slice knows reports, hazards and officers only by their ids. The handling of a hazard says which report is the
//! first true one ([`proposing`]). What this slice must know about people it asks `identity`, which answers yes or no.
//! Every step locks the award, decides ([`deciding`]), and saves the difference with the ledger and the events
//! ([`rows`]). A payment happens between two such transactions ([`payment`]), under a key that is on the disk before
//! the payer is asked.

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
