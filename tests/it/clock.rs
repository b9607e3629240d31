//! Time limits are visible: who must act until when, and what is overdue.

use rstest::rstest;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use serde_json::{Value, json};
use tests::app::{Engine, TestApp};
use tests::handling::{Handlers, Rewarders};
use tests::people::Person;
use tests::world::import;

/// All that runs was due long ago.
async fn let_time_pass(app: &TestApp) {
    let rows = app.rows().await;
    let past = "2024-01-01T00:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    entity::clock::Entity::update_many()
        .col_expr(entity::clock::Column::Due, Expr::val(past))
        .filter(entity::clock::COLUMN.state.eq(domain::clock::ClockState::Running))
        .exec(&rows)
        .await
        .unwrap();
}

/// The clocks as `kind state overdue`, sorted.
fn told(clocks: &Value) -> Vec<String> {
    let text = |clock: &Value, name: &str| clock[name].to_string().trim_matches('"').to_owned();
    let line = |clock: &Value| [text(clock, "kind"), text(clock, "state"), text(clock, "overdue")].join(" ");
    let mut lines: Vec<String> = clocks.as_array().unwrap().iter().map(line).collect();
    lines.sort();
    lines
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_is_overdue_is_said_of_reports_hazards_and_awards(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let ann = Person::citizen(&app, "19900009991").await;
    let (clerk, leader) = (Person::officer(&app, "binyang-clerk").await, Person::officer(&app, "binyang-leader").await);
    let (rewarders, waiting) = (Rewarders::log_in(&app).await, ann.reports("NAMED").await);
    let hazard = clerk.confirms(&ann.reports("NAMED").await).await;
    let [assignment] = leader.blows(&hazard, &["520115-housing"]).await.try_into().unwrap();
    Person::officer(&app, "housing-clerk").await.steps("signAssignment", &assignment).await.done();
    let report = "query($id: UUID!) { report(id: $id) { clocks { kind state overdue due warnAt start } } }";
    let of_hazard = "query($id: UUID!) { hazard(id: $id) { clocks { kind state overdue assignmentId } award {
            clocks { kind state overdue } } } }";
    let before = clerk.asks(report, json!({ "id": waiting })).await.ok();
    assert_eq!(told(before.data("report.clocks")), ["REVIEW RUNNING false"]);
    let times = before.data("report.clocks.0");
    let [start, warn, due] = ["start", "warnAt", "due"].map(|name| times[name].as_str().unwrap().to_owned());
    assert!(start < warn && warn < due, "{times}");

    let_time_pass(&app).await;

    let seen = clerk.asks(report, json!({ "id": waiting })).await.ok();
    assert_eq!(told(seen.data("report.clocks")), ["REVIEW RUNNING true"]);
    let seen = rewarders.reviewer.asks(of_hazard, json!({ "id": hazard })).await.ok();
    let clocks = told(seen.data("hazard.clocks"));
    assert_eq!(clocks, ["CHECK_IN RUNNING true", "DISPATCH MET false", "FINISH RUNNING true", "SIGN MET false"]);
    assert_eq!(told(seen.data("hazard.award.clocks")), ["REVIEW_AWARD RUNNING true"]);
    clerk.confirms(&waiting).await;
    let seen = clerk.asks(report, json!({ "id": waiting })).await.ok();
    assert_eq!(told(seen.data("report.clocks")), ["REVIEW LATE false"], "taken, but late");
}

/// The clocks of a hazard as `kind state`, sorted.
async fn clocks(who: &Person, hazard: &str) -> Vec<String> {
    let query = "query($id: UUID!) { hazard(id: $id) { clocks { kind state } } }";
    let seen = who.asks(query, json!({ "id": hazard })).await.ok();
    let line = |clock: &Value| format!("{} {}", clock["kind"].as_str().unwrap(), clock["state"].as_str().unwrap());
    let mut lines: Vec<String> = seen.data("hazard.clocks").as_array().unwrap().iter().map(line).collect();
    lines.sort();
    lines
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn from_confirmation_to_closure_somebody_always_has_a_deadline(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let all = Handlers::log_in(&app).await;
    let hazard = all.clerk.confirms(&Person::stranger(&app).reports("ANONYMOUS").await).await;
    assert_eq!(clocks(&all.clerk, &hazard).await, ["DISPATCH RUNNING"]);
    let [one, other] = all.clerk.dispatches(&hazard, &["520115-housing", "520115-fire"]).await.try_into().unwrap();
    all.worker.works_on(&one).await;
    all.clerk.judges("takeBackAssignment", &other).await.done();
    let waiting = [
        "ACCEPT RUNNING",
        "CHECK_IN CANCELLED",
        "CHECK_IN MET",
        "DISPATCH MET",
        "FINISH CANCELLED",
        "FINISH MET",
        "SIGN CANCELLED",
        "SIGN MET",
    ];
    assert_eq!(clocks(&all.clerk, &hazard).await, waiting);
    let in_status = async |status: &str| {
        let query = "query($of: [HazardStatus!]) { hazards(first: 5, filter: { statuses: $of }) { edges { node { id status } } } }";
        let seen = all.clerk.asks(query, json!({ "of": [status] })).await.ok();
        seen.data("hazards.edges").as_array().unwrap().iter().any(|edge| edge["node"]["id"] == *hazard)
    };
    assert!(in_status("AWAITING_ACCEPTANCE").await && !in_status("AWAITING_CLOSURE").await);

    all.clerk.judges("acceptWork", &one).await.done();

    assert!(in_status("AWAITING_CLOSURE").await && !in_status("AWAITING_ACCEPTANCE").await);
    let seen = clocks(&all.clerk, &hazard).await;
    assert!(seen.contains(&"CLOSE RUNNING".to_owned()) && seen.contains(&"ACCEPT MET".to_owned()), "{seen:?}");
    let query = "query($id: UUID!) { hazard(id: $id) { township { id } clocks { kind state ownerUnitId due originalDue
        extensions { previousDue due grantedAt grantedByPostId } pauses { from until reason left { unit amount } } } } }";
    let seen = all.clerk.asks(query, json!({ "id": hazard })).await.ok();
    let running = seen.data("hazard.clocks").as_array().unwrap().iter().filter(|clock| clock["state"] == "RUNNING");
    let [close] = running.collect::<Vec<_>>()[..] else { panic!("{}", seen.body) };
    let due = &close["due"];
    let owner = seen.data("hazard.township.id");
    let expected = json!({ "kind": "CLOSE", "state": "RUNNING", "ownerUnitId": owner, "due": due, "originalDue": due,
        "extensions": [], "pauses": [] });
    assert_eq!(*close, expected);

    all.leader.closes(&hazard).await;
    assert!(clocks(&all.clerk, &hazard).await.contains(&"CLOSE MET".to_owned()));
}
