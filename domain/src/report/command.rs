//! The report commands, and the context in which they are decided.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::{Channel, Receiver, Sharing};
use crate::access::By;
use crate::clock::Timing;
use crate::hazard::Stage;
use crate::id::{AmendmentId, HazardId, NoteId, UnitId};
use crate::policy::HandlingPolicy;

/// A command to a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Adds an amendment 补充. Only the author may issue this command.
    Amend {
        /// The id of the amendment; the caller stores its text.
        amendment: AmendmentId,
    },
    /// Withdraws the report 撤回. Only the author may issue this command.
    Withdraw,
    /// Confirms the report 属实. The caller registers a hazard for it; for an emergency, its own hazard is kept unless it
    /// has been cancelled.
    Confirm {
        /// The new hazard, or the emergency's own hazard.
        hazard: HazardId,
        /// The reviewer's findings.
        note: NoteId,
    },
    /// Merges the report into a hazard that is already registered 合并.
    Merge {
        /// The existing hazard.
        hazard: HazardId,
        /// The reason why it is the same hazard.
        note: NoteId,
    },
    /// Finds the report unfounded 不属实.
    Unfounded {
        /// The reviewer's findings.
        note: NoteId,
    },
    /// Refers the report 转办 to another unit of this system, which goes on with the review.
    Forward {
        /// The receiving unit, which must not be recused.
        to: UnitId,
        /// The reason for the referral.
        note: NoteId,
    },
    /// Refers the report 转办 to a channel outside this system, which ends it here.
    Refer {
        /// The external channel.
        channel: Channel,
        /// The reason for the referral.
        note: NoteId,
    },
    /// Finds the report out of scope 不予受理.
    OutOfScope {
        /// The right channel for the matter.
        channel: Channel,
        /// The explanation for the author.
        note: NoteId,
    },
    /// Follows the hazard to which the report points into another one, because the two were found to be the same.
    Follow {
        /// The hazard that stands.
        hazard: HazardId,
        /// Whether a merge is undone, and the report goes back to its hazard.
        back: bool,
    },
}

/// The context of a report command: everything outside the report on which the decision depends.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The time that the events tell: for an act of the author, a boundary of the veil ([`crate::time::Moment`]).
    pub now: DateTime<Utc>,
    /// The party that issues the command; [`By::Reporter`] is the author of the report.
    pub by: By,
    /// Whether the report lies in the area of the acting post, or below it.
    pub in_area: bool,
    /// Whether the acting officer is the author of the report.
    pub own_report: bool,
    /// The recused units 回避: those that the report accuses.
    pub barred: &'a BTreeSet<UnitId>,
    /// The state of the hazards that the command affects.
    pub hazards: HazardFacts,
    /// What is known of the unit to which the command refers the report.
    pub receiver: Receiver,
    /// The handling policy in force at the place of the report.
    pub policy: &'a HandlingPolicy,
    /// The calendar and the rules that determine due times.
    pub timing: Timing<'a>,
}

/// The state of the hazards that a command affects, read in the same transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HazardFacts {
    /// How far the report's own hazard is; `None` if the report points to no hazard.
    pub own: Option<Stage>,
    /// Whether the own hazard is this report's alone.
    pub sharing: Sharing,
    /// How far the hazard is that a merge names; `None` for other commands.
    pub named: Option<Stage>,
    /// Whether the hazard to which the report will point is closed and its callback window 回访期 is open.
    pub callback_open: bool,
    /// Whether the hazard that a merge names is suspended 挂账.
    pub named_suspended: bool,
    /// Whether the hazard that a merge names is open, and less is feared of it than of the own hazard.
    pub named_calmer: bool,
}
