//! Which clocks of a case that do not run may run again with their old due time, so that a change of the calendar has to
//! reach them too.

use super::{AssignmentStatus, Case};
use crate::clock::{self, Clock, ClockKey, ClockKind};
use crate::id::UnitId;

impl Case {
    /// Returns whether the clock runs or is paused, or may run again with the due time that it has: work that was finished
    /// may be sent back 返工, and if all work is taken back 收回, the dispatch clock goes on.
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "one arm for each kind of clock")]
    pub fn may_run(&self, clock: &Clock) -> bool {
        if clock.is_open() {
            return true;
        }
        let is_current = self.end.is_none() && clock.key.round == self.round;
        match clock.key.kind {
            ClockKind::Dispatch => is_current && self.is_of_step(clock, self.township),
            ClockKind::Finish => {
                let of = clock.key.assignment.and_then(|id| self.assignment(id)).filter(|_| is_current);
                of.is_some_and(|of| of.status == AssignmentStatus::Finished && self.is_of_step(clock, of.unit))
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
            | ClockKind::Pay
            | ClockKind::AcknowledgeSituationReport
            | ClockKind::NextSituationReport => false,
        }
    }

    /// Returns whether the step of this unit would go on with this clock. It may have passed to another unit, which has a clock of
    /// its own for it since.
    fn is_of_step(&self, clock: &Clock, owner_unit: UnitId) -> bool {
        let of_step = clock::of_step(&self.clocks, ClockKey { owner_unit, ..clock.key });
        of_step.is_some_and(|found| found.key == clock.key)
    }
}
