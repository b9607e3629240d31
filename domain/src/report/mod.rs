//! The report 报告（线索）: the aggregate for what one person saw and what became of it.
//!
//! [`receive()`] creates a report. [`assign()`] gives one that waited to the unit that may review it. [`decide()`] validates a [`Command`] and returns its events or a refusal.
//! [`apply()`] computes the report after an [`Event`]. No decision depends on the content, the place, the photos or the
//! author's identity, so the aggregate does not contain them.

mod apply;
mod assign;
mod code;
mod command;
mod decide;
mod effect;
mod event;
mod first_true;
mod forward;
mod model;
mod receive;

pub use apply::apply;
pub use assign::assign;
pub use code::{Channel, ReportSource, ReportStatus};
pub use command::{Command, Context, HazardFacts};
pub use decide::decide;
pub use effect::{Effect, Outcome, Sharing, effect};
pub use event::{Event, Received};
pub use first_true::first_true;
pub use forward::Receiver;
pub use model::Report;
pub use receive::{Reception, receive};
