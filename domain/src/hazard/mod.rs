//! The case 事项: the aggregate of a hazard with its whistles, assignments and clocks.
//!
//! [`register()`] creates a case. [`decide()`] validates a [`Command`] and returns its events or a refusal. [`apply()`]
//! computes the case after an [`Event`]. The hazard status and the whistle statuses are never set by a step; they are
//! derived from the parts ([`Case::status`], [`Case::whistle_status`]).
//!
//! Each group of steps has its own module: `dispatch` 派单 and `whistle` 吹哨 create assignments, `taking_back` 收回 takes
//! them back; `approving` 审核 has the whistles that must be approved, and those whose units the command centre names 分哨
//! (`whistle_request`); `rating` 评哨 rates the answers; `sending_back` 退单 and `ruling` 裁定 let a unit say that an assignment is not its duty, and move the work on;
//! `assignment` has the worker's steps; `extending` gives more time 延期; `suspending` 挂账 lets the work rest, and `resume` lets it
//! go on; `acceptance` has accepting 验收 and rework 返工;
//! `closing` has closing 销号,
//! reopening and cancelling; `following_up` looks at closed hazards again 回头看; `merging` 合并 joins two cases of one matter; `classifying` has classification 归类; `transfer` moves an emergency along with its review 随转.
//! `supervision` 督办, `climbing` and `supervising` are the ladder from a reminder to a formal talk.
//! `enforcement` has inspections 检查, orders 责令 and penalties 行政处罚.
//! `major` has the steps of major hazards 重大事故隐患.
//! `on_duty` names who is on duty 值班 in the clocks of an emergency.
//! `turn` times the steps of the case as a whole: dispatching and closing.

mod acceptance;
mod apply;
mod approving;
mod assignment;
mod classifying;
mod climbing;
mod closing;
mod code;
mod command;
mod decide;
mod dispatch;
pub mod enforcement;
mod event;
mod extending;
mod following_up;
pub mod major;
mod merging;
mod model;
mod on_duty;
mod rating;
mod register;
mod resume;
mod resuming;
mod ruling;
mod send_back;
mod sending_back;
mod stage;
mod status;
mod supervising;
mod supervision;
mod suspending;
mod suspension;
mod taking_back;
mod transfer;
mod turn;
mod whistle;
mod whistle_request;

pub use apply::apply;
pub use classifying::Classification;
pub use climbing::looks_again;
pub use code::{
    AssignmentStatus, CancelReason, End, FollowUpResult, HazardStatus, Level, Measure, ObjectionOutcome, OpenWork,
    Origin, Part, RatingGrade, ReopenCause, ResumeCause, RulingOutcome, SendBackReason, SendBackState, WhistleEnd,
    WhistleFault, WhistleRequestState, WhistleStatus,
};
pub use command::{Command, Context, DutyFacts, Instead, Task, WorkPhoto};
pub use decide::decide;
pub use dispatch::may_take_part;
pub use event::{Event, Filed, NewAssignment, Registered, Work};
pub use extending::AskedExtension;
pub use major::{InterimMeasure, Major, MajorAct, MajorCommand, MajorStep};
pub use merging::{Both, LastEvents, Side, Terms, merge, undo_merge};
pub use model::{Assignment, Axes, Case, Whistle};
pub use rating::{Grades, Objection, Rating, RatingRuling, WhistleJudgement};
pub use register::{Registration, register};
pub use send_back::{SendBack, SendBackDecision};
pub use stage::Stage;
pub use supervision::{Acknowledgement, Supervision, SupervisionState, WatchedDeadline};
pub use suspending::SuspensionTerms;
pub use suspension::{AskedSuspension, Suspension};
pub use whistle_request::{WhistleDecision, WhistleRequest};
