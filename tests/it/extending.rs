//! 延期: a unit asks for more time before its deadline, and another person decides.

use chrono::{DateTime, TimeDelta, Utc};
use rstest::rstest;
use serde_json::{Value, json};
use tests::app::{Engine, TestApp};
use tests::client::Answer;
use tests::handling::Handlers;
use tests::people::Person;
use tests::waiting::until;
use tests::world::import;
use uuid::Uuid;

use crate::todos::rows::todos_follow_from_events;

/// Asks for more time 申请延期: until three days after the deadline of the assignment.
pub(crate) async fn asks_for_time(who: &Person, hazard: &str, assignment: &str) -> Answer {
    let query = "query($id: UUID!) { hazard(id: $id) { clocks { kind assignmentId due } } }";
    let seen = who.asks(query, json!({ "id": hazard })).await.ok();
    let is_it = |clock: &&Value| clock["kind"] == "FINISH" && clock["assignmentId"] == assignment;
    let due = seen.data("hazard.clocks").as_array().unwrap().iter().find(is_it).unwrap()["due"].as_str().unwrap();
    let until = (due.parse::<DateTime<Utc>>().unwrap() + TimeDelta::days(3)).date_naive();
    let input = json!({ "assignmentId": assignment, "until": until, "reason": "材料尚未到货" });
    who.does("askExtension", input).await
}

/// The clock of this kind of an assignment.
async fn clock(who: &Person, hazard: &str, kind: &str) -> Value {
    let query = "query($id: UUID!) { hazard(id: $id) { clocks { kind state due originalDue
        extensions { previousDue due grantedAt grantedByPostId } } } }";
    let seen = who.asks(query, json!({ "id": hazard })).await.ok();
    let clocks = seen.data("hazard.clocks").as_array().unwrap();
    clocks.iter().find(|clock| clock["kind"] == kind).cloned().unwrap_or_default()
}

/// The kinds of the notices of a report, newest first.
async fn notices(author: &Person, report: &str) -> Vec<String> {
    let query = "query($id: UUID!) { myReport(id: $id) { notices(first: 20) { nodes { kind } } } }";
    let seen = author.asks(query, json!({ "id": report })).await.ok();
    let notices = seen.data("myReport.notices.nodes").as_array().unwrap();
    notices.iter().map(|notice| notice["kind"].as_str().unwrap().to_owned()).collect()
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn more_time_is_asked_for_refused_granted_and_told(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let all = Handlers::log_in(&app).await;
    let ann = Person::citizen(&app, "19900009991").await;
    let unit = Person::officer(&app, "housing-clerk").await;
    let report = ann.reports("NAMED").await;
    let hazard = all.clerk.confirms(&report).await;
    let [assignment] = all.clerk.dispatches(&hazard, &["520115-housing"]).await.try_into().unwrap();
    let before = clock(&unit, &hazard, "FINISH").await;

    // Only those whom the policy names ask, and only for a later day.
    assert_eq!(asks_for_time(&all.worker, &hazard, &assignment).await.extension("rule"), &json!("extension.may_ask"));
    let today = json!({ "assignmentId": assignment, "until": "2024-01-01", "reason": "材料尚未到货" });
    assert_eq!(unit.does("askExtension", today).await.extension("rule"), &json!("extension.at_most"));
    assert_eq!(all.leader.judges("grantExtension", &assignment).await.extension("rule"), &json!("extension.asked"));
    let asked = asks_for_time(&unit, &hazard, &assignment).await.ok();
    let later = asked.text("done.assignment.extensionRequest.until").to_owned();
    assert_eq!(asks_for_time(&unit, &hazard, &assignment).await.extension("rule"), &json!("extension.asked_once"));
    assert_eq!(clock(&unit, &hazard, "FINISH").await, before, "the deadline stays until somebody decides");
    assert_eq!(clock(&unit, &hazard, "EXTENSION").await["state"], "RUNNING");
    for (who, waits) in [(&all.leader, json!([{ "kind": "DECIDE_EXTENSION", "open": 1 }])), (&all.clerk, json!([]))] {
        let counts = who.asks("{ todoCounts { kind open } }", json!({})).await.ok();
        assert_eq!(counts.data("todoCounts"), &waits, "whoever decides has to");
    }
    todos_follow_from_events(&app).await;

    // Somebody else decides: a refusal first.
    for (who, code) in [(&unit, "FORBIDDEN"), (&all.clerk, "FORBIDDEN"), (&all.worker, "FORBIDDEN")] {
        assert_eq!(who.judges("grantExtension", &assignment).await.code(), Some(code));
    }
    let refused = all.leader.judges("refuseExtension", &assignment).await.ok();
    assert_eq!(refused.data("done.assignment.extensionRequest"), &Value::Null);
    todos_follow_from_events(&app).await;
    assert_eq!(clock(&unit, &hazard, "FINISH").await, before);

    // Asked again and granted, twice with the same request.
    asks_for_time(&unit, &hazard, &assignment).await.done();
    let (request, input) = (Uuid::new_v4(), json!({ "assignmentId": assignment, "reason": "情况属实，同意延期" }));
    for _ in 0..2 {
        let granted = all.leader.does_as(request, "grantExtension", input.clone()).await.ok();
        assert_eq!(granted.data("done.assignment.extensionRequest"), &Value::Null);
    }
    let after = clock(&unit, &hazard, "FINISH").await;
    assert_eq!((&after["due"], &after["originalDue"]), (&json!(later), &before["due"]));
    assert_eq!(after["extensions"].as_array().unwrap().len(), 1);
    assert_eq!(after["extensions"][0]["previousDue"], before["due"]);
    assert_eq!(asks_for_time(&unit, &hazard, &assignment).await.extension("rule"), &json!("extension.times"));

    // The history says so, with the reasons, and the reporter is told of the result once.
    let query = "query($id: UUID!) { hazard(id: $id) { history { kind sentence note { text }
        details { requestedDue deadlines { kind change due previousDue } } } } }";
    let seen = unit.asks(query, json!({ "id": hazard })).await.ok();
    let history = seen.data("hazard.history").as_array().unwrap();
    let kinds: Vec<_> = history.iter().map(|event| event["kind"].as_str().unwrap()).collect();
    assert!(kinds.ends_with(&["EXTENSION_ASKED", "EXTENSION_REFUSED", "EXTENSION_ASKED", "EXTENDED"]), "{kinds:?}");
    let last = history.last().unwrap();
    assert_eq!(
        (&last["note"]["text"], &last["details"]["requestedDue"]),
        (&json!("情况属实，同意延期"), &json!(later))
    );
    let moved = json!({ "kind": "FINISH", "change": "EXTENDED", "due": later, "previousDue": before["due"] });
    assert!(last["details"]["deadlines"].as_array().unwrap().contains(&moved), "{last}");
    let expected = ["HAZARD_EXTENDED", "HAZARD_DISPATCHED", "REPORT_CONFIRMED"];
    until("the reporter is told", async || {
        let told = notices(&ann, &report).await;
        if told == expected { Ok(()) } else { Err(told) }
    })
    .await;

    all.worker.works_on(&assignment).await;
    all.clerk.judges("acceptWork", &assignment).await.done();
    all.leader.closes(&hazard).await;
}
