//! The commands of a report, and the facts that a decision needs.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::Channel;
use crate::access::By;
use crate::id::{AmendmentId, HazardId, NoteId, UnitId};

/// A command that can be asked of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Adds an amendment 补充; the author does it.
    Amend {
        /// The amendment, which the caller stores.
        amendment: AmendmentId,
    },
    /// Withdraws the report 撤回; the author does it.
    Withdraw,
    /// Confirms the report 属实: a hazard is registered for it. The hazard that an emergency brought is kept.
    Confirm {
        /// The hazard.
        hazard: HazardId,
    },
    /// Merges the report into an existing hazard 合并.
    Merge {
        /// The hazard.
        hazard: HazardId,
    },
    /// Finds the report unfounded 不属实.
    Unfounded {
        /// What was found.
        note: NoteId,
    },
    /// Refers the report 转办 to a unit of this system or through another channel; at least one of the two is given.
    Refer {
        /// The unit.
        to: Option<UnitId>,
        /// The channel.
        channel: Option<Channel>,
        /// The reason.
        note: NoteId,
    },
    /// Finds the report out of scope 不予受理.
    OutOfScope {
        /// The channel that is responsible.
        channel: Channel,
        /// What the author is told.
        note: NoteId,
    },
}

/// The facts that are known when something is asked of a report.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The time of arrival.
    pub now: DateTime<Utc>,
    /// The party that asks; [`By::Reporter`] is the author of the report.
    pub by: By,
    /// Whether the report lies in the area of the post that asks, or below it.
    pub in_area: bool,
    /// Whether the officer who asks is the author of the report.
    pub own_report: bool,
    /// The units that the report accuses.
    pub barred: &'a BTreeSet<UnitId>,
    /// The facts about the hazards that the command touches.
    pub hazards: HazardFacts,
}

/// The facts about the hazards that a command touches, read in the same transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HazardFacts {
    /// Whether a unit was asked to work on the report's own hazard.
    pub own_dispatched: bool,
    /// Whether the hazard that the command names was cancelled.
    pub named_cancelled: bool,
}
