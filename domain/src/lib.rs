//! The rules of Chuishao 吹哨: pure functions over values.
//!
//! Nothing here knows a database, HTTP, an async runtime, a clock or a source of randomness: the caller brings the
//! time and stores the answer. Each aggregate ([`report`], [`hazard`], [`award`]) has two functions: `decide` says what
//! happens if a command is asked for now or why it may not be, and `apply` gives the state after an event.

#[macro_use]
mod coded;
#[macro_use]
pub mod event;

pub mod access;
pub mod area;
pub mod award;
pub mod callback;
pub mod clock;
pub mod content;
pub mod hazard;
pub mod id;
pub mod limits;
pub mod money;
pub mod note;
pub mod photo;
pub mod place;
pub mod policy;
pub mod refusal;
pub mod report;
pub mod staff;
pub mod subject;
pub mod time;

pub use refusal::{Code, Refusal};
