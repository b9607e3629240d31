//! The hazard status and the whistle statuses. Both are derived from the parts of the case and never set directly.

use std::collections::BTreeSet;

use super::{Assignment, AssignmentStatus, Case, End, HazardStatus, Whistle, WhistleEnd, WhistleStatus};
use crate::id::{AssignmentId, OfficerId};

impl Case {
    /// Derives the hazard status. The first match wins: closed or cancelled if the case has ended; suspended while a
    /// suspension is in force; registered if there is no live assignment; awaiting closure if all live assignments are accepted; awaiting acceptance if all of them are
    /// finished or accepted; assigned if none of them was ever claimed; otherwise in progress.
    #[must_use]
    pub fn status(&self) -> HazardStatus {
        match self.end {
            Some(End::Cancelled) => HazardStatus::Cancelled,
            Some(End::Closed) => HazardStatus::Closed,
            None if self.suspension.is_some() => HazardStatus::Suspended,
            None if self.live().next().is_none() => HazardStatus::Registered,
            None if self.live().all(|assignment| assignment.status == AssignmentStatus::Accepted) => {
                HazardStatus::AwaitingClosure
            }
            None if self.live().all(Assignment::is_done) => HazardStatus::AwaitingAcceptance,
            None if self.live().all(|assignment| assignment.claimed_at.is_none()) => HazardStatus::Assigned,
            None => HazardStatus::InProgress,
        }
    }

    /// Derives the status of one of the case's whistles. The first match wins: cancelled if that end was recorded, which
    /// also happens when its last assignment is taken back or sent back; completed if all its other assignments are accepted; answered if a worker has checked in for each of them;
    /// otherwise blown.
    #[must_use]
    pub fn whistle_status(&self, whistle: &Whistle) -> WhistleStatus {
        let asked = || {
            let of_whistle = self.assignments.iter().filter(|assignment| assignment.whistle == Some(whistle.id));
            of_whistle.filter(|assignment| !assignment.status.is_gone())
        };
        match whistle.end {
            Some(WhistleEnd::Cancelled) => WhistleStatus::Cancelled,
            None if asked().all(|assignment| assignment.status == AssignmentStatus::Accepted) => {
                WhistleStatus::Completed
            }
            None if asked().all(|assignment| assignment.checked_in_at.is_some()) => WhistleStatus::Answered,
            None => WhistleStatus::Blown,
        }
    }

    /// Returns the live assignments: those of the current round that have been neither cancelled nor taken back nor sent
    /// back.
    pub fn live(&self) -> impl Iterator<Item = &Assignment> {
        let round = self.round;
        self.assignments.iter().filter(move |assignment| assignment.round == round && !assignment.status.is_gone())
    }

    /// Returns the assignment with this id from any round, or `None` if the case has none.
    #[must_use]
    pub fn assignment(&self, id: AssignmentId) -> Option<&Assignment> {
        self.assignments.iter().find(|assignment| assignment.id == id)
    }

    /// Returns all officers who have ever held an assignment of this case, or of a hazard that was merged into it.
    #[must_use]
    pub fn all_workers(&self) -> BTreeSet<OfficerId> {
        let own = self.assignments.iter().flat_map(|assignment| &assignment.workers);
        own.chain(&self.past_workers).copied().collect()
    }

    /// Returns whether the current round has a live assignment.
    #[must_use]
    pub fn is_dispatched(&self) -> bool {
        self.live().next().is_some()
    }
}

impl AssignmentStatus {
    /// Returns whether the unit no longer has the assignment: it was cancelled, taken back or sent back.
    #[must_use]
    pub const fn is_gone(self) -> bool {
        match self {
            Self::SentBack | Self::Cancelled => true,
            Self::Open
            | Self::Signed
            | Self::Claimed
            | Self::OnSite
            | Self::Finished
            | Self::Accepted
            | Self::Rework
            | Self::SendBackAsked => false,
        }
    }
}

impl Assignment {
    /// Returns whether the work is finished, whether or not it has been accepted.
    #[must_use]
    pub fn is_done(&self) -> bool {
        matches!(self.status, AssignmentStatus::Finished | AssignmentStatus::Accepted)
    }
}
