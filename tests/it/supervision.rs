//! The supervision ladder 督办: a step that nobody takes climbs from a reminder to an order, each rung once, and the addressed
//! unit acknowledges it.

mod at_once;

use chrono::{DateTime, TimeDelta, Utc};
use domain::clock::{ClockKind, ClockState};
use domain::id::HazardId;
use domain::todo::TodoKind;
use entity::{clock, todo};
use rstest::rstest;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use tests::app::{Engine, TestApp};
use tests::handling::Handlers;
use tests::people::Person;
use tests::waiting::until;
use tests::world::{import, submission};
use uuid::Uuid;

use crate::now::now;
use crate::todos::rows::todos_follow_from_events;

const SUPERVISIONS: &str = "query($id: UUID!) { hazard(id: $id) { supervisions {
    id rung trigger state unit { code } roles clock stepDue at due acknowledgedAt byHand assignmentId reason { text } } } }";

/// The supervisions of a hazard, in the order in which they were set.
pub(super) async fn supervisions(who: &Person, hazard: &str) -> Vec<Value> {
    let seen = who.asks(SUPERVISIONS, json!({ "id": hazard })).await.ok();
    seen.data("hazard.supervisions").as_array().unwrap().clone()
}

/// The same as `TRIGGER RUNG STATE`.
async fn rungs(who: &Person, hazard: &str) -> Vec<String> {
    let word = |one: &Value, name: &str| one[name].as_str().unwrap().to_owned();
    let line = |one: &Value| ["trigger", "rung", "state"].map(|name| word(one, name)).join(" ");
    supervisions(who, hazard).await.iter().map(line).collect()
}

/// Waits until exactly these rungs are set.
async fn climbs_to(who: &Person, hazard: &str, expected: &[&str]) {
    until("the rungs of the ladder", async || {
        let seen = rungs(who, hazard).await;
        if seen == expected { Ok(()) } else { Err(seen) }
    })
    .await;
}

/// How much of the time to take a step is left.
#[derive(Debug, Clone, Copy)]
pub(super) struct Left {
    pub(super) to_warning: TimeDelta,
    pub(super) to_due: TimeDelta,
}

impl Left {
    /// The owner is warned now.
    const WARNED: Self = Self { to_warning: TimeDelta::minutes(-1), to_due: TimeDelta::minutes(10) };
    /// The time has passed.
    const OVERDUE: Self = Self { to_warning: TimeDelta::minutes(-10), to_due: TimeDelta::minutes(-1) };
    /// The time has passed and the span of 30 minutes once more.
    const TWICE: Self = Self { to_warning: TimeDelta::minutes(-60), to_due: TimeDelta::minutes(-31) };
}

/// Moves a deadline of a hazard in its rows, as if time had passed, and lets the timer look at it.
pub(super) async fn pass(db: &DatabaseConnection, hazard: &str, kind: ClockKind, left: Left) {
    let at = now();
    let (warn_at, due): (DateTime<Utc>, DateTime<Utc>) = (at + left.to_warning, at + left.to_due);
    let moved = clock::Entity::update_many()
        .col_expr(clock::Column::Due, Expr::value(due))
        .col_expr(clock::Column::WarnAt, Expr::value(warn_at))
        .filter(clock::COLUMN.stream.eq(format!("hazard:{hazard}")))
        .filter(clock::COLUMN.kind.eq(kind))
        .filter(clock::COLUMN.state.eq(ClockState::Running))
        .exec(db)
        .await
        .unwrap();
    assert_eq!(moved.rows_affected, 1);
    let moved = todo::Entity::update_many()
        .col_expr(todo::Column::Due, Expr::value(due))
        .col_expr(todo::Column::WarnAt, Expr::value(warn_at))
        .col_expr(todo::Column::LookAt, Expr::value(at))
        .filter(todo::COLUMN.hazard_id.eq(HazardId(hazard.parse().unwrap())))
        .filter(todo::COLUMN.clock.eq(kind))
        .exec(db)
        .await
        .unwrap();
    assert_eq!(moved.rows_affected, 1);
}

/// Waits until the timer has looked at everything that was due.
async fn nothing_is_due(db: &DatabaseConnection) {
    until("the timer to look", async || {
        let due = todo::Entity::find().filter(todo::to_look_at(now())).all(db).await.unwrap();
        if due.is_empty() { Ok(()) } else { Err(due) }
    })
    .await;
}

/// The officers, and a hazard for which a whistle has called the housing bureau, with its assignment.
struct Called {
    all: Handlers,
    housing: Person,
    hazard: String,
    assignment: String,
}

impl Called {
    async fn on(app: &TestApp) -> Self {
        import(app).await;
        let all = Handlers::log_in(app).await;
        let hazard = all.clerk.confirms(&Person::stranger(app).reports("ANONYMOUS").await).await;
        let [assignment] = all.leader.blows(&hazard, &["520115-housing"]).await.try_into().unwrap();
        Self { all, housing: Person::officer(app, "housing-leader").await, hazard, assignment }
    }
}

async fn todo_kinds(who: &Person) -> Vec<String> {
    let seen = who.asks("{ todos(first: 100) { nodes { kind } } }", json!({})).await.ok();
    let nodes = seen.data("todos.nodes").as_array().unwrap();
    nodes.iter().map(|one| one["kind"].as_str().unwrap().to_owned()).collect()
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_overdue_step_climbs_while_nobody_acts(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    let Called { all, housing, hazard, assignment } = Called::on(&app).await;
    let db = app.rows().await;
    let told = ["WARNED REMINDER OPEN", "OVERDUE NOTICE OPEN", "OVERDUE_TWICE DISTRICT_ORDER OPEN"];
    for (left, count) in [(Left::WARNED, 1), (Left::OVERDUE, 2), (Left::TWICE, 3)] {
        pass(&db, &hazard, ClockKind::Sign, left).await;
        climbs_to(&all.clerk, &hazard, &told[..count]).await;
        nothing_is_due(&db).await;
        todos_follow_from_rows(&db, &hazard, count).await;
    }
    for one in supervisions(&all.clerk, &hazard).await {
        assert_eq!((&one["unit"]["code"], &one["clock"]), (&json!("520115-housing"), &json!("SIGN")));
        assert_eq!((&one["byHand"], &one["assignmentId"]), (&json!(false), &json!(assignment)));
        assert!(one["stepDue"].is_string() && one["due"].is_string(), "{one}");
    }
    let waits = todo_kinds(&housing).await;
    assert_eq!(waits.iter().filter(|kind| *kind == "ACKNOWLEDGE_SUPERVISION").count(), 3, "{waits:?}");

    // Signing late settles all of them, and they stay in the ledger.
    all.worker.steps("signAssignment", &assignment).await.done();
    let settled: Vec<String> = told.iter().map(|line| line.replace("OPEN", "SETTLED")).collect();
    assert_eq!(rungs(&all.clerk, &hazard).await, settled);
    assert!(!todo_kinds(&housing).await.contains(&"ACKNOWLEDGE_SUPERVISION".to_owned()));
    let history = "query($id: UUID!) { hazard(id: $id) { history { kind sentence details { rung supervisionTrigger toUnitIds } } } }";
    let seen = all.clerk.asks(history, json!({ "id": hazard })).await.ok();
    let events = seen.data("hazard.history").as_array().unwrap();
    let climbed: Vec<_> = events.iter().filter(|event| event["kind"] == "SUPERVISED").collect();
    assert_eq!(climbed.len(), 3);
    assert_eq!((&climbed[1]["details"]["rung"], &climbed[1]["sentence"]), (&json!("NOTICE"), &json!("已督办")));
}

/// The rows of the todos ask for as many acknowledgements, each with a time.
async fn todos_follow_from_rows(db: &DatabaseConnection, hazard: &str, count: usize) {
    let of = todo::COLUMN.hazard_id.eq(HazardId(hazard.parse().unwrap()));
    let rows = todo::Entity::find().filter(of).filter(todo::COLUMN.supervision_id.is_not_null()).all(db).await.unwrap();
    assert_eq!(rows.len(), count);
    assert!(rows.iter().all(|row| row.clock == Some(ClockKind::Acknowledge) && row.look_at.is_none()), "{rows:#?}");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_addressed_unit_acknowledges_and_the_clock_stops(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    let Called { all, housing, hazard, .. } = Called::on(&app).await;
    let (housing_clerk, fire) =
        (Person::officer(&app, "housing-clerk").await, Person::officer(&app, "fire-leader").await);
    pass(&app.rows().await, &hazard, ClockKind::Sign, Left::OVERDUE).await;
    climbs_to(&all.clerk, &hazard, &["OVERDUE NOTICE OPEN"]).await;
    let one = supervisions(&all.clerk, &hazard).await.remove(0);
    let todos =
        "{ todos(first: 100, kinds: [ACKNOWLEDGE_SUPERVISION]) { nodes { supervisionId due clock hazard { id } } } }";
    let seen = housing.asks(todos, json!({})).await.ok();
    let todo = &seen.data("todos.nodes")[0];
    assert_eq!((&todo["supervisionId"], &todo["due"]), (&one["id"], &one["due"]));
    assert_eq!((&todo["clock"], &todo["hazard"]["id"]), (&json!("ACKNOWLEDGE_SUPERVISION"), &json!(hazard)));

    let input = json!({ "supervisionId": one["id"] });
    for (who, code, rule) in [
        (&housing_clerk, "FORBIDDEN", json!("supervision.addressed")),
        (&all.clerk, "FORBIDDEN", Value::Null),
        (&fire, "NOT_FOUND", Value::Null),
    ] {
        let refused = who.does("acknowledgeSupervision", input.clone()).await;
        assert_eq!((refused.code(), refused.extension("rule")), (Some(code), &rule));
    }
    let request = Uuid::new_v4();
    for _ in 0..2 {
        let done = housing.does_as(request, "acknowledgeSupervision", input.clone()).await.ok();
        assert_eq!(done.text("done.supervision.state"), "ACKNOWLEDGED");
    }
    assert!(supervisions(&all.clerk, &hazard).await[0]["acknowledgedAt"].is_string());
    let again = housing.does("acknowledgeSupervision", input).await;
    assert_eq!(again.extension("rule"), &json!("supervision.acknowledged"));
    let clocks = "query($id: UUID!) { hazard(id: $id) { clocks { kind state } history { kind } } }";
    let seen = all.clerk.asks(clocks, json!({ "id": hazard })).await.ok();
    let clocks = seen.data("hazard.clocks").as_array().unwrap();
    assert!(clocks.contains(&json!({ "kind": "ACKNOWLEDGE_SUPERVISION", "state": "MET" })), "{clocks:?}");
    assert!(clocks.contains(&json!({ "kind": "SIGN", "state": "RUNNING" })), "the step is still to be taken");
    assert_eq!(seen.data("hazard.history").as_array().unwrap().last().unwrap()["kind"], "SUPERVISION_ACKNOWLEDGED");
    assert_eq!(todo_kinds(&housing).await, ["SIGN"]);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_step_taken_in_time_climbs_nothing(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    let Called { all, hazard, assignment, .. } = Called::on(&app).await;
    all.worker.works_on(&assignment).await;
    all.clerk.judges("acceptWork", &assignment).await.done();
    all.leader.closes(&hazard).await;
    let db = app.rows().await;
    let waits = todo::Entity::find().filter(todo::COLUMN.hazard_id.is_not_null()).all(&db).await.unwrap();
    assert_eq!(waits.iter().map(|one| one.kind).collect::<Vec<_>>(), [TodoKind::FollowUp], "in a month");
    // Another hazard climbs, so the timer has looked.
    let other = all.clerk.confirms(&Person::stranger(&app).reports("ANONYMOUS").await).await;
    pass(&db, &other, ClockKind::Dispatch, Left::OVERDUE).await;
    climbs_to(&all.clerk, &other, &["OVERDUE NOTICE OPEN"]).await;
    assert_eq!(rungs(&all.clerk, &hazard).await, [""; 0]);
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_supervisor_sets_a_rung_by_hand_with_a_reason(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    let Called { all, housing, hazard, assignment } = Called::on(&app).await;
    let supervisor = Person::officer(&app, "supervisor-1").await;
    let input = |rung: &str, reason: &str| json!({ "hazardId": hazard, "assignmentId": assignment, "rung": rung, "reason": reason });
    for who in [&all.clerk, &all.leader, &housing] {
        assert_eq!(who.does("superviseHazard", input("NOTICE", "迟迟未签收")).await.code(), Some("FORBIDDEN"));
    }
    assert_eq!(supervisor.does("superviseHazard", input("NOTICE", "")).await.code(), Some("INVALID_INPUT"));
    let request = Uuid::new_v4();
    for _ in 0..2 {
        let done = supervisor.does_as(request, "superviseHazard", input("LISTED", "同类隐患反复出现")).await.ok();
        assert_eq!((done.text("done.supervision.rung"), done.text("done.supervision.state")), ("LISTED", "OPEN"));
    }
    let lower = supervisor.does("superviseHazard", input("NOTICE", "迟迟未签收")).await;
    assert_eq!(lower.extension("rule"), &json!("supervision.not_lower"));
    let same = supervisor.does("superviseHazard", input("LISTED", "迟迟未签收")).await;
    assert_eq!(same.extension("rule"), &json!("supervision.awaits"));
    let one = supervisions(&housing, &hazard).await.remove(0);
    assert_eq!((&one["byHand"], &one["trigger"]), (&json!(true), &json!("BY_HAND")));
    assert_eq!((&one["reason"]["text"], &one["unit"]["code"]), (&json!("同类隐患反复出现"), &json!("520115-housing")));
    todos_follow_from_events(&app).await;

    // It counts for the ladder: nothing lower is set for the same deadline.
    let db = app.rows().await;
    pass(&db, &hazard, ClockKind::Sign, Left::TWICE).await;
    nothing_is_due(&db).await;
    assert_eq!(rungs(&housing, &hazard).await, ["BY_HAND LISTED OPEN"]);
    housing.does("acknowledgeSupervision", json!({ "supervisionId": one["id"] })).await.done();
    assert_eq!(rungs(&housing, &hazard).await, ["BY_HAND LISTED ACKNOWLEDGED"]);
}

/// The rungs of the list, read one by one.
async fn list(who: &Person, filter: Value) -> Vec<String> {
    let query = "query($f: SupervisionFilter, $a: String) { supervisions(filter: $f, first: 1, after: $a) {
        pageInfo { hasNextPage endCursor } nodes { rung hazard { id } } } }";
    let (mut rungs, mut after) = (Vec::new(), Value::Null);
    loop {
        let page = who.asks(query, json!({ "f": filter, "a": after })).await.ok();
        let nodes = page.data("supervisions.nodes").as_array().unwrap();
        rungs.extend(nodes.iter().map(|one| one["rung"].as_str().unwrap().to_owned()));
        if page.data("supervisions.pageInfo.hasNextPage") == &json!(false) {
            return rungs;
        }
        after = page.data("supervisions.pageInfo.endCursor").clone();
    }
}

/// A supervisor finds what is open in the area, by state, rung and unit; others find what they may see.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_list_is_narrowed_and_shows_what_one_may_see(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    let Called { all, housing, hazard, assignment } = Called::on(&app).await;
    let (supervisor, fire) = (Person::officer(&app, "supervisor-1").await, Person::officer(&app, "fire-leader").await);
    let other = all.clerk.confirms(&Person::stranger(&app).reports("ANONYMOUS").await).await;
    for (hazard, assignment, rung) in [
        (&hazard, json!(assignment), "REMINDER"),
        (&hazard, json!(assignment), "NOTICE"),
        (&other, Value::Null, "FORMAL_TALK"),
    ] {
        let input = json!({ "hazardId": hazard, "assignmentId": assignment, "rung": rung, "reason": "迟迟未办" });
        supervisor.does("superviseHazard", input).await.done();
    }
    let reminder = supervisions(&housing, &hazard).await[0]["id"].clone();
    housing.does("acknowledgeSupervision", json!({ "supervisionId": reminder })).await.done();
    assert_eq!(list(&supervisor, Value::Null).await, ["FORMAL_TALK", "NOTICE", "REMINDER"], "newest first");
    assert_eq!(list(&supervisor, json!({ "states": ["OPEN"] })).await, ["FORMAL_TALK", "NOTICE"]);
    assert_eq!(list(&supervisor, json!({ "rungs": ["REMINDER"] })).await, ["REMINDER"]);
    let unit = supervisor.ids_of(&["520115-housing"]).await.remove(0);
    assert_eq!(list(&supervisor, json!({ "unitId": unit })).await, ["NOTICE", "REMINDER"]);
    assert_eq!(list(&housing, Value::Null).await, ["NOTICE", "REMINDER"], "what it was asked to do");
    assert_eq!(list(&fire, Value::Null).await, [""; 0]);
    let nobody = Person::stranger(&app).asks("{ supervisions { nodes { id } } }", json!({})).await;
    assert_eq!(nobody.code(), Some("UNAUTHENTICATED"));
}

/// A report accuses the township in whose area its hazard lies, and nothing that was set for that is shown there.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_accused_unit_sees_nothing(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let (leader, centre) = (Person::officer(&app, "binyang-leader").await, Person::officer(&app, "command-1").await);
    let supervisor = Person::officer(&app, "supervisor-1").await;
    let mut input = submission(Uuid::new_v4(), "ANONYMOUS");
    input["accusedUnitId"] = centre.ids_of(&["520115001000"]).await.remove(0);
    let sent = Person::stranger(&app).submits(&input).await.ok();
    let hazard = centre.confirms(sent.text("submitReport.receipt.reportId")).await;
    pass(&app.rows().await, &hazard, ClockKind::Dispatch, Left::OVERDUE).await;
    climbs_to(&centre, &hazard, &["OVERDUE NOTICE OPEN"]).await;
    let by_hand = json!({ "hazardId": hazard, "rung": "LISTED", "reason": "迟迟未派单" });
    supervisor.does("superviseHazard", by_hand.clone()).await.done();
    let one = supervisions(&centre, &hazard).await.remove(0);

    let query = "{ supervisions(first: 100) { nodes { id } } todos(first: 100) { nodes { id } } }";
    let seen = leader.asks(query, json!({})).await.ok();
    assert_eq!((seen.data("supervisions.nodes"), seen.data("todos.nodes")), (&json!([]), &json!([])));
    let input = json!({ "supervisionId": one["id"] });
    assert_eq!(leader.does("acknowledgeSupervision", input.clone()).await.code(), Some("NOT_FOUND"));
    assert_eq!(leader.does("superviseHazard", by_hand).await.code(), Some("NOT_FOUND"));
    centre.does("acknowledgeSupervision", input).await.done();
}
