//! 合并: reports that come to a closed hazard, a group of reports at once, and two entries of one matter.

use rstest::rstest;
use sea_orm::ActiveValue::Set;
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use tests::app::{Engine, TestApp};
use tests::handling::{Handlers, Rewarders};
use tests::people::Person;
use tests::waiting::until;
use tests::world::import;
use uuid::Uuid;

async fn merges(handlers: &Handlers, report: &str, hazard: &str) -> tests::client::Answer {
    let input = json!({ "reportId": report, "hazardId": hazard, "reason": "与已登记的隐患相同" });
    handlers.clerk.does("mergeReport", input).await
}

async fn callback(author: &Person, report: &str) -> Value {
    let query = "query($id: UUID!) { myReport(id: $id) { callback { round answeredAt } } }";
    author.asks(query, json!({ "id": report })).await.ok().data("myReport.callback").clone()
}

/// The kinds of all notices of a report, oldest first, once there are as many.
pub(crate) async fn hears(author: &Person, report: &str, kinds: &[&str]) {
    let query = "query($id: UUID!) { myReport(id: $id) { notices(first: 20) { nodes { kind } } } }";
    until(&format!("{kinds:?}"), async || {
        let told = author.asks(query, json!({ "id": report })).await.ok();
        let told = told.data("myReport.notices.nodes").as_array().unwrap().clone();
        let heard: Vec<String> = told.iter().rev().map(|one| one["kind"].as_str().unwrap().to_owned()).collect();
        if heard.iter().eq(kinds) { Ok(()) } else { Err(heard) }
    })
    .await;
}

async fn let_days_pass(app: &TestApp, hazard: &str, days: i64) {
    let rows = app.rows().await;
    let id = domain::id::HazardId(hazard.parse().unwrap());
    let row = entity::hazard::Entity::find_by_id(id).one(&rows).await.unwrap().unwrap();
    let closed_at = row.closed_at.unwrap() - chrono::TimeDelta::days(days);
    let earlier = entity::hazard::ActiveModel { id: Set(id), closed_at: Set(Some(closed_at)), ..Default::default() };
    entity::hazard::Entity::update(earlier).exec(&rows).await.unwrap();
}

/// Within the callback window whoever joins is asked as the others are, and can say that it is not solved; after it, the
/// refusal names the hazard that came back.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn whoever_joins_a_closed_hazard_is_asked_or_is_a_recurrence(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let handlers = Handlers::log_in(&app).await;
    let second = Person::citizen(&app, "19900009992").await;
    let hazard = handlers.clerk.confirms(&Person::stranger(&app).reports("ANONYMOUS").await).await;
    handlers.bring_to_closure(&hazard).await;

    let [joins, late] = [second.reports("NAMED").await, second.reports("NAMED").await];
    merges(&handlers, &joins, &hazard).await.done();
    assert_eq!(callback(&second, &joins).await, json!({ "round": 1, "answeredAt": null }));
    hears(&second, &joins, &["REPORT_ASKED"]).await;
    let said = json!({ "reportId": joins, "solved": false });
    let answered = second.does("answerCallback", said).await.ok();
    assert_eq!(answered.data("done.callback.reopened"), &json!(true));

    handlers.bring_to_closure(&hazard).await;
    let_days_pass(&app, &hazard, 16).await;
    let refused = merges(&handlers, &late, &hazard).await;
    assert_eq!((refused.code(), refused.extension("rule")), (Some("ILLEGAL_MOVE"), &json!("merging.closed")));
    let named = json!({ "reportId": late, "reason": "同一处复发", "recurrenceOf": refused.extension("recurrenceOf") });
    let new = handlers.clerk.does("confirmReport", named).await.ok().text("done.hazardId").to_owned();
    assert_ne!(new, hazard);
}

/// The danger and its deadline go along with the hazard of an emergency. A merge of the report alone would lose them.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn no_danger_is_lost_by_a_merge(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let handlers = Handlers::log_in(&app).await;
    let calm = handlers.clerk.confirms(&Person::stranger(&app).reports("ANONYMOUS").await).await;
    let urgent = Person::stranger(&app).reports_emergency("ANONYMOUS").await;
    let own = handlers.clerk.hazard_of(&urgent).await;
    let seen = async |hazard: &str| {
        let query = "query($id: UUID!) { hazard(id: $id) { status emergency } }";
        handlers.clerk.asks(query, json!({ "id": hazard })).await.ok().data("hazard").clone()
    };

    let refused = merges(&handlers, &urgent, &calm).await;
    assert_eq!((refused.code(), refused.extension("rule")), (Some("ILLEGAL_MOVE"), &json!("merging.danger")));
    assert_eq!(seen(&own).await, json!({ "status": "REGISTERED", "emergency": true }));

    assert_eq!(handlers.clerk.confirms(&urgent).await, own);
    let together = json!({ "hazardId": own, "into": calm, "openWork": "CARRY", "reason": "同一处隐患" });
    handlers.clerk.does("mergeHazards", together).await.done();
    assert_eq!(seen(&calm).await, json!({ "status": "REGISTERED", "emergency": true }));
    let another = Person::stranger(&app).reports_emergency("ANONYMOUS").await;
    merges(&handlers, &another, &calm).await.done();
    assert_eq!(handlers.clerk.hazard_of(&another).await, calm, "an emergency joins an emergency");
}

/// Closing waits for the review, in the first round and in every other. A report that was not reviewed in time in an
/// earlier build is still asked, and earns what it would have earned.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn closing_waits_until_the_emergency_is_reviewed(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let handlers = Handlers::log_in(&app).await;
    let author = Person::citizen(&app, "19900009991").await;
    let report = author.reports_emergency("NAMED").await;
    let hazard = handlers.clerk.hazard_of(&report).await;
    let [assignment] = handlers.leader.dispatches(&hazard, &["520115-housing"]).await.try_into().unwrap();
    handlers.worker.works_on(&assignment).await;
    handlers.clerk.judges("acceptWork", &assignment).await.done();

    let close = json!({ "hazardId": hazard, "reason": "整改到位，予以销号" });
    let refused = handlers.leader.does("closeHazard", close.clone()).await;
    assert_eq!(refused.extension("rule"), &json!("closing.reports_reviewed"));
    assert_eq!(refused.extension("reportId"), &json!(report));
    handlers.clerk.confirms(&report).await;
    handlers.leader.does("closeHazard", close).await.done();
    assert_eq!(callback(&author, &report).await["round"], 1);
}

/// Awards are proposed at the closure. An emergency that an earlier build closed before its review has one all the same.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_report_that_is_confirmed_after_the_closure_is_asked_and_rewarded(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let rules =
        include_str!("../../api/data/policies.toml").replace("propose_at = \"VERIFIED\"", "propose_at = \"CLOSED\"");
    let file = app.data().join("policies.toml");
    std::fs::write(&file, rules).unwrap();
    assert!(app.run(&["import", "policies", file.to_str().unwrap()]).await.status.success());
    let (handlers, rewarders) = (Handlers::log_in(&app).await, Rewarders::log_in(&app).await);
    let author = Person::citizen(&app, "19900009991").await;
    for is_true in [true, false] {
        let report = author.reports_emergency("NAMED").await;
        let hazard = handlers.clerk.hazard_of(&report).await;
        let rows = app.rows().await;
        let closed = entity::hazard::ActiveModel {
            id: Set(domain::id::HazardId(hazard.parse().unwrap())),
            status: Set(domain::hazard::HazardStatus::Closed),
            end_kind: Set(Some(domain::hazard::End::Closed)),
            closed_at: Set(Some(crate::now::now())),
            ..Default::default()
        };
        entity::hazard::Entity::update(closed).exec(&rows).await.unwrap();
        if is_true {
            handlers.clerk.confirms(&report).await;
            assert_eq!(rewarders.award_of(&hazard).await["status"], "PROPOSED");
            assert_eq!(callback(&author, &report).await, json!({ "round": 1, "answeredAt": null }));
        } else {
            let input = json!({ "reportId": report, "reason": "现场没有隐患" });
            handlers.clerk.does("findUnfounded", input).await.done();
            assert_eq!(rewarders.award_of(&hazard).await, Value::Null, "a false alarm earns nothing");
            assert_eq!(callback(&author, &report).await, Value::Null);
        }
        let query = "query($id: UUID!) { hazard(id: $id) { status } }";
        let seen = handlers.clerk.asks(query, json!({ "id": hazard })).await.ok();
        assert_eq!(seen.text("hazard.status"), "CLOSED");
    }
}

/// A storm: many reports of one thing join its hazard at once, each decided alone; the same request again changes nothing.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_group_of_reports_joins_at_once_and_each_is_decided_alone(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let clerk = Person::officer(&app, "binyang-clerk").await;
    let stranger = Person::stranger(&app);
    let hazard = clerk.confirms(&stranger.reports("ANONYMOUS").await).await;
    let mut reports = Vec::new();
    for _ in 0..12 {
        reports.push(json!(stranger.reports("ANONYMOUS").await));
    }
    let reviewed = stranger.reports("ANONYMOUS").await;
    clerk.confirms(&reviewed).await;
    let unknown = Uuid::new_v4();
    let input = |ids: Value| json!({ "reportIds": ids, "hazardId": hazard, "reason": "同一棵倒伏的树" });
    let mut all = reports.clone();
    all.extend([json!(reviewed), json!(unknown)]);

    let request = Uuid::new_v4();
    for _ in 0..2 {
        let done = clerk.does_as(request, "mergeReports", input(json!(all))).await.ok();
        assert_eq!(done.data("done.hazard.reportCount"), &json!(13));
        let results = done.data("done.results").as_array().unwrap().clone();
        assert_eq!(results.len(), 14);
        for result in results {
            let id = result["reportId"].as_str().unwrap();
            if id == reviewed {
                assert_eq!(result["refusal"]["rule"], "review.once");
            } else if id == unknown.to_string() {
                assert_eq!(result["refusal"]["code"], "NOT_FOUND");
            } else {
                assert_eq!((&result["report"]["status"], &result["refusal"]), (&json!("MERGED"), &Value::Null));
            }
        }
    }
    for ids in [json!([]), json!(vec![Uuid::new_v4(); 101])] {
        let refused = clerk.does("mergeReports", input(ids)).await;
        assert_eq!((refused.code(), refused.extension("field")), (Some("INVALID_INPUT"), &json!("input.reportIds")));
    }
    let mut stale = input(json!(reports));
    stale["expectedVersion"] = json!(9);
    assert_eq!(clerk.does("mergeReports", stale).await.code(), Some("CHANGED_MEANWHILE"));
}

/// Two clerks registered one matter twice. The reports of the duplicate move, its award ends, and the first true report
/// of both earns the other one; its author is asked when that is closed.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_duplicate_takes_nothing_from_its_reporters(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let [first, second] = [Person::citizen(&app, "19900009991").await, Person::citizen(&app, "19900009992").await];
    let [early, later] = [first.reports("NAMED").await, second.reports("NAMED").await];
    let (handlers, rewarders) = (Handlers::log_in(&app).await, Rewarders::log_in(&app).await);
    let [one, two] = [handlers.clerk.confirms(&early).await, handlers.clerk.confirms(&later).await];

    let duplicate = |of: Option<&str>| json!({ "hazardId": one, "cause": "DUPLICATE", "duplicateOf": of, "reason": "与另一条台账重复" });
    for (of, code) in [(None, "INVALID_INPUT"), (Some(one.as_str()), "INVALID_INPUT")] {
        let refused = handlers.clerk.does("cancelHazard", duplicate(of)).await;
        assert_eq!((refused.code(), refused.extension("field")), (Some(code), &json!("input.duplicateOf")));
    }
    handlers.clerk.does("cancelHazard", duplicate(Some(&two))).await.done();

    let query = "query($id: UUID!) { hazard(id: $id) { status cancelReason mergedInto reportCount } }";
    let seen = handlers.clerk.asks(query, json!({ "id": one })).await.ok();
    let expected = json!({ "status": "CANCELLED", "cancelReason": "DUPLICATE", "mergedInto": two, "reportCount": 0 });
    assert_eq!(seen.data("hazard"), &expected);
    assert_eq!(rewarders.award_of(&one).await["status"], "REJECTED");
    let mine = "query($id: UUID!) { myReport(id: $id) { status award { status } } }";
    let award = rewarders.award_of(&two).await;
    rewarders.approve(&award).await;
    let seen = first.asks(mine, json!({ "id": early })).await.ok();
    assert_eq!(seen.data("myReport"), &json!({ "status": "CONFIRMED", "award": { "status": "NOTIFIED" } }));
    assert_eq!(second.asks(mine, json!({ "id": later })).await.ok().data("myReport.award"), &Value::Null);
    handlers.bring_to_closure(&two).await;
    assert_eq!(callback(&first, &early).await["round"], 1);
    hears(&first, &early, &["REPORT_CONFIRMED", "REPORT_MOVED", "AWARD_NOTIFIED", "HAZARD_BLOWN", "HAZARD_CLOSED"])
        .await;
}

/// An ended hazard takes nothing in. Reports that still wait move as well, and are reviewed where they are. What was approved
/// stands.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_report_that_waits_moves_with_its_hazard_and_earns_no_second_award(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    import(&app).await;
    let citizen = Person::citizen(&app, "19900009991").await;
    let (handlers, rewarders) = (Handlers::log_in(&app).await, Rewarders::log_in(&app).await);
    let approved = handlers.clerk.confirms(&citizen.reports("NAMED").await).await;
    rewarders.approve(&rewarders.award_of(&approved).await).await;
    let urgent = citizen.reports_emergency("NAMED").await;
    let brought = handlers.clerk.hazard_of(&urgent).await;
    handlers.leader.dispatches(&brought, &["520115-housing"]).await;
    let cancel = async |hazard: &str, into: &str| {
        let input = json!({ "hazardId": hazard, "cause": "DUPLICATE", "duplicateOf": into, "reason": "同一处" });
        handlers.leader.does("cancelHazard", input).await
    };

    cancel(&brought, &approved).await.done();
    let refused = cancel(&approved, &brought).await;
    assert_eq!(refused.extension("rule"), &json!("merging.target_open"));
    assert_eq!(handlers.clerk.hazard_of(&urgent).await, approved);
    handlers.clerk.confirms(&urgent).await;
    assert_eq!(rewarders.award_of(&brought).await, Value::Null, "one matter, one award");
    assert_eq!(rewarders.award_of(&approved).await["status"], "NOTIFIED");
}
