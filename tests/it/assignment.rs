//! The walk of an assignment where it does not go straight on: kept by the township, given back, handed over.

use rstest::rstest;
use serde_json::{Value, json};
use tests::app::{Engine, TestApp};
use tests::people::Person;
use tests::world::{import, submission};
use uuid::Uuid;

/// A confirmed hazard of this category in 宾阳街道.
async fn hazard(app: &TestApp, clerk: &Person, category: &str) -> String {
    let mut input = submission(Uuid::new_v4(), "ANONYMOUS");
    input["category"] = json!(category);
    let sent = Person::stranger(app).submits(&input).await.ok();
    clerk.confirms(sent.text("submitReport.receipt.reportId")).await
}

async fn seen(who: &Person, hazard: &str) -> Value {
    let query = "query($id: UUID!) { hazard(id: $id) { status
        assignments { id origin part status workerId unit { code } } clocks { kind state assignmentId } } }";
    who.asks(query, json!({ "id": hazard })).await.ok().data("hazard").clone()
}

/// 自办: its own worker does it, in its own time, and somebody else of the township accepts it.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_township_keeps_a_matter_for_itself(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let (clerk, leader) = (Person::officer(&app, "binyang-clerk").await, Person::officer(&app, "binyang-leader").await);
    let worker = Person::officer(&app, "binyang-worker-1").await;
    let hazard = hazard(&app, &clerk, "fire_exit").await;

    let [assignment] = leader.dispatches(&hazard, &["520115001000"]).await.try_into().unwrap();

    let kept = seen(&clerk, &hazard).await;
    assert_eq!(kept["assignments"][0]["origin"], "SELF_HANDLED");
    let clocks: Vec<&Value> = kept["clocks"].as_array().unwrap().iter().map(|clock| &clock["kind"]).collect();
    assert_eq!(clocks, ["DISPATCH", "FINISH"], "nobody signs for an own matter");
    worker.works_on(&assignment).await;
    clerk.judges("acceptWork", &assignment).await.done();
    leader.closes(&hazard).await;
    assert_eq!(seen(&clerk, &hazard).await["status"], "CLOSED");
}

/// A township does not lead what its duty list excludes, a village leads nothing; both may support.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn nobody_leads_what_is_not_theirs(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let (clerk, leader) = (Person::officer(&app, "binyang-clerk").await, Person::officer(&app, "binyang-leader").await);
    let hazard = hazard(&app, &clerk, "self_built_house").await;
    let ids = leader.ids_of(&["520115001000", "520115001002", "520115-housing"]).await;
    for (lead, rule) in [(&ids[0], "lead.duty_list"), (&ids[1], "lead.never_a_village")] {
        let refused = leader.does("dispatchHazard", json!({ "hazardId": hazard, "leadUnitId": lead })).await;
        assert_eq!((refused.code(), refused.extension("rule")), (Some("DUTY_EXCLUDED"), &json!(rule)));
    }
    let both = json!({ "hazardId": hazard, "leadUnitId": ids[2], "supportUnitIds": [ids[0], ids[1]] });
    assert_eq!(leader.does("dispatchHazard", both).await.ok().text("done.status"), "ASSIGNED");
}

/// Given back it is the unit's again; handed over it stays where it stands. The same unit, and who holds it, or who hands
/// the unit's work out.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn it_is_given_back_and_handed_over(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let (clerk, leader) = (Person::officer(&app, "binyang-clerk").await, Person::officer(&app, "binyang-leader").await);
    let officer = async |staff_no: &str| Person::officer(&app, staff_no).await;
    let [one, other] = [officer("housing-worker-1").await, officer("housing-worker-2").await];
    let (head, stranger) = (officer("housing-clerk").await, officer("city-management-worker-1").await);
    let hazard = hazard(&app, &clerk, "self_built_house").await;
    let [assignment] = leader.blows(&hazard, &["520115-housing"]).await.try_into().unwrap();
    let held = async || {
        let seen = seen(&clerk, &hazard).await;
        (seen["assignments"][0]["status"].clone(), seen["assignments"][0]["workerId"].clone())
    };

    one.steps("claimAssignment", &assignment).await.done();
    assert_eq!(other.judges("releaseAssignment", &assignment).await.code(), Some("FORBIDDEN"));
    assert_eq!(stranger.judges("releaseAssignment", &assignment).await.code(), Some("NOT_FOUND"));
    head.judges("releaseAssignment", &assignment).await.done();
    assert_eq!(held().await, (json!("SIGNED"), Value::Null));
    let again = one.judges("releaseAssignment", &assignment).await;
    assert_eq!(again.code(), Some("ILLEGAL_MOVE"));

    one.steps("claimAssignment", &assignment).await.done();
    one.checks_in(&assignment).await.done();
    let to = |post: &str| json!({ "assignmentId": assignment, "toPostId": post, "reason": "请你继续" });
    for (post, code) in [
        (stranger.post().await, "INVALID_INPUT"),
        (Uuid::new_v4().to_string(), "INVALID_INPUT"),
        (head.post().await, "INVALID_INPUT"),
        (one.post().await, "ILLEGAL_MOVE"),
    ] {
        assert_eq!(one.does("handOverAssignment", to(&post)).await.code(), Some(code));
    }
    assert_eq!(other.does("handOverAssignment", to(&other.post().await)).await.code(), Some("FORBIDDEN"));
    let before = held().await;
    one.does("handOverAssignment", to(&other.post().await)).await.done();
    let after = held().await;
    assert_eq!((&before.0, &after.0), (&json!("ON_SITE"), &json!("ON_SITE")));
    assert_ne!(before.1, after.1);
    other.finishes_here(&assignment).await;
    assert_eq!(held().await.0, "FINISHED");
}

/// Who accepts work reads in the history why its worker did not come closer.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn the_reason_of_a_far_check_in_is_shown_to_those_who_accept(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let (clerk, leader) = (Person::officer(&app, "binyang-clerk").await, Person::officer(&app, "binyang-leader").await);
    let worker = Person::officer(&app, "housing-worker-1").await;
    let hazard = hazard(&app, &clerk, "self_built_house").await;
    let [assignment] = leader.blows(&hazard, &["520115-housing"]).await.try_into().unwrap();
    worker.steps("claimAssignment", &assignment).await.done();
    worker.checks_in_from_afar(&assignment, "道路中断").await.done();

    let query = "query($id: UUID!) { hazard(id: $id) { history {
        kind sentence details { assignmentIds distanceMetres lateArrival deadlines { kind change state } }
        note { kind text } } } }";
    let read = clerk.asks(query, json!({ "id": hazard })).await.ok();

    let last = read.data("hazard.history").as_array().unwrap().last().unwrap().clone();
    assert_eq!(last["note"], json!({ "kind": "FAR_REASON", "text": "道路中断" }));
    assert_eq!((&last["kind"], &last["sentence"]), (&json!("CHECKED_IN"), &json!("已报到")));
    let deadlines = json!([{ "kind": "CHECK_IN", "change": "STOPPED", "state": "MET" }]);
    assert_eq!(
        last["details"],
        json!({ "assignmentIds": [assignment], "distanceMetres": 0, "lateArrival": false, "deadlines": deadlines })
    );
}
