//! What submitting costs: the server over HTTP beside the bare databases that take the same rows.
//!
//! [`phones`] send reports, [`sample`] reads back what one of them became, [`pgbench`] and [`bare`] write such rows
//! without a server, one report a transaction.

pub mod bare;
pub mod pgbench;
pub mod phones;
pub mod sample;
pub mod times;
