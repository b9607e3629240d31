//! Units that have ended, and workers who have left: they can be given nothing, and what they hold goes on elsewhere.

use domain::access::By;
use domain::clock::{ClockKind, ClockState};
use domain::hazard::{AssignmentStatus, Case, Command, HazardStatus};
use domain::id::UnitId;
use domain::staff::Role;
use domain::{Code, Refusal};

use crate::scene::*;

/// The party that asks for it, what it asks for, and the answer if the unit that it names has ended.
type Giving = (By, Command, (Code, Option<&'static str>));

/// Every command that gives something to the unit: exactly one of each kind that [`gives`] lists. `sending_back` has those
/// that answer a send-back.
fn givings(unit: UnitId) -> Vec<Giving> {
    let supported = |command: fn(Vec<domain::hazard::Task>) -> Command| command(vec![task(51, unit)]);
    let not_found = (Code::NotFound, None);
    vec![
        (clerk(), dispatch(50, unit), not_found),
        (clerk(), supported(|supports| Command::Dispatch { lead: task(50, TOWN), supports }), not_found),
        (leader(), blow(9, "emergency", task(50, unit), Vec::new()), not_found),
        (leader(), supported(|supports| blow(9, "emergency", task(50, TOWN), supports)), not_found),
        (clerk(), take_back(1, Some(task(50, unit))), not_found),
        (clerk_of_unit(FIRE), ask_send_back(1, Some(unit)), not_found),
    ]
}

/// Returns whether a command can give work to a unit or a person. A new command that does belongs into the tests here.
#[expect(clippy::too_many_lines, reason = "one line for each command")]
const fn gives(command: &Command) -> bool {
    match command {
        Command::Dispatch { .. }
        | Command::Blow { .. }
        | Command::ApproveWhistle { .. }
        | Command::NameUnits { .. }
        | Command::TakeBack { .. }
        | Command::AskSendBack { .. }
        | Command::AcceptSendBack { .. }
        | Command::Rule { .. }
        | Command::Claim { .. }
        | Command::HandOver { .. }
        | Command::AskSuspension(_) => true, // a unit gets a leader's duty
        Command::Classify(_)
        | Command::Major(_) // who judges is asked of the facts; `major.rs` and `onward.rs` test it
        | Command::Climb
        | Command::BlowThroughCentre { .. }
        | Command::RefuseWhistle { .. }
        | Command::WithdrawWhistle { .. }
        | Command::RateAnswer { .. }
        | Command::ObjectToRating { .. }
        | Command::RuleOnRating { .. }
        | Command::JudgeWhistle { .. }
        | Command::Supervise { .. } // it is addressed to whoever stands in; `supervision.rs` tests it
        | Command::AcknowledgeSupervision { .. }
        | Command::Enforce(_) // `inspections.rs` tests who may
        | Command::Sign { .. }
        | Command::WithdrawSendBack { .. }
        | Command::RefuseSendBack { .. }
        | Command::Release { .. }
        | Command::CheckIn { .. }
        | Command::Finish { .. }
        | Command::AskExtension { .. } // time is no work; `extending.rs` tests it
        | Command::GrantExtension { .. }
        | Command::RefuseExtension { .. }
        | Command::GrantSuspension { .. }
        | Command::RefuseSuspension { .. }
        | Command::Resume { .. }
        | Command::FollowUp { .. }
        | Command::Accept { .. }
        | Command::Rework { .. }
        | Command::Close { .. }
        | Command::Reopen { .. }
        | Command::Cancel { .. }
        | Command::Transfer { .. } => false,
    }
}

fn dispatched(unit: UnitId) -> Case {
    let mut case = World::new().case(false).0;
    World::new().play(&mut case, 1, clerk(), dispatch(1, unit));
    case
}

fn claimed(unit: UnitId) -> Case {
    let mut case = dispatched(unit);
    World::new().play(&mut case, 2, worker(unit, 1), Command::Claim { assignment: id(1) });
    case
}

fn answer(asked: Result<Vec<domain::hazard::Event>, Refusal>) -> (Code, Option<&'static str>) {
    let refusal = asked.unwrap_err();
    (refusal.code, refusal.rule)
}

#[test]
fn a_unit_that_has_ended_can_be_given_nothing() {
    let case = dispatched(FIRE);
    for (by, command, refusal) in givings(GAS) {
        assert!(gives(&command));
        assert!(World::new().ask(&case, 5, by, command.clone()).is_ok(), "{command:?} to a unit that exists");
        assert_eq!(answer(World::without(GAS).ask(&case, 5, by, command.clone())), refusal, "{command:?}");
    }
    let claim = Command::Claim { assignment: id(1) };
    let ended = (Code::IllegalMove, Some("assignment.unit_ended"));
    assert_eq!(answer(World::without(FIRE).ask(&case, 5, worker(FIRE, 1), claim)), ended);
    let to = Some(person(FIRE, 2, Role::Worker));
    let hand_over = Command::HandOver { assignment: id(1), to, note: NOTE };
    let refused = answer(World::without(FIRE).ask(&claimed(FIRE), 5, worker(FIRE, 1), hand_over));
    assert_eq!(refused, (Code::InvalidInput, None));
    let responsible = answer(World::without(FIRE).ask(&claimed(FIRE), 5, leader(), ask_suspension(FIRE)));
    assert_eq!(responsible, (Code::InvalidInput, Some("suspension.responsible")));
    assert!(World::new().ask(&claimed(FIRE), 5, leader(), ask_suspension(FIRE)).is_ok());
}

#[test]
fn a_post_that_nobody_can_act_in_can_be_given_nothing() {
    let hand_over = Command::HandOver { assignment: id(1), to: None, note: NOTE };
    assert_eq!(answer(World::new().ask(&claimed(FIRE), 5, worker(FIRE, 1), hand_over)), (Code::InvalidInput, None));
}

#[test]
fn what_an_ended_unit_holds_is_finished_by_its_holder_or_taken_back() {
    let world = World::without(FIRE);
    let mut case = claimed(FIRE);
    world.play(&mut case, 3, worker(FIRE, 1), check_in(1));
    world.play(&mut case, 4, clerk(), take_back(1, None));
    assert_eq!((case.status(), case.assignments[0].status), (HazardStatus::Registered, AssignmentStatus::Cancelled));
    world.play(&mut case, 5, clerk(), dispatch(2, GAS));
    let mut finished = claimed(FIRE);
    world.play(&mut finished, 3, worker(FIRE, 1), check_in(1));
    world.play(&mut finished, 4, worker(FIRE, 1), finish(1));
    world.play(&mut finished, 5, clerk(), accept(1));
}

#[test]
fn the_command_centre_acts_for_a_township_that_has_ended() {
    let centre = By::Officer(person(CENTRE, 1, Role::CommandCentre));
    let (world, mut case) = (World::new(), claimed(FIRE));
    world.play(&mut case, 3, worker(FIRE, 1), check_in(1));
    world.play(&mut case, 4, worker(FIRE, 1), finish(1));
    world.play(&mut case, 5, centre, accept(1));
    let close = Command::Close { note: NOTE };
    assert_eq!(answer(world.ask(&case, 6, centre, close.clone())), (Code::Forbidden, None));
    World::without(TOWN).play(&mut case, 6, centre, close);
    assert_eq!(case.status(), HazardStatus::Closed);
}

#[test]
fn whoever_may_claim_takes_over_from_a_holder_who_has_left() {
    for unit in [VILLAGE, CENTRE, FIRE] {
        let mut world = World::new();
        let supported = Command::Dispatch { lead: task(9, GAS), supports: vec![task(1, unit)] };
        let mut case = world.case(false).0;
        world.play(&mut case, 1, clerk(), supported);
        world.play(&mut case, 2, worker(unit, 1), Command::Claim { assignment: id(1) });
        world.play(&mut case, 3, worker(unit, 1), check_in(1));
        let claim = Command::Claim { assignment: id(1) };
        assert_eq!(answer(world.ask(&case, 4, worker(unit, 2), claim.clone())).0, Code::AlreadyClaimed);
        let release = Command::Release { assignment: id(1), note: NOTE };
        assert_eq!(answer(world.ask(&case, 4, clerk(), release.clone())).0, Code::Forbidden);

        world.holder_left = true;
        assert!(world.ask(&case, 4, clerk(), release).is_ok(), "the unit that gave it may release it");
        world.play(&mut case, 4, worker(unit, 2), claim);

        let taken = case.assignment(id(1)).unwrap();
        let new = person(unit, 2, Role::Worker);
        assert_eq!((taken.status, taken.worker), (AssignmentStatus::Claimed, Some(new.officer)));
        assert_eq!(taken.workers.len(), 2, "both did the work, so neither accepts it");
        world.holder_left = false;
        world.play(&mut case, 5, worker(unit, 2), check_in(1));
        world.play(&mut case, 6, worker(unit, 2), finish(1));
        let finish = case.clocks.iter().find(|clock| clock.key.assignment == Some(id(1)));
        assert!(finish.is_some_and(|clock| clock.key.kind == ClockKind::Sign && clock.state == ClockState::Met));
    }
}
