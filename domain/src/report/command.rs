//! The report commands, and the context in which they are decided.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::Channel;
use crate::access::By;
use crate::id::{AmendmentId, HazardId, NoteId, UnitId};

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
    /// Confirms the report 属实. The caller registers a hazard for it; for an emergency, its own hazard is kept.
    Confirm {
        /// The new hazard, or the emergency's own hazard.
        hazard: HazardId,
    },
    /// Merges the report into a hazard that is already registered 合并.
    Merge {
        /// The existing hazard.
        hazard: HazardId,
    },
    /// Finds the report unfounded 不属实.
    Unfounded {
        /// The reviewer's findings.
        note: NoteId,
    },
    /// Refers the report 转办 to a unit of this system, to an external channel, or both. At least one is required.
    Refer {
        /// The receiving unit, which must not be recused.
        to: Option<UnitId>,
        /// The external channel.
        channel: Option<Channel>,
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
}

/// The state of the hazards that a command affects, read in the same transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HazardFacts {
    /// Whether work has been dispatched for the report's own hazard.
    pub own_dispatched: bool,
    /// Whether the hazard named in the command has been cancelled.
    pub named_cancelled: bool,
}
