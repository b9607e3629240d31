//! Every time that officers read of a reporter's act is a boundary.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use entity::callback;
use rstest::rstest;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use tests::app::{Engine, TestApp};
use tests::handling::{Handlers, Rewarders, collect};
use tests::people::Person;
use tests::waiting::until;
use tests::world::{import_as_shipped, submission};
use uuid::Uuid;

use super::{BOUNDARY, answers, far_ahead, long_ago, visible_from};

/// Every time in these answers.
fn times(answers: &[(String, Value)]) -> BTreeSet<String> {
    fn collect(value: &Value, name: &str, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(fields) => fields.iter().for_each(|(name, field)| collect(field, name, found)),
            Value::Array(values) => values.iter().for_each(|value| collect(value, name, found)),
            // The warning lies at a share of the span from the told start, so it tells no more than that.
            Value::String(text) if !matches!(name, "warnAt" | "warn_at") => {
                found.extend(text.parse::<DateTime<Utc>>().is_ok().then(|| text.clone()));
            }
            Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    let mut found = BTreeSet::new();
    for (_, answer) in answers {
        collect(answer, "", &mut found);
    }
    found
}

/// Checks that officers see an act at once, and that each time that is new in their answers is a boundary.
fn tells_boundaries(act: &str, before: &[(String, Value)], after: &[(String, Value)]) {
    assert_ne!(before, after, "{act} takes effect at once");
    for time in times(after).difference(&times(before)) {
        let at: DateTime<Utc> = time.parse().unwrap();
        assert_eq!(at.timestamp_millis() % (1_000 * BOUNDARY), 0, "{act}: {time} is no boundary");
    }
}

/// A hazard that was closed, and the award of its report, which can be collected.
struct ClosedCase {
    hazard: String,
    award: Value,
}

async fn closed(app: &TestApp, handlers: &Handlers, rewarders: &Rewarders, report: &str) -> ClosedCase {
    visible_from(app, report, long_ago()).await;
    let hazard = handlers.clerk.confirms(report).await;
    handlers.bring_to_closure(&hazard).await;
    let award = rewarders.award_of(&hazard).await;
    rewarders.approve(&award).await;
    ClosedCase { hazard, award }
}

/// The acts of reporters on what officers see already. Whatever time is new in any answer to any officer after an act is
/// a boundary.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn every_time_that_officers_read_of_a_reporters_act_is_a_boundary(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import_as_shipped(&app).await;
    let [ann, ben, eve] = [
        Person::citizen(&app, "19900009991").await,
        Person::citizen(&app, "19900009992").await,
        Person::citizen(&app, "19900009993").await,
    ];
    let (handlers, rewarders) = (Handlers::log_in(&app).await, Rewarders::log_in(&app).await);
    let [anns, bens, eves] = [ann.reports("NAMED").await, ben.reports("NAMED").await, eve.reports("NAMED").await];
    visible_from(&app, &eves, long_ago()).await;
    let one = closed(&app, &handlers, &rewarders, &anns).await;
    let other = closed(&app, &handlers, &rewarders, &bens).await;
    let centre = Person::officer(&app, "command-1").await;
    let officers = [centre, handlers.clerk.clone(), rewarders.reviewer.clone(), rewarders.payer.clone()];
    let read = async || answers(&officers, &[&anns, &bens, &eves], &[&one.hazard, &other.hazard]).await;

    let before = read().await;
    eve.does("withdrawReport", json!({ "reportId": eves })).await.done();
    let withdrawn = read().await;
    tells_boundaries("withdrawReport", &before, &withdrawn);
    collect(&ben, &bens).await;
    let collected = read().await;
    tells_boundaries("giveIdentity and collectAward", &withdrawn, &collected);
    let answer = json!({ "reportId": anns, "contacted": true, "solved": false, "satisfaction": "DISSATISFIED" });
    ann.does("answerCallback", answer).await.done();
    tells_boundaries("answerCallback", &collected, &read().await);
    assert_eq!(rewarders.award_of(&one.hazard).await["status"], "HELD");
    assert_eq!(rewarders.award_of(&other.hazard).await["id"], other.award["id"]);
    assert_eq!(rewarders.award_of(&one.hazard).await["id"], one.award["id"]);
}

/// An answer that reopens nothing changes no answer to any officer before its boundary, not even a version. Then its event
/// is in the history, under that boundary.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_answer_to_a_callback_comes_out_at_its_boundary(#[case] engine: Engine) {
    const QUERY: &str = "query($id: UUID!) { report(id: $id) { version history { kind at details { solved } } } }";
    let app = TestApp::start(engine).await;
    import_as_shipped(&app).await;
    let ann = Person::citizen(&app, "19900009991").await;
    let (handlers, rewarders) = (Handlers::log_in(&app).await, Rewarders::log_in(&app).await);
    let report = ann.reports("NAMED").await;
    let case = closed(&app, &handlers, &rewarders, &report).await;
    let centre = Person::officer(&app, "command-1").await;
    let officers =
        [centre, handlers.clerk.clone(), rewarders.reviewer.clone(), Person::officer(&app, "auditor-1").await];
    let read = async || answers(&officers, &[&report], &[&case.hazard]).await;
    let before = read().await;

    let answer = json!({ "reportId": report, "contacted": true, "solved": true, "satisfaction": "SATISFIED" });
    ann.does("answerCallback", answer).await.done();
    let waits = waiting_for(&app, far_ahead()).await;

    assert_eq!(waits.timestamp_millis() % (1_000 * BOUNDARY), 0, "{waits} is no boundary");
    for ((question, was), (_, is)) in before.iter().zip(&read().await) {
        assert_eq!(was, is, "{question}");
    }
    let refused =
        handlers.clerk.does("findUnfounded", json!({ "reportId": report, "reason": "x1", "expectedVersion": 2 }));
    assert_eq!(refused.await.extension("rule"), "review.once", "the version is still the one that the clerk has read");
    waiting_for(&app, waits - TimeDelta::seconds(BOUNDARY)).await;
    let seen = until("the answer to be published", async || {
        let read = handlers.clerk.asks(QUERY, json!({ "id": report })).await.ok();
        if read.data("report.version") == &json!(3) { Ok(read) } else { Err(read.body) }
    });
    let seen = seen.await;
    let told: DateTime<Utc> = seen.text("report.history.2.at").parse().unwrap();
    assert_eq!(seen.text("report.history.2.kind"), "CALLBACK_ANSWERED");
    assert_eq!(told.timestamp_millis() % (1_000 * BOUNDARY), 0, "{told} is no boundary");
}

/// Lets the only answer that waits for its boundary wait for another one; answers the one for which it waited.
async fn waiting_for(app: &TestApp, boundary: DateTime<Utc>) -> DateTime<Utc> {
    let rows = app.rows().await;
    let waits = callback::Column::PublishAt.is_not_null();
    let [waiting] = callback::Entity::find().filter(waits.clone()).all(&rows).await.unwrap().try_into().unwrap();
    let later = callback::ActiveModel { publish_at: Set(Some(boundary)), ..Default::default() };
    callback::Entity::update_many().set(later).filter(waits).exec(&rows).await.unwrap();
    waiting.publish_at.unwrap()
}

/// People in danger do not wait: an emergency is visible at once, its times to the minute.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn an_emergency_waits_for_no_boundary(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import_as_shipped(&app).await;
    let ann = Person::citizen(&app, "19900009991").await;
    let clerk = Person::officer(&app, "binyang-clerk").await;
    let report = ann.reports_emergency("NAMED").await;
    ann.does("amendReport", json!({ "reportId": report, "text": "有人被困" })).await.done();

    let query =
        "query($id: UUID!) { report(id: $id) { receivedAt amendments { nodes { receivedAt } } history { at } } }";
    let seen = clerk.asks(query, json!({ "id": report })).await.ok();

    let times = times(&[(String::new(), seen.json)]);
    assert!(!times.is_empty() && times.iter().all(|time| time.get(17..19) == Some("00")), "{times:?}");
    assert!(clerk.hazard_of(&report).await.parse::<Uuid>().is_ok());
}

/// 另立: what a withdrawal means for a report that is hidden from the accused unit tells no exact time either.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_hazard_that_a_withdrawal_leaves_to_a_hidden_report_tells_the_boundary(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import_as_shipped(&app).await;
    let ann = Person::citizen(&app, "19900009991").await;
    let centre = Person::officer(&app, "command-1").await;
    let urgent = ann.reports_emergency("NAMED").await;
    let hazard = centre.hazard_of(&urgent).await;
    let mut input = submission(Uuid::new_v4(), "ANONYMOUS");
    input["accusedUnitId"] = centre.ids_of(&["520115001000"]).await.remove(0);
    let sent = Person::stranger(&app).submits(&input).await.ok();
    let hidden = sent.text("submitReport.receipt.reportId");
    visible_from(&app, hidden, long_ago()).await;
    let merge = json!({ "reportId": hidden, "hazardId": hazard, "reason": "同一处围墙" });
    centre.does("mergeReport", merge).await.done();

    ann.does("withdrawReport", json!({ "reportId": urgent })).await.done();

    let parted = centre.hazard_of(hidden).await;
    assert_ne!(parted, hazard);
    let query = "query($h: UUID!, $r: UUID!) {
        hazard(id: $h) { emergency registeredAt clocks { start due } history { at } }
        report(id: $r) { history { kind at } } }";
    let seen = centre.asks(query, json!({ "h": parted, "r": hidden })).await.ok();
    assert_eq!(seen.data("hazard.emergency"), true);
    let moved = seen.data("report.history").as_array().unwrap().last().unwrap();
    assert_eq!(moved["kind"], "MOVED");
    let times = times(&[(String::new(), seen.data("hazard").clone()), (String::new(), moved.clone())]);
    assert!(!times.is_empty() && times.iter().all(|time| time.get(17..19) == Some("00")), "{times:?}");
}
