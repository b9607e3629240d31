//! Hazards 隐患: review, registration, dispatch, whistles, the worker's walk, acceptance, closure, callback.
//!
//! Every step is one walk: see the hazard, begin to write, lock its row, read its parts, decide, save the difference
//! and the events, commit. [`rows`] loads and saves a case; [`service`] has one function a use case.

pub mod graphql;
pub mod loader;
pub mod rows;
pub mod scope;
pub mod service;
pub mod subjects;
