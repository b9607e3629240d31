//! Use cases of a hazard: one function each, split by verb.

pub mod closing;
pub mod command_handler;
mod consequences;
pub mod dispatching;
pub mod evidence;
mod facts;
pub mod findings;
pub mod likeness;
pub mod reading;
pub mod registering;
pub mod review;
pub mod working;
