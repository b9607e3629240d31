//! A matter: reports, hazards and awards, and the steps that change several of them at once, as the server takes them.
//! Long because these steps follow from one another, as in one transaction of the server.

mod enforcing;

use std::collections::{BTreeMap, BTreeSet};

use domain::access::{Action, By};
use domain::award::{
    self, Account, Award, AwardStatus, Fate, HazardNow, Proposal, Rival, Slot, fates, follows_fines, slot,
};
use domain::hazard::{
    self, Axes, Both, CancelReason, Case, End, FollowUpResult, LastEvents, OpenWork, Part, Registration, ReopenCause,
    ResumeCause, SendBackState, Side, Stage, Terms, WhistleRequestState,
};
use domain::id::{AreaId, AwardId, HazardId, ReportId, UnitId};
use domain::inheritance::Inheritance;
use domain::report::{
    self, Command, Effect, HazardFacts, Reception, Report, ReportSource, ReportStatus, Sharing, effect, first_true,
};
use domain::staff::{Role, UnitKind};
use domain::{Code, Refusal};
use uuid::Uuid;

use crate::major;
use crate::payee::{Orders, Payee};
use crate::resting::Resting;
use crate::scene::*;
use crate::status_table::award_asker;

/// One step of anybody.
#[derive(Debug, Clone)]
pub(super) enum Step {
    /// A report arrives.
    Receive { emergency: bool },
    /// An outcome of a report, by the one who may decide on it.
    Report { report: usize, command: Command },
    /// A department is asked to act.
    Dispatch { hazard: HazardId },
    /// The clerk asks for a whistle that has to be approved, or whose units the command centre names.
    AskWhistle { hazard: HazardId },
    /// The command centre decides on the whistle that waits.
    DecideWhistle { hazard: HazardId },
    /// The work of units that have ended is taken back. It is theirs again if a merge is undone that was made before.
    TakeBack { hazard: HazardId },
    /// A unit says that its part is not its duty, or that is decided.
    SendBack { hazard: HazardId },
    /// The next step of a major hazard is taken, or an ordinary one is suspected to be one.
    Govern { hazard: HazardId },
    /// A suspension is asked for, or decided, or the hazard comes back: on its date, or by hand.
    Suspend { hazard: HazardId },
    /// A closed hazard is looked at again.
    FollowUp { hazard: HazardId, result: FollowUpResult },
    /// The timer of the supervision ladder looks.
    Climb { hazard: HazardId },
    /// All open work is done and accepted.
    Work { hazard: HazardId },
    /// The hazard is inspected, and an order is issued.
    Order { hazard: HazardId },
    /// The first open order is revoked.
    EndOrder { hazard: HazardId },
    /// The subject is fined and pays.
    Fine { hazard: HazardId },
    /// The first penalty that stands is voided.
    VoidFine { hazard: HazardId },
    /// The hazard is closed. An accused unit does not see the reports that accuse it.
    Close { hazard: HazardId, accused: bool },
    /// The hazard is opened again.
    Reopen { hazard: HazardId },
    /// The hazard is cancelled.
    Cancel { hazard: HazardId },
    /// The hazard is merged into another one.
    Merge { hazard: HazardId, into: HazardId, work: OpenWork },
    /// The merge of the hazard is undone.
    Undo { hazard: HazardId },
    /// The award of the hazard moves on.
    Award { hazard: HazardId, command: award::Command },
    /// Another identity is given for a report.
    Identity { report: usize, person: u8 },
    /// A unit ends, and its successor takes over everything that it had.
    Succeed { from: UnitId, to: UnitId },
}

/// The township that takes over from [`TOWN`].
pub(super) const NEW_TOWN: UnitId = UnitId(Uuid::from_u128(21));
/// The department that takes over from others.
pub(super) const NEW_FIRE: UnitId = UnitId(Uuid::from_u128(23));

/// The reports, in order of receipt, the hazards with their last events, the award of each, and the money.
#[derive(Clone, PartialEq)]
pub(super) struct Matter {
    pub(super) minute: i64,
    pub(super) reports: Vec<Report>,
    pub(super) hazards: BTreeMap<HazardId, Case>,
    pub(super) awards: BTreeMap<HazardId, Award>,
    pub(super) balance: BTreeMap<Account, i64>,
    /// Who is paid for each report.
    pub(super) payees: BTreeMap<ReportId, Payee>,
    /// Whom each award was paid to.
    pub(super) orders: BTreeMap<AwardId, Orders>,
    last: BTreeMap<HazardId, hazard::Event>,
    /// What is known of the suspension of each hazard, and the first thing that broke its rules.
    resting: BTreeMap<HazardId, Resting>,
    pub(super) broken: Option<String>,
    /// The reports that each merge moved.
    moved: BTreeMap<HazardId, BTreeSet<ReportId>>,
    works: u128,
    /// The units that have ended, and the successor of each.
    successors: BTreeMap<UnitId, UnitId>,
}

impl Matter {
    pub(super) const fn new() -> Self {
        Self {
            minute: 0,
            reports: Vec::new(),
            hazards: BTreeMap::new(),
            awards: BTreeMap::new(),
            balance: BTreeMap::new(),
            payees: BTreeMap::new(),
            orders: BTreeMap::new(),
            last: BTreeMap::new(),
            resting: BTreeMap::new(),
            broken: None,
            moved: BTreeMap::new(),
            works: 1,
            successors: BTreeMap::new(),
        }
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

    /// The unit that has now what this unit had.
    pub(super) fn holder(&self, unit: UnitId) -> UnitId {
        self.successors.get(&unit).map_or(unit, |next| self.holder(*next))
    }

    fn world(&self) -> World {
        let mut world = rating_in_time(World::new());
        world.units.extend([(NEW_TOWN, UnitKind::Township), (NEW_FIRE, UnitKind::Department)]);
        world.units.retain(|unit, _| !self.successors.contains_key(unit));
        world.ended.extend(self.successors.keys());
        world.responsible = vec![self.holder(FIRE)];
        world
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
                let unit = self.holder(if self.works.is_multiple_of(2) { FIRE } else { GAS });
                self.ask(*hazard, self.keeper(*hazard), dispatch(self.works, unit))?;
            }
            Step::AskWhistle { hazard } => self.ask_whistle(*hazard)?,
            Step::DecideWhistle { hazard } => self.decide_whistle(*hazard)?,
            Step::TakeBack { hazard } => self.take_back(*hazard)?,
            Step::SendBack { hazard } => self.send_back(*hazard)?,
            Step::Govern { hazard } => self.govern(*hazard)?,
            Step::Suspend { hazard } => self.suspend(*hazard)?,
            Step::FollowUp { hazard, result } => self.follow_up(*hazard, *result)?,
            Step::Climb { hazard } => self.ask(*hazard, By::System, hazard::Command::Climb)?,
            Step::Work { hazard } => self.work(*hazard)?,
            Step::Order { hazard } => self.order(*hazard)?,
            Step::EndOrder { hazard } => self.end_order(*hazard)?,
            Step::Fine { hazard } => self.fine(*hazard)?,
            Step::VoidFine { hazard } => self.void_fine(*hazard)?,
            Step::Close { hazard, accused } => self.close(*hazard, *accused)?,
            Step::Reopen { hazard } => {
                let again = hazard::Command::Reopen { cause: ReopenCause::Callback, note: None };
                self.ask(*hazard, By::Reporter, again)?;
                self.settle(&[*hazard]);
            }
            Step::Cancel { hazard } => self.cancel(*hazard)?,
            Step::Merge { hazard, into, work } => self.merge(*hazard, *into, *work)?,
            Step::Undo { hazard } => self.undo(*hazard)?,
            Step::Award { hazard, command } => self.award(*hazard, command.clone(), self.rewarder(*hazard, command))?,
            Step::Identity { report, person } => {
                let report = self.reports[*report].id;
                let awards = self.awards.values().filter(|award| award.report == report);
                self.payees.get_mut(&report).unwrap().is_replaced(*person, awards)?;
            }
            Step::Succeed { from, to } => self.succeed(*from, *to)?,
        }
        Ok(None)
    }

    fn cancel(&mut self, hazard: HazardId) -> Result<(), Refusal> {
        let cancel = hazard::Command::Cancel { reason: CancelReason::Unfounded, note: Some(NOTE), into: None };
        self.ask(hazard, self.keeper(hazard), cancel)?;
        self.settle(&[hazard]);
        Ok(())
    }

    fn receive(&mut self, emergency: bool) {
        let world = World::new();
        let number = 1 + self.reports.len() as u128;
        let own = HazardId(Uuid::from_u128(number));
        let reception = Reception {
            id: ReportId(Uuid::from_u128(number)),
            source: ReportSource::Public,
            emergency: emergency.then_some(own),
            review_unit: self.holder(TOWN),
            received_at: at(self.minute),
            is_accusing: false,
            later: 0,
        };
        let (report, _) = report::receive(&reception, &world.policy, &world.timing());
        let payee = Payee { person: u8::try_from(number * 3 % 8).ok(), on_duty: number.is_multiple_of(3) };
        self.payees.insert(report.id, payee);
        self.reports.push(report);
        if emergency {
            self.register(own, self.holder(TOWN), true);
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
            for_duty: true,
            emergency,
            recurrence_of: None,
        };
        let (case, first) = hazard::register(registration, at(self.minute), &world.policy, &world.timing());
        self.hazards.insert(id, case);
        self.last.insert(id, first);
    }

    fn happens(&mut self, hazard: HazardId, event: hazard::Event) {
        let case = self.hazards.get_mut(&hazard).unwrap();
        let before = case.clone();
        hazard::apply(case, &event);
        let followed = self.resting.entry(hazard).or_default().follow(&before, case, &event);
        if let Err(error) = followed {
            self.broken.get_or_insert(error.to_string());
        }
        self.last.insert(hazard, event);
    }

    /// Lets a unit end, as an import does that names a successor for all of its work.
    fn succeed(&mut self, from: UnitId, to: UnitId) -> Result<(), Refusal> {
        if [from, to].iter().any(|unit| self.successors.contains_key(unit)) {
            return Err(Refusal::illegal("succession.ended"));
        }
        let inheritance = Inheritance { from, to, at: at(self.minute) };
        self.successors.insert(from, to);
        for report in &mut self.reports {
            if let Some(event) = inheritance.of_report(report) {
                report::apply(report, &event);
            }
        }
        let all: Vec<_> = self.hazards.values().flat_map(|case| &case.assignments).map(|one| one.id).collect();
        let of_case = |case: &Case| inheritance.of_case(case, true, &all).map(|event| (case.id, event));
        for (hazard, event) in self.hazards.values().filter_map(of_case).collect::<Vec<_>>() {
            self.happens(hazard, event);
        }
        let of_major = |case: &Case| inheritance.of_major(case).map(|event| (case.id, event));
        for (hazard, event) in self.hazards.values().filter_map(of_major).collect::<Vec<_>>() {
            self.happens(hazard, event);
        }
        for award in self.awards.values_mut() {
            if let Some(event) = inheritance.of_award(award) {
                award::apply(award, &event);
            }
        }
        Ok(())
    }

    fn ask(&mut self, hazard: HazardId, by: By, command: hazard::Command) -> Result<(), Refusal> {
        self.ask_knowing(&self.world(), hazard, by, command)
    }

    fn ask_knowing(
        &mut self,
        world: &World,
        hazard: HazardId,
        by: By,
        command: hazard::Command,
    ) -> Result<(), Refusal> {
        for event in world.ask(&self.hazards[&hazard], self.minute, by, command)? {
            self.happens(hazard, event);
        }
        Ok(())
    }

    /// Who acts for the unit that is responsible for the hazard: its clerk, or the command centre if it has ended.
    fn keeper(&self, hazard: HazardId) -> By {
        let unit = self.hazards[&hazard].township;
        clerk_of(if self.successors.contains_key(&unit) { CENTRE } else { unit })
    }

    fn ask_whistle(&mut self, hazard: HazardId) -> Result<(), Refusal> {
        self.works += 1;
        let unit = self.holder(if self.works.is_multiple_of(2) { FIRE } else { GAS });
        let whistle = 10_000 + self.works;
        let command = match self.works % 3 {
            0 => blow_through_centre(whistle, "key_work"),
            _ => blow_key_work(whistle, task(self.works, unit)),
        };
        self.ask(hazard, self.keeper(hazard), command)
    }

    /// It approves or refuses, and names a unit.
    fn decide_whistle(&mut self, hazard: HazardId) -> Result<(), Refusal> {
        let Some(request) = self.hazards[&hazard].pending_whistle() else { return Err(Code::NotFound.into()) };
        let (whistle, state) = (request.whistle.0.as_u128(), request.state);
        self.works += 1;
        let command = match state {
            _ if self.works.is_multiple_of(4) => refuse_whistle(whistle),
            WhistleRequestState::AwaitsUnits => name_units(whistle, task(self.works, self.holder(GAS))),
            _ => approve(whistle),
        };
        self.ask(hazard, centre(), command)
    }

    fn take_back(&mut self, hazard: HazardId) -> Result<(), Refusal> {
        let open = self.hazards[&hazard].live().filter(|one| one.accepted_at.is_none());
        let of_ended = open.filter(|one| self.successors.contains_key(&one.unit));
        for id in of_ended.map(|one| one.id).collect::<Vec<_>>() {
            self.ask(hazard, self.keeper(hazard), take_back(id.0.as_u128(), None))?;
        }
        Ok(())
    }

    /// The next step of a major hazard, by the unit whose turn it is; an ordinary one is suspected to be one.
    fn govern(&mut self, hazard: HazardId) -> Result<(), Refusal> {
        let case = &self.hazards[&hazard];
        let (by, command) = match major::next(case, self.minute) {
            Some((unit, command)) => {
                let role = match unit {
                    CENTRE => Role::CommandCentre,
                    TOWN | NEW_TOWN => Role::TownshipLeader,
                    _ => Role::DepartmentLeader,
                };
                (By::Officer(person(unit, 40, role)), command)
            }
            None => (self.keeper(hazard), major::suspect(true)),
        };
        self.ask(hazard, by, hazard::Command::Major(command))
    }

    /// The first unit asks; if one has asked, the command centre decides: it agrees every second time.
    fn send_back(&mut self, hazard: HazardId) -> Result<(), Refusal> {
        let case = &self.hazards[&hazard];
        let waits = case.live().find_map(|one| Some((one, one.pending_send_back()?.state)));
        let Some(first) = waits.map(|(one, _)| one).or(case.live().next()) else { return Err(Code::NotFound.into()) };
        let (number, unit, state) = (first.id.0.as_u128(), first.unit, waits.map(|(_, state)| state));
        self.works += 1;
        let other = self.holder(if unit == GAS { FIRE } else { GAS });
        let lead = Some(task(self.works, other)).filter(|_| first.part == Part::Lead);
        let agrees = self.works.is_multiple_of(2);
        let (by, command) = match state {
            None => (clerk_of_unit(unit), ask_send_back(number, None)),
            Some(SendBackState::ForRuling) if agrees => (centre(), rule_moves(number, lead)),
            Some(SendBackState::ForRuling) => (centre(), rule_stays(number)),
            Some(_) if agrees => (centre(), accept_send_back(number, lead)),
            Some(_) => (centre(), refuse_send_back(number)),
        };
        self.ask(hazard, by, command)
    }

    /// The leader of the unit that holds the hazard asks, and the command centre or its supervisor decides.
    fn suspend(&mut self, hazard: HazardId) -> Result<(), Refusal> {
        let case = &self.hazards[&hazard];
        let unit = if self.successors.contains_key(&case.township) { CENTRE } else { case.township };
        let role = if unit == CENTRE { Role::CommandCentre } else { Role::TownshipLeader };
        let (leader, day) = (person(unit, 1, role), i64::from(u16::try_from(self.works % 40).unwrap()));
        let (by, command) = match (case.suspension_request, case.suspension) {
            (Some(_), _) => {
                let role = if case.township == CENTRE { Role::Supervisor } else { Role::CommandCentre };
                (By::Officer(person(CENTRE, 7, role)), hazard::Command::GrantSuspension { note: NOTE })
            }
            (None, Some(suspension)) if at(self.minute) >= suspension.resumes_at => {
                (By::System, hazard::Command::Resume { cause: ResumeCause::ReviewDate, note: None })
            }
            (None, Some(_)) => (By::Officer(leader), resume()),
            (None, None) => {
                let asked = terms(Some(leader), self.minute / 1_440 + 1 + day);
                (By::Officer(leader), hazard::Command::AskSuspension(asked))
            }
        };
        self.works += 1;
        let is_request = matches!(command, hazard::Command::AskSuspension(_));
        self.ask(hazard, by, command)?;
        // Often it is decided at once.
        if is_request && !self.works.is_multiple_of(3) { self.suspend(hazard) } else { Ok(()) }
    }

    /// What came back too late is registered anew, and linked.
    fn follow_up(&mut self, hazard: HazardId, result: FollowUpResult) -> Result<(), Refusal> {
        let recurrence = self.next_hazard();
        let command = hazard::Command::FollowUp { result, note: NOTE, distance_metres: Some(3.5), recurrence };
        self.ask(hazard, self.keeper(hazard), command)?;
        if self.hazards[&hazard].recurred_as == Some(recurrence) {
            let township = self.holder(self.hazards[&hazard].township);
            self.register(recurrence, township, false);
        }
        self.settle(&[hazard]);
        Ok(())
    }

    fn work(&mut self, hazard: HazardId) -> Result<(), Refusal> {
        let case = &self.hazards[&hazard];
        let asked = case.live().filter(|one| one.pending_send_back().is_some());
        for (id, unit) in asked.map(|one| (one.id, one.unit)).collect::<Vec<_>>() {
            self.ask(hazard, clerk_of_unit(unit), hazard::Command::WithdrawSendBack { assignment: id })?;
        }
        if self.hazards[&hazard].suspension.is_some() {
            let leader = By::Officer(person(CENTRE, 1, Role::CommandCentre));
            self.ask(hazard, leader, resume())?;
        }
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
        let township = self.hazards[&hazard].township;
        let unit = if self.successors.contains_key(&township) { CENTRE } else { township };
        let role = if unit == CENTRE { Role::CommandCentre } else { Role::TownshipLeader };
        let world = World { unreviewed, ..self.world() };
        let by = By::Officer(person(unit, 8, role));
        self.ask_knowing(&world, hazard, by, hazard::Command::Close { note: NOTE })?;
        self.settle(&[hazard]);
        Ok(())
    }

    /// The reports move to the hazard that stands, and the award of the first true one stands.
    fn merge(&mut self, hazard: HazardId, into: HazardId, work: OpenWork) -> Result<(), Refusal> {
        let world = self.world();
        let by = self.keeper(hazard);
        let context = world.context(by, self.minute);
        let side = |id| Side { case: &self.hazards[&id], context: &context };
        let terms = Terms { work, note: NOTE, one_county: true, accused: false };
        let Both { from: left, into: joined } = hazard::merge(side(hazard), side(into), terms)?;
        self.happens(hazard, left);
        self.happens(into, joined);
        let moved: BTreeSet<ReportId> = self.pointing(hazard).map(|report| report.id).collect();
        self.point(&moved, hazard, Command::Follow { hazard: into, back: false })?;
        self.moved.insert(hazard, moved);
        self.settle(&[into]);
        Ok(())
    }

    /// Everything goes back, unless an award was approved that belongs to both.
    fn undo(&mut self, hazard: HazardId) -> Result<(), Refusal> {
        let world = self.world();
        let into = self.hazards[&hazard].merged_into.ok_or_else(|| Refusal::illegal("merging.undo"))?;
        let context = world.context(self.keeper(hazard), self.minute);
        let side = |id| Side { case: &self.hazards[&id], context: &context };
        let last = LastEvents { from: &self.last[&hazard], into: &self.last[&into] };
        let Both { from: reinstated, into: parted } = hazard::undo_merge(side(hazard), side(into), last, NOTE)?;
        self.happens(into, parted);
        self.happens(hazard, reinstated);
        let moved = self.moved.remove(&hazard).unwrap_or_default();
        self.point(&moved, into, Command::Follow { hazard, back: true })?;
        for (one, other) in [(hazard, into), (into, hazard)] {
            let points = |report: ReportId| self.reports.iter().find(|one| one.id == report).and_then(|one| one.hazard);
            let frozen = self.matter(one).into_iter().filter(Award::is_frozen);
            if frozen.map(|award| points(award.report)).any(|hazard| hazard == Some(other)) {
                return Err(Refusal::illegal("merging.award_stands"));
            }
        }
        self.settle(&[hazard, into]);
        Ok(())
    }

    fn point(&mut self, reports: &BTreeSet<ReportId>, left: HazardId, command: Command) -> Result<(), Refusal> {
        let world = World::new();
        let here = |report: &&mut Report| reports.contains(&report.id) && report.hazard == Some(left) && stands(report);
        for report in self.reports.iter_mut().filter(here) {
            let context = world.report_context(clerk_of(TOWN), HazardFacts::default());
            for event in &report::decide(report, command, &context)? {
                report::apply(report, event);
            }
        }
        Ok(())
    }

    /// The hazard into which this one was merged, directly or one after the other.
    pub(super) fn root(&self, hazard: HazardId) -> HazardId {
        self.hazards[&hazard].merged_into.map_or(hazard, |next| self.root(next))
    }

    fn matter(&self, standing: HazardId) -> Vec<Award> {
        self.awards.values().filter(|award| self.root(award.hazard) == standing).cloned().collect()
    }

    /// Whether the hazard for which the award stands is open again.
    fn now(&self, hazard: HazardId) -> HazardNow {
        let case = &self.hazards[&self.root(hazard)];
        HazardNow::of(case.round, case.end)
    }

    /// Who takes the step of an award: another officer if the usual one would be paid.
    fn rewarder(&self, hazard: HazardId, command: &award::Command) -> By {
        match (award_asker(command), self.awards.get(&hazard)) {
            (By::Officer(actor), Some(award)) if self.payees[&award.report].is(actor.officer) => {
                By::Officer(person(CENTRE, 20 + actor.officer.0.as_u128() % 100, actor.role))
            }
            (by, _) => by,
        }
    }

    fn award(&mut self, hazard: HazardId, command: award::Command, by: By) -> Result<(), Refusal> {
        let now = self.now(hazard);
        let award = self.awards.get_mut(&hazard).ok_or_else(|| Refusal::new(Code::NotFound))?;
        let payee = self.payees[&award.report];
        let command = match command {
            award::Command::StartPayment { .. } => award::Command::StartPayment { payee: payee.digest() },
            other => other,
        };
        for event in World::new().ask_award_of(payee, now, award, self.minute, by, command)? {
            award::apply(award, &event);
            self.orders.entry(award.id).or_default().note(&event, payee);
            for line in award::postings(&event, award.amount) {
                *self.balance.entry(line.account).or_default() += line.amount.0;
            }
        }
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
        let named = if let Command::Merge { hazard, .. } = command { Some(&self.hazards[&hazard]) } else { None };
        let joined = if matches!(command, Command::Merge { .. }) { named } else { own.as_ref() };
        let facts = HazardFacts {
            own: own.as_ref().map(Case::stage),
            sharing,
            named: named.map(Case::stage),
            callback_open: joined.is_some_and(|case| case.in_callback_window(now, &world.policy)),
            named_suspended: named.is_some_and(|case| case.suspension.is_some()),
            named_calmer: named.zip(own.as_ref()).is_some_and(|(named, own)| named.is_calmer_than(own)),
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
        let hazards: Vec<_> = report.hazard.into_iter().chain(self.reports[number].hazard).collect();
        self.settle(&hazards);
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
                self.ask(own, by, hazard::Command::Transfer { to, note: Some(note) })
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

    /// Settles the awards of hazards and of those merged into them, as the server does.
    fn settle(&mut self, hazards: &[HazardId]) {
        let each = |matter: &mut Self, hazard: HazardId, command: &award::Command| {
            for award in matter.matter(hazard) {
                let _ = matter.award(award.hazard, command.clone(), By::System); // a status that does not permit it
            }
        };
        for hazard in hazards {
            if self.now(*hazard) == HazardNow::NotReopened {
                each(self, *hazard, &award::Command::Resume);
            }
        }
        for hazard in hazards {
            self.settle_one(*hazard);
        }
        for hazard in hazards {
            if self.now(*hazard) == HazardNow::Reopened {
                each(self, *hazard, &award::Command::Hold);
            }
        }
    }

    fn settle_one(&mut self, hazard: HazardId) {
        let awards = self.matter(hazard);
        let rivals: Vec<_> = awards.iter().map(|award| Rival { award, received_at: at(0) }).collect();
        for (award, fate) in awards.iter().zip(fates(hazard, &rivals)) {
            let command = match (fate, award.double_of) {
                (Fate::Void, _) => award::Command::Void,
                (Fate::Double(of), marked) if marked != Some(of) => award::Command::MarkDouble { of },
                (Fate::Stands, Some(_)) => award::Command::ClearDouble,
                (Fate::Stands | Fate::Double(_), _) => continue,
            };
            let _ = self.award(award.hazard, command, By::System); // a voided one may be on hold
        }
        let Slot::Of(slot) = slot(hazard, &rivals) else { return };
        let cancelled = self.hazards[&hazard].end == Some(End::Cancelled);
        let first = self.first_true(hazard).filter(|_| !cancelled);
        let (now, amount, unit, world) = (self.minute, self.amount(hazard), self.holder(TOWN), World::new());
        let is_fined = !self.hazards[&hazard].enforcement.penalties.is_empty();
        let follows = |award: &Award| is_fined && follows_fines(award.id, &rivals);
        let open = |award: &Award| matches!(award.status, AwardStatus::Proposed | AwardStatus::Reviewed);
        match (self.awards.get(&slot), first) {
            (None, Some(report)) => {
                let id = AwardId(slot.0);
                let (proposed_by, verifiers) = (None, BTreeSet::new());
                let proposal = Proposal { id, hazard: slot, report, unit, amount, proposed_by, verifiers };
                let proposed = award::propose(proposal, at(now), &world.rewards, &world.timing()).unwrap();
                self.awards.insert(slot, proposed.0);
            }
            (Some(award), Some(report))
                if award.voided || (open(award) && (award.report != report || award.amount != amount)) =>
            {
                let (proposed_by, verifiers) = (None, BTreeSet::new());
                let command = award::Command::Reassign { report, unit, proposed_by, verifiers, amount };
                self.award(slot, command, By::System).unwrap();
            }
            (Some(award), Some(report)) if follows(award) && award.report == report && award.amount != amount => {
                let _ = self.award(slot, award::Command::Rebase { amount }, By::System); // it may be collected or on hold
            }
            (Some(award), None) if open(award) => self.award(slot, award::Command::Void, By::System).unwrap(),
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
