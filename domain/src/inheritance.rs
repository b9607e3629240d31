//! What a successor 承接单位 takes over when a unit ends 撤并: open work goes on, with the same deadlines.

use chrono::{DateTime, Utc};

use crate::award::{self, Award};
use crate::clock::{self, Clock, ClockChange, ClockKind};
use crate::event::DomainEvent;
use crate::hazard::{self, AssignmentStatus, Case};
use crate::id::{AssignmentId, UnitId};
use crate::incident::{self, Incident};
use crate::report::{self, Report, ReportStatus};

/// A unit that ends and the unit that takes over from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inheritance {
    /// The unit that ends.
    pub from: UnitId,
    /// The successor.
    pub to: UnitId,
    /// When the successor takes over.
    pub at: DateTime<Utc>,
}

impl Inheritance {
    /// Returns the event by which the successor reviews a report; `None` if the unit does not have to review it.
    #[must_use]
    pub fn of_report(self, report: &Report) -> Option<report::Event> {
        let Self { from, to, at } = self;
        let waits = report.status == ReportStatus::Received && report.review_unit == from;
        waits.then(|| report::Event::Inherited { from, to, at, clocks: self.clocks(&report.clocks, |_| true) })
    }

    /// Returns the event by which the successor takes over a hazard, its assignments, or both. `township` says whether it
    /// takes over the hazard itself, `assignments` which assignments. `None` if nothing of it belongs to the unit.
    #[must_use]
    #[expect(clippy::too_many_lines, reason = "one arm for each kind of clock")]
    pub fn of_case(self, case: &Case, township: bool, assignments: &[AssignmentId]) -> Option<hazard::Event> {
        let Self { from, to, at } = self;
        let township = township && case.township == from;
        let taken: Vec<AssignmentId> = open_assignments(case, from).filter(|id| assignments.contains(id)).collect();
        if !township && taken.is_empty() {
            return None;
        }
        let moves = |clock: &Clock| match clock.key.kind {
            ClockKind::Sign | ClockKind::CheckIn | ClockKind::Finish => {
                clock.key.assignment.is_some_and(|id| taken.contains(&id))
            }
            ClockKind::Acknowledge => {
                let one = clock.key.supervision.and_then(|id| case.supervision(id));
                township || one.and_then(|one| one.assignment).is_some_and(|id| taken.contains(&id))
            }
            ClockKind::Reinspect => township || !taken.is_empty(),
            ClockKind::Review
            | ClockKind::Dispatch
            | ClockKind::Extend
            | ClockKind::AnswerSendBack
            | ClockKind::Rule
            | ClockKind::ApproveWhistle
            | ClockKind::NameUnits
            | ClockKind::RateAnswer
            | ClockKind::RuleOnRating
            | ClockKind::DecideSuspension
            | ClockKind::Accept
            | ClockKind::JudgeMajor
            | ClockKind::Delist
            | ClockKind::AcceptMajor
            | ClockKind::ConsentMajor
            | ClockKind::Close
            | ClockKind::FollowUp => township,
            ClockKind::PlanMajor | ClockKind::Evacuate | ClockKind::StopUse | ClockKind::CutPower => {
                township || !taken.is_empty()
            }
            // The unit of the responsible leader, whatever else it has.
            ClockKind::ReviewSuspension => true,
            ClockKind::ReviewAward
            | ClockKind::ApproveAward
            | ClockKind::Collect
            | ClockKind::Pay
            | ClockKind::AcknowledgeSituationReport
            | ClockKind::NextSituationReport => false,
        };
        let clocks = self.clocks(&case.clocks, moves);
        Some(hazard::Event::Inherited { from, to, township, assignments: taken, at, clocks })
    }

    /// Returns the event by which the successor has to decide on the send-back 退单 of an assignment; `None` if the unit does
    /// not have to. It concerns units that do not hold the hazard, such as a command centre that rules.
    #[must_use]
    pub fn of_decision(self, case: &Case, assignment: AssignmentId) -> Option<hazard::Event> {
        let Self { from, to, at } = self;
        let is_decision = |kind| matches!(kind, ClockKind::AnswerSendBack | ClockKind::Rule);
        let moves = |clock: &Clock| clock.key.assignment == Some(assignment) && is_decision(clock.key.kind);
        let clocks = self.clocks(&case.clocks, moves);
        let assignments = Vec::new();
        let event = hazard::Event::Inherited { from, to, township: false, assignments, at, clocks };
        (!event.clocks().is_empty()).then_some(event)
    }

    /// Returns the event by which the successor has to decide on a whistle of a hazard or on a rating 评哨, or to name units 分哨; `None` if the
    /// unit does not have to. It concerns command centres that do not hold the hazard.
    #[must_use]
    pub fn of_whistle(self, case: &Case) -> Option<hazard::Event> {
        let Self { from, to, at } = self;
        let is_of_whistle =
            |kind| matches!(kind, ClockKind::ApproveWhistle | ClockKind::NameUnits | ClockKind::RuleOnRating);
        let clocks = self.clocks(&case.clocks, |clock| is_of_whistle(clock.key.kind));
        let assignments = Vec::new();
        let event = hazard::Event::Inherited { from, to, township: false, assignments, at, clocks };
        (!event.clocks().is_empty()).then_some(event)
    }

    /// Returns the event by which the successor takes over what a unit has to do because a hazard is a major one, or suspected to
    /// be one: the judgement, the consent, the listing. `None` if it has none of it.
    #[must_use]
    pub fn of_major(self, case: &Case) -> Option<hazard::Event> {
        let Self { from, to, at } = self;
        let is_its = |kind| {
            matches!(kind, ClockKind::JudgeMajor | ClockKind::Delist | ClockKind::AcceptMajor | ClockKind::ConsentMajor)
        };
        let clocks = self.clocks(&case.clocks, |clock| is_its(clock.key.kind));
        let judges = !clocks.is_empty() || case.major.department == Some(from);
        let assignments = Vec::new();
        judges.then_some(hazard::Event::Inherited { from, to, township: false, assignments, at, clocks })
    }

    /// Returns the event by which the successor has to decide on a suspension 挂账 of a hazard; `None` if the unit does not have
    /// to. It concerns command centres that do not hold the hazard.
    #[must_use]
    pub fn of_suspension(self, case: &Case) -> Option<hazard::Event> {
        let Self { from, to, at } = self;
        let clocks = self.clocks(&case.clocks, |clock| clock.key.kind == ClockKind::DecideSuspension);
        let assignments = Vec::new();
        let event = hazard::Event::Inherited { from, to, township: false, assignments, at, clocks };
        (!event.clocks().is_empty()).then_some(event)
    }

    /// Returns the event by which the successor takes over an award; `None` if the unit does not have it.
    #[must_use]
    pub fn of_award(self, award: &Award) -> Option<award::Event> {
        let Self { from, to, at } = self;
        (award.unit == from).then(|| award::Event::Inherited {
            from,
            to,
            at,
            clocks: self.clocks(&award.clocks, |_| true),
        })
    }

    /// Returns the event by which the successor sends the reports of an incident 突发事件, or receives them; `None` if the unit does
    /// neither.
    #[must_use]
    pub fn of_incident(self, incident: &Incident) -> Option<incident::Event> {
        let Self { from, to, at } = self;
        let clocks = || self.clocks(&incident.clocks, |_| true);
        let is_part = [incident.unit, incident.receiver].contains(&from);
        is_part.then(|| incident::Event::Inherited { from, to, at, clocks: clocks() })
    }

    /// Ends the clocks of the unit that run or are paused, and lets its successor have them with the same deadline. A clock
    /// that has stopped stays with the unit that had to take the step; if the step becomes due again, its clock is found
    /// there ([`clock::proceed`]).
    fn clocks(self, clocks: &[Clock], moves: impl Fn(&Clock) -> bool) -> Vec<ClockChange> {
        let own = clocks.iter().filter(|clock| clock.is_open() && clock.key.owner_unit == self.from);
        own.filter(|clock| moves(clock)).flat_map(|clock| clock::hand_to(clocks, clock, self.to, self.at)).collect()
    }
}

/// Iterates over the assignments of a unit on which work goes on: those of the current round that are neither accepted
/// nor cancelled. An ended case has none.
pub fn open_assignments(case: &Case, unit: UnitId) -> impl Iterator<Item = AssignmentId> {
    let is_open = case.end.is_none();
    let open = case.live().filter(move |assignment| is_open && assignment.unit == unit);
    open.filter(|assignment| assignment.status != AssignmentStatus::Accepted).map(|assignment| assignment.id)
}
