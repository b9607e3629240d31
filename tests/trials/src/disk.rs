//! A server on a failing or full disk: everything that it acknowledged must still be there afterwards.
//!
//! | module | contents |
//! |---|---|
//! | [`crew`] | phones that submit reports meanwhile, and the receipts that they got |
//! | [`tracer`], [`trace`] | attaches strace, and parses its output |
//! | [`order`] | the proof that a flush happens between each submission and its receipt |
//! | [`flushes`] | makes the flushes or writes fail one by one |
//! | [`full`] | fills a real disk |

pub mod crew;
pub mod flushes;
pub mod full;
pub mod order;
pub mod trace;
pub mod tracer;
