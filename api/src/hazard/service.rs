//! Use cases of a hazard: one function each, split by verb.

pub(crate) mod closing;
pub(crate) mod command_handler;
mod consequences;
pub(crate) mod dispatching;
pub(crate) mod evidence;
mod facts;
pub(crate) mod findings;
pub(crate) mod likeness;
pub(crate) mod reading;
pub(crate) mod registering;
pub(crate) mod review;
pub(crate) mod working;
