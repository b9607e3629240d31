//! Todos 待办: after each step the unit whose turn it is finds the next one, and nobody finds what is hidden from them.

mod plans;
pub(crate) mod rows;

use chrono::{DateTime, Utc};
use domain::id::ReportId;
use entity::{report, todo, todo_fill};
use rstest::rstest;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use tests::app::{Engine, TestApp};
use tests::handling::{Handlers, Rewarders, collect};
use tests::people::Person;
use tests::world::{emergency, import, import_as_shipped, submission};
use uuid::Uuid;

use rows::todos_follow_from_events;

const TODOS: &str = "query($n: Int, $after: String, $overdue: Boolean!, $kinds: [TodoKind!]!) {
    todos(first: $n, after: $after, overdue: $overdue, kinds: $kinds) { pageInfo { hasNextPage endCursor } nodes {
        id kind clock due warnAt urgent since isExpectedOfMe owner { code } report { id } hazard { id } award { id }
        assignment { id } } } }";

async fn todos(who: &Person) -> Vec<Value> {
    let seen = who.asks(TODOS, json!({ "n": 100, "overdue": false, "kinds": [] })).await.ok();
    seen.data("todos.nodes").as_array().unwrap().clone()
}

/// The kinds of what somebody has to do, in alphabetical order.
async fn kinds(who: &Person) -> Vec<String> {
    let mut kinds: Vec<_> = todos(who).await.iter().map(|one| one["kind"].as_str().unwrap().to_owned()).collect();
    kinds.sort();
    kinds
}

/// One report from its review to the payment of its award: each time those who may go on have it in their inbox, and
/// nobody else.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn whoever_has_to_go_on_finds_the_next_step(#[case] engine: Engine) {
    const NONE: [&str; 0] = [];
    let app = TestApp::start(engine).await;
    import(&app).await;
    let ann = Person::citizen(&app, "19900009991").await;
    let Handlers { clerk, leader, worker } = Handlers::log_in(&app).await;
    let housing = Person::officer(&app, "housing-clerk").await;
    let rewarders = Rewarders::log_in(&app).await;
    let centre = Person::officer(&app, "command-1").await;

    let report = ann.reports("NAMED").await;
    let todo = todos(&clerk).await.remove(0);
    assert_eq!(
        (&todo["kind"], &todo["report"]["id"], &todo["clock"]),
        (&json!("REVIEW"), &json!(report), &json!("REVIEW"))
    );
    assert_eq!((&todo["hazard"], &todo["owner"]["code"]), (&Value::Null, &json!("520115001000")));
    assert_eq!(kinds(&centre).await, NONE, "what the township has to do is not the centre's");
    todos_follow_from_events(&app).await;

    let hazard = clerk.confirms(&report).await;
    assert_eq!(kinds(&clerk).await, ["DISPATCH"]);
    assert_eq!(todos(&leader).await[0]["hazard"]["id"], json!(hazard));
    assert_eq!(kinds(&rewarders.reviewer).await, ["REVIEW_AWARD"], "for the whole district");
    todos_follow_from_events(&app).await;

    let [assignment] = leader.blows(&hazard, &["520115-housing"]).await.try_into().unwrap();
    assert_eq!(kinds(&clerk).await, NONE);
    for who in [&worker, &housing] {
        assert_eq!(kinds(who).await, ["SIGN"]);
    }
    let todo = todos(&worker).await.remove(0);
    assert_eq!((&todo["assignment"]["id"], &todo["clock"]), (&json!(assignment), &json!("SIGN")));
    let (warn_at, due): (DateTime<Utc>, DateTime<Utc>) =
        (todo["warnAt"].as_str().unwrap().parse().unwrap(), todo["due"].as_str().unwrap().parse().unwrap());
    assert!(warn_at < due);
    worker.steps("claimAssignment", &assignment).await.done();
    let todo = todos(&worker).await.remove(0);
    assert_eq!((&todo["kind"], &todo["isExpectedOfMe"]), (&json!("CHECK_IN"), &json!(true)));
    assert_eq!(kinds(&housing).await, NONE, "a clerk does not go there");
    worker.checks_in(&assignment).await.done();
    assert_eq!(kinds(&worker).await, ["FINISH"]);
    todos_follow_from_events(&app).await;

    worker.finishes_here(&assignment).await;
    assert_eq!(kinds(&worker).await, NONE);
    assert_eq!(kinds(&clerk).await, ["ACCEPT"]);
    clerk.judges("acceptWork", &assignment).await.done();
    assert_eq!(kinds(&clerk).await, NONE, "a clerk does not close a hazard");
    assert_eq!(kinds(&leader).await, ["CLOSE"]);
    leader.closes(&hazard).await;
    assert_eq!(kinds(&leader).await, NONE);
    todos_follow_from_events(&app).await;

    let award = rewarders.award_of(&hazard).await;
    rewarders.reviewer.does("reviewAward", json!({ "awardId": award["id"] })).await.done();
    assert_eq!(kinds(&rewarders.approver).await, ["APPROVE_AWARD"]);
    rewarders.approver.does("approveAward", json!({ "awardId": award["id"] })).await.done();
    assert_eq!(kinds(&rewarders.approver).await, NONE, "the reporter collects it");
    collect(&ann, &report).await;
    assert_eq!(kinds(&rewarders.payer).await, ["PAY"]);
    assert_eq!(rewarders.pay(&award).await, "PAID");
    assert_eq!(kinds(&rewarders.payer).await, NONE);
    todos_follow_from_events(&app).await;
    let left = todo::Entity::find().all(&app.rows().await).await.unwrap();
    let left: Vec<_> = left.iter().map(|todo| todo.kind).collect();
    assert_eq!(left, [domain::todo::TodoKind::FollowUp], "all is done until the follow-up");
}

/// The list is in the order in which things are due, its pages join, and it can be narrowed.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_list_is_in_order_of_due_times_and_can_be_narrowed(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let clerk = Person::officer(&app, "binyang-clerk").await;
    for _ in 0..3 {
        clerk.confirms(&Person::stranger(&app).reports("ANONYMOUS").await).await;
    }
    Person::stranger(&app).reports("ANONYMOUS").await;
    Person::stranger(&app).reports_emergency("ANONYMOUS").await;

    let all = todos(&clerk).await;
    assert_eq!(all.len(), 6, "three hazards, a report, an emergency and its report");
    let due = |one: &Value| one["due"].as_str().map(|at| at.parse::<DateTime<Utc>>().unwrap());
    let never = "9999-12-31T00:00:00Z".parse().unwrap();
    assert!(all.iter().map(|one| due(one).unwrap_or(never)).is_sorted(), "{all:#?}");
    assert!(all[..2].iter().all(|one| one["urgent"] == true), "an emergency is due first: {all:#?}");
    let (mut paged, mut after) = (Vec::new(), Value::Null);
    loop {
        let asked = json!({ "n": 1, "after": after, "overdue": false, "kinds": [] });
        let page = clerk.asks(TODOS, asked).await.ok();
        paged.extend(page.data("todos.nodes").as_array().unwrap().iter().map(|one| one["id"].clone()));
        after = page.data("todos.pageInfo.endCursor").clone();
        if page.data("todos.pageInfo.hasNextPage") == &json!(false) {
            break;
        }
    }
    assert_eq!(paged, all.iter().map(|one| one["id"].clone()).collect::<Vec<_>>());

    let narrowed = async |overdue: bool, kinds: Value| {
        let seen = clerk.asks(TODOS, json!({ "n": 100, "overdue": overdue, "kinds": kinds })).await.ok();
        seen.data("todos.nodes").as_array().unwrap().len()
    };
    assert_eq!(narrowed(false, json!(["REVIEW"])).await, 2);
    assert_eq!(narrowed(false, json!(["REVIEW", "DISPATCH"])).await, 6);
    assert_eq!(narrowed(false, json!(["CLOSE"])).await, 0, "the kind is the leader's");
    assert_eq!(narrowed(true, json!([])).await, 0);
    let late = todo::ActiveModel { due: Set("2020-01-01T00:00:00Z".parse().unwrap()), ..Default::default() };
    let reviews = todo::COLUMN.kind.eq(domain::todo::TodoKind::Review);
    todo::Entity::update_many().set(late).filter(reviews).exec(&app.rows().await).await.unwrap();
    assert_eq!(narrowed(true, json!([])).await, 2);
    let counts = clerk.asks("{ todoCounts { kind open overdue } }", json!({})).await.ok();
    let count = |kind: &str, open: u8, overdue: u8| json!({ "kind": kind, "open": open, "overdue": overdue });
    assert_eq!(counts.data("todoCounts"), &json!([count("REVIEW", 2, 2), count("DISPATCH", 4, 0)]));
    assert_eq!(
        Person::stranger(&app).asks(TODOS, json!({ "n": 1, "overdue": false, "kinds": [] })).await.code(),
        Some("UNAUTHENTICATED")
    );
}

/// A unit that a report accuses has no todo of it, be it the one that would review it or one above it; and a report that no
/// unit may review is nobody's.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_report_is_in_no_inbox_of_the_unit_that_it_accuses(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    app.expect_in_log("reports wait because no unit may review them");
    let (clerk, centre) = (Person::officer(&app, "binyang-clerk").await, Person::officer(&app, "command-1").await);
    let accuses = async |unit: &str, mut input: Value| {
        input["accusedUnitId"] = centre.ids_of(&[unit]).await.remove(0);
        Person::stranger(&app).submits(&input).await.ok().text("submitReport.receipt.reportId").to_owned()
    };

    accuses("520115001000", submission(Uuid::new_v4(), "ANONYMOUS")).await;
    accuses("520115001000", emergency(Uuid::new_v4(), "ANONYMOUS")).await;
    assert_eq!(kinds(&clerk).await, [""; 0]);
    assert_eq!(kinds(&centre).await, ["DISPATCH", "REVIEW", "REVIEW"]);

    let mut outside = submission(Uuid::new_v4(), "ANONYMOUS");
    outside["place"] = json!({ "lng": 121.5, "lat": 31.2, "crs": "GCJ02" });
    let of_centre = accuses("520115-command-centre", outside).await;
    assert_eq!(kinds(&centre).await, ["DISPATCH", "REVIEW", "REVIEW"], "that it waits is not for the centre to know");
    let of_centre = todo::COLUMN.report_id.eq(ReportId(of_centre.parse().unwrap()));
    let waiting = todo::Entity::find().filter(of_centre).one(&app.rows().await).await.unwrap().unwrap();
    assert_eq!(waiting.kind, domain::todo::TodoKind::Assign);
    todos_follow_from_events(&app).await;
}

/// Before its boundary a report is in no inbox, neither by the time of the todo nor by that of the report.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_report_behind_the_time_veil_is_in_no_inbox(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import_as_shipped(&app).await;
    let clerk = Person::officer(&app, "binyang-clerk").await;
    let report = ReportId(Person::stranger(&app).reports("ANONYMOUS").await.parse().unwrap());
    let db = app.rows().await;
    let row = todo::Entity::find().one(&db).await.unwrap().unwrap();
    let of_report = report::Entity::find_by_id(report).one(&db).await.unwrap().unwrap();
    assert_eq!((row.report_id, row.visible_from), (Some(report), of_report.visible_from));
    assert_eq!(row.since, of_report.shown_at, "no time tells more than the boundary");

    let (long_ago, far_ahead): (DateTime<Utc>, DateTime<Utc>) =
        ("2020-01-01T00:00:00Z".parse().unwrap(), "2100-01-01T00:00:00Z".parse().unwrap());
    for (of_todo, of_report, expected) in
        [(far_ahead, far_ahead, 0), (far_ahead, long_ago, 0), (long_ago, far_ahead, 0), (long_ago, long_ago, 1)]
    {
        let moved = todo::ActiveModel { id: Set(row.id), visible_from: Set(of_todo), ..Default::default() };
        todo::Entity::update(moved).exec(&db).await.unwrap();
        let moved = report::ActiveModel { id: Set(report), visible_from: Set(of_report), ..Default::default() };
        report::Entity::update(moved).exec(&db).await.unwrap();
        assert_eq!(todos(&clerk).await.len(), expected, "{of_todo} {of_report}");
    }
}

/// What an earlier build left without todos gets them after the start, from wherever an earlier process stopped.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn rows_of_an_earlier_build_get_their_todos(#[case] engine: Engine) {
    let mut app = TestApp::start(engine).await;
    import(&app).await;
    let Handlers { clerk, leader, worker } = Handlers::log_in(&app).await;
    for unit in ["520115-housing", "520115-fire"] {
        let hazard = clerk.confirms(&Person::stranger(&app).reports("ANONYMOUS").await).await;
        leader.blows(&hazard, &[unit]).await;
    }
    for _ in 0..120 {
        Person::stranger(&app).reports("ANONYMOUS").await;
    }
    Person::stranger(&app).reports_emergency("ANONYMOUS").await;
    todos_follow_from_events(&app).await;
    app.stop();
    let db = app.rows().await;
    let before = todo::Entity::find().all(&db).await.unwrap().len();
    assert_eq!(before, 120 + 2 + 4, "reports, an emergency with its hazard, two assignments and two awards");
    // The reports up to some id have theirs already; the rest, the hazards and the awards do not.
    let mut reports: Vec<Uuid> =
        report::Entity::find().all(&db).await.unwrap().into_iter().map(|row| row.id.0).collect();
    reports.sort();
    let middle = reports[5];
    let done = todo::Column::ReportId.lte(ReportId(middle));
    todo::Entity::delete_many().filter(sea_orm::Condition::all().add(done).not()).exec(&db).await.unwrap();
    todo::Entity::delete_many().filter(todo::COLUMN.report_id.is_null()).exec(&db).await.unwrap();
    let fills = [("report", Some(middle)), ("hazard", None), ("award", None)];
    let fills =
        fills.map(|(matter, done_to)| todo_fill::ActiveModel { matter: Set(matter.into()), done_to: Set(done_to) });
    todo_fill::Entity::insert_many(fills).exec(&db).await.unwrap();
    drop(db);

    app.stop_and_restart().await;

    todos_follow_from_events(&app).await;
    assert_eq!(todo::Entity::find().all(&app.rows().await).await.unwrap().len(), before);
    app.process().log_line("wrote the todos of reports, hazards and awards of an earlier build").await;
    assert_eq!(kinds(&worker.at(&app)).await, ["SIGN"]);
}
