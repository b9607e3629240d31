//! Hazards 隐患: review, registration, dispatch, whistles, work, acceptance, closure and callback. A whistle 吹哨 is a
//! township's formal call for other departments to come and deal with a hazard; a worker of a called unit claims 认领
//! the assignment; rework 返工 is work that the township did not accept; a callback 回访 asks the reporter for an
//! opinion after closure.
//!
//! The command handler executes every step the same way: it locks the hazard row, reads the whistles, assignments and
//! clocks, checks that the caller may see the hazard, decides, saves the changed rows together with the events, and
//! commits. [`rows`] loads and saves a case, which is a hazard with those parts; [`service`] has one function per step.

mod enforcement;
pub(crate) mod enforcement_loader;
pub(crate) mod graphql;
pub(crate) mod loader;
pub(crate) mod rows;
pub(crate) mod scope;
pub(crate) mod service;
pub(crate) mod subjects;
mod supervisions;
pub(crate) mod todos;
