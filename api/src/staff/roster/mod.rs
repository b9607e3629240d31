//! The duty roster 值班: its import, its changes by leaders and the command centre, and who may read it. `docs/roster.md` says
//! what reads it.

pub(crate) mod graphql;
pub(crate) mod import;
mod input;
pub(crate) mod reading;
mod rows;
mod service;
mod turn;
