//! Incidents 突发事件 and their situation reports 信息报告: what a unit tells the unit above it about an incident, from the initial
//! report 初报 over updates 续报 to the final report 终报.
//!
//! [`open()`] begins an incident with its initial report. [`decide()`] validates a [`Command`] and returns its events or a
//! refusal, and [`apply()`] computes the incident after an [`Event`]. A report is never overwritten: a correction 更正 is a report of
//! its own that names the one it corrects. The page `docs/information-reports.md` shows the rules as tables.

mod apply;
mod code;
mod command;
mod decide;
mod event;
mod judging;
mod model;
mod open;

pub use apply::apply;
pub use code::{
    DeliveryChannel, IncidentGrade, IncidentStatus, IncidentType, InformationSource, LateMark, SituationReportKind,
};
pub use command::{Command, Context, Draft, Receiver, Signer};
pub use decide::decide;
pub use event::{Event, IncidentOpened, Sent};
pub use judging::{AHEAD_MINUTES_MAX, DAYS_BACK_MAX};
pub use model::{Acknowledged, Incident, SituationReport};
pub use open::{HazardFacts, HazardStanding, Opening, open};
