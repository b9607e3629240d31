//! One matter, one award 一事一奖: what becomes of two awards when their hazards are merged.

use rstest::rstest;
use serde_json::{Value, json};
use tests::app::{Engine, TestApp};
use tests::handling::{Rewarders, collect};

use super::{Scene, merges, rule, seen, undoes};
use crate::merging::hears;
use crate::todos::rows::todos_follow_from_events;

/// The award of the earlier report stands. The later one is approved: it waits until a reward officer rejects it, and its
/// money goes back.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_later_approved_award_waits_until_it_is_rejected(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    let Scene { authors, reports, hazards: [one, two], handlers } = Scene::new(&app).await;
    let rewarders = Rewarders::log_in(&app).await;
    rewarders.approve(&rewarders.award_of(&two).await).await;
    let (earlier, later) = (rewarders.award_of(&one).await, rewarders.award_of(&two).await);
    merges(&handlers.clerk, &two, &one, "CARRY").await.done();
    assert_eq!(rewarders.award_of(&one).await["status"], "PROPOSED");
    assert_eq!(rewarders.award_of(&two).await["status"], "HELD");
    assert_eq!(doubles(&rewarders).await, [json!({ "id": later["id"], "doubleOf": { "id": earlier["id"] } })]);
    let taken = authors[1].does("collectAward", json!({ "reportId": reports[1] })).await;
    assert_eq!(taken.code(), Some("ILLEGAL_MOVE"), "what waits cannot be collected");

    undoes(&handlers.clerk, &two).await.done();
    assert_eq!(rewarders.award_of(&two).await["status"], "NOTIFIED");
    assert_eq!(doubles(&rewarders).await, Vec::<Value>::new());

    merges(&handlers.clerk, &two, &one, "CARRY").await.done();
    let reject = json!({ "awardId": later["id"], "reason": "同一隐患已有先收到的报告" });
    assert_eq!(rewarders.reviewer.does("rejectAward", reject.clone()).await.code(), Some("NOT_YOUR_OWN"));
    assert_eq!(rewarders.approver.does("rejectAward", reject).await.ok().text("done.status"), "REJECTED");
    assert_eq!(doubles(&rewarders).await, Vec::<Value>::new());
    let lines = ledger(&rewarders, &later).await;
    assert_eq!(lines.iter().map(|line| line["amount"].as_i64().unwrap()).sum::<i64>(), 0);
    let held = |account: &str| {
        lines.iter().filter(|line| line["account"] == account).map(|line| line["amount"].as_i64().unwrap()).sum::<i64>()
    };
    assert_eq!((held("COMMITTED"), held("BUDGET")), (0, 0), "the money went back");
    rewarders.approve(&earlier).await;
    assert_eq!(rewarders.award_of(&one).await["status"], "NOTIFIED", "one matter, one award");
    let twice = ["REPORT_MOVED", "AWARD_DOUBTED"];
    let undone = ["REPORT_PARTED", "AWARD_RESUMED"];
    let told = [&["REPORT_CONFIRMED", "AWARD_NOTIFIED"], &twice, &undone, &twice].map(<[&str; 2]>::as_slice).concat();
    hears(&authors[1], &reports[1], &[told.as_slice(), &["AWARD_WITHDRAWN"]].concat()).await;
    todos_follow_from_events(&app).await;
}

async fn doubles(rewarders: &Rewarders) -> Vec<Value> {
    let query = "{ awards(first: 20, double: true) { nodes { id doubleOf { id } } } }";
    rewarders.reviewer.asks(query, json!({})).await.ok().data("awards.nodes").as_array().unwrap().clone()
}

async fn ledger(rewarders: &Rewarders, award: &Value) -> Vec<Value> {
    let query = "query($id: UUID!) { award(id: $id) { ledger { account amount } } }";
    let seen = rewarders.payer.asks(query, json!({ "id": award["id"] })).await.ok();
    seen.data("award.ledger").as_array().unwrap().clone()
}

/// What is paid stands, and is the task of the reward officer: listed apart until the merge is undone.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_later_paid_award_stands_and_is_listed_as_double(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    let Scene { authors, reports, hazards: [one, two], handlers } = Scene::new(&app).await;
    let rewarders = Rewarders::log_in(&app).await;
    let (earlier, later) = (rewarders.award_of(&one).await, rewarders.award_of(&two).await);
    rewarders.approve(&later).await;
    collect(&authors[1], &reports[1]).await;
    assert_eq!(rewarders.pay(&later).await, "PAID");
    rewarders.approve(&earlier).await;

    merges(&handlers.clerk, &one, &two, "CARRY").await.done();
    assert_eq!(rewarders.award_of(&one).await["status"], "NOTIFIED", "the award of the earlier report stands");
    assert_eq!(rewarders.award_of(&two).await["status"], "PAID");
    assert_eq!(doubles(&rewarders).await, [json!({ "id": later["id"], "doubleOf": { "id": earlier["id"] } })]);
    handlers.bring_to_closure(&two).await;
    assert_eq!(rewarders.award_of(&one).await["status"], "NOTIFIED");
    let said = json!({ "reportId": reports[0], "solved": false });
    authors[0].does("answerCallback", said).await.done();
    assert_eq!(rewarders.award_of(&one).await["status"], "HELD", "the matter is open again");
    handlers.bring_to_closure(&two).await;
    assert_eq!(rewarders.award_of(&one).await["status"], "NOTIFIED");
    todos_follow_from_events(&app).await;
}

/// An award that was approved since belongs to both: the merge stays.
#[rstest]
#[case::sqlite(Engine::Sqlite)]
#[case::postgres(Engine::Postgres)]
#[tokio::test]
async fn a_merge_stays_once_the_award_of_both_is_approved(#[case] engine: Engine) {
    let app = TestApp::start(engine).await;
    let Scene { hazards: [one, two], handlers, .. } = Scene::new(&app).await;
    let rewarders = Rewarders::log_in(&app).await;
    merges(&handlers.clerk, &one, &two, "CARRY").await.done();
    assert_eq!(rewarders.award_of(&one).await["status"], "REJECTED");
    rewarders.approve(&rewarders.award_of(&two).await).await;
    let refused = undoes(&handlers.clerk, &one).await;
    assert_eq!(rule(&refused), (Some("ILLEGAL_MOVE"), &json!("merging.award_stands")));
    assert_eq!(seen(&handlers.clerk, &one).await["status"], "CANCELLED");
    todos_follow_from_events(&app).await;
}
