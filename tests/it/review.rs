//! What a review says of a report, and what becomes of its hazard.

use rstest::rstest;
use serde_json::{Value, json};
use tests::app::{Engine, TestApp};
use tests::client::Answer;
use tests::handling::{Handlers, Rewarders};
use tests::people::Person;
use tests::world::import;
use uuid::Uuid;

/// The hazard as the ledger files it, with its history.
async fn hazard(who: &Person, id: &str) -> Value {
    let query = "query($id: UUID!) { hazard(id: $id) {
        status level category axes { placeKind industry disasterKind } subject { name uscc } recurrenceOf
        history { kind } } }";
    who.asks(query, json!({ "id": id })).await.ok().data("hazard").clone()
}

async fn confirm(who: &Person, report: &str, findings: Value) -> Answer {
    let mut input = json!({ "reportId": report, "reason": "现场核实属实" });
    input.as_object_mut().unwrap().extend(findings.as_object().unwrap().clone());
    who.does("confirmReport", input).await
}

/// An emergency's hazard enters the ledger as the phone saw it, and is filed anew as the review found it.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_is_found_of_an_emergency_is_filed(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let report = Person::stranger(&app).reports_emergency("ANONYMOUS").await;
    let clerk = Person::officer(&app, "binyang-clerk").await;
    let findings = json!({
        "category": "gas", "axes": { "placeKind": "P01" }, "suspectedMajor": true,
        "subject": { "name": "示例餐饮有限公司", "uscc": "9144030071526726XG" },
    });

    let confirmed = confirm(&clerk, &report, findings).await.ok();

    let id = confirmed.text("done.hazardId").to_owned();
    assert_eq!(
        hazard(&clerk, &id).await,
        json!({
            "status": "REGISTERED", "level": "SUSPECTED_MAJOR", "category": "gas",
            "axes": { "placeKind": "P01", "industry": "I11", "disasterKind": null },
            "subject": { "name": "示例餐饮有限公司", "uscc": "9144030071526726XG" }, "recurrenceOf": null,
            "history": [{ "kind": "REGISTERED" }, { "kind": "CLASSIFIED" }, { "kind": "MAJOR" }],
        })
    );
    let award = Rewarders::log_in(&app).await.award_of(&id).await;
    assert_eq!(award["amount"], 30_000, "what a suspected major one earns");
}

/// Findings that say nothing new make no event; what is done before the review does not hinder it.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_emergency_is_confirmed_as_it_stands(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let plain = Person::stranger(&app).reports_emergency("ANONYMOUS").await;
    let handlers = Handlers::log_in(&app).await;
    let confirmed = confirm(&handlers.clerk, &plain, json!({ "category": "self_built_house" })).await.ok();
    let id = confirmed.text("done.hazardId");
    assert_eq!(hazard(&handlers.clerk, id).await["history"], json!([{ "kind": "REGISTERED" }]));

    let closed = Person::stranger(&app).reports_emergency("ANONYMOUS").await;
    let id = handlers.clerk.hazard_of(&closed).await;
    handlers.leader.blows(&id, &["520115-housing"]).await;
    assert_eq!(confirm(&handlers.clerk, &closed, json!({ "category": "gas" })).await.code(), None);
    let filed = hazard(&handlers.clerk, &id).await;
    assert_eq!((&filed["status"], &filed["category"]), (&json!("ASSIGNED"), &json!("gas")));
}

#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn codes_that_nobody_knows_are_refused(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let clerk = Person::officer(&app, "binyang-clerk").await;
    let calm = Person::stranger(&app).reports("ANONYMOUS").await;
    let urgent = Person::stranger(&app).reports_emergency("ANONYMOUS").await;
    for report in [&calm, &urgent] {
        for (findings, field) in [
            (json!({ "category": "dragons" }), "input.category"),
            (json!({ "axes": { "placeKind": "P00" } }), "input.axes.placeKind"),
            (json!({ "axes": { "industry": "P01" } }), "input.axes.industry"),
            (json!({ "axes": { "disasterKind": "P01" } }), "input.axes.disasterKind"),
            (json!({ "subject": { "name": "甲", "uscc": "1" } }), "input.subject.uscc"),
        ] {
            let refused = confirm(&clerk, report, findings).await;
            assert_eq!((refused.code(), refused.extension("field")), (Some("INVALID_INPUT"), &json!(field)));
        }
    }
}

/// What came back is a hazard that has left the ledger, and that the officer may see.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn what_came_back_was_closed_before(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let handlers = Handlers::log_in(&app).await;
    let stranger = Person::stranger(&app);
    let (first, second) = (stranger.reports("ANONYMOUS").await, stranger.reports("ANONYMOUS").await);
    let hazard_id = handlers.clerk.confirms(&first).await;
    let recurrence = json!({ "recurrenceOf": hazard_id });
    let refused = confirm(&handlers.clerk, &second, recurrence.clone()).await;
    assert_eq!((refused.code(), refused.extension("rule")), (Some("ILLEGAL_MOVE"), &json!("recurrence.closed")));
    let unknown = confirm(&handlers.clerk, &second, json!({ "recurrenceOf": Uuid::new_v4() })).await;
    assert_eq!(unknown.code(), Some("NOT_FOUND"));

    handlers.bring_to_closure(&hazard_id).await;
    let confirmed = confirm(&handlers.clerk, &second, recurrence).await.ok();
    let new = confirmed.text("done.hazardId");
    assert_ne!(new, hazard_id);
    assert_eq!(hazard(&handlers.clerk, new).await["recurrenceOf"], json!(hazard_id));
}
