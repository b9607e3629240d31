//! Incidents of hazards: who handles them, what a merge leaves, and from whom they are hidden 回避.

use rstest::rstest;
use serde_json::{Value, json};
use tests::app::{Engine, TestApp};
use tests::people::Person;
use tests::world::{import, submission};
use uuid::Uuid;

use super::{Desk, SEEN, acknowledges, listed, report, rule, seen, todos};
use crate::todos::rows::todos_follow_from_events;

async fn of_hazard(who: &Person, hazard: &str) -> Vec<Value> {
    let query = "query($id: UUID!) { hazard(id: $id) { incidents { id hazard { id } } } }";
    let asked = who.asks(query, json!({ "id": hazard })).await.ok();
    asked.data("hazard.incidents").as_array().unwrap().iter().map(|one| one["id"].clone()).collect()
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_merged_hazard_keeps_its_incidents_and_takes_no_new_ones(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let desk = Desk::log_in(&app).await;
    let stranger = Person::stranger(&app);
    let hazard = async || desk.clerk.confirms(&stranger.reports("ANONYMOUS").await).await;
    let hazards = [hazard().await, hazard().await, hazard().await];
    let (incident, first) = desk.opens(Some(&hazards[2])).await;
    for (from, into) in [(2, 1), (1, 0)] {
        let merge = json!({
            "hazardId": hazards[from], "into": hazards[into], "openWork": "CANCEL", "reason": "两条台账为同一处",
        });
        desk.clerk.does("mergeHazards", merge).await.done();
    }
    for hazard in &hazards {
        assert_eq!(of_hazard(&desk.centre, hazard).await, [json!(incident)], "it is found from each of them");
    }
    let again = desk.clerk.does("openIncident", json!({ "hazardId": hazards[2], "report": desk.report() })).await;
    assert_eq!(rule(&again), "incident.hazard_merged");
    acknowledges(&desk.centre, &first).await.done();
    desk.sends(&incident, "FINAL").await.done();
    let (other, _) = desk.opens(Some(&hazards[0])).await;
    assert_eq!(of_hazard(&desk.clerk, &hazards[0]).await, [json!(incident), json!(other)]);
    let cancel = json!({ "hazardId": hazards[0], "cause": "UNFOUNDED", "reason": "现场没有隐患" });
    desk.leader.does("cancelHazard", cancel).await.done();
    desk.sends(&other, "FINAL").await.done();
    let none = desk.clerk.does("openIncident", json!({ "hazardId": hazards[0], "report": desk.report() })).await;
    assert_eq!(rule(&none), "incident.hazard_cancelled");
    todos_follow_from_events(&app).await;
}

/// The fire brigade reports once it takes part; a township that has nothing to do with the hazard does not find it.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn only_who_handles_a_hazard_reports_on_it(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let desk = Desk::log_in(&app).await;
    let officer = async |staff_no: &str| Person::officer(&app, staff_no).await;
    let (fire, chief) = (officer("fire-clerk").await, officer("fire-leader").await.post().await);
    let hazard = desk.clerk.confirms(&Person::stranger(&app).reports("ANONYMOUS").await).await;
    let input = json!({ "hazardId": hazard, "report": report(&chief) });
    assert_eq!(fire.does("openIncident", input.clone()).await.code(), Some("NOT_FOUND"));
    assert_eq!(officer("changling-clerk").await.does("openIncident", input.clone()).await.code(), Some("NOT_FOUND"));
    desk.leader.dispatches(&hazard, &["520115-fire"]).await;
    let opened = fire.does("openIncident", input).await.ok();
    assert_eq!(opened.text("done.incident.unit.code"), "520115-fire");
    // Each unit sees its own and the township what the centre receives is not its business.
    let (own, _) = desk.opens(Some(&hazard)).await;
    assert_eq!(of_hazard(&fire, &hazard).await, [opened.data("done.incident.id").clone()]);
    assert_eq!(of_hazard(&desk.clerk, &hazard).await, [json!(own)]);
    assert_eq!(of_hazard(&desk.centre, &hazard).await.len(), 2);
}

/// The only report accuses the command centre: its officers find the incident nowhere, although it is addressed to them for want of
/// another. Once an independent report points to the hazard, they do.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_receiver_that_every_report_accuses_sees_nothing_of_the_incident(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let desk = Desk::log_in(&app).await;
    let mut input = submission(Uuid::new_v4(), "ANONYMOUS");
    input["accusedUnitId"] = desk.clerk.ids_of(&["520115-command-centre"]).await.remove(0);
    let sent = Person::stranger(&app).submits(&input).await.ok();
    let hazard = desk.clerk.confirms(sent.text("submitReport.receipt.reportId")).await;
    let named = json!({ "hazardId": hazard, "report": desk.report(), "receiverUnitId": input["accusedUnitId"] });
    assert_eq!(desk.clerk.does("openIncident", named).await.code(), Some("UNIT_BARRED"));

    let (incident, first) = desk.opens(Some(&hazard)).await;
    let others = [Person::officer(&app, "supervisor-1").await, Person::officer(&app, "auditor-1").await];
    for accused in [&desk.centre, &others[0], &others[1]] {
        assert_eq!(accused.asks(SEEN, json!({ "id": incident })).await.code(), Some("NOT_FOUND"));
        assert_eq!(listed(accused, json!({})).await, [""; 0]);
        assert_eq!(todos(accused).await, [""; 0]);
        let counts = accused.asks("{ todoCounts { kind open } }", json!({})).await.ok();
        assert!(!counts.body.contains("SITUATION_REPORT"), "{}", counts.body);
        assert_eq!(acknowledges(accused, &first).await.code(), Some("NOT_FOUND"));
    }
    assert_eq!(seen(&desk.clerk, &incident).await["unreceived"], true);

    let independent = Person::stranger(&app).reports("ANONYMOUS").await;
    let merged = json!({ "reportId": independent, "hazardId": hazard, "reason": "同一处围墙" });
    desk.clerk.does("mergeReport", merged).await.done();
    assert_eq!(todos(&desk.centre).await, ["ACKNOWLEDGE_SITUATION_REPORT true"]);
    acknowledges(&desk.centre, &first).await.done();
}
