//! Units that end 撤并 while an incident is open.

use rstest::rstest;
use serde_json::{Value, json};
use tests::app::{Engine, TestApp};
use tests::people::Person;
use tests::world::import;

use super::{Desk, acknowledges, later, seen, todos};
use crate::succession::{ending, run};
use crate::todos::rows::todos_follow_from_events;

/// A township ends while it reports and receives: nothing ends without a word, and the successor does both.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_successor_sends_the_reports_and_acknowledges_them(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let desk = Desk::log_in(&app).await;
    let (incident, first) = desk.opens(None).await;
    let village = Person::officer(&app, "binyang-village-1").await;
    let township = desk.clerk.ids_of(&["520115001000"]).await.remove(0);
    let input = json!({ "receiverUnitId": township, "report": super::report(&village.post().await) });
    let received = village.does("openIncident", input).await.ok();
    let (of_village, report) = (received.text("done.incident.id"), received.text("done.situationReport.id"));
    let file = ending(&app, &["520115001000"]);
    let (ok, told) = run(&app, &file, &[]).await;
    assert!(!ok && told.contains("1 incident(s), 1 reception(s)"), "{told}");
    let (ok, told) = run(&app, &file, &["--successor", "520115002000"]).await;
    assert!(ok && told.contains("1 incident(s), 1 reception(s)"), "{told}");

    // The same people go on in the new unit, with the same deadlines.
    assert_eq!(todos(&desk.clerk).await, ["ACKNOWLEDGE_SITUATION_REPORT true", "SEND_SITUATION_REPORT false"]);
    acknowledges(&desk.clerk, report).await.done();
    desk.sends(&incident, "UPDATE").await.done();
    desk.corrects(&first, super::report(&desk.signer)).await.done();
    let after = seen(&desk.clerk, &incident).await;
    assert_eq!(after["unit"]["code"], "520115002000");
    let units: Vec<&Value> = after["reports"].as_array().unwrap().iter().map(|one| &one["unit"]["code"]).collect();
    assert_eq!(units, ["520115001000", "520115002000", "520115002000"], "what was sent stays as it was sent");
    let kinds = after["history"].as_array().unwrap().iter();
    assert_eq!(kinds.filter(|event| event["kind"] == "INHERITED").count(), 1);
    assert_eq!(seen(&village, of_village).await["receiver"]["code"], "520115002000");
    let input = json!({ "incidentId": incident, "kind": "FINAL", "report": later(&desk.signer) });
    desk.clerk.does("sendSituationReport", input).await.done();
    todos_follow_from_events(&app).await;
}
