//! Send-backs 退单: a unit says of its assignment that it is not its duty. The model, and what follows from it.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Assignment, AssignmentStatus, Case, RulingOutcome, SendBackReason, SendBackState};
use crate::id::{NoteId, OfficerId, UnitId};
use crate::staff::Role;

/// A send-back 退单 of an assignment. Events of merges and rows store it, so a new field needs a serde default.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendBack {
    /// The unit that asked for it.
    pub unit: UnitId,
    /// The officer who asked for it. Whoever asked does not rule.
    pub officer: OfficerId,
    /// The reason, as a code.
    pub reason: SendBackReason,
    /// The unit that should do the work instead, in the opinion of the unit that asked; `None` if it knows none.
    pub proposed: Option<UnitId>,
    /// The basis 依据: which law or which duty list says so.
    pub note: NoteId,
    /// When it was asked for.
    pub asked_at: DateTime<Utc>,
    /// The status of the assignment before, to which it returns if the assignment stays with the unit.
    pub before: AssignmentStatus,
    /// The state.
    pub state: SendBackState,
    /// The decision; `None` while it awaits one, and if there never was one.
    pub decided: Option<SendBackDecision>,
    /// The units that do the work instead.
    pub named: BTreeSet<UnitId>,
}

/// A decision on a send-back: the answer of the unit that gave the assignment, or a ruling 裁定.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendBackDecision {
    /// The unit that decided.
    pub unit: UnitId,
    /// The role in which the officer decided.
    pub role: Role,
    /// The officer who decided.
    pub officer: OfficerId,
    /// The reason of the decision.
    pub note: NoteId,
    /// When it was decided.
    pub at: DateTime<Utc>,
}

impl SendBackState {
    /// Returns the state after a ruling.
    #[must_use]
    pub const fn after(outcome: RulingOutcome) -> Self {
        match outcome {
            RulingOutcome::Stays => Self::Stays,
            RulingOutcome::Moves => Self::Moved,
        }
    }

    /// Returns whether the send-back awaits a decision.
    #[must_use]
    pub const fn is_pending(self) -> bool {
        match self {
            Self::Asked | Self::ForRuling => true,
            Self::Withdrawn | Self::Accepted | Self::Refused | Self::Stays | Self::Moved | Self::Lapsed => false,
        }
    }

    /// Returns whether the work went to another unit.
    #[must_use]
    pub const fn is_hop(self) -> bool {
        match self {
            Self::Accepted | Self::Moved => true,
            Self::Asked | Self::ForRuling | Self::Withdrawn | Self::Refused | Self::Stays | Self::Lapsed => false,
        }
    }
}

impl Assignment {
    /// Returns the send-back that awaits a decision, or `None`.
    #[must_use]
    pub fn pending_send_back(&self) -> Option<&SendBack> {
        self.send_backs.iter().find(|one| one.state.is_pending())
    }
}

impl Case {
    /// Returns how often the work went to another unit because it was sent back, in all rounds.
    #[must_use]
    pub fn hops(&self) -> usize {
        let all = self.assignments.iter().flat_map(|assignment| &assignment.send_backs);
        all.filter(|one| one.state.is_hop()).count()
    }

    /// Returns the unit that gave an assignment: the township, if an earlier build did not say which one did.
    #[must_use]
    pub fn giver(&self, assignment: &Assignment) -> UnitId {
        assignment.given_by.unwrap_or(self.township)
    }

    /// Returns the send-backs of the current round, except those that lapsed, each with its assignment.
    pub(super) fn send_backs(&self) -> impl Iterator<Item = (&Assignment, &SendBack)> {
        let round = self.round;
        let of_round = self.assignments.iter().filter(move |assignment| assignment.round == round);
        let all = of_round.flat_map(|assignment| assignment.send_backs.iter().map(move |one| (assignment, one)));
        all.filter(|(_, one)| one.state != SendBackState::Lapsed)
    }

    /// Returns whether a ruling of this round binds the unit: it ruled on a send-back of the unit, or named the unit.
    pub(super) fn is_ruled(&self, unit: UnitId) -> bool {
        self.send_backs().any(|(assignment, one)| match one.state {
            SendBackState::Stays => assignment.unit == unit || one.unit == unit,
            SendBackState::Moved => assignment.unit == unit || one.unit == unit || one.named.contains(&unit),
            SendBackState::Asked
            | SendBackState::ForRuling
            | SendBackState::Withdrawn
            | SendBackState::Accepted
            | SendBackState::Refused
            | SendBackState::Lapsed => false,
        })
    }
}
