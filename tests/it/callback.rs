//! After the closure: every reporter is asked, "not solved" opens the hazard again, once and in time.

use rstest::rstest;
use sea_orm::ActiveValue::Set;
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use tests::app::{Engine, TestApp};
use tests::handling::Handlers;
use tests::people::Person;
use tests::world::import;

/// Two reports of one hazard that is closed: both people, their reports, the hazard.
struct Closed {
    handlers: Handlers,
    people: [Person; 2],
    reports: [String; 2],
    hazard: String,
}

async fn closed(app: &TestApp) -> Closed {
    import(app).await;
    let people = [Person::citizen(app, "19900009991").await, Person::citizen(app, "19900009992").await];
    let reports = [people[0].reports("NAMED").await, people[1].reports("CONFIDENTIAL").await];
    let handlers = Handlers::log_in(app).await;
    let hazard = handlers.clerk.confirms(&reports[0]).await;
    let joined = json!({ "reportId": reports[1], "hazardId": hazard, "reason": "同一处围墙" });
    handlers.clerk.does("mergeReport", joined).await.done();
    let unasked = people[0].does("answerCallback", said(&reports[0], true)).await;
    assert_eq!((unasked.code(), unasked.extension("rule")), (Some("ILLEGAL_MOVE"), &json!("callback.asked")));
    handlers.bring_to_closure(&hazard).await;
    Closed { handlers, people, reports, hazard }
}

fn said(report: &str, solved: bool) -> Value {
    json!({ "reportId": report, "contacted": true, "solved": solved, "satisfaction": "DISSATISFIED" })
}

/// The hazard was closed so many days earlier than it was.
async fn let_days_pass(app: &TestApp, hazard: &str, days: i64) {
    let rows = app.rows().await;
    let id = domain::id::HazardId(hazard.parse().unwrap());
    let row = entity::hazard::Entity::find_by_id(id).one(&rows).await.unwrap().unwrap();
    let closed_at = row.closed_at.unwrap() - chrono::TimeDelta::days(days);
    let earlier = entity::hazard::ActiveModel { id: Set(id), closed_at: Set(Some(closed_at)), ..Default::default() };
    entity::hazard::Entity::update(earlier).exec(&rows).await.unwrap();
}

async fn stands(who: &Person, hazard: &str) -> (String, i64) {
    let query = "query($id: UUID!) { hazard(id: $id) { status round } }";
    let seen = who.asks(query, json!({ "id": hazard })).await.ok();
    (seen.text("hazard.status").to_owned(), seen.data("hazard.round").as_i64().unwrap())
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn not_solved_opens_it_again_once(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    let Closed { handlers, people, reports, hazard } = closed(&app).await;

    let first = people[0].does("answerCallback", said(&reports[0], false)).await.ok();
    let second = people[1].does("answerCallback", said(&reports[1], false)).await.ok();

    assert_eq!(first.data("done.callback.reopened"), &json!(true));
    assert_eq!(second.data("done.callback.reopened"), &json!(false), "it is kept, and opens nothing");
    assert_eq!(stands(&handlers.clerk, &hazard).await, ("REGISTERED".to_owned(), 2));
    let twice = people[0].does("answerCallback", said(&reports[0], true)).await;
    assert_eq!((twice.code(), twice.extension("rule")), (Some("ILLEGAL_MOVE"), &json!("callback.once")));
    let others = people[1].does("answerCallback", said(&reports[0], true)).await;
    assert_eq!(others.code(), Some("NOT_FOUND"));
    handlers.bring_to_closure(&hazard).await;
    let round = people[0]
        .asks("query($id: UUID!) { myReport(id: $id) { callback { round answeredAt } } }", json!({ "id": reports[0] }))
        .await
        .ok();
    assert_eq!(round.data("myReport.callback"), &json!({ "round": 2, "answeredAt": null }), "asked anew");
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_is_said_too_late_is_kept_and_opens_nothing(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    let Closed { handlers, people, reports, hazard } = closed(&app).await;
    let_days_pass(&app, &hazard, 16).await;

    let late = people[0].does("answerCallback", said(&reports[0], false)).await.ok();

    assert_eq!(late.data("done.callback.reopened"), &json!(false));
    assert_ne!(late.data("done.callback.answeredAt"), &Value::Null);
    assert_eq!(stands(&handlers.clerk, &hazard).await, ("CLOSED".to_owned(), 1));
    let input = json!({ "hazardId": hazard, "reason": "回头看发现反弹" });
    let refused = handlers.leader.does("reopenHazard", input).await;
    assert_eq!((refused.code(), refused.extension("rule")), (Some("ILLEGAL_MOVE"), &json!("reopening.window")));
}

/// The window ends with its last day in China, and is judged by the exact time, not by the one that officers read.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_is_said_in_the_last_hours_of_the_window_opens_it(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    let Closed { handlers, people, reports, hazard } = closed(&app).await;
    let_days_pass(&app, &hazard, 15).await;

    let answered = people[0].does("answerCallback", said(&reports[0], false)).await.ok();

    assert_eq!(answered.data("done.callback.reopened"), &json!(true));
    assert_eq!(stands(&handlers.clerk, &hazard).await, ("REGISTERED".to_owned(), 2));
}

/// 回头看: by the leader within the window, never by who may not, and only what is closed.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_officer_opens_it_again(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    let Closed { handlers, hazard, .. } = closed(&app).await;
    let_days_pass(&app, &hazard, 14).await;
    let input = json!({ "hazardId": hazard, "reason": "回头看发现反弹" });
    assert_eq!(handlers.clerk.does("reopenHazard", input.clone()).await.code(), Some("FORBIDDEN"));
    let opened = handlers.leader.does("reopenHazard", input.clone()).await.ok();
    assert_eq!((opened.text("done.status"), opened.data("done.round")), ("REGISTERED", &json!(2)));
    let twice = handlers.leader.does("reopenHazard", input).await;
    assert_eq!((twice.code(), twice.extension("rule")), (Some("ILLEGAL_MOVE"), &json!("reopening.closed")));
    handlers.bring_to_closure(&hazard).await;
    assert_eq!(stands(&handlers.clerk, &hazard).await, ("CLOSED".to_owned(), 2));
}

/// The three answers stand in the history of the report, as codes and under a time that is told; a question without an
/// answer is left open. The version of the report goes up with the event.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_answer_is_an_event_of_its_report(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    let Closed { handlers, people, reports, hazard } = closed(&app).await;
    let query = "query($id: UUID!) { report(id: $id) { version history { kind officerId at note { id }
        details { hazardId round contacted solved satisfaction reopened } } } }";
    let history = async |report: &str| handlers.clerk.asks(query, json!({ "id": report })).await.ok();
    let before = [history(&reports[0]).await, history(&reports[1]).await];

    people[0].does("answerCallback", said(&reports[0], false)).await.done();
    people[1].does("answerCallback", json!({ "reportId": reports[1], "solved": true })).await.done();
    let twice = people[0].does("answerCallback", said(&reports[0], true)).await;
    assert_eq!(twice.extension("rule"), &json!("callback.once"));

    let answers = [
        json!({ "contacted": true, "solved": false, "satisfaction": "DISSATISFIED", "reopened": true }),
        json!({ "contacted": null, "solved": true, "satisfaction": null, "reopened": false }),
    ];
    for ((report, mut said), before) in reports.iter().zip(answers).zip(before) {
        let after = history(report).await;
        let (was, is) =
            (before.data("report.history").as_array().unwrap(), after.data("report.history").as_array().unwrap());
        assert_eq!(is.len(), was.len() + 1, "one event, and none for the refused answer");
        let last = is.last().unwrap();
        assert_eq!(last["kind"], "CALLBACK_ANSWERED");
        assert_eq!((&last["officerId"], &last["note"]), (&Value::Null, &Value::Null));
        assert_eq!(last["at"].as_str().unwrap().get(17..19), Some("00"), "the time that is told");
        said["hazardId"] = json!(hazard);
        said["round"] = json!(1);
        assert_eq!(last["details"], said);
        assert_eq!(after.data("report.version"), &json!(is.len()));
    }
}
