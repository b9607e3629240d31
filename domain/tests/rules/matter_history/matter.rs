//! A matter: reports, hazards and awards, and the steps that change several of them at once, as the server takes them.
//! Long because these steps follow from one another, as in one transaction of the server.

use std::collections::{BTreeMap, BTreeSet};

use domain::access::{Action, By};
use domain::award::{self, Award, AwardStatus, Proposal};
use domain::hazard::{self, Axes, CancelReason, Case, End, Registration, ReopenCause, Stage};
use domain::id::{AreaId, AwardId, HazardId, ReportId, UnitId};
use domain::money::Fen;
use domain::report::{
    self, Command, Effect, HazardFacts, Reception, Report, ReportSource, ReportStatus, Sharing, effect, first_true,
};
use domain::staff::Role;
use domain::{Code, Refusal};
use uuid::Uuid;

use crate::scene::*;

/// One step of anybody.
#[derive(Debug, Clone)]
pub(super) enum Step {
    /// A report arrives.
    Receive { emergency: bool },
    /// An outcome of a report, by the one who may decide on it.
    Report { report: usize, command: Command },
    /// A department is asked to act.
    Dispatch { hazard: HazardId },
    /// All open work is done and accepted.
    Work { hazard: HazardId },
    /// The hazard is closed. An accused unit does not see the reports that accuse it.
    Close { hazard: HazardId, accused: bool },
    /// The hazard is opened again.
    Reopen { hazard: HazardId },
    /// The hazard is cancelled.
    Cancel { hazard: HazardId },
    /// The hazard is found to be a duplicate of another one.
    Duplicate { hazard: HazardId, into: HazardId },
}

/// The reports, in order of receipt, the hazards, and the award of each.
#[derive(Clone, PartialEq)]
pub(super) struct Matter {
    pub(super) minute: i64,
    pub(super) reports: Vec<Report>,
    pub(super) hazards: BTreeMap<HazardId, Case>,
    pub(super) awards: BTreeMap<HazardId, Award>,
    works: u128,
}

impl Matter {
    pub(super) const fn new() -> Self {
        Self { minute: 0, reports: Vec::new(), hazards: BTreeMap::new(), awards: BTreeMap::new(), works: 1 }
    }

    /// An id that no hazard has yet.
    pub(super) fn next_hazard(&self) -> HazardId {
        HazardId(Uuid::from_u128(100 + self.hazards.len() as u128))
    }

    /// The reports that point to a hazard and stand.
    pub(super) fn pointing(&self, hazard: HazardId) -> impl Iterator<Item = &Report> {
        self.reports.iter().filter(move |report| report.hazard == Some(hazard) && stands(report))
    }

    pub(super) fn first_true(&self, hazard: HazardId) -> Option<ReportId> {
        let of_hazard = self.pointing(hazard).filter(|report| report.status != ReportStatus::Received);
        first_true(of_hazard.map(|report| (at(0), report.id)))
    }

    /// Takes a step as a whole, or nothing of it. Returns what an outcome did to the own hazard.
    pub(super) fn take(&mut self, step: &Step) -> Result<Option<Effect>, Refusal> {
        let mut after = self.clone();
        let done = after.attempt(step)?;
        *self = after;
        Ok(done)
    }

    fn attempt(&mut self, step: &Step) -> Result<Option<Effect>, Refusal> {
        match step {
            Step::Receive { emergency } => self.receive(*emergency),
            Step::Report { report, command } => return self.outcome(*report, *command).map(Some),
            Step::Dispatch { hazard } => {
                self.works += 1;
                let unit = if self.works.is_multiple_of(2) { FIRE } else { GAS };
                self.ask(*hazard, clerk_of(self.hazards[hazard].township), dispatch(self.works, unit))?;
            }
            Step::Work { hazard } => self.work(*hazard)?,
            Step::Close { hazard, accused } => self.close(*hazard, *accused)?,
            Step::Reopen { hazard } => {
                let again = hazard::Command::Reopen { cause: ReopenCause::Callback, note: None };
                self.ask(*hazard, By::Reporter, again)?;
            }
            Step::Cancel { hazard } => {
                let cancel = hazard::Command::Cancel { reason: CancelReason::Unfounded, note: Some(NOTE), into: None };
                self.ask(*hazard, clerk_of(self.hazards[hazard].township), cancel)?;
                self.settle(*hazard);
            }
            Step::Duplicate { hazard, into } => self.duplicate(*hazard, *into)?,
        }
        Ok(None)
    }

    fn receive(&mut self, emergency: bool) {
        let world = World::new();
        let number = 1 + self.reports.len() as u128;
        let own = HazardId(Uuid::from_u128(number));
        let reception = Reception {
            id: ReportId(Uuid::from_u128(number)),
            source: ReportSource::Public,
            emergency: emergency.then_some(own),
            review_unit: TOWN,
            received_at: at(self.minute),
            later: 0,
        };
        let (report, _) = report::receive(&reception, &world.policy, &world.timing());
        self.reports.push(report);
        if emergency {
            self.register(own, TOWN, true);
        }
    }

    fn register(&mut self, id: HazardId, township: UnitId, emergency: bool) {
        let world = World::new();
        let registration = Registration {
            id,
            suspected_major: false,
            category: None,
            axes: Axes::default(),
            subject: None,
            area: AreaId(Uuid::from_u128(1)),
            township,
            duty_post: None,
            emergency,
            recurrence_of: None,
        };
        let (case, _) = hazard::register(registration, at(self.minute), &world.policy, &world.timing());
        self.hazards.insert(id, case);
    }

    fn ask(&mut self, hazard: HazardId, by: By, command: hazard::Command) -> Result<(), Refusal> {
        self.ask_knowing(&World::new(), hazard, by, command)
    }

    fn ask_knowing(
        &mut self,
        world: &World,
        hazard: HazardId,
        by: By,
        command: hazard::Command,
    ) -> Result<(), Refusal> {
        let case = self.hazards.get_mut(&hazard).unwrap();
        let events = world.ask(case, self.minute, by, command)?;
        for event in &events {
            hazard::apply(case, event);
        }
        Ok(())
    }

    fn work(&mut self, hazard: HazardId) -> Result<(), Refusal> {
        let case = &self.hazards[&hazard];
        let open: Vec<_> = case.live().filter(|one| one.accepted_at.is_none()).map(|one| (one.id, one.unit)).collect();
        let judge = By::Officer(person(CENTRE, 9, Role::CommandCentre));
        for (id, unit) in open {
            let number = id.0.as_u128();
            self.ask(hazard, worker(unit, 1), hazard::Command::Claim { assignment: id })?;
            self.ask(hazard, worker(unit, 1), check_in(number))?;
            self.ask(hazard, worker(unit, 1), finish(number))?;
            self.ask(hazard, judge, accept(number))?;
        }
        Ok(())
    }

    fn close(&mut self, hazard: HazardId, accused: bool) -> Result<(), Refusal> {
        let waits = |report: &&Report| report.status == ReportStatus::Received && !accused;
        let unreviewed = self.pointing(hazard).find(waits).map(|report| report.id);
        let unit = self.hazards[&hazard].township;
        let role = if unit == CENTRE { Role::CommandCentre } else { Role::TownshipLeader };
        let world = World { unreviewed, ..World::new() };
        let by = By::Officer(person(unit, 1, role));
        self.ask_knowing(&world, hazard, by, hazard::Command::Close { note: NOTE })?;
        self.settle(hazard);
        Ok(())
    }

    /// The reports move to the hazard that stands, and its award follows the first true one.
    fn duplicate(&mut self, hazard: HazardId, into: HazardId) -> Result<(), Refusal> {
        if self.hazards[&into].end.is_some() {
            return Err(Refusal::illegal("merging.target_open"));
        }
        let cancel = hazard::Command::Cancel { reason: CancelReason::Duplicate, note: Some(NOTE), into: Some(into) };
        let by = clerk_of(self.hazards[&hazard].township);
        self.ask(hazard, by, cancel)?;
        let world = World::new();
        for report in self.reports.iter_mut().filter(|report| report.hazard == Some(hazard) && stands(report)) {
            let context = world.report_context(by, HazardFacts::default());
            let events = report::decide(report, Command::Follow { hazard: into }, &context)?;
            for event in &events {
                report::apply(report, event);
            }
        }
        self.settle(hazard);
        self.settle(into);
        Ok(())
    }

    fn outcome(&mut self, number: usize, command: Command) -> Result<Effect, Refusal> {
        let report = self.reports[number].clone();
        let own = report.hazard.map(|hazard| self.hazards[&hazard].clone());
        let others = report.hazard.is_some_and(|hazard| self.pointing(hazard).any(|other| other.id != report.id));
        let held_elsewhere = own.as_ref().is_some_and(|case| case.township != report.review_unit);
        let sharing = match (others, held_elsewhere) {
            (true, _) => Sharing::Joined,
            (false, true) => Sharing::HeldElsewhere,
            (false, false) => Sharing::Alone,
        };
        let (world, now) = (World::new(), at(self.minute));
        let named = match command {
            Command::Merge { hazard, .. } => Some(&self.hazards[&hazard]),
            _ => None,
        };
        let joined = if matches!(command, Command::Merge { .. }) { named } else { own.as_ref() };
        let facts = HazardFacts {
            own: own.as_ref().map(Case::stage),
            sharing,
            named: named.map(Case::stage),
            callback_open: joined.is_some_and(|case| case.in_callback_window(now, &world.policy)),
        };
        let outcome = command.outcome().ok_or(Code::Forbidden)?;
        let effect = effect(outcome, facts.own, facts.sharing)?;
        let command = match command {
            Command::Confirm { hazard, note } => {
                let stands = report.hazard.filter(|_| effect == Effect::Keep);
                Command::Confirm { hazard: stands.unwrap_or(hazard), note }
            }
            other => other,
        };
        let by = asker(&report, &command);
        let context = report::Context { now, ..world.report_context(by, facts) };
        let events = report::decide(&report, command, &context)?;
        for event in &events {
            report::apply(&mut self.reports[number], event);
        }
        self.follow(&report, command, effect, by)?;
        report.hazard.into_iter().chain(self.reports[number].hazard).for_each(|hazard| self.settle(hazard));
        Ok(effect)
    }

    /// Changes the own hazard as the effect says.
    fn follow(&mut self, report: &Report, command: Command, effect: Effect, by: By) -> Result<(), Refusal> {
        match (effect, command, report.hazard) {
            (Effect::Register, Command::Confirm { hazard, .. }, _) => {
                self.register(hazard, report.review_unit, report.emergency);
                Ok(())
            }
            (Effect::Move, Command::Forward { to, note }, Some(own)) => {
                self.ask(own, by, hazard::Command::Transfer { to, note })
            }
            (Effect::Strike, Command::Withdraw, Some(own)) => {
                let reason = CancelReason::Withdrawn;
                self.ask(own, By::Reporter, hazard::Command::Cancel { reason, note: None, into: None })
            }
            (Effect::Strike, Command::Merge { hazard: into, .. }, Some(own)) => {
                let (reason, into) = (CancelReason::Duplicate, Some(into));
                self.ask(own, by, hazard::Command::Cancel { reason, note: Some(NOTE), into })
            }
            (Effect::Strike, _, Some(own)) => {
                let reason = CancelReason::Unfounded;
                self.ask(own, by, hazard::Command::Cancel { reason, note: Some(NOTE), into: None })
            }
            _ => Ok(()),
        }
    }

    /// Proposes, reassigns or voids the award of a hazard, as it stands now.
    fn settle(&mut self, hazard: HazardId) {
        let world = World::new();
        let cancelled = self.hazards[&hazard].end == Some(End::Cancelled);
        let first = self.first_true(hazard).filter(|_| !cancelled);
        let (now, amount) = (self.minute, Fen(10_000));
        match (self.awards.get_mut(&hazard), first) {
            (None, Some(report)) => {
                let id = AwardId(hazard.0);
                let (proposed_by, verifiers) = (None, BTreeSet::new());
                let proposal = Proposal { id, hazard, report, unit: TOWN, amount, proposed_by, verifiers };
                let proposed = award::propose(proposal, at(now), &world.rewards, &world.timing()).unwrap();
                self.awards.insert(hazard, proposed.0);
            }
            (Some(award), Some(report)) if award.report != report && award.status != AwardStatus::Rejected => {
                let command = award::Command::Reassign {
                    report,
                    unit: TOWN,
                    proposed_by: None,
                    verifiers: BTreeSet::new(),
                    amount,
                };
                let events = world.ask_award(award, now, By::System, command).unwrap();
                for event in &events {
                    award::apply(award, event);
                }
            }
            (Some(award), None) if award.status != AwardStatus::Rejected => {
                let events = world.ask_award(award, now, By::System, award::Command::Void).unwrap();
                for event in &events {
                    award::apply(award, event);
                }
            }
            (None | Some(_), None | Some(_)) => {}
        }
    }
}

fn stands(report: &Report) -> bool {
    matches!(report.status, ReportStatus::Received | ReportStatus::Confirmed | ReportStatus::Merged)
}

fn clerk_of(unit: UnitId) -> By {
    let role = if unit == CENTRE { Role::CommandCentre } else { Role::TownshipClerk };
    By::Officer(person(unit, 0, role))
}

/// The author, the reviewing unit, or, for a report that was referred before, the command centre.
fn asker(report: &Report, command: &Command) -> By {
    match command {
        Command::Withdraw | Command::Amend { .. } => By::Reporter,
        Command::Forward { .. } if report.clocks.len() > 1 => clerk_of(CENTRE),
        Command::Forward { .. }
        | Command::Confirm { .. }
        | Command::Merge { .. }
        | Command::Unfounded { .. }
        | Command::Refer { .. }
        | Command::OutOfScope { .. }
        | Command::Follow { .. } => clerk_of(report.review_unit),
    }
}

/// The action of a referral, which the command centre may take in its area.
#[test]
fn the_command_centre_may_refer_what_it_does_not_review() {
    let centre = clerk_of(CENTRE);
    assert!(centre.permit(Action::ReferReport, TOWN, true).is_ok());
    assert!(centre.permit(Action::ReviewReport, TOWN, true).is_err());
    assert!(Stage::Open < Stage::Closed);
}
