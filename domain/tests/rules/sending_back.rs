//! Sending an assignment back 退单 and ruling on it 裁定: the tables that were written by hand, and what becomes of clocks,
//! statuses and the work. Long because the tables and the situations in which they are played stand together.

use std::collections::BTreeSet;

use domain::Refusal;
use domain::access::By;
use domain::clock::{ClockKind, ClockState};
use domain::hazard::{
    self, AssignmentStatus, CancelReason, Case, Command, HazardStatus, Instead, OpenWork, Part, ReopenCause,
    RulingOutcome, SendBackState, Task, WhistleStatus,
};
use domain::id::UnitId;
use domain::inheritance::Inheritance;
use domain::staff::{Role, UnitKind};
use uuid::Uuid;

use crate::merging::{merged, other};
use crate::scene::*;
use crate::status_table::dispatched;

const TABLE: &str = include_str!("../data/sending_back_table.txt");
/// The command centre of the city above.
const ABOVE: UnitId = UnitId(Uuid::from_u128(40));
/// The minute at which the window of an assignment ends that was dispatched at minute 1: an hour before the office opens,
/// and four working hours with a break.
const WINDOW_END: i64 = 6 * 60;

fn lines(section: &str) -> impl Iterator<Item = &'static str> {
    let heading = format!("[{section}]");
    let lines = TABLE.lines().skip_while(move |line| *line != heading).skip(1);
    lines.take_while(|line| !line.is_empty()).filter(|line| !line.starts_with('#'))
}

fn word(asked: Result<Vec<hazard::Event>, Refusal>) -> &'static str {
    asked.map_or_else(|refusal| refusal.rule.unwrap_or(refusal.code.as_str()), |_| "ok")
}

fn world() -> World {
    let mut world = World::new();
    world.units.insert(ABOVE, UnitKind::CommandCentre);
    world.centres.push(ABOVE);
    world
}

fn officer(unit: UnitId, number: u128, role: Role) -> By {
    By::Officer(person(unit, number, role))
}

fn withdraw(number: u128) -> Command {
    Command::WithdrawSendBack { assignment: id(number) }
}

/// A hazard dispatched to FIRE alone, which has asked to send it back, and proposes this unit.
fn asked(proposed: Option<UnitId>) -> Case {
    let mut case = dispatched(AssignmentStatus::Signed);
    World::new().play(&mut case, 10, clerk_of_unit(FIRE), ask_send_back(1, proposed));
    case
}

/// The same, after the township refused, and FIRE contested that.
fn contested(proposed: Option<UnitId>) -> Case {
    let mut case = asked(proposed);
    World::new().play(&mut case, 20, clerk(), refuse_send_back(1));
    World::new().play(&mut case, 30, clerk_of_unit(FIRE), ask_send_back(1, proposed));
    case
}

/// Plays these steps, one a minute from minute 31 on.
fn then<const N: usize>(mut case: Case, steps: [(By, Command); N]) -> Case {
    for (minute, (by, command)) in (31..).zip(steps) {
        world().play(&mut case, minute, by, command);
    }
    case
}

// --- who may ask

/// One row of the first table: what has happened, and who asks for what.
struct Row {
    case: Case,
    world: World,
    minute: i64,
    by: By,
    command: Command,
}

impl Row {
    /// FIRE asks for its assignment 1.
    fn of(case: Case) -> Self {
        Self { case, world: world(), minute: 60, by: clerk_of_unit(FIRE), command: ask_send_back(1, Some(GAS)) }
    }

    /// This unit asks for this assignment.
    fn for_assignment(case: Case, number: u128, unit: UnitId) -> Self {
        Self { by: clerk_of_unit(unit), command: ask_send_back(number, None), ..Self::of(case) }
    }

    fn at(case: Case, minute: i64) -> Self {
        Self { minute, ..Self::of(case) }
    }

    fn by(by: By) -> Self {
        Self { by, ..Self::of(signed()) }
    }

    fn proposing(unit: UnitId) -> Self {
        Self { command: ask_send_back(1, Some(unit)), ..Self::of(signed()) }
    }

    fn word(self) -> &'static str {
        match self.world.ask(&self.case, self.minute, self.by, self.command) {
            Ok(events) => {
                let ruling =
                    |event: &hazard::Event| matches!(event, hazard::Event::SendBackAsked { for_ruling: true, .. });
                if events.iter().any(ruling) { "ruling" } else { "answer" }
            }
            Err(refusal) => refusal.rule.unwrap_or(refusal.code.as_str()),
        }
    }
}

fn signed() -> Case {
    dispatched(AssignmentStatus::Signed)
}

fn withdrawn_twice() -> Case {
    let [ask, withdraw] = [ask_send_back(1, None), withdraw(1)];
    then(asked(None), [withdraw.clone(), ask, withdraw].map(|command| (clerk_of_unit(FIRE), command)))
}

fn refused_at(minute: i64) -> Case {
    let mut case = asked(None);
    world().play(&mut case, minute, clerk(), refuse_send_back(1));
    case
}

/// FIRE has finished its work after all, the hazard was closed and opened again, and FIRE is asked again.
fn next_round() -> Case {
    let mut case = withdrawn_twice();
    work(&world(), &mut case, 40, 1, FIRE);
    for (minute, by, command) in [
        (43, clerk(), accept(1)),
        (44, leader(), Command::Close { note: NOTE }),
        (45, By::Reporter, Command::Reopen { cause: ReopenCause::Callback, note: None }),
        (46, clerk(), dispatch(2, FIRE)),
    ] {
        world().play(&mut case, minute, by, command);
    }
    case
}

#[expect(clippy::too_many_lines, reason = "one arm for each row")]
fn row(name: &str) -> Row {
    let fire = |command| (clerk_of_unit(FIRE), command);
    let given = |command| (clerk(), command);
    match name {
        "first" => Row::of(signed()),
        "first_on_the_last_minute" => Row::at(signed(), WINDOW_END),
        "first_after_the_window" => Row::at(signed(), WINDOW_END + 1),
        "first_unsigned" => Row::of(dispatched(AssignmentStatus::Open)),
        "first_claimed" => Row::of(dispatched(AssignmentStatus::Claimed)),
        "on_site" => Row::of(dispatched(AssignmentStatus::OnSite)),
        "released_after_check_in" => {
            let release = Command::Release { assignment: id(1), note: NOTE };
            Row::of(then(dispatched(AssignmentStatus::OnSite), [(worker(FIRE, 1), release)]))
        }
        "sent_to_rework" => Row::of(dispatched(AssignmentStatus::Rework)),
        "while_it_is_asked" => Row::of(asked(None)),
        "after_withdrawal" => Row::of(then(asked(None), [fire(withdraw(1))])),
        "after_refusal" => Row::at(refused_at(5 * 60), 9 * 60),
        "after_refusal_and_window" => Row::at(refused_at(5 * 60), 9 * 60 + 1),
        "after_two_withdrawals" => Row::of(withdrawn_twice()),
        "after_ruling_that_it_stays" => Row::of(then(contested(None), [(centre(), rule_stays(1))])),
        "named_by_a_ruling" => {
            let moved = then(contested(None), [(centre(), rule_moves(1, Some(task(2, GAS))))]);
            Row::for_assignment(moved, 2, GAS)
        }
        "asked_again_after_own_hop" => {
            let gone = accept_send_back(1, Some(task(2, GAS)));
            Row::for_assignment(then(asked(None), [given(gone), given(dispatch(3, FIRE))]), 3, FIRE)
        }
        "after_hop_of_another_unit" => {
            Row::for_assignment(then(asked(None), [given(accept_send_back(1, Some(task(2, GAS))))]), 2, GAS)
        }
        "after_it_was_taken_back" => {
            let again = then(asked(None), [given(take_back(1, None)), given(dispatch(2, FIRE))]);
            Row::for_assignment(again, 2, FIRE)
        }
        "in_the_next_round" => Row::for_assignment(next_round(), 2, FIRE),
        "given_by_itself" => Row::for_assignment(then(World::new().case(false).0, [given(dispatch(1, TOWN))]), 1, TOWN),
        "by_a_worker" => Row::by(worker(FIRE, 1)),
        "by_another_unit" => Row::by(clerk_of_unit(GAS)),
        "by_the_giver" => Row::by(clerk()),
        "proposes_itself" => Row::proposing(FIRE),
        "proposes_an_unknown_unit" => Row::proposing(UnitId(Uuid::from_u128(99))),
        "proposes_an_accused_unit" => Row::proposing(ACCUSED),
        // The server keeps a bar from the facts of an officer who may not know of it.
        "proposes_an_unknown_accused_unit" => {
            Row { world: World { barred: BTreeSet::new(), ..world() }, ..Row::proposing(ACCUSED) }
        }
        "proposes_a_village_to_lead" => Row::proposing(VILLAGE),
        "proposes_the_giver" => Row::proposing(TOWN),
        "sent_back_already" => Row::of(then(asked(None), [given(accept_send_back(1, None))])),
        "hazard_cancelled" => {
            let cancel = Command::Cancel { reason: CancelReason::Unfounded, note: Some(NOTE), into: None };
            Row::of(then(signed(), [given(cancel)]))
        }
        other => panic!("no row `{other}`"),
    }
}

#[test]
fn who_may_ask_and_who_decides_then_is_as_the_table_says() {
    let mut rows = 0;
    for line in lines("ask") {
        let [name, expected] = line.split_whitespace().collect::<Vec<_>>().try_into().unwrap();
        assert_eq!(row(name).word(), expected, "{name}");
        rows += 1;
    }
    assert_eq!(rows, 31);
}

// --- who decides

/// Who acts, and what the world knows of them.
fn who(name: &str, case: &mut Case) -> (By, World) {
    let mut world = world();
    let by = match name {
        "asked_clerk" => clerk_of_unit(FIRE),
        "asked_leader" => officer(FIRE, 31, Role::DepartmentLeader),
        "asked_worker" => worker(FIRE, 1),
        "giver_clerk" => clerk(),
        "giver_clerk_with_a_post_in_the_asked_unit" => {
            world.officer_units.extend([TOWN, FIRE]);
            clerk()
        }
        "giver_leader" => leader(),
        "centre" => centre(),
        "centre_who_did_the_work" => {
            case.assignments[0].workers.insert(person(CENTRE, 1, Role::CommandCentre).officer);
            centre()
        }
        "centre_with_a_post_in_the_asked_unit" => {
            world.officer_units.extend([CENTRE, FIRE]);
            centre()
        }
        "supervisor" => officer(CENTRE, 2, Role::Supervisor),
        "centre_above" => officer(ABOVE, 1, Role::CommandCentre),
        "proposed_clerk" => clerk_of_unit(GAS),
        "reporter" => By::Reporter,
        other => panic!("nobody is `{other}`"),
    };
    (by, world)
}

/// Plays every cell of a section on this case.
fn check_who(section: &str, case: &Case) {
    let claim = Command::Claim { assignment: id(1) };
    let lead = || Some(task(50, GAS));
    let commands = [
        ("WITHDRAW", withdraw(1)),
        ("AGREE", accept_send_back(1, lead())),
        ("REFUSE", refuse_send_back(1)),
        ("RULE", rule_moves(1, lead())),
        ("TAKE_BACK", take_back(1, None)),
        ("CLAIM", claim),
    ];
    let mut table = lines(section);
    let columns: Vec<_> = table.next().unwrap().split_whitespace().collect();
    assert_eq!(columns, commands.each_ref().map(|(word, _)| *word));
    for line in table {
        let mut cells = line.split_whitespace();
        let name = cells.next().unwrap();
        let mut case = case.clone();
        let (by, world) = who(name, &mut case);
        let got: Vec<_> = commands.iter().map(|(_, command)| word(world.ask(&case, 40, by, command.clone()))).collect();
        assert_eq!(got, cells.collect::<Vec<_>>(), "{section}: {name}");
    }
}

#[test]
fn who_decides_on_a_send_back_is_as_the_tables_say() {
    check_who("who answer", &asked(Some(GAS)));
    check_who("who ruling", &contested(Some(GAS)));
    check_who("who ruling, centre proposed", &contested(Some(CENTRE)));
    let refused =
        then(asked(Some(GAS)), [(centre(), refuse_send_back(1)), (clerk_of_unit(FIRE), ask_send_back(1, None))]);
    check_who("who ruling, centre refused", &refused);
    assert!(include_str!("../../../docs/sending-back.md").contains(&TABLE[TABLE.find('[').unwrap()..]));
}

#[test]
fn the_policy_names_the_roles_that_rule() {
    let mut world = world();
    world.policy.send_back.ruled_by = vec![Role::Supervisor];
    let case = contested(None);
    assert_eq!(word(world.ask(&case, 40, officer(CENTRE, 2, Role::Supervisor), rule_stays(1))), "ok");
    assert_eq!(word(world.ask(&case, 40, centre(), rule_stays(1))), "send_back.ruler");
    assert_eq!(
        word(world.ask(&contested(Some(CENTRE)), 40, officer(ABOVE, 1, Role::CommandCentre), rule_stays(1))),
        "ok"
    );
}

// --- where the work goes

fn unit(word: &str) -> Option<UnitId> {
    let nobody = UnitId(Uuid::from_u128(99));
    let named =
        [("TOWN", TOWN), ("VILLAGE", VILLAGE), ("FIRE", FIRE), ("GAS", GAS), ("ACCUSED", ACCUSED), ("NOBODY", nobody)];
    named.iter().find(|(name, _)| *name == word).map(|(_, unit)| *unit)
}

/// A hazard with these units, of which the first leads, called by a whistle or dispatched.
fn given(whistle: bool, units: &[UnitId]) -> Case {
    let mut tasks: Vec<Task> = (1..).zip(units).map(|(number, unit)| task(number, *unit)).collect();
    let lead = tasks.remove(0);
    let mut case = World::new().case(false).0;
    let (by, command) = if whistle {
        (leader(), blow(1, "joint_enforcement", lead, tasks))
    } else {
        (clerk(), Command::Dispatch { lead, supports: tasks })
    };
    World::new().play(&mut case, 1, by, command);
    case
}

/// Plays a row of the table, by the answer of the giver or by a ruling.
fn check_move(line: &str, whistle: bool, ruled: bool) {
    let [units, back, lead, support, expected] = line.split_whitespace().collect::<Vec<_>>().try_into().unwrap();
    let units: Vec<UnitId> = units.split(',').filter_map(unit).collect();
    let number = 1 + units.iter().position(|one| Some(*one) == unit(back)).unwrap() as u128;
    let mut case = given(whistle, &units);
    world().play(&mut case, 2, clerk_of_unit(unit(back).unwrap()), ask_send_back(number, None));
    if ruled {
        world().play(&mut case, 3, leader(), refuse_send_back(number));
        world().play(&mut case, 4, clerk_of_unit(unit(back).unwrap()), ask_send_back(number, None));
    }
    let instead = Instead {
        new_lead: unit(lead).map(|unit| task(50, unit)),
        supports: unit(support).map(|unit| task(51, unit)).into_iter().collect(),
    };
    let (by, command) = if ruled {
        let outcome = RulingOutcome::Moves;
        (centre(), Command::Rule { assignment: id(number), outcome, instead: instead.clone(), note: NOTE })
    } else {
        (leader(), Command::AcceptSendBack { assignment: id(number), instead: instead.clone(), note: NOTE })
    };
    let what = format!("{line}, whistle {whistle}, ruled {ruled}");
    let asked = world().ask(&case, 5, by, command.clone());
    if asked.is_err() {
        assert_eq!(word(asked), expected, "{what}");
        return;
    }
    world().play(&mut case, 5, by, command);
    let leads: Vec<_> = case.live().filter(|one| one.part == Part::Lead).map(|one| one.unit).collect();
    assert_eq!(leads, Vec::from_iter(unit(expected)), "{what}");
    let back = case.assignment(id(number)).unwrap();
    let named = instead.new_lead.into_iter().chain(instead.supports).map(|task| task.unit).collect();
    assert_eq!((back.status, &back.send_backs.last().unwrap().named), (AssignmentStatus::SentBack, &named), "{what}");
    let new = case.assignments.iter().filter(|one| [id(50), id(51)].contains(&one.id));
    let giver = if ruled { person(CENTRE, 1, Role::CommandCentre) } else { person(TOWN, 1, Role::TownshipLeader) };
    for one in new {
        assert_eq!((one.given_by, one.given_by_post), (Some(giver.unit), Some(giver.post)), "{what}");
        assert_eq!(one.whistle.is_some(), whistle, "{what}");
    }
    assert_eq!(case.hops(), 1);
}

#[test]
fn the_work_moves_as_the_table_says_and_never_loses_its_lead() {
    for line in lines("moves") {
        for (whistle, ruled) in [(false, false), (false, true), (true, false), (true, true)] {
            check_move(line, whistle, ruled);
        }
    }
    assert_eq!(lines("moves").count(), 19);
}

#[test]
fn a_clerk_calls_no_unit_by_agreeing_with_a_send_back_of_a_whistle() {
    let mut case = given(true, &[FIRE]);
    world().play(&mut case, 2, clerk_of_unit(FIRE), ask_send_back(1, None));
    let agree = |lead| accept_send_back(1, lead);
    assert_eq!(word(world().ask(&case, 3, clerk(), agree(Some(task(50, GAS))))), "whistle.may_blow");
    let supports = Instead { new_lead: None, supports: vec![task(50, GAS)] };
    let both = Command::AcceptSendBack { assignment: id(1), instead: supports, note: NOTE };
    assert_eq!(word(world().ask(&case, 3, clerk(), both)), "send_back.new_lead");
    world().play(&mut case, 3, clerk(), agree(None));
    assert_eq!(case.whistle_status(&case.whistles[0]), WhistleStatus::Cancelled);
}

// --- clocks and statuses

fn clock(case: &Case, kind: ClockKind) -> (UnitId, ClockState) {
    let mut of_kind = case.clocks.iter().filter(|clock| clock.key.kind == kind && clock.key.assignment.is_some());
    of_kind.next_back().map(|clock| (clock.key.owner_unit, clock.state)).unwrap()
}

#[test]
fn asking_signs_and_stops_no_other_clock() {
    use ClockKind as K;
    use ClockState as Is;
    let mut case = given(false, &[FIRE]);
    world().play(&mut case, 2, clerk_of_unit(FIRE), ask_send_back(1, None));
    let one = &case.assignments[0];
    assert_eq!(
        (one.status, one.signed_at, one.last_step_at),
        (AssignmentStatus::SendBackAsked, Some(at(2)), Some(at(2)))
    );
    assert_eq!(one.send_backs[0].before, AssignmentStatus::Signed);
    assert_eq!((clock(&case, K::Sign), clock(&case, K::CheckIn)), ((FIRE, Is::Met), (FIRE, Is::Running)));
    assert_eq!((clock(&case, K::AnswerSendBack), case.status()), ((TOWN, Is::Running), HazardStatus::Assigned));

    let before = case.clocks.iter().find(|clock| clock.key.kind == K::Finish).unwrap().clone();
    world().play(&mut case, 3, clerk(), refuse_send_back(1));
    assert_eq!(clock(&case, K::AnswerSendBack), (TOWN, Is::Met));
    assert_eq!(case.assignments[0].status, AssignmentStatus::Signed);
    assert!(case.clocks.contains(&before), "a refused send-back stopped no clock");

    world().play(&mut case, 4, clerk_of_unit(FIRE), ask_send_back(1, None));
    assert_eq!(clock(&case, K::Rule), (CENTRE, Is::Running));
    world().play(&mut case, 5, centre(), rule_moves(1, Some(task(50, GAS))));
    assert_eq!(clock(&case, K::Rule), (CENTRE, Is::Met));
    let of = |number| case.clocks.iter().filter(move |clock| clock.key.assignment == Some(id(number)));
    assert!(of(1).all(|clock| !clock.is_running()));
    assert!(of(50).count() == 3 && of(50).all(|clock| clock.is_running() && clock.start == at(5)), "clocks start anew");
    assert_eq!(
        case.assignments[0].send_backs.iter().map(|one| one.state).collect::<Vec<_>>(),
        [SendBackState::Refused, SendBackState::Moved]
    );
}

#[test]
fn an_emergency_that_is_sent_back_to_nobody_is_due_when_it_was_due_before() {
    let mut case = world().case(true).0;
    let due = case.clocks[0].due;
    world().play(&mut case, 1, clerk(), dispatch(1, FIRE));
    world().play(&mut case, 2, clerk_of_unit(FIRE), ask_send_back(1, None));
    world().play(&mut case, 3, clerk(), accept_send_back(1, None));
    let dispatch = case.clocks.iter().find(|clock| clock.key.kind == ClockKind::Dispatch).unwrap();
    assert_eq!((case.status(), dispatch.is_running(), dispatch.due), (HazardStatus::Registered, true, due));
}

#[test]
fn the_clock_of_a_ruling_belongs_to_a_centre_that_is_no_party() {
    for (proposed, centres, owner) in [
        (None, vec![CENTRE, ABOVE], CENTRE),
        (Some(CENTRE), vec![CENTRE, ABOVE], ABOVE),
        (Some(CENTRE), vec![CENTRE], CENTRE), // its supervisors rule
        (None, vec![], TOWN),
    ] {
        let mut case = refused_at(20);
        let world = World { centres, ..world() };
        world.play(&mut case, 30, clerk_of_unit(FIRE), ask_send_back(1, proposed));
        assert_eq!(clock(&case, ClockKind::Rule).0, owner);
    }
}

/// Work that was done offline before the unit asked counts from when it was done, once the unit goes on.
#[test]
fn a_send_back_does_not_take_the_time_of_an_offline_step() {
    let mut case = dispatched(AssignmentStatus::Claimed);
    world().play(&mut case, 10, clerk_of_unit(FIRE), ask_send_back(1, None));
    let check_in =
        Command::CheckIn { assignment: id(1), distance_metres: 1.0, far_reason: None, occurred_at: Some(at(8)) };
    assert_eq!(word(world().ask(&case, 20, worker(FIRE, 1), check_in.clone())), "send_back.waits");
    world().play(&mut case, 21, clerk_of_unit(FIRE), withdraw(1));
    world().play(&mut case, 22, worker(FIRE, 1), check_in);
    assert_eq!(case.assignments[0].checked_in_at, Some(at(8)));
}

#[test]
fn a_hazard_is_not_closed_while_a_send_back_awaits_a_decision() {
    let mut case = given(false, &[FIRE, GAS]);
    work(&world(), &mut case, 2, 1, FIRE);
    world().play(&mut case, 6, clerk(), accept(1));
    world().play(&mut case, 7, clerk_of_unit(GAS), ask_send_back(2, None));
    let close = Command::Close { note: NOTE };
    assert_eq!(word(world().ask(&case, 8, leader(), close.clone())), "closing.send_backs_decided");
    world().play(&mut case, 8, clerk(), accept_send_back(2, None));
    world().play(&mut case, 9, leader(), close);
}

// --- what else may have happened

#[test]
fn a_send_back_lapses_with_its_assignment_and_moves_with_a_merge() {
    let lapsed = then(asked(None), [(clerk(), take_back(1, None))]);
    let cancel = Command::Cancel { reason: CancelReason::Unfounded, note: Some(NOTE), into: None };
    for (case, running) in [(lapsed, vec![ClockKind::Dispatch]), (then(asked(None), [(clerk(), cancel)]), Vec::new())] {
        let one = &case.assignments[0];
        assert_eq!((one.status, one.send_backs[0].state), (AssignmentStatus::Cancelled, SendBackState::Lapsed));
        let runs = case.clocks.iter().filter(|clock| clock.is_running()).map(|clock| clock.key.kind);
        assert_eq!(runs.collect::<Vec<_>>(), running);
    }
    let target = other(World::new().case(false).0);
    let after = merged(&asked(Some(GAS)), &target, OpenWork::Carry).unwrap();
    let mut into = after.into.clone();
    assert_eq!(into.assignments[0].status, AssignmentStatus::SendBackAsked);
    assert_eq!(clock(&into, ClockKind::AnswerSendBack), (TOWN, ClockState::Running));
    world().play(&mut into, 60, clerk(), accept_send_back(1, Some(task(50, GAS))));
    assert_eq!((into.hops(), into.live().count()), (1, 1));
    assert_eq!(after.undone().unwrap().from.assignments, asked(Some(GAS)).assignments);
    let cancelled = merged(&asked(None), &target, OpenWork::Cancel).unwrap();
    assert_eq!(cancelled.from.assignments[0].send_backs[0].state, SendBackState::Lapsed);
    assert_eq!(cancelled.undone().unwrap().from.assignments, asked(None).assignments);

    let moved = then(asked(None), [(clerk(), accept_send_back(1, Some(task(2, GAS))))]);
    let into = merged(&moved, &target, OpenWork::Carry).unwrap().into;
    assert_eq!((into.hops(), Row::for_assignment(into, 2, GAS).word()), (1, "ruling"), "hops are counted on");
}

fn inherit(case: &mut Case, from: UnitId, to: UnitId) {
    let assignments: Vec<_> = case.assignments.iter().map(|one| one.id).collect();
    let event = Inheritance { from, to, at: at(35) }.of_case(case, true, &assignments).unwrap();
    hazard::apply(case, &event);
}

#[test]
fn successors_go_on_with_a_send_back() {
    let mut by_giver = asked(None);
    inherit(&mut by_giver, TOWN, CENTRE);
    assert_eq!(clock(&by_giver, ClockKind::AnswerSendBack), (CENTRE, ClockState::Running));
    assert_eq!(word(world().ask(&by_giver, 40, centre(), refuse_send_back(1))), "ok");

    let mut by_asked = contested(None);
    inherit(&mut by_asked, FIRE, GAS);
    assert_eq!(word(world().ask(&by_asked, 40, clerk_of_unit(GAS), withdraw(1))), "ok");
    world().play(&mut by_asked, 40, centre(), rule_stays(1));
    assert_eq!(Row::for_assignment(by_asked, 1, GAS).word(), "send_back.ruled");

    let mut one_unit = asked(None); // the unit that gave the assignment is now the one that asks
    inherit(&mut one_unit, FIRE, TOWN);
    assert_eq!(word(world().ask(&one_unit, 40, clerk(), refuse_send_back(1))), "send_back.not_party");
    assert_eq!(word(world().ask(&one_unit, 40, centre(), refuse_send_back(1))), "ok");
}

#[test]
fn the_ruling_of_a_centre_that_ends_is_due_at_its_successor() {
    let mut case = contested(None);
    let due = case.clocks.iter().find(|clock| clock.key.kind == ClockKind::Rule).unwrap().due;
    let inheritance = Inheritance { from: CENTRE, to: ABOVE, at: at(35) };
    assert_eq!(inheritance.of_case(&case, true, &[id(1)]), None, "it holds neither the hazard nor the assignment");
    let event = inheritance.of_decision(&case, id(1)).unwrap();
    hazard::apply(&mut case, &event);
    assert_eq!(inheritance.of_decision(&case, id(1)), None);
    assert_eq!(clock(&case, ClockKind::Rule), (ABOVE, ClockState::Running));
    assert!(case.clocks.iter().any(|clock| clock.is_running() && clock.due == due));
    world().play(&mut case, 40, officer(ABOVE, 1, Role::CommandCentre), rule_stays(1));
    assert_eq!(clock(&case, ClockKind::Rule), (ABOVE, ClockState::Met));
}

#[test]
fn the_command_centre_answers_for_a_giver_that_has_ended() {
    let mut case = World::new().case(false).0;
    World::new().play(&mut case, 1, officer(CENTRE, 1, Role::CommandCentre), dispatch(1, FIRE));
    let mut world = World { centres: vec![CENTRE, ABOVE], ..World::without(CENTRE) };
    world.units.insert(ABOVE, UnitKind::CommandCentre);
    world.play(&mut case, 2, clerk_of_unit(FIRE), ask_send_back(1, None));
    assert_eq!(clock(&case, ClockKind::AnswerSendBack), (TOWN, ClockState::Running), "the township stands in");
    assert_eq!(word(world.ask(&case, 3, clerk(), refuse_send_back(1))), "ok");
    assert_eq!(word(world.ask(&case, 3, officer(ABOVE, 1, Role::CommandCentre), refuse_send_back(1))), "ok");
}

#[test]
fn a_unit_that_ended_meanwhile_is_given_nothing() {
    let gone = World::without(GAS);
    let lead = || Some(task(50, GAS));
    assert_eq!(word(gone.ask(&asked(Some(GAS)), 40, clerk(), accept_send_back(1, lead()))), "NOT_FOUND");
    assert_eq!(word(gone.ask(&contested(Some(GAS)), 40, centre(), rule_moves(1, lead()))), "NOT_FOUND");
    assert_eq!(word(gone.ask(&contested(Some(GAS)), 40, centre(), rule_stays(1))), "ok");
}

#[test]
fn a_ruling_by_which_it_stays_names_no_unit_and_a_township_does_not_undo_a_ruling() {
    let instead = Instead { new_lead: Some(task(50, GAS)), supports: Vec::new() };
    let rule = Command::Rule { assignment: id(1), outcome: RulingOutcome::Stays, instead, note: NOTE };
    assert_eq!(word(world().ask(&contested(None), 40, centre(), rule)), "send_back.stays");
    let moved = then(contested(None), [(centre(), rule_moves(1, Some(task(50, GAS))))]);
    assert_eq!(word(world().ask(&moved, 40, clerk(), take_back(50, None))), "take_back.giver");
}
