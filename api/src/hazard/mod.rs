//! Hazards 隐患: review, registration, dispatch, whistles, work, acceptance, closure and callback.
//!
//! The command handler runs every step the same way: it checks that the caller may see the hazard, locks its row, reads
//! its parts, decides, saves the difference with the events, and commits. [`rows`] loads and saves a case; [`service`]
//! has one function for each step.

pub(crate) mod graphql;
pub(crate) mod loader;
pub(crate) mod rows;
pub(crate) mod scope;
pub(crate) mod service;
pub(crate) mod subjects;
