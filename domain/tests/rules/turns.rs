//! Every step has an owner and a deadline: the clocks of every state that a case can reach, compared with a table that was
//! written by hand.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use domain::access::By;
use domain::award::{Award, AwardStatus};
use domain::clock::{self, Clock, ClockChange, ClockKey, ClockKind, ClockState, PauseReason};
use domain::event::DomainEvent;
use domain::hazard::enforcement::{OrderHolds, OrderState};
use domain::hazard::major::Ordered;
use domain::hazard::{
    self, Assignment, AssignmentStatus, Case, Command, End, HazardStatus, InterimMeasure, Level, OpenWork,
    SendBackState, SupervisionState,
};
use domain::id::UnitId;
use domain::inheritance::Inheritance;
use domain::report::{Report, ReportStatus};
use domain::staff::Role;
use proptest::prelude::*;

use crate::case_history::choose;
use crate::history::{Dice, dice, run};
use crate::merging::{as_before, merged, other};
use crate::scene::*;
use crate::status_table::dispatched;

/// One line of the table: who has to act, and the deadlines that can run.
struct Turn {
    of_township: bool,
    kinds: BTreeSet<ClockKind>,
}

/// The lines in which somebody has to act, and those in which nobody has to, by section and status.
static TABLE: LazyLock<BTreeMap<(&'static str, &'static str), Option<Turn>>> = LazyLock::new(|| {
    let (mut table, mut section) = (BTreeMap::new(), "");
    for line in include_str!("../data/turn_table.txt").lines().filter(|line| !line.starts_with('#')) {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            [] => {}
            [name] => section = name,
            [status, owner, ref kinds @ ..] => {
                let kinds = || kinds.iter().map(|kind| ClockKind::from_code(kind).unwrap()).collect();
                let turn = (owner != "-").then(|| Turn { of_township: owner == "township", kinds: kinds() });
                assert!(table.insert((section, status), turn).is_none(), "{line}");
            }
        }
    }
    table
});

/// What a major hazard can wait for.
const MAJOR: [&str; 8] = [
    "SUSPECTED",
    "UNPLANNED",
    "LISTED",
    "WORK_ACCEPTED",
    "ACCEPTED_ON_SITE",
    "EVACUATION_ORDERED",
    "STOP_ORDERED",
    "CUT_ORDERED",
];

/// Checks that a clock runs if somebody has to act in this status, that it is one of those of the table, and that its owner
/// is the unit whose turn it is. `of` has the unit, and the township of a case.
fn check<'c>(
    line: (&'static str, &'static str),
    of: [UnitId; 2],
    open: impl Iterator<Item = &'c Clock>,
) -> Result<(), TestCaseError> {
    let open: Vec<&Clock> = open.collect();
    let Some(turn) = &TABLE[&line] else {
        prop_assert!(open.is_empty(), "{line:?}: nobody has to act, and this is open: {open:?}");
        return Ok(());
    };
    prop_assert!(!open.is_empty(), "{line:?}: nothing is timed");
    for clock in open {
        prop_assert!(turn.kinds.contains(&clock.key.kind), "{line:?}: this is not to be done: {clock:?}");
        prop_assert_eq!(clock.key.owner_unit, of[usize::from(turn.of_township)], "{:?}: {:?}", line, clock);
    }
    Ok(())
}

/// Checks that exactly the steps of the table are timed, at the units whose turn it is. In this county the policy gives every
/// assignment time to finish; where one does not, such an assignment has no deadline (docs/clocks.md).
#[expect(clippy::too_many_lines, reason = "the rules stand together")]
pub(crate) fn everybody_has_a_deadline(case: &Case) -> Result<(), TestCaseError> {
    let (of_ratings, open): (Vec<&Clock>, Vec<&Clock>) =
        case.clocks.iter().filter(|clock| clock.is_open()).partition(|clock| clock.key.kind.outlives_closure());
    ratings_are_timed(case, &of_ratings)?;
    let open = || open.iter().copied();
    prop_assert!(open().all(|clock| clock.key.round == case.round), "a clock of an earlier round is open");
    supervised(case)?;
    if case.end.is_some() {
        return looked_at_again(case, open().filter(|clock| clock.key.supervision.is_none()).collect());
    }
    let of_suspensions = [ClockKind::ReviewSuspension, ClockKind::DecideSuspension];
    let of_case = open().filter(|clock| clock.key.assignment.is_none() && clock.key.supervision.is_none());
    let is_of_whistle = |clock: &&Clock| matches!(clock.key.kind, ClockKind::ApproveWhistle | ClockKind::NameUnits);
    let (of_whistle, of_case): (Vec<&Clock>, Vec<&Clock>) = of_case.partition(is_of_whistle);
    a_whistle_that_waits_is_timed(case, &of_whistle)?;
    let (of_major, of_case): (Vec<&Clock>, Vec<&Clock>) =
        of_case.into_iter().partition(|clock| is_of_a_major(clock.key.kind));
    a_major_hazard_has_its_deadlines(case, &of_major)?;
    let (of_suspensions, of_case): (Vec<&Clock>, Vec<&Clock>) =
        of_case.into_iter().partition(|clock| of_suspensions.contains(&clock.key.kind));
    rests(case, &of_suspensions)?;
    // What was to be dispatched when the hazard was suspended stands still.
    let stands_still = |clock: &&Clock| clock.key.kind == ClockKind::Dispatch && clock.state == ClockState::Paused;
    let resting = case.status() == HazardStatus::Suspended;
    let of_case = of_case.into_iter().filter(|clock| !resting || !stands_still(clock));
    let mut of_case = of_case.filter(|clock| clock.key.order.is_none());
    if case.status() == HazardStatus::AwaitingClosure && case.enforcement.holds(OrderHolds::Closing) {
        prop_assert!(of_case.next().is_none(), "nobody is late for what an order holds up");
    } else if case.status() == HazardStatus::Registered && case.is_whistle_awaited() {
        prop_assert!(of_case.next().is_none(), "the dispatch waits for the whistle");
    } else if case.status() != HazardStatus::AwaitingClosure || case.may_be_closed() {
        check(("[hazard]", case.status().code()), [case.township; 2], of_case)?;
    }
    ordered(case)?;
    for one in case.live().filter(|_| case.end.is_none()) {
        let of_it = || open().filter(|clock| clock.key.assignment == Some(one.id));
        let is_decision = |kind| matches!(kind, ClockKind::AnswerSendBack | ClockKind::Rule);
        let (asked, rest): (Vec<&Clock>, Vec<&Clock>) = of_it().partition(|clock| clock.key.kind == ClockKind::Extend);
        let (decision, own): (Vec<&Clock>, Vec<&Clock>) =
            rest.into_iter().partition(|clock| is_decision(clock.key.kind));
        check(("[assignment]", one.status.code()), [one.unit, case.township], own.into_iter())?;
        prop_assert_eq!(asked.is_empty(), one.extension.is_none(), "{:?}", one);
        if one.extension.is_some() {
            check(("[request]", "EXTENSION_ASKED"), [case.township; 2], asked.into_iter())?;
        }
        decides(one, &decision)?;
    }
    let live: BTreeSet<_> = case.live().map(|one| one.id).collect();
    let of_none = open().find(|clock| clock.key.assignment.is_some_and(|id| !live.contains(&id)));
    prop_assert!(of_none.is_none(), "a clock of work that nobody does is open: {of_none:?}");
    Ok(())
}

/// Checks that a rating 评哨 is timed only until it is there, and a ruling as long as it is awaited.
fn ratings_are_timed(case: &Case, open: &[&Clock]) -> Result<(), TestCaseError> {
    for clock in open {
        let of = clock.key.assignment.and_then(|id| case.assignment(id));
        let word = match of.and_then(|one| one.rating) {
            None => "AWAITED",
            Some(rating) if rating.objection.is_some_and(|objection| objection.ruling.is_none()) => "OBJECTED",
            Some(_) => "DONE",
        };
        check(("[rating]", word), [clock.key.owner_unit; 2], std::iter::once(*clock))?;
        prop_assert!(of.is_some_and(|one| one.status == AssignmentStatus::Accepted), "{clock:?}");
    }
    let mut ratings = case.assignments.iter().filter_map(|one| Some((one.id, one.rating?.objection?)));
    let is_timed = |id| open.iter().any(|clock| clock.key.assignment == Some(id));
    let awaited = ratings.find(|(id, objection)| objection.ruling.is_none() && !is_timed(*id));
    prop_assert!(awaited.is_none() || case.end == Some(End::Cancelled), "a ruling is not timed: {awaited:?}");
    Ok(())
}

/// Checks that exactly the decision on the whistle 哨 that waits is timed, or the naming of its units, if one waits.
fn a_whistle_that_waits_is_timed(case: &Case, open: &[&Clock]) -> Result<(), TestCaseError> {
    let Some(request) = case.pending_whistle() else {
        prop_assert!(open.is_empty(), "no whistle waits: {open:?}");
        return Ok(());
    };
    prop_assert_eq!(open.len(), 1, "{:?}", request);
    let owner = open.first().map_or(case.township, |clock| clock.key.owner_unit);
    check(("[whistle_request]", request.state.code()), [owner; 2], open.iter().copied())
}

/// Checks that an order 责令 is timed while it awaits its re-inspection.
fn ordered(case: &Case) -> Result<(), TestCaseError> {
    for one in &case.enforcement.orders {
        let of_it = case.clocks.iter().filter(|clock| clock.is_open() && clock.key.order == Some(one.id));
        check(("[order]", one.state.code()), [one.unit; 2], of_it)?;
    }
    Ok(())
}

fn is_of_a_major(kind: ClockKind) -> bool {
    TABLE.iter().any(|((section, _), turn)| *section == "[major]" && turn.as_ref().unwrap().kinds.contains(&kind))
}

/// Checks that exactly the steps of a major hazard that wait are timed. Which unit has to take them is the matter of `major.rs`.
fn a_major_hazard_has_its_deadlines(case: &Case, open: &[&Clock]) -> Result<(), TestCaseError> {
    let is_major = case.end.is_none() && case.level == Level::Major;
    let done = case.suspension.is_none()
        && case.is_dispatched()
        && case.live().all(|one| one.status == AssignmentStatus::Accepted);
    let measure = |measure| case.end.is_none() && case.measure(measure).is_some_and(Ordered::waits);
    let waits = |line: &str| match line {
        "SUSPECTED" => case.end.is_none() && case.major.suspicion.is_some(),
        "UNPLANNED" => is_major && case.is_dispatched() && case.needs_plan(),
        "LISTED" => case.end.is_none() && case.listing().is_some(),
        "WORK_ACCEPTED" => is_major && done && !case.needs_plan() && case.accepted_on_site().is_none(),
        "ACCEPTED_ON_SITE" => {
            is_major && done && case.accepted_on_site().is_some() && case.consent_to_close().is_none()
        }
        "EVACUATION_ORDERED" => measure(InterimMeasure::Evacuate),
        "STOP_ORDERED" => measure(InterimMeasure::StopUse),
        _ => measure(InterimMeasure::CutPower),
    };
    for ((_, line), turn) in TABLE.iter().filter(|((section, _), _)| *section == "[major]") {
        let of = open.iter().filter(|clock| turn.as_ref().unwrap().kinds.contains(&clock.key.kind)).count();
        prop_assert_eq!(of, usize::from(waits(line)), "{}: {:?}", line, open);
    }
    Ok(())
}

/// Checks that a supervision 督办 is timed while it awaits its acknowledgement.
fn supervised(case: &Case) -> Result<(), TestCaseError> {
    for one in &case.supervisions {
        let of_it = case.clocks.iter().filter(|clock| clock.is_open() && clock.key.supervision == Some(one.id));
        check(("[supervision]", case.supervision_state(one).code()), [one.unit; 2], of_it)?;
    }
    Ok(())
}

/// Checks that an ended case has no open clock but those of its follow-ups 回头看.
fn looked_at_again(case: &Case, open: Vec<&Clock>) -> Result<(), TestCaseError> {
    if case.end == Some(End::Closed) && !case.follow_ups.is_empty() {
        return check(("[follow_up]", "OUTSTANDING"), [case.township; 2], open.into_iter());
    }
    prop_assert!(open.is_empty(), "a clock of an ended case is open: {open:?}");
    Ok(())
}

/// Checks that a suspension 挂账 and a request for one are timed, at the units that have to act.
fn rests(case: &Case, open: &[&Clock]) -> Result<(), TestCaseError> {
    let of = |kind| open.iter().copied().filter(move |clock: &&Clock| clock.key.kind == kind);
    let review = || of(ClockKind::ReviewSuspension);
    if let Some(suspension) = case.suspension {
        check(("[suspension]", "SUSPENDED"), [suspension.asked.responsible_unit; 2], review())?;
        prop_assert!(review().all(|clock| clock.due == suspension.resumes_at), "it is reviewed on its date");
    } else {
        prop_assert_eq!(review().next(), None);
    }
    let decision = || of(ClockKind::DecideSuspension);
    prop_assert_eq!(decision().count(), usize::from(case.suspension_request.is_some()));
    let owner = decision().next().map_or(case.township, |clock| clock.key.owner_unit);
    if case.suspension_request.is_some() { check(("[suspension]", "ASKED"), [owner; 2], decision()) } else { Ok(()) }
}

/// Checks that exactly the decision on the send-back 退单 that waits is timed, if one waits. Which unit answers or rules is the
/// matter of `sending_back.rs`.
fn decides(one: &Assignment, open: &[&Clock]) -> Result<(), TestCaseError> {
    let Some(pending) = one.pending_send_back() else {
        prop_assert!(open.is_empty(), "nothing is to be decided: {open:?}");
        return Ok(());
    };
    prop_assert_eq!(open.len(), 1, "{:?}", one);
    let decider = open.first().map_or(one.unit, |clock| clock.key.owner_unit);
    check(("[send_back]", pending.state.code()), [decider; 2], open.iter().copied())
}

/// The same for a report.
pub(crate) fn a_report_has_a_deadline(report: &Report) -> Result<(), TestCaseError> {
    let open = report.clocks.iter().filter(|clock| clock.is_open());
    check(("[report]", report.status.code()), [report.review_unit; 2], open)
}

/// The same for an award.
pub(crate) fn an_award_has_a_deadline(award: &Award) -> Result<(), TestCaseError> {
    let open = award.clocks.iter().filter(|clock| clock.is_open());
    check(("[award]", award.status.code()), [award.unit; 2], open)
}

/// What happens to a case beside the commands of people: a unit ends and another one takes over, and clocks are paused and
/// go on.
fn happens(world: &World, case: &mut Case, die: &Dice, minute: i64) {
    match die.bold % 8 {
        0 => {
            let units = [FIRE, GAS, TOWN, CENTRE];
            let (from, to) = (units[usize::from(die.who) % 4], units[usize::from(die.pick) % 4]);
            let assignments: Vec<_> = case.assignments.iter().map(|one| one.id).collect();
            let inheritance = Inheritance { from, to, at: at(minute).max(case.last_at) };
            if from != to
                && let Some(event) = inheritance.of_case(case, true, &assignments)
            {
                assert_eq!(clock::check_starts(&case.clocks, event.clocks()), Ok(()));
                hazard::apply(case, &event);
            }
        }
        // A suspension lets clocks stand still by itself.
        1 if case.suspension.is_none() => {
            change(case, |clock| world.timing().pause(clock, at(minute), PauseReason::Suspended));
        }
        2 if case.suspension.is_none() => change(case, |clock| world.timing().go_on(clock, at(minute))),
        _ => {}
    }
}

fn change(case: &mut Case, to: impl Fn(&Clock) -> Option<ClockChange>) {
    let changes: Vec<ClockChange> = case.clocks.iter().filter_map(to).collect();
    clock::apply(&mut case.clocks, &changes);
}

fn play(emergency: bool, dice: &[Dice]) -> Result<(), TestCaseError> {
    let world = World::new();
    let (mut case, mut minute) = (world.case(emergency).0, 0);
    for die in dice {
        minute += i64::from(die.minutes);
        let (by, command) = choose(&case, die, minute);
        for event in world.ask(&case, minute, by, command).into_iter().flatten() {
            hazard::apply(&mut case, &event);
        }
        everybody_has_a_deadline(&case)?;
        happens(&world, &mut case, die, minute);
        everybody_has_a_deadline(&case)?;
        for clock in &case.clocks {
            let is_paused = clock.state == ClockState::Paused;
            prop_assert!(!is_paused || clock.open_pause().is_some(), "{clock:?}");
            prop_assert!(clock.original_due() <= clock.due, "a pause takes no time away: {clock:?}");
        }
    }
    Ok(())
}

#[test]
fn every_step_has_an_owner_and_a_deadline() {
    run(&(any::<bool>(), dice(40)), |(emergency, dice)| play(emergency, &dice));
}

#[test]
fn the_table_has_every_status_and_every_deadline() {
    let words = |section: &'static str, codes: Vec<&'static str>| codes.into_iter().map(move |code| (section, code));
    let waiting = SendBackState::ALL.iter().filter(|state| state.is_pending());
    let statuses = words("[hazard]", HazardStatus::ALL.iter().map(|status| status.code()).collect())
        .chain(words("[assignment]", AssignmentStatus::ALL.iter().map(|status| status.code()).collect()))
        .chain(words("[request]", vec!["EXTENSION_ASKED"]))
        .chain(words("[whistle_request]", vec!["AWAITS_APPROVAL", "AWAITS_UNITS"]))
        .chain(words("[rating]", vec!["AWAITED", "OBJECTED", "DONE"]))
        .chain(words("[send_back]", waiting.map(|state| state.code()).collect()))
        .chain(words("[suspension]", vec!["SUSPENDED", "ASKED"]))
        .chain(words("[follow_up]", vec!["OUTSTANDING"]))
        .chain(words("[supervision]", SupervisionState::ALL.iter().map(|state| state.code()).collect()))
        .chain(words("[order]", OrderState::ALL.iter().map(|state| state.code()).collect()))
        .chain(words("[major]", MAJOR.to_vec()))
        .chain(words("[report]", ReportStatus::ALL.iter().map(|status| status.code()).collect()))
        .chain(words("[award]", AwardStatus::ALL.iter().map(|status| status.code()).collect()))
        .chain(words("[incident]", vec!["OPEN", "ENDED", "UNRECEIVED"]));
    assert_eq!(TABLE.keys().copied().collect::<BTreeSet<_>>(), statuses.collect());
    let kinds: BTreeSet<_> = TABLE.values().flatten().flat_map(|turn| turn.kinds.iter().copied()).collect();
    assert_eq!(kinds, ClockKind::ALL.iter().copied().collect());
}

/// The page for people shows the table that is tested.
#[test]
fn the_page_shows_the_table() {
    let table = include_str!("../data/turn_table.txt");
    let sections = table[table.find("[hazard]").unwrap()..].trim_end();
    assert!(include_str!("../../../docs/clocks.md").contains(sections));
}

/// The clocks as an earlier build has them: none for dispatching without danger and for closing, and one for accepting all
/// work of a round.
fn as_of_an_earlier_build(case: &mut Case) {
    case.clocks.retain(|clock| !matches!(clock.key.kind, ClockKind::Dispatch | ClockKind::Close));
    for clock in case.clocks.iter_mut().filter(|clock| clock.key.kind == ClockKind::Accept) {
        clock.key.assignment = None;
    }
}

#[test]
fn a_hazard_of_an_earlier_build_is_brought_to_its_end() {
    let world = World::new();
    let mut case = world.case(false).0;
    as_of_an_earlier_build(&mut case);
    world.play(&mut case, 1, clerk(), Command::Dispatch { lead: task(1, FIRE), supports: vec![task(2, GAS)] });
    world.play(&mut case, 1, clerk(), dispatch(3, CENTRE));
    work(&world, &mut case, 2, 1, FIRE);
    as_of_an_earlier_build(&mut case);
    work(&world, &mut case, 6, 2, GAS);
    let shared = ClockKey::of(ClockKind::Accept, 1, TOWN);
    let is_open = |case: &Case, key| clock::find(&case.clocks, key).is_some_and(Clock::is_open);

    world.play(&mut case, 10, clerk(), accept(2));
    assert!(is_open(&case, shared), "the work of the fire brigade still waits");
    world.play(&mut case, 11, clerk(), Command::Rework { assignment: id(1), note: NOTE });
    assert_eq!(clock::find(&case.clocks, shared).unwrap().state, ClockState::Met);
    work(&world, &mut case, 12, 1, FIRE);
    world.play(&mut case, 16, clerk(), accept(1));
    world.play(&mut case, 17, clerk(), take_back(3, None));
    everybody_has_a_deadline(&case).unwrap();
    world.play(&mut case, 18, By::Officer(person(TOWN, 3, Role::TownshipLeader)), Command::Close { note: NOTE });
    assert_eq!(case.end, Some(End::Closed));
    assert!(!is_open(&case, shared));
}

#[test]
fn what_an_earlier_build_left_without_a_deadline_gets_one_when_it_is_taken_back() {
    let world = World::new();
    let mut case = world.case(false).0;
    as_of_an_earlier_build(&mut case);
    assert!(case.clocks.is_empty());
    world.play(&mut case, 1, clerk(), dispatch(1, FIRE));
    world.play(&mut case, 2, clerk(), take_back(1, None));
    everybody_has_a_deadline(&case).unwrap();
}

/// A merge carries pauses and extensions, and undoing it gives them back.
#[test]
fn a_paused_clock_stays_paused_through_a_merge_and_its_undoing() {
    let world = World::new();
    let leader = person(TOWN, 1, Role::TownshipLeader);
    for (work, status) in [
        (OpenWork::Carry, AssignmentStatus::Claimed),
        (OpenWork::Carry, AssignmentStatus::Finished),
        (OpenWork::Cancel, AssignmentStatus::Claimed),
        (OpenWork::Cancel, AssignmentStatus::Accepted),
    ] {
        let mut case = dispatched(status);
        change(&mut case, |clock| world.timing().extend(clock, at(20_000), at(30), &leader));
        change(&mut case, |clock| world.timing().pause(clock, at(40), PauseReason::Suspended));
        let after = merged(&case, &other(dispatched(AssignmentStatus::Claimed)), work).unwrap();
        let is_kept = |clock: &Clock| clock.state == ClockState::Paused && clock.extensions.len() == 1;
        let carried = after.into.clocks.iter().filter(|clock| clock.key.assignment == Some(id(1)) && clock.is_open());
        assert_eq!(carried.clone().count() > 0, work == OpenWork::Carry);
        assert!(carried.into_iter().all(is_kept), "{:?}", after.into.clocks);
        let back = after.undone().unwrap();
        assert_eq!(as_before(&back.from), as_before(&case), "{work:?} {status:?}");
    }
}
