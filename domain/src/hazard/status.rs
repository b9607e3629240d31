//! The status of a hazard and of its whistles. Both are computed from the parts and never set.

use super::{Assignment, AssignmentStatus, Case, End, HazardStatus, Whistle, WhistleEnd, WhistleStatus};
use crate::id::AssignmentId;

impl Case {
    /// Returns the status of the hazard. The first of these that applies counts: the case has ended, then it is closed
    /// or cancelled; there is no live assignment, then it is registered; all live ones are finished or accepted, then
    /// it awaits acceptance; none was ever claimed, then it is assigned; otherwise it is in progress.
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

    /// Returns the status of a whistle of this case. The first of these that applies counts: its end, if one was
    /// recorded; completed, if all its live assignments are accepted; answered, if each has been checked in to;
    /// otherwise blown.
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

    /// Returns the assignments of the current round that were not cancelled.
    pub fn live(&self) -> impl Iterator<Item = &Assignment> {
        let round = self.round;
        self.assignments
            .iter()
            .filter(move |assignment| assignment.round == round && assignment.status != AssignmentStatus::Cancelled)
    }

    /// Returns the assignment with this id, of any round.
    #[must_use]
    pub fn assignment(&self, id: AssignmentId) -> Option<&Assignment> {
        self.assignments.iter().find(|assignment| assignment.id == id)
    }

    /// Returns whether a unit was asked to work on the hazard in the current round.
    #[must_use]
    pub fn is_dispatched(&self) -> bool {
        self.live().next().is_some()
    }
}

impl Assignment {
    /// Returns whether the work is finished, accepted or not.
    #[must_use]
    pub fn is_done(&self) -> bool {
        matches!(self.status, AssignmentStatus::Finished | AssignmentStatus::Accepted)
    }
}
