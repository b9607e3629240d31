//! Awards 举报奖励 for the first true report of a hazard, and their payment.
//!
//! This slice knows reports, hazards and officers only by id. The `hazard` slice determines the first true report
//! (confirmed or merged) and calls [`proposing`]. Questions about people go to the `identity` slice, which answers only
//! yes or no. Every step locks the award, decides ([`deciding`]), and saves the changed columns together with the
//! ledger lines and the events ([`rows`]). A payment runs between two such transactions ([`payment`]), under an
//! idempotency key that is committed before the payment provider is called.

mod collecting;
mod deciding;
pub(crate) mod fen;
pub(crate) mod graphql;
pub(crate) mod loader;
mod matter;
pub(crate) mod payer;
mod payment;
mod proposing;
pub(crate) mod reading;
pub(crate) mod rows;
pub(crate) mod service;
pub(crate) mod todos;

#[cfg(test)]
mod tests;
