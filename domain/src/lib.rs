//! The rules of Chuishao 吹哨: pure functions over values.
//!
//! This crate depends on no database, no HTTP, no async runtime, no system clock and no source of randomness: the
//! caller passes in the current time and the ids, and stores the resulting events. Each aggregate ([`report`],
//! [`hazard`], [`award`], [`incident`]) has two functions. `decide` validates a command against the current state and returns either
//! events or a refusal; `apply` computes the state after an event.
//!
//! ```
//! use chrono::DateTime;
//! use domain::report::{self, Event};
//!
//! // A stored event is deserialised and applied to the state that precedes it.
//! let text = r#"{"kind":"AMENDED","amendment":"00000000-0000-4000-8000-000000000001","at":"2026-11-24T08:00:00Z"}"#;
//! let event: Event = serde_json::from_str(text).unwrap();
//! let mut report = domain::report::Report {
//!     id: domain::id::ReportId(uuid::Uuid::nil()),
//!     version: 1,
//!     status: report::ReportStatus::Received,
//!     source: report::ReportSource::Public,
//!     emergency: false,
//!     hazard: None,
//!     review_unit: domain::id::UnitId(uuid::Uuid::nil()),
//!     shown_at: DateTime::UNIX_EPOCH,
//!     reviewed_by: None,
//!     amendments: 0,
//!     clocks: Vec::new(),
//! };
//! report::apply(&mut report, &event);
//! assert_eq!(report.version, 2);
//! ```

#[macro_use]
mod coded;
#[macro_use]
pub mod event;

pub mod access;
pub mod area;
pub mod award;
pub mod callback;
pub mod clock;
pub mod content;
pub mod hazard;
pub mod id;
pub mod incident;
pub mod inheritance;
pub mod limits;
pub mod money;
pub mod note;
pub mod number;
pub mod photo;
pub mod place;
pub mod policy;
pub mod recount;
pub mod refusal;
pub mod report;
pub mod roster;
pub mod rule;
pub mod staff;
pub mod subject;
pub mod text;
pub mod time;
pub mod todo;
pub mod written;

pub use refusal::{Code, Refusal};
