//! The report 报告（线索): what one person saw, and what became of it.
//!
//! [`receive()`] begins a report, [`decide()`] says what happens if a [`Command`] is asked for now or why it may not be, and
//! [`apply()`] gives the report after an [`Event`]. Content, place and photos are not decided on and are not here; nor is
//! anything of its author.

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
