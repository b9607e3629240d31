//! Which clocks of a case that do not run may run again with their old due time, so that a change of the calendar has to
//! reach them too.

use super::{AssignmentStatus, Case};
use crate::clock::{self, Clock, ClockKey, ClockKind};

impl Case {
    /// Returns whether the clock runs or is paused, or may run again with the due time that it has: work that was finished
    /// may be sent back 返工, and if all work is taken back 收回, the dispatch clock goes on.
    #[must_use]
    pub fn may_run(&self, clock: &Clock) -> bool {
        if clock.is_open() {
            return true;
        }
        let is_current = self.end.is_none() && clock.key.round == self.round;
        // The step may have passed to another unit, which has a clock of its own for it since.
        let is_the_one = |owner_unit| {
            let of_step = clock::of_step(&self.clocks, ClockKey { owner_unit, ..clock.key });
            of_step.is_some_and(|found| found.key == clock.key)
        };
        match clock.key.kind {
            ClockKind::Dispatch => is_current && is_the_one(self.township),
            ClockKind::Finish => {
                let of = clock.key.assignment.and_then(|id| self.assignment(id));
                let finished = of.filter(|of| of.status == AssignmentStatus::Finished);
                is_current && finished.is_some_and(|of| is_the_one(of.unit))
            }
            ClockKind::Review
            | ClockKind::Reinspect
            | ClockKind::Sign
            | ClockKind::CheckIn
            | ClockKind::AnswerSendBack
            | ClockKind::Rule
            | ClockKind::ApproveWhistle
            | ClockKind::NameUnits
            | ClockKind::RateAnswer
            | ClockKind::RuleOnRating
            | ClockKind::DecideSuspension
            | ClockKind::ReviewSuspension
            | ClockKind::Acknowledge
            | ClockKind::JudgeMajor
            | ClockKind::PlanMajor
            | ClockKind::Delist
            | ClockKind::AcceptMajor
            | ClockKind::ConsentMajor
            | ClockKind::Evacuate
            | ClockKind::StopUse
            | ClockKind::CutPower
            | ClockKind::Accept
            | ClockKind::Close
            | ClockKind::FollowUp
            | ClockKind::Extend
            | ClockKind::ReviewAward
            | ClockKind::ApproveAward
            | ClockKind::Collect
            | ClockKind::Pay => false,
        }
    }
}
