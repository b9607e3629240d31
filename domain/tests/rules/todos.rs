//! What waits in every status, compared with a table that was written by hand and with the page for readers; and what must
//! hold of todos in every random history. Long because all tables of todos stand together.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use domain::access::{Relation, may};
use domain::award::{self, Award, AwardStatus};
use domain::clock::{Clock, ClockKind};
use domain::hazard::enforcement::OrderHolds;
use domain::hazard::{
    self, AssignmentStatus, Case, End, FollowUpResult, HazardStatus, ReopenCause, SupervisionState, WhistleRequestState,
};
use domain::id::{AssignmentId, PostId, UnitId};
use domain::inheritance::Inheritance;
use domain::report::{Report, ReportStatus};
use domain::staff::Role;
use domain::todo::{Review, Todo, TodoKind, of_award, of_case, of_report};
use proptest::prelude::*;

use crate::report_rules::received;
use crate::scene::*;
use crate::status_table::{
    OTHER_AWARD, award_asker, award_in, dispatched, hazard_in, rated, report_in, requested, suspended,
};

/// The todos of each word of a section.
type Section = BTreeMap<String, BTreeSet<String>>;

fn section(name: &str) -> Section {
    let table = include_str!("../data/todo_table.txt");
    let lines = table.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let lines = lines.skip_while(|line| *line != format!("[{name}]")).skip(1);
    let mut section = Section::new();
    for line in lines.take_while(|line| !line.starts_with('[')) {
        let mut words = line.split_whitespace();
        let of = section.entry(words.next().unwrap().to_owned()).or_default();
        let todo = words.collect::<Vec<_>>().join(" ");
        if todo != "-" {
            of.insert(todo);
        }
    }
    section
}

fn told(todos: &[Todo]) -> BTreeSet<String> {
    let unit = |unit: UnitId| match unit {
        TOWN => "TOWN",
        FIRE => "FIRE",
        GAS => "GAS",
        CENTRE => "CENTRE",
        other => panic!("{other}"),
    };
    let clock = |todo: &Todo| todo.deadline.map_or("-", |deadline| deadline.clock.code());
    todos.iter().map(|todo| format!("{} {} {}", todo.kind.code(), unit(todo.owner_unit), clock(todo))).collect()
}

fn check(name: &str, words: &BTreeSet<&str>, todos: impl Fn(&str) -> Vec<Todo>) {
    let table = section(name);
    assert_eq!(table.keys().map(String::as_str).collect::<BTreeSet<_>>(), *words, "{name}");
    for (word, expected) in &table {
        assert_eq!(told(&todos(word)), *expected, "{name}: {word}");
    }
}

const SEEN: Review = Review { visible_from: DateTime::<Utc>::UNIX_EPOCH, is_unassigned: false };

#[test]
fn every_report_waits_for_what_the_table_says() {
    let words = ReportStatus::ALL.iter().map(|status| status.code()).chain(["UNASSIGNED"]).collect();
    check("report", &words, |word| match ReportStatus::from_code(word) {
        Some(status) => of_report(&report_in(status), SEEN),
        None => of_report(&received(None), Review { is_unassigned: true, ..SEEN }),
    });
}

#[test]
fn every_assignment_waits_for_what_the_table_says() {
    let words = AssignmentStatus::ALL.iter().map(|status| status.code()).collect();
    check("assignment", &words, |word| of_case(&dispatched(AssignmentStatus::from_code(word).unwrap())));
}

/// A hazard with an assignment of FIRE in this status, and an open one of GAS.
fn with_a_second(status: AssignmentStatus) -> Case {
    let mut case = dispatched(status);
    World::new().play(&mut case, 20, clerk(), dispatch(2, GAS));
    case
}

/// A hazard with an assignment of FIRE in this status, and an order 责令 that FIRE issued.
fn with_an_order(status: AssignmentStatus) -> Case {
    let (world, mut case) = (World::new(), dispatched(status));
    world.play(&mut case, 20, clerk_of_unit(FIRE), inspect(1, 20));
    world.play(&mut case, 21, clerk_of_unit(FIRE), order(1, 1));
    case
}

#[test]
#[expect(clippy::too_many_lines, reason = "one arm for each row")]
fn every_hazard_waits_for_what_the_table_says() {
    let world = World::new();
    let all =
        ["REGISTERED", "EMERGENCY", "TRANSFERRED", "TAKEN_BACK", "REOPENED", "TWO", "ONE_ACCEPTED", "EXTENSION_ASKED"];
    let of_suspensions = ["SUSPENSION_ASKED", "SUSPENDED", "RENEWAL_ASKED", "SUSPENDED_EARLY"];
    let of_whistles = [
        "WHISTLE_ASKED",
        "WHISTLE_BESIDE_WORK",
        "UNITS_AWAITED",
        "WHISTLE_SUSPENDED",
        "UNRATED",
        "UNRATED_CLOSED",
        "OBJECTED",
    ];
    let ended = ["SUPERVISED", "ORDERED", "ORDERED_ACCEPTED", "CLOSED", "FOLLOWED_UP", "CANCELLED"];
    check("hazard", &all.into_iter().chain(of_suspensions).chain(of_whistles).chain(ended).collect(), |word| {
        let case = match word {
            "REGISTERED" => hazard_in(HazardStatus::Registered),
            "EMERGENCY" => world.case(true).0,
            "TRANSFERRED" => {
                let mut case = world.case(true).0;
                world.play(&mut case, 3, clerk(), hazard::Command::Transfer { to: CENTRE, note: Some(NOTE) });
                case
            }
            "TAKEN_BACK" => {
                let mut case = dispatched(AssignmentStatus::Open);
                world.play(&mut case, 20, clerk(), take_back(1, None));
                case
            }
            "REOPENED" => {
                let mut case = hazard_in(HazardStatus::Closed);
                let reopen = hazard::Command::Reopen { cause: ReopenCause::Callback, note: None };
                world.play(&mut case, 30, domain::access::By::Reporter, reopen);
                case
            }
            "TWO" => with_a_second(AssignmentStatus::Finished),
            "EXTENSION_ASKED" => {
                let mut case = dispatched(AssignmentStatus::Claimed);
                world.play(&mut case, 20, clerk_of_unit(FIRE), ask_extension(1));
                case
            }
            "SUSPENSION_ASKED" => {
                let mut case = dispatched(AssignmentStatus::Claimed);
                world.play(&mut case, 20, leader(), ask_suspension(TOWN));
                case
            }
            "RENEWAL_ASKED" => {
                let mut case = hazard_in(HazardStatus::Suspended);
                world.play(&mut case, 30, leader(), ask_suspension(TOWN));
                case
            }
            "SUSPENDED_EARLY" => suspended(hazard_in(HazardStatus::Registered)),
            "FOLLOWED_UP" => {
                let mut case = hazard_in(HazardStatus::Closed);
                world.play(&mut case, 40 * 24 * 60, clerk(), follow_up(FollowUpResult::Holds));
                case
            }
            "SUPERVISED" => {
                let mut case = dispatched(AssignmentStatus::Open);
                world.play(&mut case, 40, domain::access::By::System, hazard::Command::Climb);
                case
            }
            "WHISTLE_ASKED" => requested(WhistleRequestState::AwaitsApproval),
            "UNRATED" | "UNRATED_CLOSED" | "OBJECTED" => rated(word),
            "UNITS_AWAITED" => requested(WhistleRequestState::AwaitsUnits),
            "WHISTLE_SUSPENDED" => suspended(requested(WhistleRequestState::AwaitsApproval)),
            "WHISTLE_BESIDE_WORK" => {
                let mut case = dispatched(AssignmentStatus::Open);
                world.play(&mut case, 20, clerk(), blow_key_work(9, task(2, GAS)));
                case
            }
            "ORDERED" => with_an_order(AssignmentStatus::Signed),
            "ORDERED_ACCEPTED" => with_an_order(AssignmentStatus::Accepted),
            "ONE_ACCEPTED" => with_a_second(AssignmentStatus::Accepted),
            ended => hazard_in(HazardStatus::from_code(ended).unwrap()),
        };
        of_case(&case)
    });
}

fn double() -> Award {
    let world = World::new();
    let mut award = award_in(AwardStatus::Approved);
    let mark = award::Command::MarkDouble { of: OTHER_AWARD };
    for event in world.ask_award(&award, 10, award_asker(&mark), mark).unwrap() {
        award::apply(&mut award, &event);
    }
    assert_eq!(award.status, AwardStatus::Held);
    award
}

#[test]
fn every_award_waits_for_what_the_table_says() {
    let words = AwardStatus::ALL.iter().map(|status| status.code()).chain(["DOUBLE"]).collect();
    check("award", &words, |word| match AwardStatus::from_code(word) {
        Some(status) => of_award(&award_in(status)),
        None => of_award(&double()),
    });
}

#[test]
fn the_worker_who_holds_the_work_is_expected_to_go_on_and_anybody_otherwise() {
    use AssignmentStatus as Is;
    for (status, post) in [
        (Is::Open, None),
        (Is::Signed, None),
        (Is::Claimed, Some(person(FIRE, 1, Role::Worker).post)),
        (Is::OnSite, Some(person(FIRE, 1, Role::Worker).post)),
        (Is::Finished, None),
        (Is::Rework, None),
    ] {
        let todos = of_case(&dispatched(status));
        assert_eq!(todos[0].owner_post, post, "{status:?}");
        assert_eq!(todos[0].assignment, Some(id(1)));
    }
}

/// The duty post of an emergency is that of its dispatch clock, and its due time and warning are those of the clock.
#[test]
fn a_todo_has_the_times_and_the_post_of_its_clock() {
    let mut case = World::new().case(true).0;
    let post = PostId(uuid::Uuid::from_u128(77));
    case.clocks[0].owner_post = Some(post);
    let todo = of_case(&case)[0];
    let deadline = todo.deadline.unwrap();
    assert_eq!((deadline.due, deadline.warn_at), (case.clocks[0].due, case.clocks[0].warn_at));
    assert_eq!((todo.owner_post, todo.since, todo.urgent), (Some(post), case.clocks[0].start, true));
}

#[test]
fn only_a_report_is_hidden_by_the_veil() {
    let from = at(15);
    let review = Review { visible_from: from, is_unassigned: false };
    assert_eq!(of_report(&received(None), review)[0].visible_from, Some(from));
    assert_eq!(of_case(&World::new().case(true).0)[0].visible_from, None);
    assert_eq!(of_award(&award_in(AwardStatus::Proposed))[0].visible_from, None);
}

/// A whistle in an emergency is urgent although the hazard itself was none.
#[test]
fn what_an_emergency_whistle_asks_for_is_urgent() {
    let world = World::new();
    for (type_code, urgent) in [("emergency", true), ("joint_enforcement", false)] {
        let mut case = world.case(false).0;
        world.play(&mut case, 1, leader(), blow(1, type_code, task(1, FIRE), Vec::new()));
        assert_eq!(of_case(&case)[0].urgent, urgent, "{type_code}");
    }
}

/// A unit ends 撤并: what it had to do is its successor's, with the same due time.
#[test]
fn a_successor_has_to_do_what_its_predecessor_had_to_do() {
    use AssignmentStatus as Is;
    for (status, from) in [(Is::Open, FIRE), (Is::OnSite, FIRE), (Is::Rework, FIRE), (Is::Finished, TOWN)] {
        let mut case = dispatched(status);
        let before = of_case(&case);
        let event = Inheritance { from, to: GAS, at: at(500) }.of_case(&case, true, &[id(1)]).unwrap();
        hazard::apply(&mut case, &event);
        let after = of_case(&case);
        assert_eq!(after.iter().map(|todo| todo.owner_unit).collect::<Vec<_>>(), [GAS], "{status:?}");
        assert_eq!((after[0].kind, after[0].deadline), (before[0].kind, before[0].deadline));
    }
}

/// Returns the cells of the rows of the page's table that begin with a kind.
fn page() -> BTreeMap<String, Vec<String>> {
    let page = include_str!("../../../docs/todos.md");
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `"));
    let rows = rows.map(|row| row.trim_end_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect());
    rows.map(|cells: Vec<String>| (cells[0].trim_end_matches('`').to_owned(), cells)).collect()
}

fn roles(kind: TodoKind, relation: Relation) -> String {
    let may = |role: &&Role| kind.action().is_some_and(|action| may(**role, action, relation));
    let roles: Vec<_> = Role::ALL.iter().filter(may).map(|role| format!("`{}`", role.code())).collect();
    if roles.is_empty() { "–".to_owned() } else { roles.join(", ") }
}

#[test]
fn the_page_for_readers_names_every_kind_with_those_who_may_act() {
    let page = page();
    let kinds: BTreeSet<String> = TodoKind::ALL.iter().map(|kind| kind.code().to_owned()).collect();
    assert_eq!(page.keys().cloned().collect::<BTreeSet<_>>(), kinds);
    for kind in TodoKind::ALL {
        let row = &page[kind.code()];
        let clocks = ClockKind::ALL.iter().filter(|clock| kind.is_timed_by(**clock));
        let clocks: Vec<_> = clocks.map(|clock| format!("`{}`", clock.code())).collect();
        let clocks = if clocks.is_empty() { "–".to_owned() } else { clocks.join(", ") };
        assert_eq!(row[4], clocks, "{}", kind.code());
        let relation = if kind.is_work_of_an_area() { Relation::OwnArea } else { Relation::OwnUnit };
        assert_eq!(row[5], roles(*kind, relation), "{}", kind.code());
    }
}

// --- in random histories

/// Checks that an open case waits for somebody and an ended one for nobody, and that every open clock is one todo's. The
/// township's clock of acceptance is that of all work that awaits it.
#[expect(clippy::too_many_lines, reason = "what is true of the todos of every case stands together")]
pub(crate) fn case_rules(case: &Case) -> Result<(), TestCaseError> {
    let all = of_case(case);
    let (ratings, todos): (Vec<Todo>, Vec<Todo>) =
        all.iter().copied().partition(|todo| matches!(todo.kind, TodoKind::RateAnswer | TodoKind::RuleOnRating));
    let of_ratings = case.clocks.iter().filter(|clock| clock.is_open() && clock.key.kind.outlives_closure()).count();
    prop_assert_eq!(ratings.len(), of_ratings, "one todo for each rating that is due");
    if case.end.is_some() {
        follow_up_rules(case, &todos)?;
        return clock_rules(&case.clocks, &all);
    }
    prop_assert!(!todos.is_empty(), "an open hazard waits for somebody");
    let of_suspension = |todo: &Todo| matches!(todo.kind, TodoKind::DecideSuspension | TodoKind::ReviewSuspension);
    let (of_suspension, work): (Vec<Todo>, Vec<Todo>) = todos.iter().copied().partition(of_suspension);
    let expected = usize::from(case.suspension.is_some()) + usize::from(case.suspension_request.is_some());
    prop_assert_eq!(of_suspension.iter().filter(|todo| todo.deadline.is_some()).count(), expected);
    let (requests, steps): (Vec<Todo>, Vec<Todo>) =
        work.into_iter().partition(|todo| todo.kind == TodoKind::DecideExtension);
    let (supervisions, steps): (Vec<Todo>, Vec<Todo>) =
        steps.into_iter().partition(|todo| todo.kind == TodoKind::AcknowledgeSupervision);
    let (majors, steps): (Vec<Todo>, Vec<Todo>) = steps.into_iter().partition(|todo| is_of_a_major(todo.kind));
    prop_assert!(majors.iter().all(|todo| todo.assignment.is_none() && todo.deadline.is_some() || paused(case)));
    one_todo_a_supervision(case, &supervisions.iter().collect::<Vec<_>>())?;
    let is_of_whistle = |todo: &Todo| matches!(todo.kind, TodoKind::ApproveWhistle | TodoKind::NameUnits);
    let (whistles, steps): (Vec<Todo>, Vec<Todo>) = steps.into_iter().partition(is_of_whistle);
    prop_assert_eq!(whistles.len(), usize::from(case.pending_whistle().is_some()), "one todo for a whistle that waits");
    prop_assert!(whistles.iter().all(|todo| todo.deadline.is_some()), "{whistles:?}");
    let steps = without_orders(case, steps)?;
    let asked: Vec<_> = case.live().filter(|one| one.extension.is_some()).map(|one| Some(one.id)).collect();
    prop_assert!(case.end.is_some() || requests.iter().map(|todo| todo.assignment).eq(asked), "one todo a request");
    let assignments: BTreeSet<Option<AssignmentId>> = steps.iter().map(|todo| todo.assignment).collect();
    prop_assert_eq!(assignments.len(), steps.len(), "one todo an assignment");
    let waiting: BTreeSet<_> =
        case.live().filter(|one| one.status != AssignmentStatus::Accepted).map(|one| one.id).collect();
    let told: BTreeSet<_> = steps.iter().filter_map(|todo| todo.assignment).collect();
    prop_assert!(case.end.is_some() || waiting == told, "every assignment that waits has a todo");
    let kinds: BTreeSet<TodoKind> = steps.iter().map(|todo| todo.kind).collect();
    match case.status() {
        HazardStatus::Registered if case.is_whistle_awaited() => prop_assert_eq!(kinds, BTreeSet::new()),
        HazardStatus::Registered => prop_assert_eq!(kinds, BTreeSet::from([TodoKind::Dispatch])),
        HazardStatus::AwaitingAcceptance => prop_assert_eq!(kinds, BTreeSet::from([TodoKind::Accept])),
        HazardStatus::AwaitingClosure if case.may_be_closed() => {
            prop_assert_eq!(kinds, BTreeSet::from([TodoKind::Close]));
        }
        HazardStatus::AwaitingClosure if case.enforcement.holds(OrderHolds::Closing) => prop_assert!(kinds.is_empty()),
        HazardStatus::AwaitingClosure => prop_assert!(kinds.is_empty() && !majors.is_empty()),
        HazardStatus::Assigned | HazardStatus::InProgress => {
            prop_assert!(!kinds.contains(&TodoKind::Dispatch) && !kinds.contains(&TodoKind::Close));
        }
        HazardStatus::Suspended => prop_assert!(!kinds.contains(&TodoKind::Close), "it comes back first"),
        HazardStatus::Closed | HazardStatus::Cancelled => {}
    }
    clock_rules(&case.clocks, &all)
}

/// Checks that an ended case waits only for its follow-ups 回头看, and for those who were told that one is late.
fn follow_up_rules(case: &Case, todos: &[Todo]) -> Result<(), TestCaseError> {
    let outstanding = case.end == Some(End::Closed) && !case.follow_ups.is_empty();
    let is_supervision = |todo: &&Todo| todo.kind == TodoKind::AcknowledgeSupervision;
    let (supervisions, rest): (Vec<&Todo>, Vec<&Todo>) = todos.iter().partition(is_supervision);
    let kinds: Vec<_> = rest.iter().map(|todo| (todo.kind, todo.visible_from.is_some())).collect();
    prop_assert_eq!(kinds, if outstanding { vec![(TodoKind::FollowUp, true)] } else { Vec::new() });
    prop_assert!(outstanding || supervisions.is_empty(), "{supervisions:?}");
    one_todo_a_supervision(case, &supervisions)
}

/// Checks that each open order 责令 waits for its re-inspection, and returns the other steps.
fn without_orders(case: &Case, steps: Vec<Todo>) -> Result<Vec<Todo>, TestCaseError> {
    let (orders, steps): (Vec<Todo>, Vec<Todo>) = steps.into_iter().partition(|todo| todo.kind == TodoKind::Reinspect);
    let open = case.enforcement.open_orders().map(|one| (Some(one.id), one.unit));
    prop_assert!(orders.iter().map(|todo| (todo.order, todo.owner_unit)).eq(open), "one todo an open order");
    prop_assert!(orders.iter().all(|todo| todo.deadline.is_some_and(|due| due.clock == ClockKind::Reinspect)));
    Ok(steps)
}

/// Returns whether a todo is a step of a major hazard.
pub(crate) const fn is_of_a_major(kind: TodoKind) -> bool {
    matches!(
        kind,
        TodoKind::JudgeMajor
            | TodoKind::PlanMajor
            | TodoKind::Delist
            | TodoKind::AcceptMajor
            | TodoKind::ConsentMajor
            | TodoKind::Evacuate
            | TodoKind::StopUse
            | TodoKind::CutPower
    )
}

fn paused(case: &Case) -> bool {
    case.clocks.iter().any(|clock| clock.is_open() && !clock.is_running())
}

fn one_todo_a_supervision(case: &Case, supervisions: &[&Todo]) -> Result<(), TestCaseError> {
    let open = case.supervisions.iter().filter(|one| case.supervision_state(one) == SupervisionState::Open);
    let open = open.map(|one| (Some(one.id), one.unit));
    let told = supervisions.iter().map(|todo| (todo.supervision, todo.owner_unit));
    prop_assert!(told.eq(open), "one todo a supervision");
    Ok(())
}

/// Checks that a report waits exactly while it is not reviewed.
pub(crate) fn report_rules(report: &Report) -> Result<(), TestCaseError> {
    let todos = of_report(report, SEEN);
    prop_assert_eq!(todos.len(), usize::from(report.status == ReportStatus::Received));
    prop_assert!(todos.iter().all(|todo| todo.owner_unit == report.review_unit && todo.deadline.is_some()));
    clock_rules(&report.clocks, &todos)
}

/// Checks that an award has at most one todo, and that the steps of its unit are due.
pub(crate) fn award_rules(award: &Award) -> Result<(), TestCaseError> {
    let todos = of_award(award);
    prop_assert!(todos.len() <= 1);
    prop_assert!(todos.iter().all(|todo| todo.owner_unit == award.unit));
    let untimed = |todo: &Todo| matches!(todo.kind, TodoKind::Notify | TodoKind::DecideDouble);
    prop_assert!(todos.iter().all(|todo| todo.deadline.is_some() != untimed(todo)), "{todos:?}");
    clock_rules(&award.clocks, &todos)
}

/// Returns whether the clock is one of the unit that asked to send its assignment back: it runs on while nobody can go on.
fn awaits_a_decision(clock: &Clock, todos: &[Todo]) -> bool {
    let of_the_unit = matches!(clock.key.kind, ClockKind::Sign | ClockKind::CheckIn | ClockKind::Finish);
    let decided = |todo: &Todo| matches!(todo.kind, TodoKind::AnswerSendBack | TodoKind::Rule);
    of_the_unit && todos.iter().any(|todo| decided(todo) && todo.assignment == clock.key.assignment)
}

fn clock_rules(clocks: &[Clock], todos: &[Todo]) -> Result<(), TestCaseError> {
    for clock in clocks.iter().filter(|clock| clock.is_open()) {
        let timed = todos.iter().filter(|todo| todo.is_timed_by(clock)).count();
        let shared = clock.key.kind == ClockKind::Accept && clock.key.assignment.is_none();
        let expected = if clock.key.kind == ClockKind::Collect || awaits_a_decision(clock, todos) {
            0..=0
        } else {
            1..=if shared { usize::MAX } else { 1 }
        };
        prop_assert!(expected.contains(&timed), "{timed} todos of {clock:?}: {todos:?}");
    }
    for todo in todos {
        let due =
            clocks.iter().filter(|clock| clock.is_running() && todo.is_timed_by(clock)).map(|clock| clock.due).min();
        prop_assert_eq!(todo.deadline.map(|deadline| deadline.due), due, "a todo is due with its first clock");
    }
    Ok(())
}
