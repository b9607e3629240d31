//! The use cases of hazards, one function per step.

pub(crate) mod accepting;
pub(crate) mod assigning;
pub(crate) mod closing;
pub(crate) mod command_handler;
mod consequences;
pub(crate) mod dispatching;
pub(crate) mod evidence;
pub(crate) mod extending;
mod facts;
mod filing;
pub(crate) mod findings;
pub(crate) mod likeness;
pub(crate) mod merging;
pub(crate) mod merging_hazards;
pub(crate) mod own_hazard;
mod pair;
pub(crate) mod parting;
pub(crate) mod reading;
mod refused;
pub(crate) mod registering;
pub(crate) mod review;
pub(crate) mod sending_back;
mod staffing;
pub(crate) mod step_input;
mod target;
pub(crate) mod unmerging;
pub(crate) mod working;
