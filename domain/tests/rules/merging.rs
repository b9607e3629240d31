//! Merges of two hazards: what moves, what may no longer be done by whom, and what undoing gives back.

use domain::access::By;
use domain::clock::{Clock, ClockKind};
use domain::hazard::{
    self, AssignmentStatus, Both, CancelReason, Case, Command, Event, LastEvents, OpenWork, Part, Side, Terms,
    WhistleStatus, apply, merge, undo_merge,
};
use domain::id::{AssignmentId, HazardId, WhistleId};
use domain::refusal::{Code, Refusal};
use domain::staff::Role;
use uuid::Uuid;

use crate::scene::*;
use crate::status_table::dispatched;

/// Two hazards after a merge, and what happened.
#[derive(Debug)]
pub(crate) struct Merged {
    pub(crate) from: Case,
    pub(crate) into: Case,
    pub(crate) events: Both,
}

/// The same case as another entry of the ledger: hazard 2, whose assignments are numbered from 2,001, and whistles too.
pub(crate) fn other(mut case: Case) -> Case {
    let moved = |id: Uuid| Uuid::from_u128(2_000 + id.as_u128());
    case.id = HazardId(Uuid::from_u128(2));
    case.whistles.iter_mut().for_each(|whistle| whistle.id = WhistleId(moved(whistle.id.0)));
    for assignment in &mut case.assignments {
        assignment.id = AssignmentId(moved(assignment.id.0));
        assignment.whistle = assignment.whistle.map(|whistle| WhistleId(moved(whistle.0)));
    }
    for clock in &mut case.clocks {
        clock.key.assignment = clock.key.assignment.map(|assignment| AssignmentId(moved(assignment.0)));
    }
    case
}

/// The case without its version and the time of its last event, its clocks in order.
pub(crate) fn as_before(case: &Case) -> Case {
    let mut clocks = case.clocks.clone();
    clocks.sort_by_key(|clock| clock.key);
    Case { version: 0, last_at: at(0), clocks, ..case.clone() }
}

/// Reads the event back from its stored form.
fn stored(event: &Event) -> Event {
    serde_json::from_str(&serde_json::to_string(event).unwrap()).unwrap()
}

pub(crate) fn merged(from: &Case, into: &Case, work: OpenWork) -> Result<Merged, Refusal> {
    merged_by(clerk(), from, into, Terms { work, note: NOTE, one_county: true, accused: false })
}

pub(crate) fn merged_by(by: By, from: &Case, into: &Case, terms: Terms) -> Result<Merged, Refusal> {
    let world = World::new();
    let [context, context_of_target] = [world.context(by, 50), world.context(by, 50)];
    let events =
        merge(Side { case: from, context: &context }, Side { case: into, context: &context_of_target }, terms)?;
    let (mut from, mut into) = (from.clone(), into.clone());
    apply(&mut from, &stored(&events.from));
    apply(&mut into, &stored(&events.into));
    Ok(Merged { from, into, events })
}

impl Merged {
    pub(crate) fn undone(&self) -> Result<Self, Refusal> {
        let world = World::new();
        let [context, context_of_target] = [world.context(clerk(), 60), world.context(clerk(), 60)];
        let (left, joined) = (stored(&self.events.from), stored(&self.events.into));
        let last = LastEvents { from: &left, into: &joined };
        let side = Side { case: &self.from, context: &context };
        let target = Side { case: &self.into, context: &context_of_target };
        let events = undo_merge(side, target, last, NOTE)?;
        let (mut from, mut into) = (self.from.clone(), self.into.clone());
        apply(&mut from, &stored(&events.from));
        apply(&mut into, &stored(&events.into));
        Ok(Self { from, into, events })
    }
}

/// A hazard with a whistle for FIRE, which leads and has finished, and GAS, which supports.
fn whistled() -> Case {
    let world = World::new();
    let mut case = world.case(false).0;
    world.play(&mut case, 1, leader(), blow(1, "joint_enforcement", task(1, FIRE), vec![task(2, GAS)]));
    work(&world, &mut case, 2, 1, FIRE);
    case
}

#[test]
fn a_whistle_moves_as_a_whole_and_keeps_its_lead() {
    let after = merged(&whistled(), &other(dispatched(AssignmentStatus::Claimed)), OpenWork::Carry).unwrap();
    assert_eq!((after.from.assignments.len(), after.from.whistles.len()), (0, 0));
    let moved: Vec<_> = after.into.assignments.iter().filter(|one| one.whistle.is_some()).collect();
    assert_eq!(
        moved.iter().map(|one| (one.unit, one.part)).collect::<Vec<_>>(),
        [(FIRE, Part::Lead), (GAS, Part::Support)]
    );
    assert_eq!(after.into.whistle_status(&after.into.whistles[0]), WhistleStatus::Blown);
    let accept = after.into.clocks.iter().find(|clock| clock.key.kind == ClockKind::Accept).unwrap();
    assert!(accept.is_running() && accept.start == at(4), "the acceptance is due when it was due before");
}

/// Work of a hazard in its first round is carried into the second round of another one, and goes on there.
#[test]
fn work_goes_on_in_the_round_of_the_target() {
    let world = World::new();
    let mut target = dispatched(AssignmentStatus::Accepted);
    world.play(&mut target, 20, leader(), Command::Close { note: NOTE });
    world.play(&mut target, 21, By::Reporter, Command::Reopen { cause: hazard::ReopenCause::Callback, note: None });
    let mut after = merged(&whistled(), &other(target), OpenWork::Carry).unwrap();
    assert!(after.into.live().all(|one| one.round == 2) && after.into.live().count() == 2);
    let into = &mut after.into;
    world.play(into, 60, leader(), Command::Rework { assignment: id(1), note: NOTE });
    work(&world, into, 61, 1, FIRE);
    work(&world, into, 64, 2, GAS);
    let judge = By::Officer(person(CENTRE, 9, Role::CommandCentre));
    for number in [1, 2] {
        world.play(into, 70, judge, accept(number));
    }
    let finish: Vec<&Clock> = into.clocks.iter().filter(|clock| clock.key.kind == ClockKind::Finish).collect();
    assert_eq!(finish.iter().filter(|clock| clock.key.assignment == Some(id(1))).count(), 1);
    world.play(into, 71, leader(), Command::Close { note: NOTE });
}

/// Four eyes: whoever worked for the source, also if the work was cancelled or lies in an earlier round.
#[test]
fn whoever_worked_for_the_source_closes_neither() {
    for choice in [OpenWork::Carry, OpenWork::Cancel] {
        let world = World::new();
        let source = {
            let mut case = world.case(false).0;
            world.play(&mut case, 1, clerk(), dispatch(1, TOWN));
            world.play(&mut case, 2, worker(TOWN, 3), Command::Claim { assignment: id(1) });
            world.play(&mut case, 3, worker(TOWN, 3), Command::Release { assignment: id(1), note: NOTE });
            world.play(&mut case, 4, worker(TOWN, 4), Command::Claim { assignment: id(1) });
            world.play(&mut case, 5, worker(TOWN, 4), check_in(1));
            world.play(&mut case, 6, worker(TOWN, 4), finish(1));
            let judge = By::Officer(person(CENTRE, 9, Role::CommandCentre));
            world.play(&mut case, 7, judge, accept(1));
            case
        };
        let after = merged(&source, &other(dispatched(AssignmentStatus::Accepted)), choice).unwrap();
        for number in [3, 4] {
            let by = By::Officer(person(TOWN, number, Role::TownshipLeader));
            let refused = world.ask(&after.into, 60, by, Command::Close { note: NOTE }).unwrap_err();
            assert_eq!(refused.rule, Some("closing.another_person"), "{choice:?}");
        }
        assert!(world.ask(&after.into, 60, leader(), Command::Close { note: NOTE }).is_ok());
        let back = after.undone().unwrap().into;
        let by = By::Officer(person(TOWN, 3, Role::TownshipLeader));
        assert!(world.ask(&back, 70, by, Command::Close { note: NOTE }).is_ok(), "they did not work for this one");
    }
}

#[test]
fn the_danger_of_an_emergency_is_not_forgotten() {
    let world = World::new();
    let mut source = world.case(true).0;
    world.play(&mut source, 1, clerk(), classify(2));
    source.recurrence_of = Some(HazardId(Uuid::from_u128(40)));
    let target = other(world.case(false).0);
    let after = merged(&source, &target, OpenWork::Carry).unwrap();
    let into = &after.into;
    assert!(into.emergency && into.level == source.level && into.recurrence_of == source.recurrence_of);
    let dispatch = into.clocks.iter().find(|clock| clock.key.kind == ClockKind::Dispatch).unwrap();
    assert_eq!((dispatch.is_running(), dispatch.due), (true, source.clocks[0].due), "nobody gains time");
    assert_eq!(as_before(&after.undone().unwrap().into), as_before(&target));
}

#[test]
fn a_hazard_is_merged_again_after_the_merge_was_undone() {
    let (from, into) = (whistled(), other(dispatched(AssignmentStatus::Claimed)));
    let back = merged(&from, &into, OpenWork::Carry).unwrap().undone().unwrap();
    let again = merged(&back.from, &back.into, OpenWork::Carry).unwrap();
    assert_eq!(again.into.assignments.len(), 3);
    let turned = again.undone().unwrap();
    let other_way = merged(&turned.into, &turned.from, OpenWork::Carry).unwrap();
    assert_eq!(other_way.into.id, from.id);
}

#[test]
fn outsiders_other_counties_the_same_hazard_and_the_accused_are_refused() {
    let (from, into) = (whistled(), other(dispatched(AssignmentStatus::Claimed)));
    let terms = Terms { work: OpenWork::Carry, note: NOTE, one_county: true, accused: false };
    let refused = |by, into: &Case, terms| {
        let refusal = merged_by(by, &from, into, terms).unwrap_err();
        (refusal.code, refusal.rule)
    };
    assert_eq!(refused(worker(FIRE, 1), &into, terms), (Code::Forbidden, None));
    let elsewhere = Terms { one_county: false, ..terms };
    assert_eq!(refused(clerk(), &into, elsewhere), (Code::IllegalMove, Some("merging.one_county")));
    assert_eq!(refused(clerk(), &from, terms), (Code::IllegalMove, Some("merging.itself")));
    assert_eq!(refused(clerk(), &into, Terms { accused: true, ..terms }), (Code::UnitBarred, None));
}

#[test]
fn only_the_last_event_of_both_is_undone() {
    let (from, into) = (whistled(), other(dispatched(AssignmentStatus::Claimed)));
    let after = merged(&from, &into, OpenWork::Carry).unwrap();
    let world = World::new();
    let later = world.ask(&after.into, 55, clerk(), classify(1)).unwrap().remove(0);
    let cancelled = Event::Cancelled {
        reason: CancelReason::Duplicate,
        note: Some(NOTE),
        into: Some(into.id),
        work: None,
        at: at(50),
        clocks: Vec::new(),
    };
    let elsewhere = merged(&from, &Case { id: HazardId(Uuid::from_u128(3)), ..into.clone() }, OpenWork::Carry).unwrap();
    for events in [
        Both { into: later, ..after.events.clone() },
        Both { from: cancelled, ..after.events.clone() },
        Both { from: elsewhere.events.from, ..after.events.clone() },
    ] {
        let refused = Merged { from: after.from.clone(), into: after.into.clone(), events }.undone().unwrap_err();
        assert_eq!((refused.code, refused.rule), (Code::IllegalMove, Some("merging.undo")));
    }
}
