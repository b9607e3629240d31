//! The case 事项: a hazard with its whistles, assignments and clocks.
//!
//! [`register()`] begins a case. [`decide()`] says what happens if a [`Command`] is asked for now, or why it may not
//! happen. [`apply()`] gives the case after an [`Event`]. The statuses of the hazard and of a whistle are never stored
//! by a step; they are computed from the parts ([`Case::status`], [`Case::whistle_status`]).
//!
//! Each group of steps has its file: `dispatch` 派单 and `whistle` 吹哨 make assignments, `assignment` holds the steps of a
//! worker, `acceptance` 验收, `closing` 销号 with reopening and cancelling, and `classifying` 归类.

mod acceptance;
mod apply;
mod assignment;
mod classifying;
mod closing;
mod code;
mod command;
mod decide;
mod dispatch;
mod event;
mod model;
mod register;
mod status;
mod whistle;

pub use apply::apply;
pub use classifying::Classification;
pub use code::{
    AssignmentStatus, CancelReason, End, HazardStatus, Level, Measure, Origin, Part, ReopenCause, WhistleEnd,
    WhistleStatus,
};
pub use command::{Command, Context, DutyFacts, Task};
pub use decide::decide;
pub use event::{Event, NewAssignment, Registered};
pub use model::{Assignment, Axes, Case, Whistle};
pub use register::{Registration, register};
