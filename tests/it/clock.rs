//! Time limits are visible: who must act until when, and what is overdue.

use rstest::rstest;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use serde_json::{Value, json};
use tests::app::{Engine, TestApp};
use tests::handling::Rewarders;
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
    assert_eq!(clocks, ["CHECK_IN RUNNING true", "FINISH RUNNING true", "SIGN MET false"]);
    assert_eq!(told(seen.data("hazard.award.clocks")), ["REVIEW_AWARD RUNNING true"]);
    clerk.confirms(&waiting).await;
    let seen = clerk.asks(report, json!({ "id": waiting })).await.ok();
    assert_eq!(told(seen.data("report.clocks")), ["REVIEW LATE false"], "taken, but late");
}
