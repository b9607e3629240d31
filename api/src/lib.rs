//! The Chuishao 吹哨 server. Each domain slice has its own module. A service calls only services to its left: `journal
//! < area < policy < staff < identity < photo < reward < report < hazard < intake < todo < notice`.
#![expect(
    clippy::missing_errors_doc,
    reason = "the library is no interface for others; a section about errors stands where it says more than that the \
              database may not answer"
)]

pub use cli::main;

mod admission;
mod app;
mod backup;
mod caller;
mod cli;
mod client_time;
mod config;
mod console;
mod context;
mod database;
mod dataloader;
mod demo;
mod document;
mod error;
mod grouping;
mod import;
mod inputs;
mod mask;
mod page;
mod place;
mod private;
mod redact;
mod refused;
mod retry;
mod schema;
mod server;
mod start;
mod task_runner;
mod telemetry;
mod worker;

mod journal;

mod area;
mod policy;

mod staff;

mod identity;

mod photo;

mod reward;

mod report;

mod hazard;

mod incident;

mod intake;

mod todo;

mod notice;

#[cfg(test)]
mod testing;

/// The parts of the server that the tests and the trials use directly. Other programs must not use this module.
#[doc(hidden)]
pub mod testing_api {
    pub use crate::area::{Areas, Located};
    pub use crate::database::Database;
    pub use crate::identity::seal::{SealAad, SealKey};
    pub use crate::identity::{Keys, secrets};
    pub use crate::photo::disk::Disk;
    pub use crate::photo::original::original;
    pub use crate::photo::signer::{Mac, UrlSigner, mac_of};
    pub use crate::policy::import::{Mode, RuleKind, import};
    pub use crate::policy::rulebook_cache::RuleBookCache;
    pub use crate::telemetry::statements::{Ran, tell};
}
