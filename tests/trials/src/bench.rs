//! Benchmarks submissions: the server over HTTP, compared with a bare database that writes the same rows.
//!
//! [`phones`] submit reports, [`sample`] describes the rows that a submission writes, and [`pgbench`] and [`bare`]
//! write such rows without a server, with one report per transaction.

pub mod bare;
pub mod pgbench;
pub mod phones;
pub mod sample;
pub mod times;
