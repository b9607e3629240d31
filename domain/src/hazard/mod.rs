//! The case 事项: a hazard with its whistles, assignments and clocks.
//!
//! [`register()`] begins a case, [`decide()`] says what happens if a [`Command`] is asked for now or why it may not be, and
//! [`apply()`] gives the case after an [`Event`]. The statuses of the hazard and of a whistle are never set: they are
//! computed from the parts ([`Case::status`], [`Case::whistle_status`]).
//!
//! One file a word: `dispatch` and `whistle` make assignments, `assignment` is the worker's walk, `acceptance` 验收,
//! `closing` 销号 with reopening and cancelling, `classifying` 归类 what a review finds.

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
