//! Whatever has happened to a hazard, and whoever has ended or left since: it can still be brought to closure. Cancelling
//! does not count as a way on.

use std::collections::BTreeSet;

use domain::access::{Actor, By};
use domain::hazard::enforcement::{Enforce, OrderHolds};
use domain::hazard::{self, Assignment, AssignmentStatus, Case, Command, End};
use domain::id::{AssignmentId, OfficerId, UnitId};
use domain::staff::{Role, UnitKind};
use proptest::prelude::*;
use uuid::Uuid;

use crate::case_history::choose;
use crate::history::{Dice, dice, run};
use crate::major;
use crate::scene::*;
use crate::todos;

/// The highest number of steps that a hazard may need to its closure.
const STEPS_MAX: usize = 80;

/// What has changed since the work was given.
#[derive(Debug, Clone, Copy)]
struct Changes {
    /// Which of the units FIRE, GAS, VILLAGE and TOWN have ended, as bits.
    ended: u8,
    /// Which of FIRE, GAS and VILLAGE have no staff any more, as bits.
    deserted: u8,
    /// Which workers of all units have left, as bits by number.
    left: u8,
    /// Whether another unit must accept all work.
    by_other_unit: bool,
    /// Whether the command centre holds the hazard.
    held_by_centre: bool,
}

/// The departments of the county that have never taken part. One of them can always lead.
fn others() -> impl Iterator<Item = UnitId> {
    (60..66).map(|number| UnitId(Uuid::from_u128(number)))
}

fn changes() -> impl Strategy<Value = Changes> {
    any::<(u8, u8, u8, bool, bool)>().prop_map(|(ended, deserted, left, by_other_unit, held_by_centre)| Changes {
        ended,
        deserted,
        left,
        by_other_unit,
        held_by_centre,
    })
}

/// The county with its staff.
struct County {
    world: World,
    deserted: BTreeSet<UnitId>,
    left: u8,
}

impl County {
    fn new(changes: Changes) -> Self {
        let mut world = World::new();
        world.policy.accept_by_other_unit = changes.by_other_unit;
        world.units.extend(others().map(|unit| (unit, UnitKind::Department)));
        Self { world, deserted: BTreeSet::new(), left: 0 }
    }

    /// Lets units end and people leave. A township that has ended has no staff; the command centre always has some.
    fn change(&mut self, changes: Changes) {
        for (bit, unit) in [FIRE, GAS, VILLAGE, TOWN].into_iter().enumerate() {
            if changes.ended >> bit & 1 == 1 {
                self.world.units.remove(&unit);
                self.world.ended.insert(unit);
            }
            let has_gone = if unit == TOWN { changes.ended } else { changes.deserted } >> bit & 1 == 1;
            if has_gone {
                self.deserted.insert(unit);
            }
        }
        self.left = changes.left;
    }

    fn is_gone(&self, officer: OfficerId) -> bool {
        let number = officer.0.as_u128() % 100;
        self.deserted.contains(&unit_of(officer)) || (number < 8 && self.left >> number & 1 == 1)
    }

    /// Returns what happens if this is asked for, with what the server knows of the holder and of other units.
    fn ask(&mut self, case: &Case, minute: i64, by: By, command: &Command) -> Option<Vec<hazard::Event>> {
        if matches!(by, By::Officer(actor) if self.is_gone(actor.officer)) {
            return None;
        }
        let assignment = named(command).and_then(|id| case.assignment(id));
        self.world.holder_left = assignment.and_then(|one| one.worker).is_some_and(|worker| self.is_gone(worker));
        let others = [TOWN, CENTRE].into_iter().filter(|unit| case.township == *unit || *unit == CENTRE);
        self.world.other_unit_accepts =
            assignment.is_some_and(|one| others.clone().any(|unit| unit != one.unit && !self.deserted.contains(&unit)));
        self.world.ask(case, minute, by, command.clone()).ok()
    }

    /// The workers of a unit who are still there, or the people who decide on the case.
    fn people(&self, unit: Option<UnitId>) -> Vec<Actor> {
        let all = match unit {
            Some(unit) => vec![person(unit, 10, Role::Worker), person(unit, 11, Role::Worker)],
            None => [20, 21]
                .into_iter()
                .flat_map(|number| {
                    [
                        person(TOWN, number, Role::TownshipClerk),
                        person(TOWN, number, Role::TownshipLeader),
                        person(CENTRE, number, Role::CommandCentre),
                    ]
                })
                .collect(),
        };
        all.into_iter().filter(|actor| !self.is_gone(actor.officer)).collect()
    }
}

#[expect(clippy::too_many_lines, reason = "one line for each command")]
fn named(command: &Command) -> Option<AssignmentId> {
    match command {
        Command::TakeBack { assignment, .. }
        | Command::AskSendBack { assignment, .. }
        | Command::WithdrawSendBack { assignment }
        | Command::AcceptSendBack { assignment, .. }
        | Command::RefuseSendBack { assignment, .. }
        | Command::Rule { assignment, .. }
        | Command::Sign { assignment }
        | Command::Claim { assignment }
        | Command::Release { assignment, .. }
        | Command::HandOver { assignment, .. }
        | Command::CheckIn { assignment, .. }
        | Command::Finish { assignment, .. }
        | Command::RateAnswer { assignment, .. }
        | Command::ObjectToRating { assignment, .. }
        | Command::RuleOnRating { assignment, .. }
        | Command::AskExtension { assignment, .. }
        | Command::GrantExtension { assignment, .. }
        | Command::RefuseExtension { assignment, .. }
        | Command::Accept { assignment, .. }
        | Command::Rework { assignment, .. } => Some(*assignment),
        Command::Classify(_)
        | Command::Major(_)
        | Command::Climb
        | Command::Supervise { .. }
        | Command::AcknowledgeSupervision { .. }
        | Command::Dispatch { .. }
        | Command::Blow { .. }
        | Command::BlowThroughCentre { .. }
        | Command::ApproveWhistle { .. }
        | Command::RefuseWhistle { .. }
        | Command::WithdrawWhistle { .. }
        | Command::NameUnits { .. }
        | Command::JudgeWhistle { .. }
        | Command::Enforce(_)
        | Command::AskSuspension(_)
        | Command::GrantSuspension { .. }
        | Command::RefuseSuspension { .. }
        | Command::Resume { .. }
        | Command::FollowUp { .. }
        | Command::Close { .. }
        | Command::Reopen { .. }
        | Command::Cancel { .. }
        | Command::Transfer { .. } => None,
    }
}

/// What leads an assignment on, the better way first, and the people who may do it. The unit goes on with it if it can;
/// otherwise it is taken back, and another unit leads if that is necessary.
fn onward(county: &County, one: &Assignment, next: u128) -> Vec<(Vec<Actor>, Command)> {
    use AssignmentStatus as Is;
    let (assignment, number) = (one.id, one.id.0.as_u128());
    let deciders = || county.people(None);
    let workers = || county.people(Some(one.unit));
    let holder =
        || one.worker.map(|holder| person(one.unit, holder.0.as_u128() % 100, Role::Worker)).into_iter().collect();
    let mut ways = match one.status {
        Is::Open | Is::Signed | Is::Rework => vec![(workers(), Command::Claim { assignment })],
        Is::Claimed => vec![(holder(), check_in(number)), (workers(), Command::Claim { assignment })],
        Is::OnSite => vec![(holder(), finish(number)), (workers(), Command::Claim { assignment })],
        // Photos that were never verified are no evidence: the work is sent to rework, and shown anew.
        Is::Finished => {
            return vec![(deciders(), accept(number)), (deciders(), Command::Rework { assignment, note: NOTE })];
        }
        Is::SendBackAsked => vec![(deciders(), refuse_send_back(number)), (deciders(), rule_stays(number))],
        Is::Accepted | Is::SentBack | Is::Cancelled => return Vec::new(),
    };
    let leads = [None, Some(TOWN), Some(CENTRE)].into_iter().chain(others().map(Some));
    ways.extend(leads.map(|unit| (deciders(), take_back(number, unit.map(|unit| task(next, unit))))));
    ways
}

/// Returns what happens next on the best way to closure, or `None` if there is none.
fn next_step(county: &mut County, case: &Case, minute: i64) -> Option<Vec<hazard::Event>> {
    let next = 10_000 + case.assignments.len() as u128;
    let deciders = county.people(None);
    if let Some(request) = case.pending_whistle() {
        let number = request.whistle.0.as_u128();
        let named = others().map(|unit| name_units(number, task(next, unit)));
        let mut ways = std::iter::once(approve(number)).chain(named).chain([refuse_whistle(number)]);
        let mut ask =
            |way: &Command| deciders.iter().find_map(|actor| county.ask(case, minute, By::Officer(*actor), way));
        return ways.find_map(|way| ask(&way));
    }
    if case.suspension.is_some() {
        let way = resume();
        return deciders.iter().find_map(|actor| county.ask(case, minute, By::Officer(*actor), &way));
    }
    let ways = match case.live().find(|one| one.status != AssignmentStatus::Accepted) {
        Some(one) => onward(county, one, next),
        None if case.enforcement.holds(OrderHolds::Closing) => {
            let held = case.enforcement.open_orders().map(|one| one.id);
            held.map(|order| (county.people(None), Command::Enforce(Enforce::Revoke { order, note: NOTE }))).collect()
        }
        None if case.is_dispatched() && case.may_be_closed() => vec![(deciders, Command::Close { note: NOTE })],
        None if case.is_dispatched() => Vec::new(),
        None => [TOWN, CENTRE].map(|unit| (deciders.clone(), dispatch(next, unit))).to_vec(),
    };
    let majors = next_of_a_major(county, case, minute);
    for (people, way) in majors.iter().chain(&ways) {
        for actor in people {
            if let Some(events) = county.ask(case, minute, By::Officer(*actor), way) {
                return Some(events);
            }
        }
    }
    None
}

/// The next step of a major hazard, and those who may be able to take it.
fn next_of_a_major(county: &mut County, case: &Case, minute: i64) -> Vec<(Vec<Actor>, Command)> {
    let judges = !county.deserted.contains(&FIRE) && !county.world.ended.contains(&FIRE);
    county.world.responsible = if judges { vec![FIRE] } else { Vec::new() };
    let Some((unit, command)) = major::next(case, minute) else { return Vec::new() };
    let own = [Role::DepartmentClerk, Role::DepartmentLeader].map(|role| person(unit, 40, role));
    let own = own.into_iter().filter(|actor| !county.is_gone(actor.officer));
    vec![(own.chain(county.people(None)).collect(), Command::Major(command))]
}

fn play(changes: Changes, dice: &[Dice]) -> Result<(), TestCaseError> {
    let mut county = County::new(changes);
    let mut case = county.world.case(changes.held_by_centre).0;
    if changes.held_by_centre {
        case.township = CENTRE;
        case.clocks.iter_mut().for_each(|clock| clock.key.owner_unit = CENTRE);
    }
    let mut minute = 0;
    for (step, die) in dice.iter().enumerate() {
        minute += i64::from(die.minutes);
        if step == dice.len() / 2 {
            county.change(changes);
        }
        let (by, command) = choose(&case, die, minute);
        for event in county.ask(&case, minute, by, &command).into_iter().flatten() {
            hazard::apply(&mut case, &event);
        }
        todos::case_rules(&case)?;
    }
    for _ in 0..STEPS_MAX {
        if case.end.is_some() {
            break;
        }
        minute += 1;
        let Some(events) = next_step(&mut county, &case, minute) else {
            return Err(TestCaseError::fail(format!("nothing leads on: {:#?}", case.assignments)));
        };
        for event in &events {
            hazard::apply(&mut case, event);
        }
    }
    prop_assert!(matches!(case.end, Some(End::Closed | End::Cancelled)), "it goes round in circles");
    Ok(())
}

#[test]
fn every_hazard_can_be_brought_to_closure_whoever_has_ended_or_left() {
    run(&(changes(), dice(30)), |(changes, dice)| play(changes, &dice));
}
