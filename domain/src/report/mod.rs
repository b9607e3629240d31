//! The report 报告（线索): what one person saw, and what became of it.
//!
//! [`receive()`] begins a report. [`decide()`] says what happens if a [`Command`] is asked for now, or why it may not
//! happen. [`apply()`] gives the report after an [`Event`]. No decision depends on the content, the place, the photos
//! or the author, so these are not part of it.

mod apply;
mod code;
mod command;
mod decide;
mod event;
mod first_true;
mod model;
mod receive;

pub use apply::apply;
pub use code::{Channel, ReportSource, ReportStatus};
pub use command::{Command, Context, HazardFacts};
pub use decide::decide;
pub use event::{Event, Received};
pub use first_true::first_true;
pub use model::Report;
pub use receive::{Reception, receive, shown_at};
