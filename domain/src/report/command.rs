//! What can be asked of a report, and what is known when it is asked.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::Channel;
use crate::access::By;
use crate::id::{AmendmentId, HazardId, NoteId, UnitId};

/// What can be asked of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// 补充: its author adds to it.
    Amend {
        /// The amendment, stored by the caller.
        amendment: AmendmentId,
    },
    /// 撤回: its author takes it back.
    Withdraw,
    /// 属实: a hazard is registered for it; an emergency's own is kept.
    Confirm {
        /// The hazard.
        hazard: HazardId,
    },
    /// 合并: it joins a hazard that is there.
    Merge {
        /// The hazard.
        hazard: HazardId,
    },
    /// 不属实.
    Unfounded {
        /// What was found.
        note: NoteId,
    },
    /// 转办: to a unit of this system or through another channel; at least one is named.
    Refer {
        /// The unit.
        to: Option<UnitId>,
        /// The channel.
        channel: Option<Channel>,
        /// Why.
        note: NoteId,
    },
    /// 不予受理.
    OutOfScope {
        /// The channel that is right.
        channel: Channel,
        /// What its author is told.
        note: NoteId,
    },
}

/// What is known when something is asked of a report.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The time of arrival.
    pub now: DateTime<Utc>,
    /// Who asks; [`By::Reporter`] is its author.
    pub by: By,
    /// Whether the report lies in the area subtree of the post that asks.
    pub in_area: bool,
    /// Whether the officer who asks is its author.
    pub own_report: bool,
    /// Units that the report accuses.
    pub barred: &'a BTreeSet<UnitId>,
    /// What is known of hazards.
    pub hazards: HazardFacts,
}

/// What is known of the hazards that a command touches, read in the same transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HazardFacts {
    /// Whether anybody was asked to work on the report's own hazard.
    pub own_dispatched: bool,
    /// Whether the hazard that the command names was cancelled.
    pub named_cancelled: bool,
}
