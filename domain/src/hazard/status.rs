//! Where a hazard and its whistles stand: computed, never set.

use super::{Assignment, AssignmentStatus, Case, End, HazardStatus, Whistle, WhistleEnd, WhistleStatus};
use crate::id::AssignmentId;

impl Case {
    /// Where the hazard stands. The first line that holds: as it ended; no live assignment: registered; all live ones
    /// finished or accepted: awaiting acceptance; none ever claimed: assigned; else in progress.
    #[must_use]
    pub fn status(&self) -> HazardStatus {
        match self.end {
            Some(End::Cancelled) => HazardStatus::Cancelled,
            Some(End::Closed) => HazardStatus::Closed,
            None if self.live().next().is_none() => HazardStatus::Registered,
            None if self.live().all(Assignment::is_done) => HazardStatus::AwaitingAcceptance,
            None if self.live().all(|assignment| assignment.claimed_at.is_none()) => HazardStatus::Assigned,
            None => HazardStatus::InProgress,
        }
    }

    /// Where a whistle of this case stands. The first line that holds: as it ended; all its live assignments accepted:
    /// completed; each has been checked in to: answered; else blown.
    #[must_use]
    pub fn whistle_status(&self, whistle: &Whistle) -> WhistleStatus {
        let asked = || {
            let of_whistle = self.assignments.iter().filter(|assignment| assignment.whistle == Some(whistle.id));
            of_whistle.filter(|assignment| assignment.status != AssignmentStatus::Cancelled)
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

    /// The assignments of the present round that were not cancelled.
    pub fn live(&self) -> impl Iterator<Item = &Assignment> {
        let round = self.round;
        self.assignments
            .iter()
            .filter(move |assignment| assignment.round == round && assignment.status != AssignmentStatus::Cancelled)
    }

    /// The assignment with this id, of any round.
    #[must_use]
    pub fn assignment(&self, id: AssignmentId) -> Option<&Assignment> {
        self.assignments.iter().find(|assignment| assignment.id == id)
    }

    /// Whether anybody was asked to work on it in the present round.
    #[must_use]
    pub fn is_dispatched(&self) -> bool {
        self.live().next().is_some()
    }
}

impl Assignment {
    /// Whether its work is finished, accepted or not.
    #[must_use]
    pub fn is_done(&self) -> bool {
        matches!(self.status, AssignmentStatus::Finished | AssignmentStatus::Accepted)
    }
}
