//! A server on a disk that fails or is full: what it promised is there afterwards.
//!
//! | module | what it holds |
//! |---|---|
//! | [`crew`] | phones that hand in reports meanwhile, and what they were promised |
//! | [`tracer`], [`trace`] | strace at work, and what it has seen |
//! | [`order`] | the proof that a flush lies between each submission and its receipt |
//! | [`flushes`] | flushes and writes that fail, one by one |
//! | [`full`] | a disk that is really full |

pub mod crew;
pub mod flushes;
pub mod full;
pub mod order;
pub mod trace;
pub mod tracer;
