//! The same request twice, and two persons at once.

use futures::future::join;
use rstest::rstest;
use serde_json::json;
use tests::app::{Engine, TestApp};
use tests::people::Person;
use tests::world::import;
use uuid::Uuid;

use super::{Desk, acknowledges, later, rule, seen};
use crate::todos::rows::todos_follow_from_events;

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_repeated_request_sends_nothing_twice(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let desk = Desk::log_in(&app).await;
    let (request, input) = (Uuid::new_v4(), json!({ "report": desk.report() }));
    let first = desk.clerk.does_as(request, "openIncident", input.clone()).await.ok();
    let again = desk.clerk.does_as(request, "openIncident", input.clone()).await.ok();
    assert_eq!(first.data("done"), again.data("done"));
    let other = super::with(desk.report(), &json!({ "injured": 9 }));
    let taken = desk.clerk.does_as(request, "openIncident", json!({ "report": other })).await;
    assert_eq!(taken.code(), Some("REQUEST_ID_TAKEN"));
    let incident = first.text("done.incident.id");
    let (request, input) =
        (Uuid::new_v4(), json!({ "incidentId": incident, "kind": "UPDATE", "report": later(&desk.signer) }));
    for _ in 0..3 {
        desk.clerk.does_as(request, "sendSituationReport", input.clone()).await.done();
    }
    assert_eq!(seen(&desk.clerk, incident).await["reports"].as_array().unwrap().len(), 2);
    let stale = json!({ "incidentId": incident, "kind": "FINAL", "report": later(&desk.signer), "expectedVersion": 1 });
    assert_eq!(desk.clerk.does("sendSituationReport", stale).await.code(), Some("CHANGED_MEANWHILE"));
}

/// Two officers of the centre acknowledge the same report: one does.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_report_is_acknowledged_exactly_once(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let desk = Desk::log_in(&app).await;
    let other = Person::officer(&app, "command-2").await;
    for _ in 0..5 {
        let (incident, report) = desk.opens(None).await;
        let (one, two) = join(acknowledges(&desk.centre, &report), acknowledges(&other, &report)).await;
        let mut answers = [rule(&one), rule(&two)];
        answers.sort();
        assert_eq!(answers, ["incident.acknowledged", "ok"]);
        let seen = seen(&desk.clerk, &incident).await;
        let kinds = seen["history"].as_array().unwrap().iter();
        assert_eq!(kinds.filter(|event| event["kind"] == "SITUATION_REPORT_ACKNOWLEDGED").count(), 1);
    }
    todos_follow_from_events(&app).await;
}

/// Two officers of the township open an incident of one hazard, or send the final report: one does.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn one_hazard_is_reported_once_at_a_time_and_ends_once(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let desk = Desk::log_in(&app).await;
    let hazard = desk.clerk.confirms(&Person::stranger(&app).reports("ANONYMOUS").await).await;
    let input = json!({ "hazardId": hazard, "report": desk.report() });
    let opens = || desk.clerk.does("openIncident", input.clone());
    let (one, two) = join(opens(), opens()).await;
    let mut answers = [rule(&one), rule(&two)];
    answers.sort();
    assert_eq!(answers, ["incident.open_once", "ok"]);
    let opened = if one.code().is_none() { one } else { two }.ok();
    let incident = opened.text("done.incident.id");
    let (one, two) = join(desk.sends(incident, "FINAL"), desk.sends(incident, "FINAL")).await;
    let mut answers = [rule(&one), rule(&two)];
    answers.sort();
    assert_eq!(answers, ["incident.ended", "ok"]);
    let (again, _) = desk.opens(Some(&hazard)).await;
    assert_ne!(again, incident, "news after the final report is a new incident");
}
