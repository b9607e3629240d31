//! The server of Chuishao 吹哨: slices by word, one folder each, in the order in which their services may call one
//! another (only leftwards):
//! `journal < area < policy < staff < identity < photo < reward < report < hazard < intake < notice`.

pub use cli::main;

pub mod admission;
pub mod app;
mod backup;
pub mod caller;
mod cli;
pub mod config;
mod console;
pub mod context;
pub mod database;
pub mod dataloader;
mod demo;
pub mod error;
pub mod grouping;
mod import;
mod mask;
pub mod page;
pub mod place;
mod redact;
mod refused;
pub mod retry;
pub mod schema;
pub mod server;
pub mod start;
pub mod task_runner;
pub mod telemetry;
pub mod worker;

pub mod journal;

pub mod area;
pub mod policy;

pub mod staff;

pub mod identity;

pub mod photo;

pub mod reward;

pub mod report;

pub mod hazard;

pub mod intake;

pub mod notice;

#[cfg(test)]
mod testing;
