//! Hazards 隐患: review, registration, dispatch, whistles, the worker's walk, acceptance, closure, callback.
//!
//! Every step is one walk: see the hazard, begin to write, lock its row, read its parts, decide, save the difference
//! and the events, commit. [`rows`] loads and saves a case; [`service`] has one function a use case.

pub(crate) mod graphql;
pub(crate) mod loader;
pub(crate) mod rows;
pub(crate) mod scope;
pub(crate) mod service;
pub(crate) mod subjects;
