//! The harness shows here that it can be believed: a harness that always agrees proves nothing.

mod app;
mod postgres;
mod process;
mod store;
